"""What the diagnosis looks things up in. Built from entries once; the words are cut when first needed."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from bot.diagnosis import phrases, prose
from bot.diagnosis.entries import Entry

if TYPE_CHECKING:
    from bot.diagnosis import spelling

_PERMISSIONS = range(200, 300)

Search = Callable[[str, int], Sequence[tuple[str, float]]]
"""Full-text search, injected: words and a limit in, entry ids and how well they fit out, best first."""


@dataclass(frozen=True)
class Index:
    entries: Mapping[str, Entry]
    codes: Mapping[int, tuple[str, ...]]
    subcodes: Mapping[int, tuple[str, ...]]

    def knows(self, number: int) -> bool:
        """Whether the number may be an error's code or subcode."""
        return number in self.codes or number in self.subcodes

    @cached_property
    def phrases(self) -> phrases.Phrases:
        return phrases.index(self.entries.values())

    @cached_property
    def spellings(self) -> "spelling.Shelves":
        from bot.diagnosis import spelling  # a code alone needs no rapidfuzz

        return spelling.shelved(self.phrases.weights)

    @cached_property
    def prose(self) -> prose.Prose:
        return prose.index(self.entries.values())


class Knowledge(Protocol):
    """What `diagnose` needs to know."""

    @property
    def entries(self) -> Mapping[str, Entry]: ...

    @property
    def index(self) -> Index: ...

    def search(self, words: str, limit: int) -> Sequence[tuple[str, float]]: ...


def build(entries: Mapping[str, Entry]) -> Index:
    """An index of these entries."""
    return Index(
        entries,
        by_number((entry.id, entry.codes) for entry in entries.values()),
        by_number((entry.id, entry.subcodes) for entry in entries.values()),
    )


def by_number(rows: Iterable[tuple[str, Iterable[int]]]) -> dict[int, tuple[str, ...]]:
    """Number → ids, Meta's family first. Meta keeps 200 to 299 for missing permissions: a gap there is 200's."""
    by: dict[int, list[str]] = defaultdict(list)
    for name, numbers in rows:
        for number in numbers:
            by[number].append(name)
    for number in _PERMISSIONS:
        by[number] = by[number] or list(by.get(_PERMISSIONS[0], ()))
    return {
        number: tuple(sorted(names, key=lambda name: not name.startswith("meta/")))
        for number, names in by.items()
        if names
    }
