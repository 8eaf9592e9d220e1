"""Reads a misspelled word as the word it was meant to be, where only one known word is close enough."""

from collections.abc import Sequence

from rapidfuzz import fuzz, process

_SHORTEST = 5  # shorter words have too many neighbours
_CLOSE = 83.0  # of 100: one wrong letter in six
_MOST = 30  # a longer text is not typed by hand


def corrected(said: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """The words, each unknown one replaced by its only near neighbour."""
    right = set(known)
    unknown = [word for word in dict.fromkeys(said) if len(word) >= _SHORTEST and word.isascii() and word not in right]
    near = {word: _near(word, known) for word in unknown[:_MOST]}
    return tuple(near.get(word, word) for word in said)


def _near(word: str, known: Sequence[str]) -> str:
    found = process.extractOne(word, known, scorer=fuzz.ratio, score_cutoff=_CLOSE)
    return found[0] if found and found[0][:1] == word[:1] else word
