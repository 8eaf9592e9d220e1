"""A synthetic error is sent the whole way again and again, so that a bot that does nothing is noticed.

It is claimed, diagnosed and counted as any alert, in a workspace that does not exist, so that no figure and no person
sees it; a durable workflow draws its card and brings it to Slack, which checks it, or shows it in a channel that a
setting names. Then it is taken out of the count. What was under way when a process died is nobody's measure any more.
Each workspace gets one: that one bot speaks there is no sign that it speaks elsewhere.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from datetime import UTC, datetime, timedelta
from time import monotonic
from uuid import uuid4

from dbos import DBOS, DBOSConfiguredInstance, SetWorkflowID

from bot import desk
from bot.desk import Question, Terms
from bot.duties.loop import Loop
from bot.duties.triage import Triage
from bot.knowledge import Knowledge
from bot.settings import Settings
from bot.slack_errors import ThreadError
from bot.store import Store, Synthetic
from bot.telemetry import alarm, report
from bot.thread import Place, Thread
from bot.views.synthetic import MARK, summary, synthetic

# No workspace's and no channel's id looks so.
NOWHERE = "synthetic"
TEXT = 'HTTP 400 {"success": false, "error": "(#131047) Re-engagement message"}'
ENTRY = "meta/131047"
# A workflow that is begun starts within milliseconds; it then waits for Slack, a few calls at most.
_CALLS = 4


class _Stuck(Exception):
    """It did not get further than this; the message is the place in a word."""


@DBOS.dbos_class()
class Trying(DBOSConfiguredInstance):
    """Sends them. `last`: how the newest fared, of several workspaces the worst; None before the first."""

    def __init__(
        self, settings: Settings, store: Store, knowledge: Knowledge, thread: Thread, triage: Triage, terms: Terms
    ) -> None:
        super().__init__("trying")
        self._every = settings.waerror_synthetic_seconds
        # A channel is in one workspace.
        self._channel = None if settings.slack_client_id else settings.waerror_synthetic_channel
        self._patience = _CALLS * settings.slack_timeout_seconds
        self._window = timedelta(seconds=settings.waerror_incident_window_seconds)
        self._store, self._knowledge, self._thread = store, knowledge, thread
        self._triage, self._terms = triage, terms
        # What Slack says against each that is under way.
        self._under_way: dict[str, Future[str]] = {}
        self._loop: Loop | None = None
        self.last: Synthetic | None = None

    def start(self, teams: Callable[[], Sequence[str]]) -> None:
        """`teams`: the workspaces that get one; each round asks anew."""
        if self._every:
            self._loop = Loop("synthetic", lambda: self._round(teams()), after_fault=self._every)
            self._loop.start()

    def stop(self) -> None:
        """The one under way is not waited for, and not judged."""
        if self._loop is not None:
            self._loop.stop(0.0)
        for brought in list(self._under_way.values()):
            brought.cancel()

    def once(self, *teams: str) -> Synthetic:
        """Send one in each of these workspaces, and wait until Slack has it or it is stuck. The worst of them."""
        worst = max(map(self._send, teams), key=lambda one: (bool(one.failed), one.seconds))
        if not self._is_stopped:
            self.last = worst
        return worst

    @property
    def _is_stopped(self) -> bool:
        return self._loop is not None and self._loop.is_stopped

    def _send(self, team: str) -> Synthetic:
        """Kept for who looks from outside."""
        at, began = datetime.now(UTC), monotonic()
        failed = "stopped" if self._is_stopped else self._sent(team, uuid4().hex[:12], at)
        one = Synthetic(at, monotonic() - began, failed)
        if not self._is_stopped:
            self._keep(team, one)
        return one

    def _keep(self, team: str, one: Synthetic) -> None:
        self._store.synthetics.keep(team, one)
        seconds = round(one.seconds, 3)
        if one.failed:
            alarm("synthetic.failed", team=team, where=one.failed, seconds=seconds)
        else:
            report("synthetic.done", team=team, seconds=seconds)

    def _round(self, teams: Sequence[str]) -> float:
        if teams:
            self.once(*teams)
        else:
            self.last = None  # where the bot is installed nowhere, nothing can fail
        return self._every

    def _sent(self, team: str, id: str, at: datetime) -> str:
        """Where it got stuck; empty when it came through."""
        question = _question(id, at)
        try:
            self._count(question)
            self._bring(team, id)
        except _Stuck as stuck:
            return str(stuck)
        except (Exception, CancelledError) as error:  # noqa: BLE001 - whatever it is, here it comes to light
            return type(error).__name__
        finally:
            self._store.counting.correct(question.key, None, self._window, datetime.now(UTC))
        return ""

    def _count(self, question: Question) -> None:
        given = self._triage.see(question, question.text, "quiet")
        best = given.diagnosis.best if given else None
        if best is None or best.entry.id != ENTRY:
            raise _Stuck("diagnosis")

    def _bring(self, team: str, id: str) -> None:
        brought = self._under_way[id] = Future[str]()
        try:
            with SetWorkflowID(f"synthetic:{id}"):
                DBOS.start_workflow(self.deliver, id, team)
            wrong = brought.result(self._patience)
        except TimeoutError:
            raise _Stuck("workflow") from None
        finally:
            del self._under_way[id]
        if wrong:
            raise _Stuck(wrong)

    @DBOS.workflow()
    def deliver(self, id: str, team: str = "") -> None:
        """`team`: empty in what an older release began, which knew one workspace."""
        wrong = self.show_once(id, team)
        brought = self._under_way.get(id)  # none of one that another process began, or that was given up
        if brought and brought.set_running_or_notify_cancel():
            brought.set_result(wrong)

    @DBOS.step()
    def show_once(self, id: str, team: str) -> str:
        """What Slack says against it; empty for nothing. Not tried again: how it is now is what is asked."""
        given = desk.answer(TEXT, "alert", self._knowledge, self._terms.can_act, self._terms.at(""))
        blocks, thread = synthetic(given, datetime.now(UTC)), self._thread.of(team)
        try:
            if self._channel:
                thread.show(MARK, "synthetic", Place(self._channel, ""), blocks, summary())
            else:
                thread.check(blocks)
        except ThreadError as error:
            return f"slack: {error}"
        return ""


def _question(id: str, at: datetime) -> Question:
    ts = f"{at.timestamp():.6f}"
    return Question(f"{NOWHERE}/{NOWHERE}/{ts}-{id}", NOWHERE, NOWHERE, ts, "alert", TEXT, source="waerror")
