"""How often the diagnosis is right, how often it is silent when it should be, and what its confidence is worth."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from bot import knowledge
from bot.diagnosis import Knowledge, diagnose
from bot.diagnosis.values import Mode
from tests.bench.corpus import Corpus, Text, corpora
from tests.bench.report import Finding, Goal, at_least, at_most

MODES: tuple[Mode, ...] = ("alert", "ask")
GOALS: Mapping[str, Mapping[str, float]] = {
    "quoted": {
        "alert_code": 0.995,
        "alert_words": 0.92,
        "alert_quiet": 0.993,
        "ask_top1_code": 0.995,
        "ask_top3_words": 0.97,
        "wrong": 1,
    },
    "described": {"ask_top3_words": 0.93, "ask_top1_words": 0.80, "alert_quiet": 1.0, "wrong": 0},
}
WORTH = {"certain": 0.995, "likely": 0.9}


@dataclass(frozen=True, slots=True)
class Told:
    """What was answered to a text."""

    text: Text
    alert: str | None
    asked: tuple[str, ...]
    sure: Mapping[Mode, str]
    """How sure the first answer was, where one was given."""
    first: Mapping[Mode, str]


@dataclass(frozen=True, slots=True)
class Worth:
    """What became of the answers that were given with one confidence."""

    right: int = 0
    total: int = 0
    foreign: int = 0
    """Given to texts that are about nothing that we know."""

    def __add__(self, other: "Worth") -> "Worth":
        return Worth(self.right + other.right, self.total + other.total, self.foreign + other.foreign)


@dataclass(frozen=True, slots=True)
class Measured:
    """A corpus and its figures: how many were right, of how many."""

    corpus: Corpus
    figures: Mapping[str, tuple[int, int]]
    wrong: int
    worth: Mapping[Mode, Mapping[str, Worth]]
    misses: tuple[tuple[str, Told], ...]

    def share(self, figure: str) -> float:
        right, total = self.figures.get(figure, (0, 0))
        return round(right / total, 4) if total else math.nan


@dataclass(frozen=True, slots=True)
class Figure:
    """A question asked of each text that it concerns."""

    concerns: Callable[[Text], bool]
    right: Callable[[Told], bool]


def _coded(text: Text) -> bool:
    return bool(text.labels) and text.has_code


def _worded(text: Text) -> bool:
    return bool(text.labels) and not text.has_code


def _top(best: int) -> Callable[[Told], bool]:
    return lambda told: any(name in told.text.labels for name in told.asked[:best])


def _alerted(told: Told) -> bool:
    return told.alert in told.text.labels


FIGURES: Mapping[str, Figure] = {
    "alert_code": Figure(lambda text: _coded(text) and text.alert, _alerted),
    "alert_words": Figure(lambda text: _worded(text) and text.alert, _alerted),
    "alert_quiet": Figure(lambda text: not text.labels or not text.alert, lambda told: told.alert is None),
    "ask_top1_code": Figure(_coded, _top(1)),
    "ask_top1_words": Figure(_worded, _top(1)),
    "ask_top3_code": Figure(_coded, _top(3)),
    "ask_top3_words": Figure(_worded, _top(3)),
}


def ask(text: Text, known: Knowledge) -> Told:
    answers = {mode: diagnose(text.text, known, mode) for mode in MODES}
    asked = tuple(match.entry.id for match in (*answers["ask"].matches, *answers["ask"].near))
    best = {mode: answer.best for mode, answer in answers.items()}
    return Told(
        text,
        best["alert"].entry.id if best["alert"] else None,
        asked,
        {mode: match.confidence for mode, match in best.items() if match},
        {mode: match.entry.id for mode, match in best.items() if match},
    )


def measure(corpus: Corpus, known: Knowledge) -> Measured:
    """Every figure of a corpus."""
    told = [ask(text, known) for text in corpus.texts if not text.doubt]
    asked = {name: [one for one in told if figure.concerns(one.text)] for name, figure in FIGURES.items()}
    misses = [(name, one) for name, some in asked.items() for one in some if not FIGURES[name].right(one)]
    misses += [(f"{mode}: {one.sure[mode]}", one) for mode in MODES for one in told if _wrong(one, mode)]
    return Measured(
        corpus,
        {name: (sum(map(FIGURES[name].right, some)), len(some)) for name, some in asked.items() if some},
        sum(one.alert is not None and bool(one.text.labels) and not _alerted(one) for one in told),
        {mode: _worth(told, mode) for mode in MODES},
        tuple(misses),
    )


def _wrong(told: Told, mode: Mode) -> bool:
    return mode in told.first and told.first[mode] not in told.text.labels


def _worth(told: Iterable[Told], mode: Mode) -> dict[str, Worth]:
    """Confidence → what became of the answers that were given with it."""
    by: dict[str, Worth] = defaultdict(Worth)
    for one in told:
        if sure := one.sure.get(mode):
            by[sure] += Worth(one.first[mode] in one.text.labels, 1, not one.text.labels)
    return dict(sorted(by.items()))


@cache
def measured() -> Mapping[str, Measured]:
    """All corpora that are there, with the project's knowledge."""
    known = knowledge.load()
    return {name: measure(corpus, known) for name, corpus in corpora().items()}


def bench() -> Iterator[Finding]:
    found = measured()
    titles = [f"{one.corpus.title} ({len(one.corpus.texts)})" for one in found.values()]
    rows = [[name, *(_cell(one, name) for one in found.values())] for name in FIGURES]
    rows.append(["wrong entries given in alerts", *(str(one.wrong) for one in found.values())])
    goals = [goal for name, one in found.items() for goal in _goals(one, GOALS.get(name, {}))]
    absent = "" if len(found) > 1 else "The labelled corpora are not here; WAERROR_SHARED names their folder."
    yield Finding("Accuracy", ["figure", *titles], rows, goals, absent)
    yield _calibration(list(found.values()))
    yield _missed(found)


def _cell(one: Measured, name: str) -> str:
    right, total = one.figures.get(name, (0, 0))
    return f"{one.share(name):.4f}  ({right}/{total})" if total else "–"


def _goals(one: Measured, goals: Mapping[str, float]) -> Iterator[Goal]:
    for name, goal in goals.items():
        what = f"{one.corpus.title}, {name}"
        yield at_most(what, one.wrong, goal) if name == "wrong" else at_least(what, one.share(name), goal)


def _calibration(found: Sequence[Measured]) -> Finding:
    rows, goals = [], []
    for mode in MODES:
        for sure, goal in WORTH.items():
            worth = sum((one.worth[mode].get(sure, Worth()) for one in found), Worth())
            share = worth.right / worth.total if worth.total else math.nan
            wrong = worth.total - worth.right - worth.foreign
            rows.append(
                [f"{mode}: {sure}", *map(str, (worth.right, worth.total, wrong, worth.foreign)), f"{share:.4f}"]
            )
            goals.append(at_least(f"calibration, {mode}, {sure}", share, goal))
    columns = ["called", "right", "of", "another error", "foreign text", "share"]
    return Finding("Calibration", columns, rows, goals, "The first answer to every text of every corpus.")


def _missed(found: Mapping[str, Measured]) -> Finding:
    rows = [
        [name, told.text.id, miss, ", ".join(told.text.labels) or "silence", ", ".join(_given(miss, told)) or "silence"]
        for name, one in found.items()
        for miss, told in one.misses
        if name != "described" or miss != "alert_words"
    ]
    note = "Alerts that are silent on a mere description are meant to be, and are not listed."
    return Finding("Misses", ["corpus", "text", "figure", "right", "given"], rows, note=note)


def _given(miss: str, told: Told) -> Sequence[str]:
    """`ask_top3_words` or `alert: certain` → what was answered."""
    mode: Mode = "ask" if miss.startswith("ask") else "alert"
    return told.asked[:3] if miss.startswith("ask_") else [told.first[mode]] if mode in told.first else []
