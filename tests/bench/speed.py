"""Ours against two plain ways on the same texts and the same phrases, in one run; then with ten times the entries."""

import multiprocessing
import statistics
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import fuzz, process

from bot import knowledge
from bot.diagnosis import Knowledge, diagnose
from tests.bench import bigger
from tests.bench.clock import peak_megabytes, percentile, rounds
from tests.bench.corpus import corpora
from tests.bench.report import Finding, at_most

_TIMES = 3
_FOLD = 10
_SHARE, _P99, _GROWTH = 0.2, 2.0, 2.0
_BASELINE, _EVERYTHING = "WRatio, literal phrases", "WRatio, all phrases"
# Each is held against WRatio over the same phrases: an alert is read for the vendor's words, a question also for
# how people describe an error.
_OURS = {"ours, alert": _BASELINE, "ours, ask": _EVERYTHING}
_GROWING = (*_OURS, "FTS5 alone")  # WRatio reads every phrase: ten times as many, ten times as long
Way = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Times:
    """Of one way, over all texts; milliseconds."""

    median: float
    p99: float
    mean: float


def _literal(known: knowledge.Knowledge) -> Way:
    phrases = [text for entry in known.entries.values() for text in entry.says]
    return lambda text: process.extractOne(text, phrases, scorer=fuzz.WRatio)


def _all(known: knowledge.Knowledge) -> Way:
    phrases = [text for entry in known.entries.values() for text in (*entry.says, *entry.described_as)]
    return lambda text: process.extractOne(text, phrases, scorer=fuzz.WRatio)


WAYS: Mapping[str, Callable[[knowledge.Knowledge], Way]] = {
    "ours, alert": lambda known: lambda text: diagnose(text, known, "alert"),
    "ours, ask": lambda known: lambda text: diagnose(text, known, "ask"),
    _BASELINE: _literal,
    _EVERYTHING: _all,
    "FTS5 alone": lambda known: lambda text: known.search(text, 1),
}


def bench() -> Iterator[Finding]:
    texts = [text.text for corpus in corpora().values() for text in corpus.texts]
    known = knowledge.load()
    times = _times(known, texts, tuple(WAYS))
    with tempfile.TemporaryDirectory() as folder:
        many = bigger.written(bigger.made(known.entries, _FOLD), Path(folder))
        more = _times(many, texts, _GROWING)
        entries = len(many.entries)
    yield _against(times, {way: _peak(way, texts) for way in WAYS}, len(texts), known)
    yield _grown(times, more, entries)


def _times(known: knowledge.Knowledge, texts: list[str], names: tuple[str, ...]) -> dict[str, Times]:
    ways = [WAYS[name](known) for name in names]
    _warm(known, texts[0])
    best = rounds(ways, texts, _TIMES)
    return {
        name: Times(statistics.median(row), percentile(row, 0.99), statistics.mean(row))
        for name, row in zip(names, best, strict=True)
    }


def _warm(known: Knowledge, text: str) -> None:
    """Words are cut into an index when they are first needed; that is not the time of a text."""
    diagnose(text, known, "alert")
    diagnose("the picture did not arrive", known, "ask")


def _peak(way: str, texts: list[str]) -> float:
    """A process of its own for each way: memory that was once taken is not given back."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_alone, way, texts).result()


def _alone(way: str, texts: list[str]) -> float:
    run = WAYS[way](knowledge.load())
    for text in texts:
        run(text)
    return peak_megabytes()


def _against(times: Mapping[str, Times], peaks: Mapping[str, float], texts: int, known: Knowledge) -> Finding:
    base, everything = times[_BASELINE].median, times[_EVERYTHING].median
    rows = [
        [
            name,
            f"{found.median:.3f}",
            f"{found.p99:.2f}",
            f"{1000 / found.mean:,.0f}",
            f"{found.median / base:.2f}",
            f"{found.median / everything:.2f}",
            f"{peaks[name]:.0f}",
        ]
        for name, found in times.items()
    ]
    goals = [
        goal
        for name, same in _OURS.items()
        for goal in (
            at_most(f"{name}: median against {same}", times[name].median / times[same].median, _SHARE),
            at_most(f"{name}: p99", times[name].p99, _P99, " ms"),
        )
    ]
    columns = ["way", "median ms", "p99 ms", "texts/s", "of WRatio literal", "of WRatio all", "peak MB"]
    entries = known.entries.values()
    literal, told = sum(len(entry.says) for entry in entries), sum(len(entry.described_as) for entry in entries)
    note = (
        f"{texts} texts, {literal} literal phrases, {told} descriptions; the best of {_TIMES} turns a text, the ways "
        "taking turns. Peak: a whole process."
    )
    return Finding("Speed", columns, rows, goals, note)


def _grown(times: Mapping[str, Times], more: Mapping[str, Times], entries: int) -> Finding:
    rows = [
        [
            name,
            f"{times[name].median:.3f}",
            f"{found.median:.3f}",
            f"{found.median / times[name].median:.2f}",
            f"{found.mean / times[name].mean:.2f}",
            f"{found.p99:.2f}",
        ]
        for name, found in more.items()
    ]
    goals = [
        at_most(f"{name}: {_FOLD} times the entries, {what}", ratio, _GROWTH, " times")
        for name in _OURS
        for what, ratio in (
            ("median", more[name].median / times[name].median),
            ("mean", more[name].mean / times[name].mean),
        )
    ]
    columns = ["way", "median ms", f"with {entries:,} entries", "median ×", "mean ×", "p99 ms"]
    return Finding(f"Speed with {_FOLD} times the entries", columns, rows, goals)
