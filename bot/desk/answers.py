"""What a card shows: the diagnosis, and the buttons that can help. A button that cannot is absent and explained."""

from dataclasses import dataclass, replace
from typing import Literal, get_args

from bot.accounts import NO_ACCOUNTS, Account, Accounts
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
class Terms:
    """What is known beside the paste."""

    accounts: Accounts = NO_ACCOUNTS
    home: str = ""
    """The name of the account that the card's channel belongs to."""
    may_reveal: bool = False
    """Somebody may see number and body."""

    @property
    def can_act(self) -> bool:
        """There is an account to act with."""
        return bool(self.accounts.all)

    def of(self, team: str) -> "Terms":
        """Those of one workspace."""
        return replace(self, accounts=self.accounts.of_team(team))

    def at(self, home: str) -> "Terms":
        """Those of a card by its account; one of a release that knew one account names none."""
        return replace(self, home=home or self.home_of(""))

    def home_of(self, channel: str) -> str:
        """The name of the account that serves a channel; empty when there is none."""
        account = self.accounts.of_channel(channel)
        return account.name if account else ""


NO_TERMS = Terms()


@dataclass(frozen=True, slots=True)
class Answer:
    """All that a card shows."""

    diagnosis: Diagnosis
    found: FoundRequest | None
    message_id: str | None
    offers: tuple[Offer, ...]
    withheld: str | None
    """Why there is no button to send again, where there is none."""
    account: str = ""
    """The name of the account that it speaks of and acts with."""
    names_account: bool = False
    """There are several, so it says which."""
    notice: str | None = None
    """The paste names another account's number."""
    reveals: bool = False
    """There is a number or a body to show, and somebody may see it."""
    scope: str = ""
    """The workspace that its account belongs to alone; what is sent there holds nothing that is sent elsewhere."""

    @property
    def shown_account(self) -> str:
        """Its account, where there are several; else nothing."""
        return self.account if self.names_account else ""

    @property
    def request(self) -> OutboundRequest | None:
        return self.found.request if self.found else None


def answer(text: str, mode: Mode, knowledge: Knowledge, can_act: bool, terms: Terms = NO_TERMS) -> Answer:
    """What we know about a paste. `can_act`: there is an account to act with."""
    return answer_of(text, diagnose(text, knowledge, mode), can_act, terms)


def answer_of(text: str, diagnosis: Diagnosis, can_act: bool, terms: Terms = NO_TERMS) -> Answer:
    """The same, of a text that was diagnosed before."""
    found = find_request(text)
    message_id = (found.message_id if found else None) or find_message_id(text)
    account, notice = _account(text, found.request if found else None, diagnosis, terms)
    gone = account if terms.accounts.all and terms.accounts.by_name(account) is None else ""
    can_act = can_act and not gone
    verdict = diagnosis.best.entry.verdict if diagnosis.best else None
    withheld = _why_no_retry(diagnosis, can_act, gone)
    retry = () if withheld or verdict is None else (_retry_offer(verdict, found.request if found else None),)
    checks = _checks(diagnosis, message_id) if can_act else ()
    return Answer(
        diagnosis,
        found,
        message_id,
        _most_helpful_first(retry + checks, diagnosis),
        withheld,
        account,
        terms.accounts.several,
        notice,
        terms.may_reveal and bool((found and found.request) or diagnosis.seen.recipient),
        _scope(terms.accounts.by_name(account)),
    )


def _scope(account: Account | None) -> str:
    return (account and account.team) or ""


def warm_up(knowledge: Knowledge) -> None:
    """The first text of each kind makes what all others use; nobody should wait a third of a second for that."""
    for mode in _MODES:
        answer("POST /api/messages/text 400 the picture did not arrive", mode, knowledge, True)


def only_message_id(text: str) -> str | None:
    """The message id, when the text is nothing else: then its status is asked for, not an error explained."""
    message_id = find_message_id(text)
    return message_id if message_id == text.strip().strip("`") else None


def another_account(request: OutboundRequest, account: str, accounts: Accounts) -> str | None:
    """Why this request must not go out from this account; None when nothing speaks against it."""
    owner = accounts.naming(request.sender) if request.sender else None
    if owner is None or owner.name == account:
        return None
    return f"phoneNumberId belongs to the account {owner.name}, and this would be sent from {account}."


def _account(text: str, request: OutboundRequest | None, diagnosis: Diagnosis, terms: Terms) -> tuple[str, str | None]:
    """The account that a paste is about, and what to say when it is not its channel's."""
    accounts, home = terms.accounts, terms.home
    recipient = (request and request.recipient) or diagnosis.seen.recipient
    sender = accounts.naming(request.sender) if request and request.sender else None
    named = (sender,) if sender else accounts.named_in(text, but=recipient)
    if not named or home in (one.name for one in named):
        return home, None
    return (named[0].name, _notice(named[0], home)) if len(named) == 1 else (home, _several(named, home))


def _notice(account: Account, home: str) -> str:
    return (
        f"This names a number of the account {account.name}, while this channel belongs to {home}. "
        f"I speak of {account.name} and act with it."
    )


def _several(named: tuple[Account, ...], home: str) -> str:
    names = " and ".join(one.name for one in named)
    return f"This names numbers of {names}, while this channel belongs to {home}. I speak of {home} and act with it."


def _why_no_retry(diagnosis: Diagnosis, can_act: bool, gone: str) -> str | None:
    """`gone`: the account that the card spoke of, when this bot has it no more."""
    if diagnosis.best is None:
        return None
    entry = diagnosis.best.entry
    if entry.verdict.can_retry == "never":
        return f"No retry: {entry.verdict.because}."
    if not {"retry", "fix-and-retry"} & set(entry.remedies):
        return "No retry: this error is not about a message that could be sent again."
    if gone:
        return f"No buttons: this bot has no account {gone} any more, and no other is used in its place."
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
