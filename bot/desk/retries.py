"""What a press means: send, schedule, ask for what is missing, or refuse with the reason."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.desk.answers import LONGEST_BACK_OFF, Answer
from bot.waconnect.limits import problems
from bot.waconnect.payloads import OutboundRequest


@dataclass(frozen=True, slots=True)
class Send:
    """Send this, now or when its time has come; `claim` names the failed message that it makes good."""

    request: OutboundRequest
    claim: str
    failed_id: str | None = None
    """The id of the message that failed: its status is read before anything is sent."""
    due_at: datetime | None = None
    """Sooner cannot help; None is now."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask the person for what is not known, or must be fixed, with what is known filled in."""

    request: OutboundRequest
    hint: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """It cannot help, and why."""

    says: str


def retry(pasted: Answer, seen_at: datetime, now: datetime) -> Send | Ask | Refusal:
    """What a press on *Retry message* means."""
    best = pasted.diagnosis.best
    if best is None or pasted.withheld:
        return Refusal(pasted.withheld or "I no longer recognise this error, so I will not send anything for it.")
    if pasted.request is None or best.entry.verdict.can_retry == "after_fix" or problems(pasted.request):
        return asked(pasted)
    return sending(pasted, pasted.request, seen_at, now)


def asked(pasted: Answer) -> Ask:
    """What the form starts from."""
    best = pasted.diagnosis.best
    verdict = best.entry.verdict if best else None
    if pasted.request is None:
        known = {"to": pasted.diagnosis.seen.recipient or "", "body": ""}
        return Ask(OutboundRequest("messages/text", known), "The paste does not hold the request: fill it in.")
    if verdict and verdict.can_retry == "after_fix":
        return Ask(pasted.request, f"Fix {verdict.fix} first: {verdict.because}.")
    faults = problems(pasted.request)
    return Ask(pasted.request, f"{faults[0].field}: {faults[0].says}." if faults else "Look at it before it is sent.")


def sending(pasted: Answer, request: OutboundRequest, seen_at: datetime, now: datetime) -> Send:
    """A whole request for this paste, from the paste itself or from the form."""
    claim = claim_of(pasted.message_id, pasted.request or request, pasted.scope)
    return Send(request, claim, pasted.message_id, due_at(pasted, seen_at, now))


def due_at(pasted: Answer, seen_at: datetime, now: datetime) -> datetime | None:
    """When sending can help; None when that is now, or so soon that the retry's own back-off waits for it."""
    seconds = (pasted.diagnosis.best and pasted.diagnosis.best.entry.verdict.wait_seconds) or 0
    due = seen_at + timedelta(seconds=seconds)
    return due if seconds > LONGEST_BACK_OFF and due > now else None


def claim_of(message_id: str | None, request: OutboundRequest | None, scope: str = "") -> str:
    """One failed message, one claim: by its id, else by what was sent. ValueError when neither is known.

    `scope`: the workspace that the account belongs to alone, if so: there, another's claims hold nothing.
    """
    return f"{scope}:{_claim_of(message_id, request)}" if scope else _claim_of(message_id, request)


def _claim_of(message_id: str | None, request: OutboundRequest | None) -> str:
    if message_id:
        return f"message:{message_id}"
    if request is None:
        raise ValueError("neither the message's id nor the request is known")
    sent = json.dumps([request.endpoint, request.plain], sort_keys=True)
    return f"request:{hashlib.sha256(sent.encode()).hexdigest()}"
