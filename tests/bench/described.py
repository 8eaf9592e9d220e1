"""Each description left out and asked for: what a description that nobody has written yet would find."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot import knowledge
from bot.diagnosis import diagnose
from bot.diagnosis.entries import Entry
from bot.diagnosis.index import Index, build
from tests.bench.report import Finding

_ROUNDS = 6
_SEED = 5
_SHOWN = 12
_LEAST = 4  # an entry with fewer descriptions has none to spare


@dataclass(frozen=True)
class Known:
    """The knowledge with some descriptions left out."""

    entries: Mapping[str, Entry]
    index: Index
    whole: knowledge.Knowledge

    def search(self, words: str, limit: int) -> Sequence[tuple[str, float]]:
        return self.whole.search(words, limit)


@dataclass(frozen=True, slots=True)
class Asked:
    entry: str
    found: tuple[str, ...]


def bench() -> Iterator[Finding]:
    """In each round one description of every entry is left out, so a round costs one index, not hundreds."""
    whole = knowledge.load()
    dice = random.Random(_SEED)  # noqa: S311 - the same sample each time
    asked = [one for _ in range(_ROUNDS) for one in _round(whole, dice)]
    top = {best: sum(one.entry in one.found[:best] for one in asked) for best in (1, 3)}
    rows = [[f"top {best}", f"{right / len(asked):.4f}", f"{right}/{len(asked)}"] for best, right in top.items()]
    note = f"{_ROUNDS} rounds; in each, one description of every entry with {_LEAST} or more is left out and asked for."
    yield Finding("Descriptions, each left out in turn", ["figure", "share", "right/of"], rows, note=note)
    yield _hardest(asked)


def _round(whole: knowledge.Knowledge, dice: random.Random) -> Iterator[Asked]:
    rich = [entry for entry in whole.entries.values() if len(entry.described_as) >= _LEAST]
    out = {entry.id: dice.choice(entry.described_as) for entry in rich}
    entries = {name: _without(entry, out.get(name)) for name, entry in whole.entries.items()}
    known = Known(entries, build(entries), whole)
    for name, text in out.items():
        diagnosis = diagnose(text, known, "ask")
        yield Asked(name, tuple(match.entry.id for match in (*diagnosis.matches, *diagnosis.near)))


def _without(entry: Entry, text: str | None) -> Entry:
    kept = tuple(one for one in entry.described_as if one != text)
    return entry.model_copy(update={"described_as": kept}) if text else entry


def _hardest(asked: Sequence[Asked]) -> Finding:
    total = Counter(one.entry for one in asked)
    missed = Counter(one.entry for one in asked if one.entry not in one.found[:3])
    taken = {name: Counter(one.found[0] for one in asked if one.entry == name and one.found) for name in missed}
    rows = [
        [name, f"{times}/{total[name]}", ", ".join(other for other, _ in taken[name].most_common(4) if other != name)]
        for name, times in missed.most_common(_SHOWN)
    ]
    return Finding("The hardest to describe", ["entry", "not in the first 3", "found instead"], rows)
