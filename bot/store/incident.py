"""An incident is the run of one cause on one account in one channel: its row, and the row as a value.

Its id is its card's. `version` grows with every change; what was last shown is `drawn`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.desk.alerts import Cause
from bot.desk.incidents import State
from bot.store.schema import metadata, utc

incidents = sa.Table(
    "incidents",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("team", sa.String, nullable=False),
    sa.Column("channel", sa.String, nullable=False),
    sa.Column("entry", sa.String, nullable=False),
    sa.Column("part", sa.Integer, nullable=False),
    sa.Column("account", sa.String, nullable=False),
    sa.Column("current", sa.Boolean, nullable=False),  # the one that the next alert of its cause joins
    sa.Column("state", sa.String, nullable=False),
    sa.Column("state_by", sa.String),  # a user's id; NULL: by itself
    sa.Column("state_why", sa.String),  # quiet, retry, snooze, source, edited
    sa.Column("state_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("until", sa.DateTime(timezone=True)),
    sa.Column("root", sa.String),  # ts of the alert in whose thread it is answered; NULL: that one is gone
    sa.Column("quiet", sa.Boolean, nullable=False),  # counted, never shown in the channel
    sa.Column("late", sa.Boolean, nullable=False),
    sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
    sa.Column("last_seen", sa.DateTime(timezone=True), nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("twin", sa.String),  # the first incident of the same cause, in another channel
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.Column("drawn", sa.Integer, nullable=False, server_default="0"),
    sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),  # the oldest change that is not shown
    sa.Column("drawn_at", sa.DateTime(timezone=True)),
    sa.Column("answered_at", sa.DateTime(timezone=True)),
    sa.Column("resolved_at", sa.DateTime(timezone=True)),
    sa.Column("marked", sa.String, nullable=False, server_default=""),  # the state whose reaction stands there
    sa.Column("noted", sa.Integer, nullable=False, server_default="1"),  # the round number that was last said
    sa.Column("reopened", sa.Integer, nullable=False, server_default="0"),
    sa.Column("reopened_told", sa.Integer, nullable=False, server_default="0"),
)
_cause = (incidents.c.team, incidents.c.channel, incidents.c.entry, incidents.c.part, incidents.c.account)
_current = incidents.c.current == sa.true()
sa.Index("one_current_incident_a_cause", *_cause, unique=True, sqlite_where=_current, postgresql_where=_current)
sa.Index("incidents_by_time", incidents.c.last_seen)
_NAMES = tuple(incidents.c.keys())
_TIMES = tuple(column.key for column in incidents.c if isinstance(column.type, sa.DateTime))


@dataclass(frozen=True, slots=True)
class Incident:
    """One row."""

    id: str
    team: str
    channel: str
    cause: Cause
    current: bool
    state: State
    state_by: str | None
    state_why: str | None
    state_at: datetime
    until: datetime | None
    root: str | None
    quiet: bool
    late: bool
    first_seen: datetime
    last_seen: datetime
    count: int
    twin: str | None
    version: int
    drawn: int
    changed_at: datetime
    drawn_at: datetime | None
    answered_at: datetime | None
    marked: str
    noted: int
    reopened: int
    reopened_told: int


def incident_of(row: sa.Row[Any]) -> Incident:
    kept: dict[str, Any] = dict(zip(_NAMES, row, strict=True))
    kept |= {name: utc(kept[name]) for name in _TIMES if kept[name]}
    cause = Cause(kept.pop("entry"), kept.pop("part"), kept.pop("account"))
    del kept["resolved_at"]
    return Incident(cause=cause, **kept)
