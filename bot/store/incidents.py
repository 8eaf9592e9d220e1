"""An incident is the run of one cause on one account in one channel. Its id is its card's.

Every alert is counted once, in one transaction with its incident: what is counted is never forgotten, and what was
counted is never counted again. `version` grows with every change; what was last shown is `drawn`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.desk.alerts import Cause
from bot.desk.incidents import State
from bot.store.press import ARRIVED
from bot.store.presses import presses
from bot.store.schema import metadata, utc
from bot.store.sightings import sightings

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
    sa.Column("state_why", sa.String),  # quiet, retry, snooze, edited
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
sa.Index("one_current_incident_a_cause", *_cause, unique=True, sqlite_where=incidents.c.current)
sa.Index("incidents_by_time", incidents.c.last_seen)
_I = incidents.c


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
    kept = {name: getattr(row, name) for name in Incident.__slots__ if name != "cause"}
    times = {name: utc(value) for name, value in kept.items() if isinstance(value, datetime)}
    return Incident(**{**kept, **times, "cause": Cause(row.entry, row.part, row.account)})


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is live in a channel."""

    shown: int
    """Incidents that have their card."""
    cards: int
    """Incidents that wait for one."""
    alerts: int
    """Alerts of all of them."""


class Incidents:
    """Reading and changing incidents; `counting` is how they come to be."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def find(self, id: str, team: str | None = None) -> Incident | None:
        """None when it is unknown, or another workspace's."""
        mine = (_I.id == id) & ((_I.team == team) if team is not None else sa.true())
        with self._engine.connect() as db:
            row = db.execute(sa.select(incidents).where(mine)).one_or_none()
        return incident_of(row) if row else None

    def change(
        self,
        id: str,
        team: str,
        to: State,
        by: str | None,
        at: datetime,
        until: datetime | None = None,
        why: str | None = None,
    ) -> Incident | None:
        """None when it was in that state already, or is unknown."""
        mine = (_I.id == id) & (_I.team == team)
        same = (_I.state == to) & (_I.until.is_(until) if until is None else _I.until == until)
        mine &= ~sa.and_(same, _I.state_by.is_not_distinct_from(by)) if to in ("owned", "snoozed") else _I.state != to
        with self._engine.begin() as db:
            row = db.execute(
                sa.update(incidents).where(mine).values(_becomes(to, by, why, at, until)).returning(*incidents.c)
            ).one_or_none()
        return incident_of(row) if row else None

    def mute(self, team: str, channel: str, entry: str, by: str, at: datetime, until: datetime | None) -> int:
        """Every incident of this error here that is not over; how many."""
        mine = _live(team, channel, entry) & (_I.state != "resolved")
        with self._engine.begin() as db:
            return db.execute(sa.update(incidents).where(mine).values(_becomes("muted", by, None, at, until))).rowcount

    def unmute(self, team: str, channel: str, entry: str, by: str, at: datetime) -> int:
        mine = _live(team, channel, entry) & (_I.state == "muted")
        with self._engine.begin() as db:
            return db.execute(sa.update(incidents).where(mine).values(_becomes("open", by, None, at, None))).rowcount

    def pass_time(self, at: datetime, window: timedelta) -> int:
        """Naps and mutes that are over end; what has been quiet for the window is resolved. How many changed.

        What a person has just opened again is not resolved in the same moment.
        """
        over = _I.current & _I.state.in_(("snoozed", "muted")) & (_I.until <= at)
        quiet = (
            _I.current & _I.state.in_(("open", "owned")) & (_I.last_seen < at - window) & (_I.state_at < at - window)
        )
        with self._engine.begin() as db:
            woken = db.execute(sa.update(incidents).where(over).values(_becomes("open", None, "time", at, None)))
            ended = db.execute(sa.update(incidents).where(quiet).values(_becomes("resolved", None, "quiet", at, None)))
            return woken.rowcount + ended.rowcount

    def pending(self, since: datetime) -> tuple[Incident, ...]:
        """What is not shown as it is, oldest first; `since` bounds how far back is looked."""
        unsaid = sa.or_(_I.marked != _I.state, _I.count >= 10 * _I.noted, _I.reopened > _I.reopened_told)
        unseen = _I.answered_at.is_not(None) | (_I.state != "muted")  # what is muted before its card gets none
        wants = ((_I.version > _I.drawn) & unseen) | (_I.answered_at.is_not(None) & unsaid)
        query = sa.select(incidents).where(_I.last_seen >= since, ~_I.quiet, wants).order_by(_I.first_seen, _I.id)
        with self._engine.connect() as db:
            return tuple(incident_of(row) for row in db.execute(query))

    def note(self, id: str, **values: Any) -> None:
        """What of it is shown by now: drawn, drawn_at, answered_at, marked, noted, reopened_told, root."""
        with self._engine.begin() as db:
            db.execute(sa.update(incidents).where(_I.id == id).values(values))

    def reroot(self, id: str) -> None:
        """Its thread's first message is gone: the newest other alert takes its place, or the next one that comes."""
        newest = sa.select(sightings.c.key).where(sightings.c.incident == id).order_by(sightings.c.at.desc()).limit(1)
        with self._engine.begin() as db:
            lost, drawn = db.execute(sa.select(_I.root, _I.version).where(_I.id == id)).one()
            ts = str(db.scalar(newest)).rpartition("/")[2]
            values = {"root": None, "drawn": drawn} if ts == lost else {"root": ts, "drawn": drawn - 1}
            db.execute(sa.update(incidents).where(_I.id == id).values(values | {"marked": ""}))

    def touch(self, id: str) -> bool:
        """Somebody wrote into its card's margins, and wants to see that soon. False when it is no incident."""
        with self._engine.begin() as db:
            changed = sa.update(incidents).where(_I.id == id).values(version=_I.version + 1, drawn_at=None)
            return bool(db.execute(changed).rowcount)

    def live(self, team: str, channels: Sequence[str] | None = None, most: int = 50) -> tuple[Incident, ...]:
        """What is not over, the newest alert first."""
        mine = (_I.team == team) & _I.current & (_I.state != "resolved")
        mine &= _I.channel.in_(channels) if channels is not None else sa.true()
        with self._engine.connect() as db:
            rows = db.execute(sa.select(incidents).where(mine).order_by(_I.last_seen.desc()).limit(most))
            return tuple(incident_of(row) for row in rows)

    def waiting(self, team: str, channel: str) -> Waiting:
        mine = (
            (_I.team == team)
            & (_I.channel == channel)
            & _I.current
            & ~_I.quiet
            & _I.state.not_in(("muted", "resolved"))
        )
        query = sa.select(sa.func.count(_I.answered_at), sa.func.count(), sa.func.coalesce(sa.func.sum(_I.count), 0))
        with self._engine.connect() as db:
            shown, live, alerts = db.execute(query.where(mine)).one()
        return Waiting(shown, live - shown, alerts)

    def lately(self, team: str, channel: str, since: datetime) -> tuple[int, datetime | None]:
        """How many cards were posted in a channel since then, and when its newest alert came."""
        mine = (_I.team == team) & (_I.channel == channel) & (_I.last_seen >= since)
        posted = sa.func.coalesce(sa.func.sum(sa.case((_I.answered_at >= since, 1), else_=0)), 0)
        with self._engine.connect() as db:
            cards, newest = db.execute(sa.select(posted, sa.func.max(_I.last_seen)).where(mine)).one()
        return cards, utc(newest) if newest else None

    def made_good(self, id: str, at: datetime) -> bool:
        """Resolved by itself once every alert's message was sent again and arrived."""
        arrived = sa.select(presses.c.claim).where(presses.c.outcome.in_(ARRIVED))
        missing = sightings.c.claim.is_(None) | sightings.c.claim.not_in(arrived)
        left = sa.select(sightings.c.key).where(sightings.c.incident == id, missing)
        mine = (_I.id == id) & (_I.state != "resolved") & ~sa.exists(left)
        with self._engine.begin() as db:
            changed = db.execute(sa.update(incidents).where(mine).values(_becomes("resolved", None, "retry", at, None)))
            return bool(changed.rowcount)


def _becomes(to: State, by: str | None, why: str | None, at: datetime, until: datetime | None) -> dict[str, Any]:
    over = {"resolved_at": at} if to == "resolved" else {"resolved_at": None}
    return {
        "state": to,
        "state_by": by,
        "state_why": why,
        "state_at": at,
        "until": until,
        "version": _I.version + 1,
    } | over


def _live(team: str, channel: str, entry: str) -> sa.ColumnElement[bool]:
    return (_I.team == team) & (_I.channel == channel) & (_I.entry == entry) & _I.current
