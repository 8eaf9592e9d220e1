"""A retry sends at most once and ends on proof: delivered, failed, or an honest *unknown*.

The claim was taken before the workflow began. Each POST is noted before it leaves; a POST whose note is there
but whose result is not may have arrived, so it is never made again.
"""

import random
from collections.abc import Iterator, Mapping
from typing import TypedDict

from dbos import DBOS, DBOSConfiguredInstance, SetWorkflowID

from bot.diagnosis.masking import mask
from bot.duties.explaining import account, entry_for
from bot.duties.gate import Gate
from bot.duties.patience import BRIEF, NOT_SHOWN, PATIENT
from bot.knowledge import Knowledge
from bot.settings import Settings
from bot.store import Store
from bot.telemetry import report, trouble
from bot.thread import Place, Thread
from bot.views import timeline
from bot.waconnect.client import WaConnect
from bot.waconnect.errors import Refused, Unreachable, WaConnectError

# Pauses between attempts: 2, 4, 8 … seconds, at most a minute, unless WaConnect names one (Retry-After).
_BACK_OFF, _LONGEST_BACK_OFF = 2.0, 60.0
# A Retry-After beyond this is not waited for: the press ends as refused and may be made again.
_LONGEST_RETRY_AFTER = 600.0
# Pauses between status reads: quick while somebody looks, then ever slower, at most five minutes.
_FIRST_LOOK, _LONGEST_LOOK = 1.0, 300.0
_PROVEN = frozenset({"delivered", "read", "failed"})


class Sent(TypedDict):
    """What came of one POST."""

    state: str
    """accepted, refused, not_sent or unknown."""
    message_id: str | None
    again_in: float | None
    """Seconds until the next attempt, when there is to be one."""


@DBOS.dbos_class()
class Retrying(DBOSConfiguredInstance):
    """The remedy *Retry message*."""

    def __init__(
        self, settings: Settings, store: Store, knowledge: Knowledge, thread: Thread, accounts: Mapping[str, WaConnect]
    ) -> None:
        super().__init__("retrying")
        self._settings = settings
        self._presses = store.presses
        self._knowledge = knowledge
        self._thread = thread
        self._accounts = accounts
        self._audit = store.audit
        self._gate = Gate()

    def stop(self) -> None:
        """Let the POST under way end; one that comes after is held, and made by the next process."""
        if not self._gate.close(self._settings.waconnect_timeout_seconds):
            trouble("retry.cut_off")

    def begin(self, press_id: str) -> None:
        with SetWorkflowID(f"retry:{press_id}"):
            DBOS.start_workflow(self.retry, press_id)

    def resume(self) -> None:
        """Begin what was claimed and never begun; end what an unforeseen error ended without an outcome."""
        for press_id in self._presses.open():
            status = DBOS.get_workflow_status(f"retry:{press_id}")
            if status is not None and status.status == "ERROR":
                with SetWorkflowID(f"give-up:{press_id}"):
                    DBOS.start_workflow(self.give_up, press_id)
            else:
                self.begin(press_id)

    @DBOS.workflow()
    def retry(self, press_id: str) -> None:
        sent = self._send_until_answered(press_id)
        accepted = sent["state"] == "accepted"
        outcome = self._follow(press_id, sent["message_id"] or "") if accepted else sent["state"]
        self._finish(press_id, outcome)

    @DBOS.workflow()
    def give_up(self, press_id: str) -> None:
        """An unforeseen error ended its retry: what is not known to be unsent may have been sent."""
        trouble("retry.died", press=press_id)
        self._finish(press_id, "unknown" if self._presses.steps(press_id) else "not_sent")

    def _finish(self, press_id: str, outcome: str) -> None:
        self.end(press_id, outcome)
        try:
            self.show_end(press_id)
        except NOT_SHOWN as error:
            trouble("retry.end_not_shown", press=press_id, error=str(error))

    def _send_until_answered(self, press_id: str) -> Sent:
        """POST until it is accepted, refused for good, or unclear; only a definite refusal is tried again."""
        for attempt in range(1, self._settings.waerror_retry_attempts):
            sent = self.send(press_id, attempt, last=False)
            self._show(press_id)
            if sent["again_in"] is None:
                return sent
            DBOS.sleep(sent["again_in"] * self._settings.waerror_pace)
        return self.send(press_id, self._settings.waerror_retry_attempts, last=True)

    @DBOS.step()
    def send(self, press_id: str, attempt: int, last: bool) -> Sent:
        """One POST, at most once over all crashes."""
        with self._gate.passed():
            return self._send_once(press_id, f"send/{attempt}", attempt, last)

    def _send_once(self, press_id: str, name: str, attempt: int, last: bool) -> Sent:
        if not self._presses.begin_step(press_id, name, "sending"):
            return self._after_crash(press_id, name)
        press = self._presses.find(press_id)
        try:
            accepted = account(self._accounts, press.account).send(press.outbound)
        except WaConnectError as error:
            return self._not_accepted(press_id, name, error, None if last else _again_in(error, attempt))
        self._presses.end_step(press_id, name, "accepted", message_id=accepted.message_id)
        report("retry.accepted", press=press_id, attempt=attempt)
        return Sent(state="accepted", message_id=accepted.message_id, again_in=None)

    def _after_crash(self, press_id: str, name: str) -> Sent:
        step = next(step for step in self._presses.steps(press_id) if step.name == name)
        if step.state != "sending":  # its result was written; only DBOS did not hear of it
            return Sent(state=step.state, message_id=step.data.get("message_id"), again_in=step.data.get("again_in"))
        self._presses.end_step(press_id, name, "unknown", says="I was restarted while it was being sent")
        return Sent(state="unknown", message_id=None, again_in=None)

    def _not_accepted(self, press_id: str, name: str, error: WaConnectError, again_in: float | None) -> Sent:
        state = _state(error)
        entry = entry_for(error, self._knowledge)
        says = f"{entry.label} {entry.title}" if entry else str(error)
        again = {} if again_in is None else {"again_in": again_in}
        self._presses.end_step(press_id, name, state, says=says, entry=entry and entry.id, **again)
        report("retry.not_accepted", press=press_id, state=state, entry=entry and entry.id, again_in=again_in)
        return Sent(state=state, message_id=None, again_in=again_in)

    def _follow(self, press_id: str, message_id: str) -> str:
        for pause in _looks(self._settings.waerror_follow_seconds):
            DBOS.sleep(pause * self._settings.waerror_pace)
            news = self.look(press_id, message_id)
            if news:
                self._show(press_id)
            if news in _PROVEN:
                return news
        return "undelivered"

    @DBOS.step()
    def look(self, press_id: str, message_id: str) -> str | None:
        """Read the status once and note what is new; the newest status, or None when nothing changed."""
        try:
            found = account(self._accounts, self._presses.find(press_id).account).status(message_id)
        except WaConnectError as error:
            trouble("retry.status_not_read", press=press_id, error=type(error).__name__)
            return None
        news = None
        for state in dict.fromkeys([*(step.status for step in found.history), found.status]):
            entry = entry_for(found.error_text or "", self._knowledge) if state == "failed" else None
            # Steps are not sealed, and what WaConnect says of a failure may name the recipient.
            says = f"{entry.label} {entry.title}" if entry else mask(found.error_text or "WaConnect names no reason")
            data = {"says": says, "entry": entry and entry.id} if state == "failed" else {}
            if state and self._presses.begin_step(press_id, f"status/{state}", state, **data):
                news = state
        return news

    @DBOS.step()
    def end(self, press_id: str, outcome: str) -> None:
        self._presses.end(press_id, outcome)
        self._audit.ended(press_id, outcome)
        report("retry.ended", press=press_id, outcome=outcome)

    def _show(self, press_id: str) -> None:
        """Edit the thread; when Slack will not have it, the message goes on all the same."""
        try:
            self.show(press_id)
        except NOT_SHOWN as error:
            trouble("retry.not_shown", press=press_id, error=str(error))

    @DBOS.step(**BRIEF)
    def show(self, press_id: str) -> None:
        self._draw(press_id)

    @DBOS.step(**PATIENT)
    def show_end(self, press_id: str) -> None:
        self._draw(press_id)

    def _draw(self, press_id: str) -> None:
        press, steps = self._presses.find(press_id), self._presses.steps(press_id)
        last = next((step.data["entry"] for step in reversed(steps) if step.data.get("entry")), None)
        entry = self._knowledge.entries.get(last) if last and press.outcome in ("refused", "failed") else None
        blocks = timeline.retry(press, steps, entry, self._settings.waerror_follow_seconds, press.card)
        text = timeline.retry_summary(press, steps)
        place = Place(press.channel, press.thread, press.user)
        self._thread.show(press.card, f"retry/{press_id}", place, blocks, text)


def _state(error: WaConnectError) -> str:
    match error:
        case Refused():
            return "refused"
        case Unreachable():
            return "not_sent"
        case _:  # FateUnknown, and any error that this table does not know yet: the safe reading
            return "unknown"


def _again_in(error: WaConnectError, attempt: int) -> float | None:
    """Seconds until the next attempt; None when there must be none."""
    if not isinstance(error, Refused) or not error.passing:
        return None
    if error.retry_after is not None:
        return float(error.retry_after) if error.retry_after <= _LONGEST_RETRY_AFTER else None
    pause = min(_BACK_OFF * 2.0 ** (attempt - 1), _LONGEST_BACK_OFF)
    return round(pause * random.uniform(0.8, 1.2), 1)  # noqa: S311 - jitter, not a secret


def _looks(total: float) -> Iterator[float]:
    """Growing pauses that add up to `total` seconds."""
    pause, left = _FIRST_LOOK, total
    while left > 0:
        yield min(pause, left)
        left -= pause
        pause = min(pause * 1.5, _LONGEST_LOOK)
