"""Time stamps are unique and rise, also when the clock stands still or is set back."""

from collections.abc import Callable
from threading import Lock


class Timestamps:
    """Makes message ids of Slack's form: seconds, a dot, six digits."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = Lock()
        self._last = 0

    def next(self) -> str:
        with self._lock:
            self._last = max(int(self._clock() * 1_000_000), self._last + 1)
            return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"
