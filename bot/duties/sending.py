"""One message: checked, sent at most once, and looked for when its fate is unclear. No thread, no Slack, no workflow.

Each POST is noted before it leaves; a POST whose note is there but whose result is not may have arrived, so it is
never made again. The retry, the terminal and whatever sends many go through here; who calls sets the pace.
"""

import random
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypedDict

from bot.diagnosis.masking import mask
from bot.duties.explaining import account, entry_for
from bot.duties.gate import Gate
from bot.duties.reading import seen_since
from bot.knowledge import Knowledge
from bot.store import Press, Step, Store
from bot.telemetry import report
from bot.waconnect.client import WaConnect
from bot.waconnect.errors import Refused, Unreachable, WaConnectError

# Pauses between attempts: 2, 4, 8 … seconds, at most a minute, unless WaConnect names one (Retry-After).
_BACK_OFF, _LONGEST_BACK_OFF = 2.0, 60.0
# A Retry-After beyond this is not waited for: the press ends as refused and may be made again.
_LONGEST_RETRY_AFTER = 600.0
# What a message's status means for sending it again; any other word is read as *under way*, the safe reading.
_ARRIVED, _GO_ON = frozenset({"delivered", "read"}), frozenset({"failed"})


class Sent(TypedDict):
    """What came of one POST, or why there was none."""

    state: str
    """`accepted`, or the outcome of the press."""
    message_id: str | None
    again_in: float | None
    """Seconds until the next attempt, when there is to be one."""


def ended(state: str, message_id: str | None = None) -> Sent:
    return Sent(state=state, message_id=message_id, again_in=None)


class Sending:
    """The deeds of a press. Each notes its step; done again after a crash, it gives what was noted."""

    def __init__(self, store: Store, knowledge: Knowledge, clients: Mapping[str, WaConnect]) -> None:
        self._presses = store.presses
        self._knowledge = knowledge
        self._clients = clients
        self.gate = Gate()

    def check(self, press_id: str, *, probed: bool = False) -> str | None:
        """The outcome that keeps it from being sent; None when it may be. `probed`: its account was just now good."""
        press = self._presses.find(press_id)
        return self._bad_request(press) or (None if probed else self._bad_account(press)) or self._not_failed(press)

    def send(self, press_id: str, attempt: int, last: bool) -> Sent:
        """One POST, at most once over all crashes."""
        with self.gate.passed():
            return self._send_once(press_id, f"send/{attempt}", attempt, last)

    def search(self, press_id: str, turn: str, last: bool) -> Sent:
        """One look for a message of unclear fate; `turn` names the step. Found, it is this press's from now on."""
        press, steps = self._presses.find(press_id), self._presses.steps(press_id)
        since = _posted_at(steps) or press.pressed_at
        self._presses.begin_step(press_id, turn, "searching")
        begun = next((dict(step.data) for step in steps if step.name == turn), {})  # who asked for it
        noted = {**begun, "since": since.isoformat()}
        try:
            found = seen_since(account(self._clients, press.account), self._presses, press, since)
        except WaConnectError as error:
            state, told = "search_failed", {"says": _told(error)}
        else:
            if found.sure and self._presses.adopt(press_id, found.ids[0]):
                self._presses.end_step(press_id, turn, "found", **noted, message_id=found.ids[0])
                report("retry.found", press=press_id)
                return ended("accepted", found.ids[0])
            state, told = ("found_several" if found.ids else "found_none"), {}
        if last:
            self._presses.end_step(press_id, turn, state, **noted, **told)
            report("retry.searched", press=press_id, state=state)
        return ended("unknown")

    def rescued(self, press_id: str) -> Sent:
        """What is known of a press whose duty died: what is not known to be unsent may have been sent."""
        steps = self._presses.steps(press_id)
        if (message_id := accepted_id(steps)) is not None:
            return ended("accepted", message_id)
        posts = [step for step in steps if step.name.startswith("send/")]
        self._presses.begin_step(press_id, "died", "died")
        if not posts:
            return ended("not_sent")
        if posts[-1].state == "sending":
            self._presses.end_step(press_id, posts[-1].name, "unknown", says="something went wrong on my side")
        return ended(posts[-1].state if posts[-1].state in ("refused", "not_sent") else "unknown")

    def _bad_request(self, press: Press) -> str | None:
        """Another release may have known endpoints that this one does not."""
        try:
            _ = press.outbound
        except ValueError:
            self._presses.begin_step(press.id, "check/request", "not_known_here")
            return "not_sent"
        return None

    def _bad_account(self, press: Press) -> str | None:
        step = "check/account"
        self._presses.begin_step(press.id, step, "checking_account")
        try:
            probe = account(self._clients, press.account).probe()
        except WaConnectError as error:  # the account is gone; a probe itself raises none
            self._presses.end_step(press.id, step, "account_unreachable", says=_told(error))
            return "not_sent"
        says = {} if probe.outcome == "good" else {"says": mask(probe.detail)}
        self._presses.end_step(press.id, step, f"account_{probe.outcome}", **says)
        return None if probe.outcome == "good" else "not_sent"

    def _not_failed(self, press: Press) -> str | None:
        """The failed message may have been delivered since, or may still be."""
        if press.failed_id is None:
            return None
        step = "check/status"
        self._presses.begin_step(press.id, step, "checking_status")
        try:
            found = account(self._clients, press.account).status(press.failed_id)
        except WaConnectError as error:
            unknown = isinstance(error, Refused) and error.status == 404
            state, says = ("status_not_known", {}) if unknown else ("status_unread", {"says": _told(error)})
            self._presses.end_step(press.id, step, state, **says)
            return None if unknown else "not_sent"
        arrived = next((one for one in (found.status, *(s.status for s in found.history)) if one in _ARRIVED), None)
        at = next((s.at for s in found.history if s.status == arrived and s.at), found.at) if arrived else None
        state = "was_delivered" if arrived else "has_failed" if found.status in _GO_ON else "is_under_way"
        told = {"status": mask(arrived or found.status)[:30]} | ({"seen_at": at.isoformat()} if at else {})
        self._presses.end_step(press.id, step, state, **told)
        return {"was_delivered": "already", "is_under_way": "under_way"}.get(state)

    def _send_once(self, press_id: str, name: str, attempt: int, last: bool) -> Sent:
        posted = datetime.now(UTC).isoformat()
        if not self._presses.begin_step(press_id, name, "sending", posted=posted):
            return self._after_crash(press_id, name)
        press = self._presses.find(press_id)
        if not self._presses.leaves(press_id, name):
            return self._after_crash(press_id, name)
        try:
            accepted = account(self._clients, press.account).send(press.outbound)
        except WaConnectError as error:
            return self._not_accepted(press_id, name, error, None if last else _again_in(error, attempt), posted)
        self._presses.adopt(press_id, accepted.message_id)
        self._presses.end_step(press_id, name, "accepted", posted=posted, message_id=accepted.message_id)
        report("retry.accepted", press=press_id, attempt=attempt)
        return ended("accepted", accepted.message_id)

    def _after_crash(self, press_id: str, name: str) -> Sent:
        step = next(step for step in self._presses.steps(press_id) if step.name == name)
        if step.state != "sending":  # its result was written; only the workflow did not hear of it
            return Sent(state=step.state, message_id=step.data.get("message_id"), again_in=step.data.get("again_in"))
        posted = step.data.get("posted", step.at.isoformat())
        self._presses.end_step(press_id, name, "unknown", posted=posted, says="I was restarted while it was being sent")
        return ended("unknown")

    def _not_accepted(
        self, press_id: str, name: str, error: WaConnectError, again_in: float | None, posted: str
    ) -> Sent:
        state = _state(error)
        entry = entry_for(error, self._knowledge)
        says = f"{entry.label} {entry.title}" if entry else _told(error)
        again = {} if again_in is None else {"again_in": again_in}
        self._presses.end_step(press_id, name, state, posted=posted, says=says, entry=entry and entry.id, **again)
        report("retry.not_accepted", press=press_id, state=state, entry=entry and entry.id, again_in=again_in)
        return Sent(state=state, message_id=None, again_in=again_in)


def accepted_id(steps: tuple[Step, ...]) -> str | None:
    """The id under which WaConnect took the message, as it said or as it was found."""
    return next((str(step.data["message_id"]) for step in reversed(steps) if step.data.get("message_id")), None)


def _posted_at(steps: tuple[Step, ...]) -> datetime | None:
    """When the last POST left."""
    posted = [step.data.get("posted") for step in steps if step.name.startswith("send/")]
    return datetime.fromisoformat(posted[-1]) if posted and posted[-1] else None


def _told(error: WaConnectError) -> str:
    """What the step does not say itself. It is not sealed, and may hold what WaConnect said of the recipient."""
    return mask(error.detail or str(error))


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
