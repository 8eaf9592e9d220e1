"""A bulk retry's message in the thread: a bar while it runs, the outcomes at its end. Edited every two seconds at most.

The table of outcomes is posted once all are known, or a while after the last was sent: one recipient's phone may be
off for a day. It can be asked for again at a button.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import monotonic

from bot.desk.rights import approval
from bot.duties.loop import Loop
from bot.settings import Settings
from bot.slack_errors import ThreadError
from bot.store import Bulk, Store
from bot.telemetry import trouble
from bot.thread import Place, Thread
from bot.views import bulk as view

_SHORTEST_GAP = 2.0
_LONGEST_WAIT = timedelta(minutes=15)
_SLACK_IS_AWAY = 30.0


class BulkReporting:
    """Draws bulk retries, in a thread of its own: Slack must not hold up what is sent."""

    def __init__(self, settings: Settings, store: Store, thread: Thread, is_mine: Callable[[str], bool]) -> None:
        self._gap = _SHORTEST_GAP * settings.waerror_pace
        self._wait = _LONGEST_WAIT * settings.waerror_pace
        self._settings = settings
        self._store = store
        self._thread = thread
        self._is_mine = is_mine
        self._live: dict[str, str] = {}
        self._shown: dict[str, object] = {}
        self._again_at: dict[str, float] = {}
        self._loop = Loop("bulk_reporting", self._round, after_fault=_SHORTEST_GAP)

    def start(self) -> None:
        self._loop.start()

    def stop(self) -> None:
        """What is being written is brought to its end."""
        self._loop.stop()

    def outcomes(self, bulk: Bulk) -> None:
        """Post the table. ThreadError."""
        rows = self._store.bulks.rows(bulk.id)
        self._thread.of(bulk.team).attach(
            Place(bulk.channel, bulk.thread), f"retry-{bulk.id[:8]}.csv", view.csv_of(rows)
        )

    def _round(self) -> float:
        live = {bulk.id: bulk for bulk in self._store.bulks.live()}
        mine = [bulk for bulk in live.values() if self._is_mine(bulk.id)]  # of another's, that one tells
        # The last outcome ends a run, and is still to be shown.
        last = [self._store.bulks.find(id, team) for id, team in self._live.items() if id not in live]
        unshown = [bulk for bulk in (*mine, *filter(None, last)) if not self._shows(bulk)]
        # What stands there as it is may still change, until it is live no more.
        self._live = {bulk.id: bulk.team for bulk in (*mine, *unshown)}
        return max(self._gap / 4, 0.02)

    def _shows(self, bulk: Bulk) -> bool:
        """It stands there as it is, and nothing more is to come."""
        if not self._thread.of(bulk.team).is_here:
            return True
        if monotonic() >= self._again_at.get(bulk.id, 0.0):
            self._show(bulk)
        return bulk.told and (bulk.state, bulk.why, self._store.bulks.tally(bulk.id)) == self._shown.get(bulk.id)

    def _show(self, bulk: Bulk) -> None:
        tally = self._store.bulks.tally(bulk.id)
        state = (bulk.state, bulk.why, tally)
        if state != self._shown.get(bulk.id):
            drawn = self._draw(bulk, tally)
            self._again_at[bulk.id] = monotonic() + (self._gap if drawn else _SLACK_IS_AWAY)
            if drawn:
                self._shown[bulk.id] = state
        elif bulk.ended_at and not bulk.told and self._is_time(bulk, tally):
            self._tell(bulk)

    def _is_time(self, bulk: Bulk, tally: dict[str, int]) -> bool:
        is_open = tally.get("sending") or tally.get("following")
        return not is_open or datetime.now(UTC) > (bulk.ended_at or bulk.made_at) + self._wait

    def _draw(self, bulk: Bulk, tally: dict[str, int]) -> bool:
        place = Place(bulk.channel, bulk.thread, bulk.user)
        blocks = view.progress(bulk, tally, approval(bulk.total, self._settings))
        try:
            self._thread.of(bulk.team).show(bulk.incident, f"bulk/{bulk.id}", place, blocks, view.summary(bulk, tally))
        except ThreadError as error:
            trouble("bulk.not_shown", bulk=bulk.id, error=str(error))
            return False
        return True

    def _tell(self, bulk: Bulk) -> None:
        try:
            self.outcomes(bulk)
        except ThreadError as error:  # the button below its message is still there
            trouble("bulk.outcomes_not_posted", bulk=bulk.id, error=str(error))
        self._store.bulks.tell(bulk.id)
