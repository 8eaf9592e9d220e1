"""What a card shows: the diagnosis, and the buttons that can help. A button that cannot is absent and explained."""

from dataclasses import dataclass
from typing import Literal, get_args

from bot.diagnosis import diagnose
from bot.diagnosis.entries import Verdict
from bot.diagnosis.values import Diagnosis, Mode
from bot.diagnosis.verdicts import brief
from bot.knowledge import Knowledge
from bot.waconnect.finding import FoundRequest, find_message_id, find_request
from bot.waconnect.limits import problems
from bot.waconnect.payloads import OutboundRequest

_MODES: tuple[Mode, ...] = get_args(Mode)
# Seconds. A wait up to this is the retry's own back-off; a longer one is scheduled.
LONGEST_BACK_OFF = 60


@dataclass(frozen=True, slots=True)
class Offer:
    """A button that can help."""

    remedy: Literal["retry", "recheck", "status"]
    label: str
    confirm: OutboundRequest | None = None
    """What will be sent, when pressing it needs no form."""
    wait: int | None = None
    """Seconds from when the error was seen until it is sent; None is at once."""


@dataclass(frozen=True, slots=True)
class Answer:
    """All that a card shows."""

    diagnosis: Diagnosis
    found: FoundRequest | None
    message_id: str | None
    offers: tuple[Offer, ...]
    withheld: str | None
    """Why there is no button to send again, where there is none."""

    @property
    def request(self) -> OutboundRequest | None:
        return self.found.request if self.found else None


def answer(text: str, mode: Mode, knowledge: Knowledge, can_act: bool) -> Answer:
    """What we know about a paste. `can_act`: there is an account to act with."""
    return answer_of(text, diagnose(text, knowledge, mode), can_act)


def answer_of(text: str, diagnosis: Diagnosis, can_act: bool) -> Answer:
    """The same, of a text that was diagnosed before."""
    found = find_request(text)
    message_id = (found.message_id if found else None) or find_message_id(text)
    verdict = diagnosis.best.entry.verdict if diagnosis.best else None
    withheld = _why_no_retry(diagnosis, can_act)
    retry = () if withheld or verdict is None else (_retry_offer(verdict, found.request if found else None),)
    checks = _checks(diagnosis, message_id) if can_act else ()
    return Answer(diagnosis, found, message_id, _most_helpful_first(retry + checks, diagnosis), withheld)


def warm_up(knowledge: Knowledge) -> None:
    """The first text of each kind makes what all others use; nobody should wait a third of a second for that."""
    for mode in _MODES:
        answer("POST /api/messages/text 400 the picture did not arrive", mode, knowledge, True)


def only_message_id(text: str) -> str | None:
    """The message id, when the text is nothing else: then its status is asked for, not an error explained."""
    message_id = find_message_id(text)
    return message_id if message_id == text.strip().strip("`") else None


def _why_no_retry(diagnosis: Diagnosis, can_act: bool) -> str | None:
    if diagnosis.best is None:
        return None
    entry = diagnosis.best.entry
    if entry.verdict.can_retry == "never":
        return f"No retry: {entry.verdict.because}."
    if not {"retry", "fix-and-retry"} & set(entry.remedies):
        return "No retry: this error is not about a message that could be sent again."
    return None if can_act else "No buttons: this bot has no WaConnect API key (WACONNECT_API_KEY)."


def _retry_offer(verdict: Verdict, request: OutboundRequest | None) -> Offer:
    if verdict.can_retry == "after_fix":
        return Offer("retry", "Fix and retry…")
    wait = verdict.wait_seconds if (verdict.wait_seconds or 0) > LONGEST_BACK_OFF else None
    label = f"Retry in {brief(wait)}" if wait else "Retry message"
    if request is None or problems(request):
        return Offer("retry", f"{label}…", wait=wait)
    return Offer("retry", label, confirm=request, wait=wait)


def _checks(diagnosis: Diagnosis, message_id: str | None) -> tuple[Offer, ...]:
    status = (Offer("status", "Message status"),) if message_id else ()
    best = diagnosis.best
    return status + ((Offer("recheck", "Re-check account"),) if best and "recheck" in best.entry.remedies else ())


def _most_helpful_first(offers: tuple[Offer, ...], diagnosis: Diagnosis) -> tuple[Offer, ...]:
    order = [r.removeprefix("fix-and-") for r in diagnosis.best.entry.remedies] if diagnosis.best else []
    return tuple(sorted(offers, key=lambda offer: order.index(offer.remedy) if offer.remedy in order else len(order)))
