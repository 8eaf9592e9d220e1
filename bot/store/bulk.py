"""A bulk retry, its messages, and what came of each, as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import uuid4

from bot.store.schema import now

BulkState = Literal["asked", "running", "paused", "stopped", "done"]
"""`asked`: it waits for a second person. `done`: all were sent; what became of them may still be open."""


@dataclass(frozen=True, slots=True)
class Bulk:
    """One bulk retry."""

    id: str
    team: str
    incident: str
    channel: str
    thread: str
    account: str
    user: str
    approver: str | None
    state: BulkState
    why: str | None
    total: int
    made_at: datetime
    begun_at: datetime | None
    ended_at: datetime | None
    told: bool


@dataclass(frozen=True, slots=True)
class BulkItem:
    """One message of it."""

    bulk: str
    number: int
    press: str
    claim: str
    request: Mapping[str, Any]
    failed_id: str | None


@dataclass(frozen=True, slots=True)
class BulkRow:
    """What came of one message, for the table of outcomes."""

    number: int
    outcome: str
    """That of its press; before there is one: waiting, sending, sent or left."""
    request: Mapping[str, Any]
    """Empty once it was deleted for its age."""
    says: str
    """Why, where there is a reason; masked."""
    at: datetime | None
    """When its press began."""


def new_bulk(
    team: str, incident: str, place: tuple[str, str], account: str, user: str, total: int, state: BulkState
) -> Bulk:
    """`place`: channel and thread."""
    began = now() if state == "running" else None
    id = uuid4().hex[:24]
    return Bulk(id, team, incident, *place, account, user, None, state, None, total, now(), began, None, False)
