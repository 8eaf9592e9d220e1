"""A retry sends at most once and ends on proof: delivered, failed, or an honest *unknown*.

The claim was taken before the workflow began. The workflow walks the course of `delivering`, each deed a durable
step; what was accepted is then followed among the dues, which holds no thread while it waits.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count

from dbos import DBOS, DBOSConfiguredInstance, SetWorkflowID
from dbos._error import DBOSException

from bot.duties.delivering import deliver, search
from bot.duties.dues import DuesLoop
from bot.duties.patience import BRIEF, NOT_SHOWN, PATIENT
from bot.duties.reading import Reading
from bot.duties.sending import Sending, Sent
from bot.duties.timelines import Timelines
from bot.duties.waiting import Waiting
from bot.knowledge import Knowledge
from bot.settings import Settings
from bot.store import Deed, Press, Quiet, Store
from bot.telemetry import report, trouble
from bot.thread import Thread
from bot.waconnect.client import WaConnect

# A search that began longer ago than this was lost between its note and its workflow.
_LONGEST_SEARCH = timedelta(minutes=10)
# What was decided longer ago than this is not shown again after a start.
_RECENT = timedelta(days=7)


@DBOS.dbos_class()
class Retrying(DBOSConfiguredInstance):
    """The remedy *Retry message*, and the buttons of its timeline."""

    def __init__(
        self, settings: Settings, store: Store, knowledge: Knowledge, thread: Thread, clients: Mapping[str, WaConnect]
    ) -> None:
        super().__init__("retrying")
        self._settings = settings
        self._presses = store.presses
        self._dues = store.dues
        self._bulks = store.bulks
        self._audit = store.audit
        self.sending = Sending(store, knowledge, clients)
        self._timelines = Timelines(settings, store, knowledge, thread)
        self._loop = DuesLoop(store)
        reading = Reading(store, knowledge, clients)
        self.waiting = Waiting(settings, store, reading, self._timelines, self._loop.nudge)

    def start(self) -> None:
        """Go on with what waits."""
        self._loop.start(
            {
                "follow": lambda due: self.waiting.look(due, self.begin_telling),
                "schedule": lambda due: self.waiting.count_down(due, self.begin),
            }
        )

    def stop(self) -> None:
        """Let the POST under way end; one that comes after is held, and made by the next process."""
        if not self.sending.gate.close(self._settings.waconnect_timeout_seconds):
            trouble("retry.cut_off")
        self._loop.stop(self._settings.waconnect_timeout_seconds)

    def begin(self, press_id: str) -> None:
        self._start(f"retry:{press_id}", self.retry, press_id)

    def begin_waiting(self) -> None:
        """Something was claimed with its time, and stands among the dues: it is shown."""
        self._loop.nudge()

    def send_now(self, press_id: str, user: str) -> bool | Quiet:
        """A scheduled retry begins before its time; False when it is no longer waiting."""
        fired = self._presses.fire(press_id, self._settings.waerror_quiet_seconds)
        if fired is True:
            self._presses.begin_step(press_id, "fire", "sent_early", user=user)
            self.begin(press_id)
        return fired

    def cancel(self, press_id: str, user: str) -> bool:
        """False when it is no longer waiting."""
        if not self._presses.cancel(press_id, user):
            return False
        self._audit.ended(press_id, "cancelled")
        report("retry.ended", press=press_id, outcome="cancelled")
        self.begin_telling(press_id)
        return True

    def check_again(self, press: Press, user: str) -> bool:
        """Look once more for what is not known; False when somebody does so already, or nothing is unclear."""
        if press.outcome == "undelivered":
            return self._follow_again(press, user)
        searches = [step for step in self._presses.steps(press.id) if step.name.startswith("search/")]
        busy = [step for step in searches if step.state == "searching"]
        if press.outcome != "unknown" or (busy and busy[-1].at > datetime.now(UTC) - _LONGEST_SEARCH):
            return False
        turn = f"search/{len(searches) + 1}"
        if not self._presses.begin_step(press.id, turn, "searching", user=user):
            return False
        self._start(f"{turn}:{press.id}", self.search_again, press.id, turn)
        return True

    def send_anyway(self, press_id: str, deed: Deed) -> Press | Quiet | None:
        """The new press; None when another was first."""
        user = deed.user
        press = self._presses.repeat(press_id, user, self._settings.waerror_quiet_seconds, deed)
        if isinstance(press, Press):
            report("retry.sent_anyway", press=press.id, repeats=press_id)
            self.begin(press.id)
            self.begin_telling(press_id)
        return press

    def resume(self) -> None:
        """Begin what was claimed or decided and never begun; end what an unforeseen error ended without an outcome."""
        for press_id in self._presses.open():
            if self._dues.find(press_id) is not None or self._bulks.owns(press_id):
                continue
            if not _is_over(f"retry:{press_id}"):
                self.begin(press_id)
            # Asked once its workflow is over: another bot may have brought it to its end since the list was read.
            elif self._presses.find(press_id).outcome is None and self._dues.find(press_id) is None:
                # Followed again and cut off again, it is given up again.
                turn = next(turn for turn in count(1) if not _is_over(f"give-up:{press_id}:{turn}"))
                self._start(f"give-up:{press_id}:{turn}", self.give_up, press_id)
        for press_id, step, state in self._presses.decided(datetime.now(UTC) - _RECENT):
            if state == "searching":
                self._start(f"{step}:{press_id}", self.search_again, press_id, step)
            else:
                self.begin_telling(press_id)

    def begin_telling(self, press_id: str) -> None:
        """Show it in its thread, however long Slack is away when it has ended."""
        if self._bulks.owns(press_id):
            return
        ended = self._presses.find(press_id).outcome
        name = f"tell:{press_id}:{len(self._presses.steps(press_id))}:{ended}"
        self._start(name, self.tell, press_id, ended is not None)

    def _start(self, name: str, workflow: Callable[..., None], *inputs: str | bool) -> None:
        with SetWorkflowID(name):
            DBOS.start_workflow(workflow, *inputs)

    @DBOS.workflow()
    def retry(self, press_id: str) -> None:
        try:
            attempts, searches = self._settings.waerror_retry_attempts, self._settings.waerror_search_looks
            self._settle(press_id, deliver(self, press_id, attempts, searches))
        except Exception as error:
            # DBOS's own, or the bot stops: the next process takes it up where it was.
            if isinstance(error, DBOSException) or self.sending.gate.is_closed:
                raise
            trouble("retry.died", press=press_id, exc_info=error)
            self._settle(press_id, self.rescue(press_id))

    @DBOS.workflow()
    def give_up(self, press_id: str) -> None:
        """Its retry ended without an outcome."""
        trouble("retry.given_up", press=press_id)
        self._settle(press_id, self.rescue(press_id))

    @DBOS.workflow()
    def search_again(self, press_id: str, turn: str) -> None:
        sent = search(self, press_id, turn, self._settings.waerror_search_looks)
        if sent["state"] == "accepted" and self.reopen(press_id):
            self.follow(press_id)
        self._tell(press_id, ended=True)

    @DBOS.workflow()
    def tell(self, press_id: str, ended: bool) -> None:
        self._tell(press_id, ended)

    def _settle(self, press_id: str, sent: Sent) -> None:
        if sent["state"] == "accepted":
            self.follow(press_id)
        else:
            self.end(press_id, sent["state"])
        self._tell(press_id, ended=sent["state"] != "accepted")

    def _follow_again(self, press: Press, user: str) -> bool:
        if not self._presses.reopen(press.id, "undelivered"):
            return False
        times = sum(step.name.startswith("follow/") for step in self._presses.steps(press.id))
        self._presses.begin_step(press.id, f"follow/{times + 1}", "followed_again", user=user)
        self.waiting.follow(press.id)
        self.begin_telling(press.id)
        return True

    def progress(self, press_id: str) -> None:
        """Edit the thread; when Slack will not have it, the message goes on all the same."""
        self._tell(press_id, ended=False)

    def pause(self, seconds: float) -> None:
        DBOS.sleep(seconds * self._settings.waerror_pace)

    def _tell(self, press_id: str, ended: bool) -> None:
        if self._bulks.owns(press_id):  # one of many has no message there
            return
        show = self.show_end if ended else self.show
        try:
            show(press_id)
        except NOT_SHOWN as error:
            trouble("retry.end_not_shown" if ended else "retry.not_shown", press=press_id, error=str(error))

    @DBOS.step()
    def check(self, press_id: str) -> str | None:
        return self.sending.check(press_id)

    @DBOS.step()
    def send(self, press_id: str, attempt: int, last: bool) -> Sent:
        return self.sending.send(press_id, attempt, last)

    @DBOS.step()
    def search(self, press_id: str, turn: str, last: bool) -> Sent:
        return self.sending.search(press_id, turn, last)

    @DBOS.step()
    def rescue(self, press_id: str) -> Sent:
        return self.sending.rescued(press_id)

    @DBOS.step()
    def follow(self, press_id: str) -> None:
        self.waiting.follow(press_id)

    @DBOS.step()
    def end(self, press_id: str, outcome: str) -> None:
        self.waiting.end(press_id, outcome)

    @DBOS.step()
    def reopen(self, press_id: str) -> bool:
        return self._presses.reopen(press_id, "unknown")

    @DBOS.step(**BRIEF)
    def show(self, press_id: str) -> None:
        self._timelines.draw(press_id)

    @DBOS.step(**PATIENT)
    def show_end(self, press_id: str) -> None:
        self._timelines.draw(press_id)


def _is_over(workflow: str) -> bool:
    status = DBOS.get_workflow_status(workflow)
    return status is not None and status.status in ("ERROR", "SUCCESS")
