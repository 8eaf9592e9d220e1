"""One loop does what is due: looks at followed messages, counts scheduled retries down and lets them begin.

What waits is a row in the database, not a thread: a thousand messages may be followed at once, and a restart loses
none. Each deed may be done again: it notes what it did, and the database decides who was first.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from bot.duties.loop import Loop
from bot.store import Due, Store
from bot.telemetry import trouble

Deed = Callable[[Due], None]

# Most looks at a time: WaConnect is asked politely.
_WORKERS = 8
_BATCH = 64
# A deed that takes longer than this, or died with its process, is taken up again. One status read and one edit of a
# message, each as slow as their limits allow, take less.
_LEASE = 120.0
# A row may have been written by another process, so the loop never sleeps longer.
_LONGEST_NAP, _SHORTEST_NAP = 1.0, 0.01


class DuesLoop:
    """A thread of its own, from `start` to `stop`."""

    def __init__(self, store: Store) -> None:
        self._dues = store.dues
        self._is_shared = store.is_shared
        self._deeds: Mapping[str, Deed] = {}
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="dues")
        self._loop = Loop("dues", self._round, after_fault=_LONGEST_NAP)

    def start(self, deeds: Mapping[str, Deed]) -> None:
        """Begin, with what to do for each kind; all that waits is looked at at once.

        Not where other bots are at it: what a dead one was at is set free when it is buried.
        """
        self._deeds = deeds
        if not self._is_shared:
            self._dues.wake()
        self._loop.start()

    def stop(self, seconds: float) -> None:
        """The deeds under way end; nothing new begins."""
        self._loop.stop(seconds)
        self._pool.shutdown(wait=False)

    def nudge(self) -> None:
        """Something new is to be done."""
        self._loop.wake()

    def _round(self) -> float:
        done = list(self._pool.map(self._do, self._dues.due(datetime.now(UTC), _BATCH)))
        return max(0.0 if done else self._nap(), _SHORTEST_NAP)

    def _nap(self) -> float:
        upcoming = self._dues.next_at()
        left = (upcoming - datetime.now(UTC)).total_seconds() if upcoming else _LONGEST_NAP
        return min(left, _LONGEST_NAP)

    def _do(self, due: Due) -> None:
        """One deed; one that fails is tried again when its lease is over."""
        if self._loop.is_stopped or not self._dues.lease(due, _LEASE):
            return
        try:
            self._deeds[due.kind](due)
        except Exception as error:  # noqa: BLE001 - one must not stop the others
            trouble("dues.one_failed", press=due.press, kind=due.kind, exc_info=error)
