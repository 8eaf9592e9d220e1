"""What became of a message: one line a step, with its time, and at the end one sentence that is proven.

A table says how each step reads; the steps themselves come from the database or from WaConnect.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import Block

from bot.diagnosis.entries import Entry
from bot.diagnosis.masking import mask_number
from bot.diagnosis.verdicts import duration, in_words
from bot.store import Press, Step
from bot.views.blocks import Blocks, context, escape, message, moment, outside, section
from bot.views.card import short_id
from bot.waconnect.records import MessageStatus

_STEPS: Mapping[str, str] = {
    "sending": "sending …",
    "accepted": "accepted · {message_id}",
    "refused": "refused: {says}",
    "not_sent": "WaConnect could not be reached, so nothing was sent: {says}",
    "unknown": "no clear answer: {says}",
    "pending": "pending at WaConnect",
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "failed": "failed: {says}",
}
_OUTCOMES: Mapping[str, str] = {
    "delivered": ":white_check_mark: *Done:* delivered {took} after the press.",
    "read": ":white_check_mark: *Done:* read {took} after the press.",
    "failed": ":x: *Failed:* it was accepted, and not delivered. It may be tried again.",
    "refused": ":x: *Refused:* nothing was sent. It may be tried again.",
    "not_sent": ":x: *Not sent:* WaConnect could not be reached. It may be tried again.",
    "unknown": ":warning: *Unknown:* it may have been sent, so I will not send it again. "
    "Look for it in WaConnect or ask the recipient before you do.",
    "undelivered": ":hourglass: *Still not delivered* after {followed}. I stopped looking; it was accepted, "
    "so sending it again may deliver it twice.",
}


def retry(press: Press, steps: Sequence[Step], explained: Entry | None, followed: float, mark: str) -> Blocks:
    """A retry's thread message. `explained`: the diagnosis of a refusal; `followed`: seconds until it is given up."""
    request = press.outbound
    sender = f" from {escape(press.account)}" if press.account not in ("", "default") else ""
    title = f"*Retry* by <@{escape(press.user)}> · {outside(request.kind, 30)} to {request.masked_recipient}{sender}"
    lines = [f"{moment(press.pressed_at)}  pressed", *map(_line, steps)]
    last = steps[-1].at if steps else press.pressed_at
    took = duration((last - press.pressed_at).total_seconds())
    outcome = _OUTCOMES[press.outcome].format(took=took, followed=duration(followed)) if press.outcome else None
    return message(
        [
            section(title),
            section("\n".join(lines)),
            section(explanation(explained)) if explained else None,
            section(outcome) if outcome else context("I am following it; this message is edited as it goes on."),
        ],
        mark,
    )


def retry_summary(press: Press, steps: Sequence[Step]) -> str:
    return f"Retry: {press.outcome or (steps[-1].state if steps else 'pressed')}"


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


def explanation(entry: Entry) -> str:
    """An error inside another answer, in three lines."""
    return "\n".join(
        [
            f"*{escape(entry.label)} · {escape(entry.title)}*",
            escape(entry.cause),
            escape(in_words(entry.verdict)),
        ]
    )


def _raw_error(found: MessageStatus) -> Block | None:
    return context(f"WaConnect says: {outside(found.error_text)}") if found.error_text else None


def _line(step: Step) -> str:
    says = {name: outside(value) for name, value in step.data.items()}
    if "message_id" in step.data:
        says["message_id"] = escape(short_id(str(step.data["message_id"])))
    again = step.data.get("again_in")
    waiting = f" · trying again in {duration(again)}" if isinstance(again, int | float) else ""
    return f"{moment(step.at)}  {_STEPS.get(step.state, outside(step.state, 30)).format_map(_Known(says))}{waiting}"


class _Known(dict[str, Any]):
    """A step written by an older release may lack a value; its line is then shorter, not absent."""

    def __missing__(self, key: str) -> str:
        return "…"


def already(holder: Press) -> str:
    """What the second person who presses is told."""
    state = f"it ended as: {holder.outcome}" if holder.outcome else "it is under way"
    return f"This message is taken care of: <@{holder.user}> pressed at {moment(holder.pressed_at)}, and {state}."
