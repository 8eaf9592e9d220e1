"""Reads a misspelled word as the word it was meant to be, where only one known word is close enough."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from rapidfuzz import fuzz, process

Shelves = Mapping[tuple[str, int], Sequence[str]]

_SHORTEST = 5  # shorter words have too many neighbours
_CLOSE = 83.0  # of 100: one wrong letter in six
_MOST = 30  # a longer text is not typed by hand


def shelved(known: Iterable[str]) -> Shelves:
    """The words by their first letter and length: a typo seldom changes the one, or the other by more than one."""
    shelves: dict[tuple[str, int], list[str]] = defaultdict(list)
    for word in known:
        if len(word) >= _SHORTEST - 1 and word.isascii():
            for length in (len(word) - 1, len(word), len(word) + 1):
                shelves[word[0], length].append(word)
    return shelves


def corrected(said: Sequence[str], known: Collection[str], shelves: Shelves) -> tuple[str, ...]:
    """The words, each unknown one replaced by its nearest neighbour."""
    unknown = [word for word in dict.fromkeys(said) if len(word) >= _SHORTEST and word.isascii() and word not in known]
    near = {word: _near(word, shelves.get((word[0], len(word)), ())) for word in unknown[:_MOST]}
    return tuple(near.get(word, word) for word in said)


def _near(word: str, known: Sequence[str]) -> str:
    found = process.extractOne(word, known, scorer=fuzz.ratio, score_cutoff=_CLOSE) if known else None
    return found[0] if found else word
