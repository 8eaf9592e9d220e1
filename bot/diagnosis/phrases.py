"""Finds what entries say inside a text: exact runs of words through an index over rare pairs of words.

A run weighs what its words weigh: a word that few entries use weighs much, an everyday word little. So a fragment
counts for what it is worth, and `<ID>` or a number between two halves of a sentence does not hide it.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.diagnosis.entries import Entry
from bot.diagnosis.words import STOP, words

_HOLE = re.compile(r"<[A-Za-z_ ]{1,30}>|\{[a-z_ ]{1,30}\}")
_USUAL = """
    http status success true false has had your you our message messages error errors failed fail failure invalid send
    sent sending number phone request requests api key access account found unknown server internal limit rate
    too many user users try again later please service temporarily unavailable unable parameter parameters
    value type code cannot should must may same more due because one exist exists permission denied missing
    required business customer time data file content name id already wait format supported unsupported retry
    reached incorrect wrong valid used using messaging product whatsapp
"""
_EVERYDAY = frozenset(_USUAL.split())
_HEAVIEST, _LIGHTEST, _PLAIN = 2.5, 0.25, 0.4
_TELLING = 1.0
_UNHEARD = 1.5  # a word that no vendor uses
_RARE = 10  # a pair of words in more phrases than this starts no run
_WHOLE = 0.85
_SHARE, _WEIGHT = 0.5, 3.0  # less than half a phrase, and weightless: chance
_RUNS, _ALL_RUNS = 6, 2_500  # runs of one phrase, and of all, that are looked at


@dataclass(frozen=True, slots=True)
class Phrase:
    entry: str
    text: str
    words: tuple[str, ...]
    weight: float
    literal: bool
    """The vendor's words; otherwise a person's, which count only when they stand there whole."""


@dataclass(frozen=True, slots=True)
class Quote:
    """What a text has of an entry's phrases."""

    phrase: Phrase
    """The one it has most of."""
    weight: float
    """Of all words of the entry that it has."""
    share: float
    """Of the phrase, 0 to 1."""
    words: frozenset[str]
    """That it has of the entry."""
    telling: int
    """How many of them are not everybody's."""


@dataclass(frozen=True, slots=True)
class Phrases:
    all: tuple[Phrase, ...]
    weights: Mapping[str, float]
    starts: Mapping[tuple[str, str], tuple[tuple[int, int], ...]]
    """Rare pair of words → phrase and place."""
    whole: Mapping[str, str]
    """A vendor's phrase, folded → entry."""


def whole(text: str) -> str:
    """The text as `Phrases.whole` has it: case, spaces and what stands around do not matter."""
    return " ".join(text.casefold().split()).strip("\"'. ")


def index(entries: Collection[Entry]) -> Phrases:
    told = [(entry.id, text, literal) for entry in entries for text, literal in _told(entry)]
    cut = [tuple(words(_HOLE.sub(" ", text))) for _, text, _ in told]
    weights = _weights((entry, some) for (entry, _, literal), some in zip(told, cut, strict=True) if literal)
    for some in cut:
        for word in some:
            weights.setdefault(word, _LIGHTEST if _says_nothing(word) else _UNHEARD)
    phrases = tuple(
        Phrase(entry, text, some, math.fsum(map(weights.__getitem__, some)), literal)
        for (entry, text, literal), some in zip(told, cut, strict=True)
        if some
    )
    return Phrases(
        phrases,
        weights,
        _starts(phrases),
        {whole(text): entry.id for entry in entries for text in entry.says},
    )


def quotes(said: Sequence[str], known: Phrases) -> dict[str, Quote]:
    """The best quote of each entry that is quoted at all."""
    best: dict[str, tuple[float, float, Phrase]] = {}
    had: dict[str, set[str]] = defaultdict(set)
    for number, covered in _covered(said, known).items():
        phrase = known.all[number]
        some = [word for at, word in enumerate(phrase.words) if covered >> at & 1]
        weight = math.fsum(known.weights[word] for word in some)
        share = weight / phrase.weight
        if share < _WHOLE if not phrase.literal else share < _SHARE and weight < _WEIGHT:
            continue
        had[phrase.entry].update(some)
        best[phrase.entry] = max(
            best.get(phrase.entry, (0.0, 0.0, phrase)), (weight * share, share, phrase), key=_first
        )
    return {
        entry: _quote(phrase, share, frozenset(had[entry]), known.weights) for entry, (_, share, phrase) in best.items()
    }


def _quote(phrase: Phrase, share: float, had: frozenset[str], weights: Mapping[str, float]) -> Quote:
    each = [weights[word] for word in had]
    return Quote(phrase, math.fsum(each), share, had, sum(weight >= _TELLING for weight in each))


def _first(quote: tuple[float, float, Phrase]) -> tuple[float, float]:
    return quote[:2]


def _told(entry: Entry) -> Iterable[tuple[str, bool]]:
    yield from ((text, True) for text in dict.fromkeys((*entry.says, entry.title)))
    yield from ((text, True) for cause in entry.causes for text in cause.when)
    yield from ((text, False) for text in entry.described_as)


def _weights(used: Iterable[tuple[str, Sequence[str]]]) -> dict[str, float]:
    by: dict[str, set[str]] = defaultdict(set)
    for entry, some in used:
        for word in some:
            by[word].add(entry)
    total = max(2, len({entry for entries in by.values() for entry in entries}))
    rare = {word: 0.5 * math.log(total / len(entries)) for word, entries in by.items()}
    return {
        word: _LIGHTEST
        if _says_nothing(word)
        else max(_LIGHTEST, min(_HEAVIEST, weight) * (_PLAIN if word in _EVERYDAY else 1))
        for word, weight in rare.items()
    }


def _says_nothing(word: str) -> bool:
    return word in STOP or (len(word) <= 2 and word.isascii())


def _starts(phrases: Sequence[Phrase]) -> dict[tuple[str, str], tuple[tuple[int, int], ...]]:
    pairs: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for number, phrase in enumerate(phrases):
        for at, pair in enumerate(zip(phrase.words, phrase.words[1:], strict=False)):
            pairs[pair].append((number, at))
    return {pair: tuple(places) for pair, places in pairs.items() if len(places) <= _RARE or _short(places, phrases)}


def _short(places: Sequence[tuple[int, int]], phrases: Sequence[Phrase]) -> bool:
    """A pair that is a whole phrase must stay findable."""
    return any(len(phrases[number].words) == 2 for number, _ in places) and len(places) <= 4 * _RARE


def _covered(said: Sequence[str], known: Phrases) -> dict[int, int]:
    """Phrase → its words that stand in the text, as bits."""
    covered: dict[int, int] = defaultdict(int)
    seen: dict[tuple[int, int], int] = {}
    runs: Counter[int] = Counter()
    left = _ALL_RUNS
    for at in range(len(said) - 1):
        for number, place in known.starts.get((said[at], said[at + 1]), ()):
            line = (number, at - place)
            if left <= 0 or runs[number] >= _RUNS or seen.get(line, -1) > at:
                continue
            left -= 1
            runs[number] += 1
            first, last = _run(said, known.all[number].words, at, place)
            seen[line] = at - place + last
            covered[number] |= (1 << last) - (1 << first)
    return covered


def _run(said: Sequence[str], phrase: Sequence[str], at: int, place: int) -> tuple[int, int]:
    """The longest run through this place: its first word in the phrase, and the one behind its last."""
    shift = at - place
    first, last = place, place + 2
    while first > 0 and shift + first > 0 and said[shift + first - 1] == phrase[first - 1]:
        first -= 1
    while last < len(phrase) and shift + last < len(said) and said[shift + last] == phrase[last]:
        last += 1
    if last < len(phrase) and shift + last < len(said) and _cut_off(said[shift + last], phrase[last]):
        last += 1
    return first, last


def _cut_off(said: str, word: str) -> bool:
    """Logs cut sentences in the middle of a word."""
    return len(said) >= 3 and word.startswith(said)
