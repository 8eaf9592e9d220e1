"""An alert is one post in a watched channel that is surely about an error: what of it is counted.

Alerts of one cause on one account in one channel are one incident, while no more than a window passes between two.
"""

from dataclasses import dataclass

from bot.desk.answers import Answer
from bot.desk.questions import Question
from bot.desk.retries import claim_of
from bot.diagnosis.masking import mask_number
from bot.diagnosis.values import Match
from bot.diagnosis.verdicts import in_words

Kind = str
"""`recipient`, `sender`, `template` or `source`."""
# What incidents are counted under while the bot has no account.
_NO_ACCOUNT = "default"


@dataclass(frozen=True, slots=True)
class Cause:
    """What incidents are told apart by, besides the channel."""

    entry: str
    part: int
    """Which of the entry's several causes the text proves, from 1; 0 where it proves none."""
    account: str


@dataclass(frozen=True, slots=True)
class Affected:
    """Something that an alert names: told apart by `value`, shown as `shown`."""

    kind: Kind
    value: str
    shown: str


@dataclass(frozen=True, slots=True)
class Alert:
    """One post, and what it is about."""

    key: str
    """`team/channel/ts`, as the question has it: an alert is counted once."""
    team: str
    channel: str
    ts: str | None
    """None: it came by a webhook, and stands nowhere in Slack."""
    text: str
    cause: Cause
    affected: tuple[Affected, ...]
    claim: str | None
    """The failed message that it tells of, where it names one: a retry of it makes this alert good."""
    late: bool = False
    """It was posted while the bot was away."""
    home: str = ""
    """The account that its channel belongs to; the cause may be another one's."""


def alert(question: Question, text: str, given: Answer, home: str) -> Alert | None:
    """None where nothing is sure. `home`: the account of the channel; a paste that names another's number is its."""
    best = given.diagnosis.best
    if best is None:
        return None
    return Alert(
        key=question.key,
        team=question.team,
        channel=question.channel,
        ts=question.ts if question.is_posted else None,
        text=text,
        cause=Cause(best.entry.id, _part(best), given.account or _NO_ACCOUNT),
        affected=tuple(_affected(question, given)),
        claim=claim_of(given.message_id, given.request, given.scope) if given.message_id or given.request else None,
        late=question.late,
        home=home,
    )


def quotes_us(text: str, given: Answer) -> bool:
    """A bot that repeats our card does not report an error: its first line and its verdict stand there together."""
    best = given.diagnosis.best
    if best is None:
        return False
    return f"{best.entry.label} · {best.entry.title}" in text and in_words(best.entry.verdict) in text


def _part(best: Match) -> int:
    return best.entry.causes.index(best.cause) + 1 if best.cause in best.entry.causes else 0


def _affected(question: Question, given: Answer) -> list[Affected]:
    request = given.request
    recipient = (request and request.recipient) or given.diagnosis.seen.recipient
    found = []
    if recipient:
        found.append(Affected("recipient", recipient, mask_number(recipient)))
    if request and request.sender:
        found.append(Affected("sender", request.sender, mask_number(request.sender)))
    if request and request.template:
        found.append(Affected("template", request.template, request.template))
    if question.source:
        found.append(Affected("source", question.source, question.source))
    return found
