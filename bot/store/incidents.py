"""Incidents are read and changed here; `counting` is how they come to be. What a person did is one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.desk.incidents import State
from bot.desk.questions import UNPOSTED
from bot.store.arrivals import arrivals
from bot.store.channels import place_name
from bot.store.claims import presses
from bot.store.engines import alone
from bot.store.incident import Incident, incident_of, incidents
from bot.store.press import ARRIVED
from bot.store.schema import utc
from bot.store.sightings import sightings

_I = incidents.c
_b = sa.bindparam
# What a round asks, twenty times a second in a storm, is made once, and has an index of its own: most is shown.
_TENFOLD = _I.count >= sa.literal_column("10") * _I.noted
_UNSAID = sa.or_(_I.marked != _I.state, _TENFOLD, _I.reopened > _I.reopened_told)
# What was muted before it had a card gets none.
_UNSEEN = _I.answered_at.is_not(None) | (_I.state != sa.literal_column("'muted'"))
_WANTS = ~_I.quiet & (((_I.version > _I.drawn) & _UNSEEN) | (_I.answered_at.is_not(None) & _UNSAID))
sa.Index("incidents_to_show", _I.last_seen, sqlite_where=_WANTS, postgresql_where=_WANTS)
_PENDING = sa.select(incidents).where(_I.last_seen >= _b("b_since"), _WANTS).order_by(_I.first_seen, _I.id)
_HERE = (_I.team == _b("b_team")) & (_I.channel == _b("b_channel"))
_WAITING = sa.select(sa.func.count(_I.answered_at), sa.func.count(), sa.func.coalesce(sa.func.sum(_I.count), 0)).where(
    _HERE, _I.current, ~_I.quiet, _I.state.not_in(("muted", "resolved"))
)
_LATELY = sa.select(
    sa.func.coalesce(sa.func.sum(sa.case((_I.answered_at >= _b("b_since"), 1), else_=0)), 0), sa.func.max(_I.last_seen)
).where(_HERE, _I.last_seen >= _b("b_since"))


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
            alone(db, place_name(team, channel))
            return db.execute(sa.update(incidents).where(mine).values(_becomes("muted", by, None, at, until))).rowcount

    def unmute(self, team: str, channel: str, entry: str, by: str, at: datetime) -> int:
        mine = _live(team, channel, entry) & (_I.state == "muted")
        with self._engine.begin() as db:
            alone(db, place_name(team, channel))
            return db.execute(sa.update(incidents).where(mine).values(_becomes("open", by, None, at, None))).rowcount

    def pass_time(self, at: datetime, window: timedelta) -> int:
        """Naps and mutes that are over end; what has been quiet for the window is resolved. How many changed.

        What a person has just opened again is not resolved in the same moment.
        """
        over = _I.state.in_(("snoozed", "muted")) & (_I.until <= at)
        quiet = _I.state.in_(("open", "owned")) & (_I.last_seen < at - window) & (_I.state_at < at - window)
        with self._engine.connect() as db:  # asked once a second, and mostly there is nothing to write
            if db.execute(sa.select(_I.id).where(_I.current, over | quiet).limit(1)).first() is None:
                return 0
        with self._engine.begin() as db:
            woken = db.execute(_those(over).values(_becomes("open", None, "time", at, None)))
            ended = db.execute(_those(quiet).values(_becomes("resolved", None, "quiet", at, None)))
            return woken.rowcount + ended.rowcount

    def pending(self, since: datetime) -> tuple[Incident, ...]:
        """What is not shown as it is, oldest first; `since` bounds how far back is looked."""
        with self._engine.connect() as db:
            return tuple(incident_of(row) for row in db.execute(_PENDING, {"b_since": since}))

    def note(self, id: str, **values: Any) -> None:
        """What of it is shown by now: drawn, drawn_at, answered_at, marked, noted, reopened_told, root."""
        with self._engine.begin() as db:
            db.execute(sa.update(incidents).where(_I.id == id).values(values))

    def reroot(self, id: str) -> None:
        """Its thread's first message is gone: the newest other alert takes its place, or the next one that comes."""
        here = (sightings.c.incident == id) & sightings.c.key.not_like(f"%/{UNPOSTED}%")
        newest = sa.select(sightings.c.key).where(here).order_by(sightings.c.at.desc()).limit(1)
        with self._engine.begin() as db:
            lost, drawn = db.execute(sa.select(_I.root, _I.version).where(_I.id == id).with_for_update()).one()
            ts = str(db.scalar(newest) or "").rpartition("/")[2]
            values = {"root": None, "drawn": drawn} if ts in (lost, "") else {"root": ts, "drawn": drawn - 1}
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
        with self._engine.connect() as db:
            shown, live, alerts = db.execute(_WAITING, {"b_team": team, "b_channel": channel}).one()
        return Waiting(shown, live - shown, alerts)

    def lately(self, team: str, channel: str, since: datetime) -> tuple[int, datetime | None]:
        """How many cards were posted in a channel since then, and when its newest alert came."""
        with self._engine.connect() as db:
            cards, newest = db.execute(_LATELY, {"b_team": team, "b_channel": channel, "b_since": since}).one()
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

    def ended(self, id: str, at: datetime) -> bool:
        """Resolved by itself once the source of every alert says that it is over; a post in a channel never says so."""
        told = sa.outerjoin(sightings, arrivals, arrivals.c.sighting == sightings.c.key)
        fires = arrivals.c.seq.is_(None) | arrivals.c.firing
        left = sa.select(sightings.c.key).select_from(told).where(sightings.c.incident == id, fires)
        mine = (_I.id == id) & (_I.state != "resolved") & ~sa.exists(left)
        with self._engine.begin() as db:
            changed = db.execute(
                sa.update(incidents).where(mine).values(_becomes("resolved", None, "source", at, None))
            )
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


def _those(which: sa.ColumnElement[bool]) -> sa.Update:
    """Many at once, but not those that somebody else is just changing: their time comes a moment later."""
    free = sa.select(_I.id).where(_I.current, which).with_for_update(skip_locked=True)
    return sa.update(incidents).where(_I.id.in_(free))


def _live(team: str, channel: str, entry: str) -> sa.ColumnElement[bool]:
    return (_I.team == team) & (_I.channel == channel) & (_I.entry == entry) & _I.current
