"""A press walked from the terminal: the same course and the same record as in the bot, with plain calls for steps."""

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import click

from bot.duties.delivering import deliver, looks
from bot.duties.reading import Reading
from bot.duties.sending import Sending, Sent, accepted_id
from bot.knowledge import Knowledge
from bot.settings import Settings
from bot.store import Step, Store
from bot.views.card import short_id
from bot.views.timeline import STEPS, Known
from bot.waconnect.client import WaConnect

_OUTCOMES = {
    "accepted": "Accepted. It was not followed to its delivery.",
    "delivered": "Done: delivered.",
    "read": "Done: read.",
    "undelivered": "Accepted, and still not delivered. Sending it again may deliver it twice.",
    "failed": "Failed: it was accepted, and not delivered.",
    "refused": "Refused: nothing was sent.",
    "not_sent": "Not sent.",
    "already": "Already delivered: not sent again.",
    "under_way": "Still under way: not sent again.",
    "unknown": "Unknown: it may have been sent. Look for it in WaConnect or ask the recipient before you do it again.",
}
# Steps that a later state of the same step replaces.
_PASSING = frozenset({"checking_account", "checking_status", "sending", "searching"})


class Terminal:
    """The hands of the terminal. `quiet`: print nothing on the way."""

    def __init__(
        self, settings: Settings, store: Store, knowledge: Knowledge, clients: Mapping[str, WaConnect], quiet: bool
    ) -> None:
        self._settings = settings
        self._presses, self._audit = store.presses, store.audit
        self._sending = Sending(store, knowledge, clients)
        self._reading = Reading(store, knowledge, clients)
        self._quiet = quiet
        self._printed: set[tuple[str, str]] = set()
        self.check, self.send, self.search = self._sending.check, self._sending.send, self._sending.search

    def deliver(self, press_id: str, follow: bool) -> str:
        """The outcome, which the database has too. Interrupted, what is not known to be unsent is *unknown*."""
        try:
            attempts, searches = self._settings.waerror_retry_attempts, self._settings.waerror_search_looks
            sent = deliver(self, press_id, attempts, searches)
        except KeyboardInterrupt:
            sent = self._sending.rescued(press_id)
        except BaseException:
            self._end(press_id, self._sending.rescued(press_id))
            raise
        outcome = self._end(press_id, sent)
        return self._followed(press_id, sent["message_id"] or "") if outcome == "accepted" and follow else outcome

    def progress(self, press_id: str) -> None:
        """Print what is new."""
        for step in self._presses.steps(press_id):
            mark = (step.name, step.state)
            if mark not in self._printed and step.state not in _PASSING and not self._quiet:
                click.echo(_line(step))
            self._printed.add(mark)

    def pause(self, seconds: float) -> None:
        time.sleep(seconds * self._settings.waerror_pace)

    def _end(self, press_id: str, sent: Sent) -> str:
        self._note(press_id, sent["state"])
        self.progress(press_id)
        return sent["state"]

    def _note(self, press_id: str, outcome: str) -> None:
        """The one place where the terminal writes an outcome."""
        self._presses.end(press_id, outcome)
        self._audit.ended(press_id, outcome)

    def _followed(self, press_id: str, message_id: str) -> str:
        """Until proof. Interrupted, the message is accepted all the same."""
        try:
            for pause in looks(self._settings.waerror_follow_seconds):
                self.pause(pause)
                self._reading.news(press_id, message_id)
                self.progress(press_id)
                proof = self._reading.proof(press_id)
                if proof:
                    self._note(press_id, proof)
                    return proof
        except KeyboardInterrupt:
            return "accepted"
        self._note(press_id, "undelivered")
        return "undelivered"


def outcome_in_words(outcome: str) -> str:
    return _OUTCOMES.get(outcome, outcome)


def record(store: Store, press_id: str, outcome: str) -> dict[str, Any]:
    """All that is known of a press, without what was sent and to whom."""
    press, steps = store.presses.find(press_id), store.presses.steps(press_id)
    return {
        "press": press.id,
        "outcome": outcome,
        "kind": press.kind,
        "to": press.masked_recipient,
        "messageId": accepted_id(steps),
        "steps": [{"step": one.name, "state": one.state, "at": one.at.isoformat(), **one.data} for one in steps],
    }


def _line(step: Step) -> str:
    told = {name: str(value) for name, value in step.data.items()}
    told |= {name: _time(told[name]) for name in ("since", "seen_at", "due") if name in told}
    told |= {"message_id": short_id(told["message_id"])} if "message_id" in told else {}
    says = STEPS.get(step.state, step.state).format_map(Known(told))
    again = step.data.get("again_in")
    return f"{step.at.astimezone():%H:%M:%S}  {says}" + (f" · trying again in {again:g} s" if again else "")


def _time(iso: str) -> str:
    return f"{datetime.fromisoformat(iso).astimezone():%H:%M:%S}"
