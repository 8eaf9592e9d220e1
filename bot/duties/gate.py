"""A bot that stops lets the POSTs that are under way end, and lets no new one leave: else their fate were unknown."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

# A send that comes too late is held until the process ends; should it not end, the send goes on.
_LONGEST_HOLD = 60.0


class Gate:
    """Counts who is inside."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._inside = 0
        self._closed = False

    @contextmanager
    def passed(self) -> Iterator[None]:
        with self._changed:
            self._changed.wait_for(lambda: not self._closed, _LONGEST_HOLD)
            self._inside += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()

    @property
    def is_closed(self) -> bool:
        """The bot stops: what fails now fails because of that."""
        return self._closed

    def close(self, seconds: float) -> bool:
        """Close it and wait until nobody is inside; False when the wait was too short."""
        with self._changed:
            self._closed = True
            return self._changed.wait_for(lambda: self._inside == 0, seconds)
