"""What became of a message: one line a step, with its time, and at the end one sentence that is proven.

A table says how each step reads; the steps themselves come from the database or from WaConnect.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from slack_sdk.models.blocks import Block

from bot.diagnosis.entries import Entry
from bot.diagnosis.masking import mask_number
from bot.diagnosis.verdicts import duration
from bot.store import Press, Quiet, Step
from bot.views.blocks import Blocks, context, day_and_time, escape, message, moment, outside, section
from bot.views.card import short_id
from bot.views.press_buttons import buttons
from bot.views.short import explanation
from bot.waconnect.records import MessageStatus

STEPS: Mapping[str, str] = {
    "scheduled": "scheduled for {due}",
    "is_due": "its time has come",
    "sent_early": "sent before its time by {user}",
    "cancelled": "cancelled by {user}",
    "checking_account": "checking the account …",
    "account_good": "account good (key valid, active)",
    "account_key_invalid": "nothing was sent: WaConnect does not accept this bot's API key ({says})",
    "account_account_disabled": "nothing was sent: the account is disabled ({says})",
    "account_refused": "nothing was sent: WaConnect did not say that the account is good ({says})",
    "account_unreachable": "WaConnect could not be reached, so nothing was sent: {says}",
    "checking_status": "reading what became of the failed message …",
    "has_failed": "the message is failed at WaConnect, so it may be sent again",
    "status_not_known": "WaConnect knows no message of this id, so it may be sent again",
    "status_unread": "nothing was sent: what became of the failed message could not be read ({says})",
    "was_delivered": "nothing was sent: the message that failed was {status} {seen_at}",
    "is_under_way": "nothing was sent: the message is {status} at WaConnect and may still arrive",
    "not_known_here": "nothing was sent: the request is from another release of waerror",
    "sending": "sending …",
    "accepted": "accepted · {message_id}",
    "refused": "refused: {says}",
    "not_sent": "WaConnect could not be reached, so nothing was sent: {says}",
    "unknown": "no clear answer: {says}",
    "searching": "looking for it in WaConnect's records …",
    "found": "found it: accepted as {message_id}",
    "found_none": "looked for it: no message to this number since {since}",
    "found_several": "looked for it: messages to this number around {since} may be it or may not, so I cannot tell",
    "search_failed": "looked for it: WaConnect's records could not be read ({says})",
    "sent_anyway": "sent anyway by {user}, in a message of its own below",
    "followed_again": "followed again, asked by {user}",
    "died": "something went wrong on my side",
    "pending": "pending at WaConnect",
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "failed": "failed: {says}",
}
OUTCOMES: Mapping[str, str] = {
    "delivered": ":white_check_mark: *Done:* delivered {took} after the press.",
    "read": ":white_check_mark: *Done:* read {took} after the press.",
    "failed": ":x: *Failed:* it was accepted, and not delivered. It may be tried again.",
    "refused": ":x: *Refused:* nothing was sent. It may be tried again.",
    "not_sent": ":x: *Not sent:* see above. It may be tried again.",
    "already": ":white_check_mark: *Already delivered*: not sent again.",
    "under_way": ":hourglass: *Still under way*: not sent again. Look at *Message status* of the card in a while; "
    "when it says failed, press again.",
    "cancelled": ":no_entry_sign: *Cancelled:* nothing was sent. It may be tried again.",
    "unknown": ":warning: *Unknown:* it may have been sent, so I will not send it again by myself. "
    "Look for it in WaConnect or ask the recipient before you do.",
    "undelivered": ":hourglass: *Still not delivered* after {followed}. I stopped looking; it was accepted, "
    "so sending it again may deliver it twice.",
}
# Of a section's 3,000 characters.
_LONGEST_LINES = 2_900
_REPEATED = " The earlier attempt may have arrived all the same."


@dataclass(frozen=True, slots=True)
class Timeline:
    """All that a press's message shows."""

    press: Press
    steps: Sequence[Step]
    explained: Entry | None = None
    """The diagnosis of a refusal."""
    due_at: datetime | None = None
    """It waits until then."""
    followed: float = 0.0
    """Seconds after which the following is given up."""


def retry(shown: Timeline, mark: str) -> Blocks:
    """A retry's thread message."""
    press = shown.press
    name = "Sent anyway" if press.repeats else "Retry"
    sender = f" from {escape(press.account)}" if press.account not in ("", "default") else ""
    title = f"*{name}* by {who(press.user)} · {outside(press.kind, 30)} to {press.masked_recipient}{sender}"
    lines = [f"{moment(press.pressed_at)}  pressed", *map(line, shown.steps)]
    return message(
        [
            section(title),
            section(_newest(lines)),
            section(explanation(shown.explained)) if shown.explained else None,
            _state(shown),
            buttons(press, shown.steps, shown.due_at),
        ],
        mark,
    )


def retry_summary(shown: Timeline) -> str:
    state = shown.press.outcome or (shown.steps[-1].state if shown.steps else "pressed")
    return f"Retry: {state.replace('_', ' ')}"


def _newest(lines: Sequence[str]) -> str:
    """As many lines as a section holds: the press, and of its steps the newest."""
    first, *others = lines
    left = _LONGEST_LINES - len(first)
    kept: list[str] = []
    for one in reversed(others):
        left -= len(one) + 1
        if left < 0:
            kept.append("…")
            break
        kept.append(one)
    return "\n".join([first, *reversed(kept)])


def _state(shown: Timeline) -> Block:
    """The proven end, or what is being waited for."""
    press, steps = shown.press, shown.steps
    if press.outcome:
        last = steps[-1].at if steps else press.pressed_at
        took = duration((last - press.pressed_at).total_seconds())
        says = OUTCOMES[press.outcome].format(took=took, followed=duration(shown.followed))
        return section(says + (_REPEATED if press.repeats and press.may_be_sent_anyway else ""))
    if shown.due_at is not None:
        left = duration((shown.due_at - datetime.now(UTC)).total_seconds())
        return section(
            f":alarm_clock: *Scheduled* for {day_and_time(shown.due_at)}, in about {left}. It then is sent by itself."
        )
    if steps and steps[-1].state in ("unknown", "searching"):
        return context("It may have been sent. I am looking for it in WaConnect's records.")
    return context("I am following it; this message is edited as it goes on.")


def status(found: MessageStatus, explained: Entry | None, mark: str) -> Blocks:
    """WaConnect's record of one message."""
    recipient = f" to {mask_number(found.to)}" if found.to else ""
    steps = [
        f"{moment(step.at)}  {outside(step.status, 30)}" if step.at else outside(step.status, 30)
        for step in found.history
    ]
    current = f"Now: *{outside(found.status or 'unknown', 30)}*"
    return message(
        [
            section(f"*Message* {escape(short_id(found.message_id))}{recipient}"),
            section("\n".join([*steps, current])),
            section(explanation(explained)) if explained else _raw_error(found),
        ],
        mark,
    )


def status_failed(message_id: str, says: str, explained: Entry | None, mark: str) -> Blocks:
    """WaConnect did not tell the status."""
    blocks = [section(f"*Message* {escape(short_id(message_id))}: its status could not be read. {outside(says)}")]
    return message([*blocks, section(explanation(explained)) if explained else None], mark)


def _raw_error(found: MessageStatus) -> Block | None:
    return context(f"WaConnect says: {outside(found.error_text)}") if found.error_text else None


def line(step: Step) -> str:
    """`09:14:03  refused: 130429 Rate limit hit · trying again in 4 seconds`"""
    again = step.data.get("again_in")
    waiting = f" · trying again in {duration(again)}" if isinstance(again, int | float) else ""
    asked = (
        f" · asked by {who(str(step.data['user']))}" if step.state.startswith(_ASKED) and "user" in step.data else ""
    )
    says = STEPS.get(step.state, outside(step.state, 30)).format_map(Known(_told(step)))
    return f"{moment(step.at)}  {says}{waiting}{asked}"


_ASKED = ("search", "found")


def _told(step: Step) -> dict[str, str]:
    """A step's data as it is shown: times in the reader's zone, people as mentions, ids short."""
    shown = {name: outside(value) for name, value in step.data.items()}
    for name, show in _SHOWN.items():
        if name in step.data:
            shown[name] = show(str(step.data[name]))
    return shown


def who(user: str) -> str:
    """A person of the workspace is named; somebody at a terminal is told by the login name."""
    return outside(user, 60) if user.startswith("terminal:") else f"<@{escape(user)}>"


_SHOWN: Mapping[str, Callable[[str], str]] = {
    "message_id": lambda value: escape(short_id(value)),
    "user": who,
    "due": lambda value: day_and_time(datetime.fromisoformat(value)),
    "since": lambda value: moment(datetime.fromisoformat(value)),
    "seen_at": lambda value: moment(datetime.fromisoformat(value)),
}


class Known(dict[str, Any]):
    """A step written by an older release may lack a value; its line is then shorter, not absent."""

    def __missing__(self, key: str) -> str:
        return "…"


def already(holder: Press | Quiet) -> str:
    """What the second person who presses is told."""
    if isinstance(holder, Quiet):
        return (
            f"Not sent: {who(holder.press.user)} sent to the same recipient just now, at "
            f"{moment(holder.at)}. Look whether that is the same message, and press again in a moment."
        )
    waits = f"it is scheduled for {day_and_time(holder.due_at)}" if holder.due_at else "it is under way"
    state = f"it ended as: {holder.outcome.replace('_', ' ')}" if holder.outcome else waits
    return f"This message is taken care of: {who(holder.user)} pressed at {moment(holder.pressed_at)}, and {state}."
