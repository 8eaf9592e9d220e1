"""Everything from outside is escaped, and everything is clipped to Slack's limits, here and nowhere else.

A function a block, in the order in which a message reads. `verbatim` keeps Slack from making links and
mentions of what people pasted.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ConfirmObject,
    ContextActionsBlock,
    ContextBlock,
    FeedbackButtonObject,
    FeedbackButtonsElement,
    HeaderBlock,
    InteractiveElement,
    MarkdownTextObject,
    Option,
    OverflowMenuElement,
    PlainTextObject,
    SectionBlock,
)

from bot.desk import OUR_BLOCKS, ButtonValue
from bot.diagnosis.masking import mask

Blocks = list[dict[str, Any]]

# Slack's limits: https://docs.slack.dev/reference/block-kit/blocks
_SECTION, _HEADER, _CONTEXT, _BUTTON, _CONFIRM, _MOST_BLOCKS = 3_000, 150, 2_000, 75, 300, 50
# All blocks of a message together fail near 13,000 characters (measured); we stay below.
_MESSAGE = 12_000
# How much of one pasted value is shown: enough to recognise it.
_VALUE = 300


def outside(text: object, most: int = _VALUE) -> str:
    """A value from outside as inert mrkdwn: masked, clipped and escaped, on one line."""
    line = re.sub(r"\s+", " ", mask(str(text))).strip()
    return escape(clip(line, most))


def escape(text: str) -> str:
    """Slack's three control characters; without them nothing pings and nothing links."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def clip(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def moment(at: datetime) -> str:
    """`09:14:02` in each reader's own time zone."""
    return f"<!date^{int(at.timestamp())}^{{time_secs}}|{at:%H:%M:%S} UTC>"


def day(at: datetime) -> str:
    """`Nov 24, 2026` in each reader's own time zone."""
    return f"<!date^{int(at.timestamp())}^{{date_short}}|{at:%Y-%m-%d}>"


def day_and_time(at: datetime) -> str:
    """`tomorrow 09:14` in each reader's own time zone; for what is not of today."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{at:%Y-%m-%d %H:%M} UTC>"


def header(text: str) -> Block:
    return HeaderBlock(text=PlainTextObject(text=clip(text, _HEADER), emoji=False))


def section(text: str) -> Block:
    return SectionBlock(text=_mrkdwn(text, _SECTION))


def inert(text: str) -> str:
    """As it stands, for a plain text: with a space of no width no client takes `<!channel>` for a mention."""
    return re.sub(r"<(?=[!@#\w])", "<\u200b", text)


def literal(text: str) -> Block:
    """What somebody wrote: nothing in it is formatted, links or pings."""
    return SectionBlock(text=PlainTextObject(text=clip(inert(text), _SECTION), emoji=False))


def small(text: str) -> Block:
    """The same, in small print."""
    return ContextBlock(elements=[PlainTextObject(text=clip(inert(text), _CONTEXT), emoji=False)])


def context(*texts: str) -> Block:
    return ContextBlock(elements=[_mrkdwn(text, _CONTEXT) for text in texts])


def actions(elements: Sequence[InteractiveElement]) -> Block:
    return ActionsBlock(elements=list(elements))


def button(
    label: str,
    action_id: str,
    card: str,
    confirm: ConfirmObject | None = None,
    pick: str | None = None,
    style: str | None = None,
) -> ButtonElement:
    """A button of ours carries the id of its card, and which of several it is, and nothing else."""
    value = _picking(card, pick)
    text = PlainTextObject(text=clip(label, _BUTTON), emoji=False)
    style = style or ("primary" if confirm else None)
    return ButtonElement(text=text, action_id=action_id, value=value, confirm=confirm, style=style)


def overflow(action_id: str, card: str, entries: Mapping[str, str]) -> OverflowMenuElement:
    """The menu behind ⋯: at most five entries, `pick` → label."""
    options = [
        Option(text=PlainTextObject(text=clip(label, _BUTTON), emoji=False), value=_picking(card, pick))
        for pick, label in entries.items()
    ]
    return OverflowMenuElement(action_id=action_id, options=options)


def feedback(action_id: str, card: str) -> Block:
    """*Helpful* or *Not helpful*; the click carries `pick` yes or no."""
    yes, no = (
        FeedbackButtonObject(text=PlainTextObject(text=label, emoji=False), value=_picking(card, pick))
        for pick, label in (("yes", "Helpful"), ("no", "Not helpful"))
    )
    return ContextActionsBlock(
        elements=[FeedbackButtonsElement(action_id=action_id, positive_button=yes, negative_button=no)]
    )


def _picking(card: str, pick: str | None) -> str:
    return ButtonValue(card=card, pick=pick).model_dump_json(exclude_none=True)


def confirm(title: str, text: str, yes: str) -> ConfirmObject:
    return ConfirmObject(
        title=PlainTextObject(text=clip(title, 100)),
        text=_mrkdwn(text, _CONFIRM),
        confirm=PlainTextObject(text=clip(yes, 30)),
        deny=PlainTextObject(text="Cancel"),
    )


def message(blocks: Iterable[Block | None], mark: str) -> Blocks:
    """The blocks of a message, each marked as ours, and no more of them than Slack takes.

    What does not fit is left out from the end, but for the last block (the evidence) and the buttons.
    """
    drawn = [block.to_dict() for block in blocks if block is not None]
    kept = ("actions", "context_actions")
    while len(drawn) > _MOST_BLOCKS or len(json.dumps(drawn)) > _MESSAGE - 64 * len(drawn):
        optional = [i for i, block in enumerate(drawn[1:-1], 1) if block["type"] not in kept]
        if not optional:
            break
        del drawn[optional[-1]]
    return [{**block, "block_id": f"{OUR_BLOCKS}{mark}.{n}"} for n, block in enumerate(drawn)]


def _mrkdwn(text: str, most: int) -> MarkdownTextObject:
    return MarkdownTextObject(text=clip(text, most), verbatim=True)
