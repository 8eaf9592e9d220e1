"""What a press means: send, ask for what is missing, or refuse with the reason."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.desk.answers import Answer
from bot.diagnosis.verdicts import duration
from bot.waconnect.limits import problems
from bot.waconnect.payloads import OutboundRequest

# Waits up to this are the retry's own back-off; longer ones must be over before it may be pressed.
_BACK_OFF = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Send:
    """Send this now; `claim` names the failed message that it makes good."""

    request: OutboundRequest
    claim: str


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
    verdict = best.entry.verdict
    wait = timedelta(seconds=verdict.wait_seconds or 0)
    if wait > _BACK_OFF and now < seen_at + wait:
        left = duration((seen_at + wait - now).total_seconds())
        return Refusal(f"Not yet: wait another {left}. Sooner cannot help: {verdict.because}.")
    if verdict.can_retry == "after_fix" and pasted.request:
        return Ask(pasted.request, f"Fix {verdict.fix} first: {verdict.because}.")
    if pasted.request is None:
        known = {"to": pasted.diagnosis.seen.recipient or "", "body": ""}
        return Ask(OutboundRequest("messages/text", known), "The paste does not hold the request: fill it in.")
    if faults := problems(pasted.request):
        return Ask(pasted.request, f"{faults[0].field}: {faults[0].says}")
    return Send(pasted.request, claim_of(pasted.message_id, pasted.request))


def claim_of(message_id: str | None, request: OutboundRequest | None) -> str:
    """One failed message, one claim: by its id, else by what was sent. ValueError when neither is known."""
    if message_id:
        return f"message:{message_id}"
    if request is None:
        raise ValueError("neither the message's id nor the request is known")
    sent = json.dumps([request.endpoint, request.plain], sort_keys=True)
    return f"request:{hashlib.sha256(sent.encode()).hexdigest()}"
