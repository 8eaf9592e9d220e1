"""A thread that does a piece of work again and again: it outlives its faults, is woken, and ends when it is told to."""

from collections.abc import Callable
from threading import Event, Thread
from time import monotonic

from bot.telemetry import trouble

# Work that took long because the machine was busy, as after a start, must not be followed by a long silence.
_LONGEST_REST = 2.0


class Loop:
    """`work` returns the seconds until it is worth doing again; a fault is logged as `<name>.failed`."""

    def __init__(
        self, name: str, work: Callable[[], float], after_fault: float, rests: float | Callable[[], float] = 0.0
    ) -> None:
        """`after_fault`: seconds until the next try. `rests`: so many times as long as the work took, it rests."""
        self._name = name
        self._work = work
        self._after_fault = after_fault
        self._rests = rests if callable(rests) else lambda: rests
        self._woken, self._stopped = Event(), Event()
        self._thread = Thread(target=self._run, name=name, daemon=True)

    @property
    def is_stopped(self) -> bool:
        """It was told to end; what is under way ends, and nothing new is to begin."""
        return self._stopped.is_set()

    def wait_for_end(self, seconds: float) -> bool:
        """Sleep, for who works beside the loop; True as soon as it is told to end."""
        return self._stopped.wait(seconds)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """There is something to do."""
        self._woken.set()

    def stop(self, seconds: float | None = None) -> None:
        """Wait for the work under way, so many seconds at most."""
        self._stopped.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(seconds)

    def _run(self) -> None:
        failed = False
        while not self._stopped.is_set():
            self._woken.clear()
            began = monotonic()
            try:
                wait = self._work()
                failed = False
            except Exception as error:  # noqa: BLE001 - the loop outlives whatever went wrong, and tries again
                # A database that is away is the same story each second: how it came to pass is told once.
                trouble(f"{self._name}.failed", error=type(error).__name__, exc_info=None if failed else error)
                wait, failed = self._after_fault, True
            rested = monotonic() + min(_LONGEST_REST, self._rests() * (monotonic() - began))
            self._woken.wait(wait)
            self._stopped.wait(max(0.0, rested - monotonic()))
