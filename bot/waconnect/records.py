"""How far a message came: the status records of WaConnect, whatever their shape."""

import json
import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bot.waconnect.answers import Answer, message_id
from bot.waconnect.errors import FateUnknown
from bot.waconnect.lenient import Record, first_text, list_in, moment, records

_MOST_ERROR_TEXT: Final = 2_000
_TO_FIELDS: Final = ("to", "recipient", "recipientId", "recipient_id")
_TIME_FIELDS: Final = ("timestamp", "createdAt", "sentAt", "created_at", "updatedAt", "time", "at")
_WHY_FAILED: Final = re.compile(r"error|fail|reason", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class StatusStep:
    """One status that a message reached, and when."""

    status: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class MessageStatus:
    """How far a message came. A field that the answer lacks is empty, `unknown` or None."""

    message_id: str
    to: str
    """Digits only."""
    status: str
    """`pending`, `sent`, `delivered`, `read`, `failed`, or what WaConnect says, in lower case."""
    history: tuple[StatusStep, ...] = ()
    error_text: str | None = None
    """What the record says of a failure, as compact JSON, not masked."""
    at: datetime | None = None
    """The record's own timestamp."""
    type: str | None = None


def message_status(answer: Answer, *, asked: str) -> MessageStatus:
    """The record of one message. Raises FateUnknown when the answer holds none."""
    data = answer.data
    inner = data.get("data") if isinstance(data, dict) else None
    for record in (*records(inner), *records(data)):
        if isinstance(record.get("status"), str):
            return _status_of(record, asked)
    raise FateUnknown(f"HTTP {answer.status} without a status")


def status_list(answer: Answer) -> tuple[MessageStatus, ...]:
    """The records of a list. Raises FateUnknown when it holds no list: that must not read as "nothing"."""
    found = list_in(answer.data)
    if found is None:
        raise FateUnknown(f"HTTP {answer.status} without a list")
    return tuple(_status_of(record, "") for record in found if isinstance(record, dict))


def failed_at(one: MessageStatus) -> datetime | None:
    """When it failed, as its history has it; else the record's own time, which may be when it was sent."""
    return next((step.at for step in reversed(one.history) if step.status == "failed" and step.at), one.at)


def statuses_in(data: object) -> tuple[MessageStatus, ...]:
    """Every record with a status and a message id, wherever it stands; one without errors has those around it."""
    found = (_status_of(record, "") for record in records(data) if isinstance(record.get("status"), str))
    around = _why_failed(tuple(records(data)))
    return tuple(replace(one, error_text=one.error_text or around) for one in found if one.message_id)


def _status_of(record: Record, asked: str) -> MessageStatus:
    steps = record.get("statusHistory") or record.get("history")
    history = [step for step in steps if isinstance(step, dict)] if isinstance(steps, list) else []
    return MessageStatus(
        message_id=message_id(record) or asked,
        to=re.sub(r"[^0-9]", "", first_text(record, _TO_FIELDS) or ""),
        status=(first_text(record, ("status",)) or "unknown").lower(),
        history=tuple(
            StatusStep((first_text(step, ("status",)) or "unknown").lower(), _when(step)) for step in history
        ),
        error_text=_why_failed((record, *history)),
        at=_when(record),
        type=first_text(record, ("type", "messageType")),
    )


def _why_failed(told: tuple[Record, ...]) -> str | None:
    """All that a record and its steps say under names that speak of errors, as compact JSON."""
    said = {name: value for record in told for name, value in record.items() if value and _WHY_FAILED.search(name)}
    try:
        return json.dumps(said, ensure_ascii=False, separators=(",", ":"))[:_MOST_ERROR_TEXT] if said else None
    except RecursionError:
        return None


def _when(record: Record) -> datetime | None:
    return next((at for name in _TIME_FIELDS if (at := moment(record.get(name)))), None)
