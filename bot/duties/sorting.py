"""What came by webhooks is sorted: what the knowledge explains joins the incident of its cause, the rest is shown as it
came, one post a shape; what is over closes what it opened.

The database says what is still to be sorted, so nothing that happens to this process loses any of it. A batch that was
cut off is sorted again, and counted once all the same.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from bot.desk import Question
from bot.diagnosis.shapes import shape
from bot.duties.loop import Loop
from bot.duties.triage import Triage
from bot.intake.hooks import Hook, Hooks
from bot.intake.words import digest
from bot.settings import Settings
from bot.store import Arrival, Sorted, Store
from bot.store.engines import Unreadable
from bot.telemetry import report, trouble

# Several at once cost one transaction; many more would keep those who post to us waiting.
_BATCH = 50
# What a fault left is looked for this often; and of several bots one sorts, whom the others do not wake.
_GLANCE, _GLANCE_AT_OTHERS = 1.0, 0.25
# Those who post to us wait for this process too: while they do, it rests so many times as long as a batch took.
_RESTS = 2.0


class Sorting:
    """The one who sorts. `start` and `stop` are the process's, `wake` is anybody's."""

    def __init__(
        self, settings: Settings, store: Store, triage: Triage, hooks: Hooks, show: Callable[[], None]
    ) -> None:
        self._store = store
        self._triage = triage
        self._hooks = hooks
        self._show = show
        self._window = timedelta(seconds=settings.waerror_incident_window_seconds)
        self._loop = Loop("sorting", self._round, after_fault=_GLANCE, rests=self._rests)
        self._came = False
        self._lead = store.lead("sorting")
        self._glance = _GLANCE_AT_OTHERS if store.is_shared else _GLANCE

    def start(self) -> None:
        self._loop.start()

    def stop(self) -> None:
        """The batch under way is sorted to its end."""
        self._loop.stop()
        self._lead.resign()

    def wake(self) -> None:
        self._came = True
        self._loop.wake()

    def _rests(self) -> float:
        return _RESTS if self._came else 0.0

    def _round(self) -> float:
        self._came = False
        if not self._lead.is_mine():
            return _GLANCE
        batch = self._store.arrivals.next(_BATCH)
        if not batch:
            return self._glance
        try:
            self._sort(batch)
        except Unreadable:
            raise
        except Exception as error:  # noqa: BLE001 - one that cannot be read must not hold up the others
            trouble("sorting.one_by_one", error=type(error).__name__)
            for one in batch:
                self._sort_alone(one)
        self._show()
        return 0.0

    def _sort_alone(self, one: Arrival) -> None:
        try:
            self._sort([one])
        except Unreadable:
            raise
        except Exception as error:  # noqa: BLE001 - it is shown as it came
            trouble("sorting.not_read", hook=one.hook, exc_info=error)
            self._settle([], [one])

    def _sort(self, batch: Sequence[Arrival]) -> None:
        firing = [one for one in batch if one.told.state == "firing"]
        asked = [one for one in firing if not one.told.notice]
        self._triage.see_all([(self._question(one), self._account(one)) for one in asked])
        found = self._store.arrivals.incidents([one.sighting for one in asked])
        explained = [one for one in asked if one.sighting in found]
        self._settle(
            [Sorted(one.seq, found[one.sighting]) for one in explained],
            [one for one in firing if one.told.notice or one.sighting not in found],
        )
        over = [one for one in batch if one.told.state == "resolved"]
        self._end(over, {found[one.sighting] for one in explained if not one.firing})
        self._settle([Sorted(one.seq) for one in over], [])  # last: what is cut off before is ended again
        report("sorting.done", alerts=len(firing), explained=len(explained), over=len(over))

    def _settle(self, explained: Sequence[Sorted], others: Sequence[Arrival]) -> None:
        if not explained and not others:
            return
        shown = [one for one in others if one.told.notice or self._is_shown(one)]
        dropped = [Sorted(one.seq) for one in others if one not in shown]
        self._store.plains.settle([*explained, *dropped], [(one, _post(one)) for one in shown], self._window)

    def _end(self, over: Sequence[Arrival], ended: set[str]) -> None:
        """What is over closes what it opened, once nothing of it fires any more."""
        plains: set[str] = set()
        for one in over:
            closed, unfolded = self._store.arrivals.over(one)
            ended |= closed
            plains |= unfolded
        for id in ended:
            if self._store.incidents.ended(id, datetime.now(UTC)):
                report("incident.changed", to="resolved", by="source")
        if plains:
            self._store.plains.end(plains)

    def _question(self, one: Arrival) -> Question:
        hook = self._hooks.get(one.hook)
        source = hook.label if hook else one.hook
        return Question(one.sighting, one.team, one.channel, "", "alert", one.told.paste, source=source, is_bot=True)

    def _account(self, one: Arrival) -> str:
        hook = self._hooks.get(one.hook)
        return hook.account if hook else ""

    def _is_shown(self, one: Arrival) -> bool:
        hook: Hook | None = self._hooks.get(one.hook)
        return hook is None or hook.unexplained == "post"


def _post(one: Arrival) -> str:
    """Alerts that differ in numbers, ids and names alone share a post; a notice has one of its own."""
    if one.told.notice:
        return one.key
    return digest(f"{one.team}/{one.channel}/{one.hook}/{shape(one.told.paste)}")
