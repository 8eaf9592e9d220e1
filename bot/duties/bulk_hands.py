"""The hands of one message of many: as any press's, but each POST in the account's turn, and none while paused."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from threading import Lock
from time import monotonic

from bot.duties.brakes import Brakes
from bot.duties.loop import Loop
from bot.duties.sending import Sending, Sent
from bot.store import Bulk
from bot.store.presses import Presses

# Whoever waits notices so soon, in seconds, that the run was paused or stopped.
_LOOKS_UP = 0.2


class ProcessEnds(Exception):
    """Nothing is begun any more."""


class CalledOff(Exception):
    """The run was stopped before this message could be sent."""


class Turns:
    """Who may send next. `take` gives the seconds until it is worth asking again, 0.0 when the turn was taken."""

    def __init__(
        self, brakes: Brakes, take: Callable[[str], float], loop: Loop, states: Mapping[str, str], pace: float
    ) -> None:
        self._brakes = brakes
        self._take = take
        self._loop = loop
        self._states = states
        self._pace = pace
        # Of an account's messages one alone waits for the turn, or all would ask the database at once.
        self._locks: defaultdict[str, Lock] = defaultdict(Lock)

    def wait(self, bulk: Bulk) -> None:
        """Until it is this account's turn, and the run is not paused. CalledOff, ProcessEnds."""
        with self._locks[bulk.account]:
            while seconds := self._seconds(bulk):
                self._sleep(min(seconds, _LOOKS_UP))

    def pause(self, seconds: float) -> None:
        """ProcessEnds when the bot is told to end meanwhile."""
        self._sleep(seconds * self._pace)

    def _sleep(self, seconds: float) -> None:
        if self._loop.wait_for_end(seconds):
            raise ProcessEnds

    def _seconds(self, bulk: Bulk) -> float:
        if self._loop.is_stopped:
            raise ProcessEnds
        state = self._states.get(bulk.id)
        if state == "stopped":
            raise CalledOff
        return _LOOKS_UP if state == "paused" else self._brakes.left(bulk.account) or self._take(bulk.account)


class BulkHands:
    """Of one message."""

    def __init__(self, bulk: Bulk, presses: Presses, sending: Sending, turns: Turns, brakes: Brakes) -> None:
        self._bulk = bulk
        self._presses = presses
        self._sending = sending
        self._turns = turns
        self._brakes = brakes

    def check(self, press_id: str) -> str | None:
        """The account was asked for all of them; what left before a crash is past checking."""
        if any(step.name.startswith("send/") for step in self._presses.steps(press_id)):
            return None
        return self._sending.check(press_id, probed=True)

    def send(self, press_id: str, attempt: int, last: bool) -> Sent:
        self._turns.wait(self._bulk)
        left_at = monotonic()
        sent = self._sending.send(press_id, attempt, last)
        self._brakes.heard(self._bulk.account, left_at, sent["again_in"])
        return sent

    def search(self, press_id: str, turn: str, last: bool) -> Sent:
        return self._sending.search(press_id, turn, last)

    def progress(self, press_id: str) -> None:
        """One message of many has no timeline of its own."""

    def pause(self, seconds: float) -> None:
        self._turns.pause(seconds)
