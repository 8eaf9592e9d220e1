"""After a send of unclear fate: is there a record that can only be its own? Several, or undated ones, prove nothing.

Neither the order of WaConnect's list nor its times are documented, so a record counts by what it says of itself.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.waconnect.payloads import OutboundRequest
from bot.waconnect.records import MessageStatus

CLOCKS_DIFFER: Final = timedelta(seconds=30)
"""How far WaConnect's clock may be behind ours."""
ROUNDING: Final = timedelta(seconds=2)
"""How far it mostly is, with times in whole seconds. A record older than this may be the message that failed first, so
a person must decide."""


@dataclass(frozen=True, slots=True)
class Findings:
    """The ids of the records that may be the message's own."""

    ids: tuple[str, ...] = ()
    sure: bool = False
    """There is exactly one, and by its own time it was made by the attempt."""


def findings(
    records: Iterable[MessageStatus], request: OutboundRequest, since: datetime, known: Collection[str]
) -> Findings:
    """Records to the same recipient, of the same kind, made since the attempt. `known`: ids of other messages."""
    mine = {one.message_id: one for one in records if one.message_id not in known and _fits(one, request)}
    dated = {name: at for name, one in mine.items() if (at := made(one)) is not None}
    recent = [name for name in mine if name not in dated or dated[name] >= since - CLOCKS_DIFFER]
    sure = len(recent) == 1 and recent[0] in dated and dated[recent[0]] >= since - ROUNDING
    return Findings(tuple(recent), sure)


def made(record: MessageStatus) -> datetime | None:
    """When the message was made: its earliest time, since some records carry the time of their last change."""
    times = [at for at in (record.at, *(step.at for step in record.history)) if at is not None]
    return min(times, default=None)


def _fits(record: MessageStatus, request: OutboundRequest) -> bool:
    same_kind = record.type is None or record.type.lower() in _names(request.kind)
    return bool(record.message_id) and same_kind and record.to != "" and record.to == request.recipient


def _names(kind: str) -> frozenset[str]:
    """What WaConnect or Meta may call a kind of message in a record."""
    return frozenset({kind, *_ALSO_CALLED.get(kind, ())})


_ALSO_CALLED: Final = {
    "reply-buttons": ("interactive", "button", "buttons", "reply_buttons"),
    "list": ("interactive",),
    "auth-template": ("template", "auth_template", "authentication"),
}
