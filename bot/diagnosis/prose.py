"""Finds the entry that a description is about when it has neither the number nor the words of the error.

Every way to describe an entry is a short document of terms; a text is compared with each. An entry is near when one
of its documents is, more so when a second one is, and when the text's terms are common in all of them.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest

from bot.diagnosis.entries import Entry
from bot.diagnosis.words import figures, terms, words

# Set by leaving each description out in turn and asking for it: first in 79 of 100, of the first three in 95. With
# an equal part for every entry, the rare ones that are described in few ways too: 64 and 85.
_BEST, _SECOND, _PROFILE = 0.6, 0.5, 1.1
_STEM = 0.3  # a concept is worth more than a word of one language
_SMOOTH = 4.0  # keeps a one-word document from being anybody's twin
_USUAL = 8  # documents of an entry
_RARELY, _WELL_KNOWN = 0.3, 45  # what is described in few ways is met seldom: it must be nearer by up to this
_BUDGET = 900  # places of terms that are followed
_LOOKED_AT = 90  # documents that are compared in full
_NEAR = 30  # entries whose other descriptions count too


@dataclass(frozen=True, slots=True)
class Document:
    entry: str
    terms: frozenset[str]
    scale: float
    """What the weight of the terms that it shares is divided by: a long one shares more by chance."""


@dataclass(frozen=True, slots=True)
class Prose:
    documents: tuple[Document, ...]
    weights: Mapping[str, float]
    places: Mapping[str, tuple[int, ...]]
    """Term → documents."""
    profiles: Mapping[str, Mapping[str, float]]
    """Term → entry → how common the term is in it, 0 to 1."""
    met: Mapping[str, float]
    """Entry → how often it is met, 0 to 1."""


def index(entries: Iterable[Entry]) -> Prose:
    told = [(entry.id, frozenset((*terms(words(text)), *figures(text)))) for entry in entries for text in _told(entry)]
    places: dict[str, list[int]] = defaultdict(list)
    times: dict[str, Counter[str]] = defaultdict(Counter)
    for number, (entry, some) in enumerate(told):
        for term in some:
            places[term].append(number)
            times[term][entry] += 1
    sizes = Counter(entry for entry, _ in told)
    weights = {term: _weight(term, len(sizes), len(by)) for term, by in times.items()}
    return Prose(
        tuple(Document(entry, some, _scale(math.fsum(weights[term] for term in some))) for entry, some in told),
        weights,
        {term: tuple(at) for term, at in places.items()},
        {term: {entry: n / (n + sizes[entry] / _USUAL) for entry, n in by.items()} for term, by in times.items()},
        {entry: 1 - _RARELY + _RARELY * math.sqrt(min(1.0, n / _WELL_KNOWN)) for entry, n in sizes.items()},
    )


def nearest(said: Iterable[str], known: Prose) -> dict[str, float]:
    """Entry → how near it is, 0 to about 2."""
    asked = {term: known.weights[term] for term in said if term in known.weights}
    total = math.fsum(asked.values())
    alike = _alike(asked, total, known)
    return {
        entry: known.met[entry]
        * (_BEST * alike[entry][0] + _SECOND * alike[entry][1] + _PROFILE * _common(asked, entry, known) / total)
        for entry in nlargest(_NEAR, alike, key=alike.__getitem__)
    }


def affinity(said: Iterable[str], entry: str, known: Prose) -> float:
    """The weight of the terms that a text and an entry share."""
    return math.fsum(known.weights[term] for term in set(said) if entry in known.profiles.get(term, ()))


def _common(asked: Mapping[str, float], entry: str, known: Prose) -> float:
    return sum(weight * known.profiles[term].get(entry, 0.0) for term, weight in asked.items())


def _alike(asked: Mapping[str, float], total: float, known: Prose) -> dict[str, tuple[float, float]]:
    """Entry → how alike its two best documents are."""
    best: dict[str, tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))
    heard, scale = frozenset(asked), _scale(total)
    for number in _candidates(asked, known):
        document = known.documents[number]
        alike = sum(map(asked.__getitem__, document.terms & heard)) / (scale * document.scale)
        first, second = best[document.entry]
        best[document.entry] = (alike, first) if alike > first else (first, max(second, alike))
    return best


def _candidates(asked: Mapping[str, float], known: Prose) -> Iterable[int]:
    """The documents that share the rarest terms: what they are depends little on how many others there are."""
    shared: dict[int, float] = defaultdict(float)
    left = _BUDGET
    for term in sorted(asked, key=lambda term: (len(known.places[term]), term)):
        places = known.places[term]
        if shared and len(places) > left:
            break
        left -= len(places)
        weight = asked[term]
        for number in places[:_BUDGET]:
            shared[number] += weight / known.documents[number].scale
    return nlargest(_LOOKED_AT, shared, key=shared.__getitem__)


def _scale(weight: float) -> float:
    return math.sqrt(weight + _SMOOTH)


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
