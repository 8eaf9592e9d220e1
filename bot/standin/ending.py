"""Somebody ends what runs in a terminal: the signal is heard, so that everything is stopped in order."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class End(threading.Event):
    """Set when a signal came; `number` says which."""

    number = signal.SIGTERM


@contextmanager
def heard(*signals: signal.Signals) -> Iterator[End]:
    """While it lasts these signals set the event, and do nothing else."""
    end = End()

    def hear(number: int, frame: object) -> None:
        end.number = signal.Signals(number)
        end.set()

    before = {number: signal.signal(number, hear) for number in signals}
    try:
        yield end
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
