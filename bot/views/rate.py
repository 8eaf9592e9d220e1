"""How often, as a row of bars: one character a stretch of time, the newest last. Reads in any font and any client."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_BARS = "▁▂▃▄▅▆▇█"
_MOST_BARS = 20
# Minutes a bar: the first that needs no more than `_MOST_BARS`.
_STRETCHES = (1, 5, 15, 60, 240, 1_440)
_NAMES = {1: "a minute", 5: "5 minutes", 15: "15 minutes", 60: "an hour", 240: "4 hours", 1_440: "a day"}


@dataclass(frozen=True, slots=True)
class Rate:
    """Bars, and what one of them stands for."""

    bars: str
    stretch: str


def stretch_of(first: int, last: int) -> int:
    """How many minutes a bar stands for."""
    return next((one for one in _STRETCHES if (last - first) // one < _MOST_BARS), _STRETCHES[-1])


def rate(by_minute: Mapping[int, int], first: int, last: int) -> Rate | None:
    """From minute `first` to minute `last` (minutes since 1970); None when there is nothing to compare.

    `by_minute` may be summed by the stretch already.
    """
    stretch = stretch_of(first, last)
    bins = [0] * min(_MOST_BARS, last // stretch - first // stretch + 1)
    for minute, count in by_minute.items():
        place = len(bins) - 1 - (last // stretch - minute // stretch)
        if 0 <= place < len(bins):
            bins[place] += count
    if len(bins) < 2:
        return None
    return Rate(bars(bins), _NAMES[stretch])


def bars(counts: Sequence[int]) -> str:
    """One character a count; a single one is never shown as none."""
    most = max(*counts, 1)
    return "".join(_BARS[-(-count * (len(_BARS) - 1) // most)] for count in counts)
