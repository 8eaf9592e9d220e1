"""What came by a webhook, as a message at the top of its channel: what it says, and where it is from.

All of it is from outside: it is masked, without message bodies, and stands as plain text, so that nothing in it is
formatted, links or pings.
"""

from collections.abc import Iterator
from datetime import datetime

from slack_sdk.models.blocks import Block

from bot.diagnosis.shapes import sample
from bot.intake import Arrived
from bot.views.blocks import Blocks, clip, context, escape, header, inert, literal, message, small
from bot.views.incident import clock

_LONGEST_TEXT, _LONGEST_LABELS, _MOST_LABELS = 600, 300, 6
_UNNAMED = "An alert"


def arrival(told: Arrived, source: str, mark: str) -> Blocks:
    """The message in whose thread it is explained."""
    return message(_said(told, source), f"{mark}.alert")


def plain(told: Arrived, source: str, mark: str, count: int, first: datetime, last: datetime, over: bool) -> Blocks:
    """The same, where nothing explains it: how often it came, and whether it is over."""
    seen = f"*{count:,} times* since {clock(first)}, last {clock(last)}" if count > 1 else ""
    ended = ":white_check_mark: Over, its source says." if over else ""
    unknown = "" if told.notice else "I know no error that this would be."
    foot = " ".join(part for part in (ended, unknown, f"{seen}." if seen else "") if part)
    return message([*_said(told, source), *([context(foot)] if foot else [])], f"{mark}.alert")


def summary(told: Arrived, source: str) -> str:
    """For notifications and screen readers."""
    return escape(f"{source}: {clip(sample(told.title), 200)}")


def _said(told: Arrived, source: str) -> Iterator[Block]:
    yield header(inert(sample(told.title)) or _UNNAMED)
    if told.notice:  # our own words, and an address that must be whole
        yield literal(told.text)
    elif told.text and not told.message_id:  # what is said of a message is data, and names its recipient
        yield literal(clip(sample(told.text), _LONGEST_TEXT))
    labels = " · ".join(f"{name}: {value}" for name, value in list(told.labels.items())[:_MOST_LABELS])
    yield small(f"{source} · {clip(sample(labels), _LONGEST_LABELS)}" if labels else source)
