"""The life of an incident, as tables: its states, how each looks, and when its header is worth an edit.

open ──I'm on it──▶ owned ──Resolve──▶ resolved ──a new alert, Reopen──▶ open
  └─Snooze──▶ snoozed ──time is over──▶ open        open, owned ──quiet──▶ resolved
  └─Mute here──▶ muted ──Unmute, time is over──▶ open
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

State = Literal["open", "owned", "snoozed", "muted", "resolved"]
STATES: tuple[State, ...] = get_args(State)


@dataclass(frozen=True, slots=True)
class Change:
    """What a button does to an incident."""

    to: State
    label: str
    offered_in: tuple[State, ...]
    lasts: timedelta | None = None
    in_menu: bool = False


_LIVE: tuple[State, ...] = ("open", "owned", "snoozed")
# `pick` of the button or menu entry → what it does. A state that is not named in `offered_in` does not show it.
CHANGES: Mapping[str, Change] = {
    "own": Change("owned", "I'm on it", ("open", "snoozed")),
    "resolve": Change("resolved", "Resolve", _LIVE),
    "release": Change("open", "Hand back", ("owned",)),
    "wake": Change("open", "Wake up", ("snoozed",)),
    "unmute": Change("open", "Unmute", ("muted",)),
    "reopen": Change("open", "Reopen", ("resolved",)),
    "snooze-1h": Change("snoozed", "Snooze 1 h", ("open", "owned"), timedelta(hours=1), in_menu=True),
    "snooze-1d": Change("snoozed", "Snooze 24 h", ("open", "owned"), timedelta(days=1), in_menu=True),
    "mute": Change("muted", "Mute here", _LIVE, in_menu=True),
}
# Seen in the channel without opening the thread. Slack's own names of emoji.
REACTIONS: Mapping[State, str] = {
    "open": "red_circle",
    "owned": "eyes",
    "snoozed": "zzz",
    "muted": "mute",
    "resolved": "white_check_mark",
}
# An edit waits until the alerts pause, for Slack grants 50 edits a minute to the whole workspace.
_SETTLES = timedelta(seconds=1)
# Two edits of one header are at least this far apart, and a header that never settles is edited this often.
_CLOSEST, _LONGEST = timedelta(seconds=5), timedelta(seconds=30)
_FIRST_NOTE = 10


def edit_due(
    changed_at: datetime, last_seen: datetime, drawn_at: datetime, state_at: datetime, pace: float
) -> datetime:
    """When a header that is no longer true is edited. What a person did shows at once.

    `changed_at`: since when it is not true any more.
    """
    if state_at > drawn_at:
        return state_at
    settled = max(last_seen + _SETTLES * pace, drawn_at + _CLOSEST * pace)
    return min(settled, max(changed_at, drawn_at) + _LONGEST * pace)


def note_due(count: int, noted: int) -> int | None:
    """10, 100, 1,000 …: the round number that the thread is told of; None when there is nothing new."""
    reached = 1
    while reached * _FIRST_NOTE <= count:
        reached *= _FIRST_NOTE
    return reached if reached > noted else None
