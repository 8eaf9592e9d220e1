"""Many messages are sent again one after the other, at a pace, each once; a run is paused, stopped, survives a crash.

What is done is in the database: a message waits, is being sent, or has its press. Each goes the course of any press
(`delivering`), with hands that wait for the account's turn (`bulk_hands`).
"""

from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from time import monotonic
from typing import Literal
from uuid import uuid4

from bot.duties.brakes import Brakes
from bot.duties.bulk_hands import BulkHands, CalledOff, ProcessEnds, Turns
from bot.duties.delivering import deliver
from bot.duties.loop import Loop
from bot.duties.sending import Sending, Sent, ended
from bot.duties.waiting import Waiting
from bot.pacing import Limit, Pacing
from bot.settings import Settings
from bot.store import Bulk, BulkItem, Deed, Press, Store
from bot.store.schema import now
from bot.telemetry import report, trouble

# So many answers may be awaited at once: at ten a second, WaConnect may take more than a second for each.
_WORKERS = 16
# A person who asked for a thousand messages wants them sent: what is refused for load is tried for long.
_ATTEMPTS = 12
# Seconds between two looks at what there is to do, and for which a run is a process's own.
_NAP, _IDLE = 0.2, 1.0
_LEASE, _SHORTEST_LEASE = 10.0, 1.0


class BulkRunning:
    """A thread of its own and some that send, from `start` to `stop`."""

    def __init__(
        self, settings: Settings, store: Store, pacing: Pacing, sending: Sending, waiting: Waiting, brakes: Brakes
    ) -> None:
        self._settings = settings
        self._store = store
        self._sending = sending
        self._waiting = waiting
        self._brakes = brakes
        self._lease = max(_LEASE * settings.waerror_pace, _SHORTEST_LEASE)
        self._runner = uuid4().hex
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="bulk")
        self._busy: dict[str, set[int]] = {}
        self._states: dict[str, str] = {}
        self._leased: dict[str, float] = {}
        self._lock = Lock()
        self._loop = Loop("bulk", self._round, after_fault=_IDLE)
        rate = Limit(settings.waerror_bulk_per_second, 1.0)
        self._turns = Turns(
            brakes,
            lambda account: pacing.take_of(f"send/{account}", rate),
            self._loop,
            self._states,
            settings.waerror_pace,
        )

    def start(self) -> None:
        self._loop.start()

    def stop(self) -> None:
        """Messages that are being sent are sent to their end; the others wait for the next process."""
        self._loop.stop()
        self._pool.shutdown(cancel_futures=True)
        self._store.bulks.release(self._runner)

    def wake(self) -> None:
        """A run was begun, or changed."""
        self._loop.wake()

    def is_mine(self, bulk_id: str) -> bool:
        """This process works on the run, and tells of it."""
        return bulk_id in self._leased

    def _round(self) -> float:
        """One look at all runs; seconds until the next."""
        nap = _IDLE
        for bulk in self._store.bulks.live():
            self._states[bulk.id] = bulk.state
            if self._is_leased(bulk) and bulk.state == "running":
                self._work(bulk)
                nap = _NAP
        return nap * min(1.0, self._settings.waerror_pace)

    def _is_leased(self, bulk: Bulk) -> bool:
        renewed = self._leased.get(bulk.id)
        if renewed is not None and monotonic() < renewed + self._lease / 2:
            return True
        leased = self._store.bulks.lease(bulk.id, self._runner, self._lease)
        if leased is None:
            self._leased.pop(bulk.id, None)
            return False
        self._leased[bulk.id] = monotonic()
        if leased == "taken":  # a process that died, or gave it back, was sending these
            for item in self._store.bulks.under_way(bulk.id):
                self._begin(bulk, item)
        return True

    def _work(self, bulk: Bulk) -> None:
        standing = self._brakes.standing(bulk.account)
        if standing.why:
            self._store.bulks.change(bulk.id, bulk.team, "paused", ("running",), why=standing.why)
        if not standing.good:
            return
        with self._lock:
            free = _WORKERS - sum(map(len, self._busy.values()))
        for item in self._store.bulks.take(bulk.id, free) if free else ():
            self._begin(bulk, item)
        over = not any(self._store.bulks.has(bulk.id, state) for state in ("waiting", "sending"))
        if over and self._store.bulks.change(bulk.id, bulk.team, "done", ("running",)):
            report("bulk.done", bulk=bulk.id, total=bulk.total)

    def _begin(self, bulk: Bulk, item: BulkItem) -> None:
        with self._lock:
            busy = self._busy.setdefault(bulk.id, set())
            if item.number in busy:
                return
            busy.add(item.number)
        self._pool.submit(self._send, bulk, item)

    def _send(self, bulk: Bulk, item: BulkItem) -> None:
        try:
            match self._claim(bulk, item):
                case "mine":
                    self._settle(item, self._delivered(bulk, item))
                case state:
                    self._store.bulks.note(item, state)
        except ProcessEnds:
            pass  # its note says how far it came; the next process goes on
        except Exception as error:  # noqa: BLE001 - the pool would swallow it
            trouble("bulk.message_failed", bulk=bulk.id, press=item.press, exc_info=error)
            self._settle(item, self._sending.rescued(item.press))
        finally:
            with self._lock:
                self._busy[bulk.id].discard(item.number)
            self._loop.wake()

    def _delivered(self, bulk: Bulk, item: BulkItem) -> Sent:
        hands = BulkHands(bulk, self._store.presses, self._sending, self._turns, self._brakes)
        try:
            return deliver(hands, item.press, _ATTEMPTS, self._settings.waerror_search_looks)
        except CalledOff:  # between two attempts: what was tried so far was refused
            return ended("cancelled")

    def _claim(self, bulk: Bulk, item: BulkItem) -> Literal["mine", "sent", "left"]:
        """`left`: another press has the message. `sent`: it had ended, and a crash came before that was noted."""
        place = (bulk.incident, bulk.channel, bulk.thread, bulk.user)
        press = Press(item.press, *place, item.request, now(), failed_id=item.failed_id, account=bulk.account)
        detail = f"{press.kind} to {press.masked_recipient}"
        deed = Deed(bulk.team, bulk.user, "bulk", "", detail, bulk.account, bulk.incident, bulk.channel)
        holder = self._store.presses.claim(item.claim, press, deed)
        if holder is None:
            return "mine"
        if not isinstance(holder, Press) or holder.id != item.press:
            return "left"
        return "sent" if holder.outcome else "mine"  # claimed before a crash

    def _settle(self, item: BulkItem, sent: Sent) -> None:
        if sent["state"] == "accepted":
            self._waiting.follow(item.press)
        else:
            self._waiting.end(item.press, sent["state"])
        self._store.bulks.note(item, "sent")
