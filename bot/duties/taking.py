"""What somebody posts to us is kept before it is acknowledged; what comes at the same time is kept in one transaction.

Nothing is read or counted here: the sender waits. `sorting` does that afterwards, from the database.
"""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from uuid import uuid4

from bot.desk.questions import UNPOSTED
from bot.intake import Arrived
from bot.intake.hooks import Hook
from bot.intake.words import digest
from bot.store import Store
from bot.store.arrivals import Row


@dataclass(frozen=True, slots=True)
class _Sheaf:
    """The alerts of one request."""

    rows: Sequence[Row]
    done: "Future[int]" = field(default_factory=Future)


class Taking:
    """Who takes what comes in. `wake`: there is something to sort."""

    def __init__(self, store: Store, wake: Callable[[], None]) -> None:
        self._arrivals = store.arrivals
        self._wake = wake
        # One writer: SQLite lets one write at a time, and what waits for it is written together.
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="taking")
        self._sheaves: deque[_Sheaf] = deque()

    def take(self, team: str, hook: Hook, channel: str, told: Sequence[Arrived], is_past: bool = False) -> int:
        """How many of them are new, once all are kept. Whatever the database raises.

        `is_past`: they are only to be known, so that nobody is alarmed when they come again.
        """
        sheaf = _Sheaf([self._row(team, hook, channel, one, is_past) for one in told])
        if not sheaf.rows:
            return 0
        self._sheaves.append(sheaf)
        self._writer.submit(self._work)
        return sheaf.done.result()

    def _row(self, team: str, hook: Hook, channel: str, one: Arrived, is_past: bool) -> Row:
        thing = digest(one.thing) if one.thing else ""
        turn = self._arrivals.turn(team, hook.name, thing, one.state) if one.recurs and thing else ""
        key = digest(f"{team}/{hook.name}/{one.id}{turn}") if one.id else uuid4().hex
        # Whoever tells of a message's failure, it failed once.
        counted = digest(f"{team}/{one.message_id}") if one.message_id else key
        sighting = f"{team}/{channel}/{UNPOSTED}{counted}"
        return self._arrivals.row(team, hook.name, channel, key, sighting, thing, one, is_past)

    def _work(self) -> None:
        """All that is there by now."""
        sheaves = [self._sheaves.popleft() for _ in range(len(self._sheaves))]
        if not sheaves:  # they were kept together with an earlier one
            return
        try:
            new = self._arrivals.keep([row for sheaf in sheaves for row in sheaf.rows])
        except Exception as error:  # noqa: BLE001 - raised where each was handed in, and so its sender tries again
            for sheaf in sheaves:
                sheaf.done.set_exception(error)
            return
        for sheaf in sheaves:
            mine = {row["key"] for row in sheaf.rows} & new
            new -= mine
            sheaf.done.set_result(len(mine))
        self._wake()
