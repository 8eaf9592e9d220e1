"""How an entry and its evidence are put into words, the same in Slack and in the terminal."""

from collections.abc import Mapping
from typing import Literal

from bot.diagnosis.entries import Entry, FixedBy

FAMILIES: Mapping[str, str] = {
    "meta": "Meta",
    "waconnect": "WaConnect",
    "onpremises": "On-premises API (shut down)",
}
FIXED_BY: Mapping[FixedBy, str] = {
    "integration": "fixed by your integration",
    "waconnect-admin": "fixed by WaConnect's administrator",
    "meta-business": "fixed in Meta Business Suite",
    "recipient": "only the recipient can fix it",
    "nobody": "nobody can fix it",
}
_AGAINST = "against: "  # how `Match.why` marks what lowered the score


def second_line(entry: Entry) -> str:
    """`Meta · template · HTTP 400 · fixed by your integration`: what kind of error this is, and whose."""
    http = f"HTTP {'/'.join(map(str, entry.http))}" if entry.http and entry.codes else None
    retired = f"no longer emitted: {entry.no_longer_emitted}" if entry.no_longer_emitted else None
    parts = (FAMILIES[entry.family], entry.topic, http, FIXED_BY[entry.fixed_by], retired)
    return " · ".join(part for part in parts if part)


def weighed(piece: str) -> tuple[Literal["for", "against"], str]:
    """Which way a piece of evidence pulled, and the piece."""
    return ("against", piece.removeprefix(_AGAINST)) if piece.startswith(_AGAINST) else ("for", piece)
