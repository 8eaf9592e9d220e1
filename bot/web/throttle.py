"""So many requests a second of each sender, and not one more: a flood of one must not keep out the others."""

import threading
from collections.abc import Callable
from math import ceil
from time import monotonic

# A sender that was quiet may send so many seconds' worth at once.
_SAVED_SECONDS = 2.0


class Throttle:
    """Counts by name, in memory: each process grants its own."""

    def __init__(self, per_second: float, clock: Callable[[], float] = monotonic) -> None:
        self._rate = per_second
        self._most = max(1.0, per_second * _SAVED_SECONDS)
        self._clock = clock
        self._lock = threading.Lock()
        self._left: dict[str, tuple[float, float]] = {}

    def take(self, name: str) -> int:
        """0 when it may; else the whole seconds after which it is worth asking again."""
        at = self._clock()
        with self._lock:
            left, since = self._left.get(name, (self._most, at))
            left = min(self._most, left + (at - since) * self._rate)
            if left < 1:
                self._left[name] = left, at
                return max(1, ceil((1 - left) / self._rate))
            self._left[name] = left - 1, at
            return 0
