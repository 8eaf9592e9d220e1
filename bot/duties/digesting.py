"""The digest is posted once, when it is due by the clock on people's wall, however often the bot is restarted.

It is claimed in the database before it is posted. One that fell into a downtime is posted late, up to half a day;
then it is no news any more. Where there is nothing to say, nothing is posted.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from bot.duties.charting import Charting
from bot.duties.loop import Loop
from bot.duties.surveying import UnmatchedOf, nothing_unmatched
from bot.knowledge import Knowledge
from bot.schedule import Schedule
from bot.settings import Settings
from bot.slack_errors import CannotPost, SlackAway
from bot.store import Period, Store
from bot.store.digests import LEASE, End
from bot.telemetry import report, trouble
from bot.thread import Place, Thread
from bot.views import digest as view
from bot.views.chart import course, hours

_LATEST = timedelta(hours=12)
# Waking takes a moment; who is later than this was away.
_LATE = timedelta(minutes=5)
# A machine that sleeps, or whose clock is put right, is noticed at least this often.
_LONGEST_WAIT = timedelta(hours=1)
_AGAIN = timedelta(minutes=1)
_MOST_UNMATCHED = 5


class Digesting:
    """The one who posts digests. `start` and `stop` are the process's."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        knowledge: Knowledge,
        thread: Thread,
        charting: Charting,
        unmatched: UnmatchedOf = nothing_unmatched,
    ) -> None:
        self._schedule = settings.digest
        self._channel = settings.waerror_digest_channel or ""
        self._figures, self._digests = store.figures, store.digests
        self._knowledge = knowledge
        self._thread = thread
        self._charting = charting
        self._unmatched = unmatched
        self._loop: Loop | None = None

    def start(self, teams: Callable[[], Iterable[str]]) -> None:
        """`teams`: the workspaces that get one; each round asks anew."""
        if self._schedule is not None:
            self._loop = Loop("digest", lambda: self._round(teams()), after_fault=LEASE.total_seconds())
            self._loop.start()

    def stop(self) -> None:
        """One that is being posted is posted to its end."""
        if self._loop is not None:
            self._loop.stop()

    def tick(self, team: str, now: datetime) -> datetime:
        """Post what is due; when it is worth looking again."""
        schedule = self._schedule
        if schedule is None:
            return now + _LONGEST_WAIT
        due = schedule.last(now)
        if self._digests.is_first(team):  # who switches digests on owes none for the time before
            self._settle(team, due, now, lambda: "skipped")
        elif not self._settle(team, due, now, lambda: self._show(schedule, team, due, now)):
            return now + _AGAIN
        return schedule.next(now)

    def _round(self, teams: Iterable[str]) -> float:
        now = datetime.now(UTC)
        return min((_LONGEST_WAIT, *(self.tick(team, now) - now for team in teams))).total_seconds()

    def _settle(self, team: str, due: datetime, now: datetime, act: Callable[[], End]) -> bool:
        """Claim it, do it, and note what came of it; False when it is to be looked at again soon."""
        if not self._digests.claim(team, due, now):
            return self._digests.ended(team, due) is not None  # else somebody is at it, or died at it
        try:
            ended = act()
        except SlackAway as error:
            self._digests.release(team, due)
            trouble("digest.postponed", error=str(error))
            return False
        except CannotPost as error:
            ended = "refused"
            trouble("digest.refused", channel=self._channel, error=str(error))
        self._digests.end(team, due, ended)
        report("digest.ended", ended=ended, due=due.isoformat())
        return True

    def _show(self, schedule: Schedule, team: str, due: datetime, now: datetime) -> End:
        if now - due > _LATEST:
            return "skipped"
        shown = self._read(schedule, team, due, late=now - due > _LATE)
        if shown.is_empty:
            return "skipped"
        mark, place = f"digest-{team}-{due:%Y%m%dT%H%M}", Place(self._channel, "")
        known, text, thread = self._knowledge, view.summary(shown), self._thread.of(team)
        self._charting.show(
            lambda charts: thread.show(mark, "digest", place, view.digest(shown, known, charts, mark), text)
        )
        return "posted"

    def _read(self, schedule: Schedule, team: str, due: datetime, late: bool) -> view.Digest:
        figures, period = self._figures, Period(schedule.before(due), due)
        before = Period(schedule.before(period.since), period.since)
        counts = figures.course(team, period, 60 * hours(period))
        return view.Digest(
            word=schedule.word,
            period=period,
            late=late,
            alerts=figures.total(team, period),
            alerts_before=figures.total(team, before),
            tops=figures.top(team, period, before),
            new=figures.new(team, period),
            opened=figures.opened(team, period),
            retries=figures.retries(team, period),
            unanswered=figures.unanswered(team, period),
            unmatched=[one for one in self._unmatched(team, _MOST_UNMATCHED) if one.last_at >= period.since],
            course=course(f"Alerts ({schedule.zone.key})", period, counts, schedule.zone),
        )
