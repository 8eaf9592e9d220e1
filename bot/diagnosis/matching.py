"""Lets the evidence add up: a case is gathered for each entry that something speaks for, and weighed.

`certain` is meant to be right 199 times in 200, `likely` 9 times in 10. Codes go first: only where none is likely
do words alone decide, and only a person who asks is guessed at from a description.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.diagnosis import evidence, phrases, prose
from bot.diagnosis.entries import Entry
from bot.diagnosis.evidence import Clue
from bot.diagnosis.index import Index, Search
from bot.diagnosis.numbers import LONG, Reading
from bot.diagnosis.sightings import Paste
from bot.diagnosis.values import Confidence, Match, Mode, Sighting
from bot.diagnosis.words import figures, terms

CERTAIN, LIKELY = 5.3, 2.2  # log-odds of 0.995 and 0.9

_NEAREST = 6  # descriptions that are looked at
_NEAR, _AHEAD = 5.0, 10.0  # per unit of nearness, and of its lead over the next
_LEAD = 0.25  # measured: who leads all descriptions by this is right 19 times in 20
_TAKEN = Clue(-4.0, "its words are also another's")
_RARER = Clue(-1.5, "its words are also a commoner error's")
_BEFORE, _BEHIND = 300, 1_500  # characters that may prove a cause
_BATCH = 3  # from so many coded objects on it is a report: what it reports most often comes first
_FOUND = -3.0  # full-text search alone knows no more than that the words occur


@dataclass(frozen=True, slots=True)
class Case:
    """What speaks for one entry."""

    entry: Entry
    sighting: Sighting
    clues: tuple[Clue, ...]
    code: int | None = None
    at: float = 0
    quote: phrases.Quote | None = None

    @property
    def weight(self) -> float:
        return math.fsum(clue.weight for clue in self.clues)


def match(paste: Paste, known: Index, search: Search, mode: Mode) -> list[Match]:
    """Every entry that something speaks for, the likeliest first."""
    cases = sorted(_cases(paste, known, search, mode), key=_rank)
    times = paste.times() if any(case.code is not None for case in cases) else Counter[int]()
    found = [_match(case, paste, times) for case in cases]
    if len(paste.objects) >= _BATCH:
        found.sort(key=lambda match: (match.confidence == "possible", evidence.retired(match.entry), -match.count))
    return found


def _cases(paste: Paste, known: Index, search: Search, mode: Mode) -> Iterable[Case]:
    if paste.alone is not None:
        return _coded(paste, known, mode)
    if mode == "ask" and (name := known.phrases.whole.get(phrases.whole(paste.text))):
        clue = Clue(evidence.WHOLE, "its words, and nothing else")
        return [Case(known.entries[name], paste.seen, (clue,))]
    coded = _coded(paste, known, mode)
    if any(case.weight >= LIKELY for case in coded):
        return coded
    worded = _quoted(paste, known) if mode == "alert" else [*_told(paste, known)]
    found = _found(paste, known, search) if mode == "ask" and not coded and not worded else ()
    return _best([*coded, *_apart(worded, known), *found])


def _coded(paste: Paste, known: Index, mode: Mode) -> list[Case]:
    """A case for each entry whose code or subcode stands in the text, on the best of its places."""
    placed = (
        (entry, reading)
        for reading in paste.readings
        for entry in map(known.entries.__getitem__, _names(reading, known))
    )
    cases = _best(_on_number(entry, reading, paste, mode) for entry, reading in placed)
    if paste.alone is not None or not cases:
        return cases
    quotes = phrases.quotes(paste.words, known.phrases)
    return [_in_text(case, paste, known, quotes) for case in cases]


def _names(reading: Reading, known: Index) -> tuple[str, ...]:
    """A subcode may mean an entry whatever the code; a long one may have an entry of its own."""
    if not reading.is_subcode:
        return known.codes.get(reading.number, ())
    own = known.codes.get(reading.number, ()) if reading.number >= LONG else ()
    return known.subcodes.get(reading.number, own)


def _on_number(entry: Entry, reading: Reading, paste: Paste, mode: Mode) -> Case:
    sighting = paste.about(reading)
    clues = (
        *evidence.of_number(reading, entry, paste, mode),
        *evidence.of_object(sighting, entry),
    )
    return Case(entry, sighting, clues, reading.number, paste.place(reading))


def _in_text(case: Case, paste: Paste, known: Index, quotes: Mapping[str, phrases.Quote]) -> Case:
    quote = quotes.get(case.entry.id)
    said = evidence.of_text(case.entry, case.code or 0, int(case.at), paste, known, quote)
    return Case(case.entry, case.sighting, (*case.clues, *said), case.code, case.at)


def _quoted(paste: Paste, known: Index) -> list[Case]:
    """Cases from the vendor's own words."""
    return [
        Case(known.entries[name], paste.seen, tuple(evidence.of_words(known.entries[name], quote, paste)), quote=quote)
        for name, quote in phrases.quotes(paste.words, known.phrases).items()
    ]


def _told(paste: Paste, known: Index) -> Iterator[Case]:
    """Cases from words that a person may have misspelled, and from descriptions."""
    from bot.diagnosis import spelling  # a code alone needs no rapidfuzz

    said = spelling.corrected(paste.words, known.phrases.weights, known.spellings)
    quotes = phrases.quotes(said, known.phrases)
    near = prose.nearest((*terms(said), *figures(paste.text)), known.prose)
    nearest = sorted(near, key=near.__getitem__, reverse=True)[:_NEAREST]
    first, second = [*(near[name] for name in nearest[:2]), 0.0, 0.0][:2]
    for name in dict.fromkeys([*quotes, *nearest]):
        entry, quote = known.entries[name], quotes.get(name)
        clues = [*evidence.of_words(entry, quote, paste)]
        if name in near:
            lead = near[name] - (second if near[name] == first else first)
            described = Clue(_NEAR * near[name] + _AHEAD * max(0.0, lead), "it is described so")
            clues += [described, _restraint(clues, described, bool(quote), lead, paste)]
        yield Case(entry, paste.seen, tuple(clues), quote=quote)


def _restraint(clues: Sequence[Clue], described: Clue, quoted: bool, lead: float, paste: Paste) -> Clue:
    """A description alone is never certain; it is not even likely beside others, or where another system speaks."""
    weight = math.fsum(clue.weight for clue in clues)
    unsure = weight < LIKELY and not evidence.is_ours(paste) if quoted else lead < _LEAD
    most = LIKELY if unsure or (weight < LIKELY and paste.context.weight < 0) else CERTAIN
    return Clue(min(0.0, max(weight, most - 0.1) - weight - described.weight))


def _apart(cases: Iterable[Case], known: Index) -> Iterator[Case]:
    """Words that made one case cannot make another: what is left must be half of it."""
    spent: set[str] = set()
    for case in sorted(_commoner(list(cases)), key=_rank):
        if case.quote and spent:
            left = math.fsum(known.phrases.weights[word] for word in case.quote.words - spent)
            if left < case.quote.weight / 2:
                case = replace(case, clues=(*case.clues, _TAKEN))
        spent |= case.quote.words if case.quote else frozenset()
        yield case


def _commoner(cases: Sequence[Case]) -> Iterator[Case]:
    """Where two errors have the same words, people mean the one that they have more ways to describe."""
    most: dict[frozenset[str], int] = {}
    for case in cases:
        if case.quote:
            told = len(case.entry.described_as)
            most[case.quote.words] = max(most.get(case.quote.words, 0), told)
    for case in cases:
        rarer = case.quote and len(case.entry.described_as) < most[case.quote.words]
        yield replace(case, clues=(*case.clues, _RARER)) if rarer else case


def _found(paste: Paste, known: Index, search: Search) -> Iterator[Case]:
    """The last resort: full-text search knows the steps and sources too."""
    for at, (name, _) in enumerate(search(paste.text, _NEAREST)):
        yield Case(known.entries[name], paste.seen, (Clue(_FOUND - at / 10, "its page has these words"),))


def _best(cases: Iterable[Case]) -> list[Case]:
    """One case for each entry, the heaviest."""
    best: dict[str, Case] = {}
    for case in cases:
        other = best.get(case.entry.id)
        if other is None or case.weight > other.weight:
            best[case.entry.id] = case
    return list(best.values())


def _rank(case: Case) -> tuple[float, ...]:
    """What is sure comes as it stands in the text, retired errors last; the rest by weight.

    Two errors can have the same words; the one that people describe in more ways is the one they meet.
    """
    tier = (case.weight >= LIKELY) + (case.weight >= CERTAIN)
    at = case.at if tier and case.code else 0
    return (-tier, evidence.retired(case.entry), at, -round(case.weight, 2), -len(case.entry.described_as))


def _around(paste: Paste, at: float) -> str:
    return paste.text[max(0, int(at) - _BEFORE) : int(at) + _BEHIND]


def _confidence(weight: float) -> Confidence:
    return "certain" if weight >= CERTAIN else "likely" if weight >= LIKELY else "possible"


def _match(case: Case, paste: Paste, times: Counter[int]) -> Match:
    weight = case.weight
    told = sorted((clue for clue in case.clues if clue.why), key=lambda clue: -abs(clue.weight))
    return Match(
        entry=case.entry,
        confidence=_confidence(weight),
        score=round(1 / (1 + math.exp(-max(-30.0, min(30.0, weight)))), 4),
        why=tuple(dict.fromkeys(("against: " if clue.weight < 0 else "") + clue.why for clue in told)),
        code=case.code,
        cause=evidence.cause_of(case.entry, case.sighting, case.sighting.message or _around(paste, case.at)),
        sighting=case.sighting,
        count=_count(case, times),
    )


def _count(case: Case, times: Counter[int]) -> int:
    if case.code is None:
        return 1
    causes = (number for cause in case.entry.causes for number in cause.subcodes)
    named = case.entry.codes if case.code in case.entry.codes else (*case.entry.subcodes, *causes, case.code)
    return max(1, *(times[number] for number in {*named, case.code}))
