"""A diagnosis as JSON: one shape for the command, for HTTP and for assistants. Nothing personal is in it."""

from typing import Any

from bot.diagnosis.values import Diagnosis, Match


def record(diagnosis: Diagnosis) -> dict[str, Any]:
    """`{"mode", "answered", "diagnoses": [{"entry", "code", "title", "confidence", …}]}`, best first."""
    return {
        "mode": diagnosis.mode,
        "answered": diagnosis.answered,
        "diagnoses": [_match(match) for match in (*diagnosis.matches, *diagnosis.near)],
    }


def _match(match: Match) -> dict[str, Any]:
    entry = match.entry
    return {
        "entry": entry.id,
        "code": match.code if match.code is not None else next(iter(entry.codes), None),
        "title": entry.title,
        "confidence": match.confidence,
        "score": match.score,
        "why": list(match.why),
        "cause": match.cause.cause if match.cause else entry.cause,
        "resolution": list((match.cause and match.cause.resolution) or entry.resolution),
        "verdict": entry.verdict.model_dump(exclude_none=True),
        "sources": [source.model_dump() for source in entry.sources],
    }
