"""An alert is counted once, in one transaction with its incident; an edited alert is counted where it now belongs.

This runs for every post of a storm, before Slack hears that we have it. So the statements are made once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from bot.desk.alerts import Alert, Cause
from bot.store.cards import cards
from bot.store.incidents import incidents
from bot.store.mutes import mute_of
from bot.store.schema import insert_new, utc
from bot.store.sightings import affected, sightings, ticks
from bot.vault import Vault

_b = sa.bindparam
_AT, _SINCE = _b("b_at", type_=sa.DateTime(timezone=True)), _b("b_since", type_=sa.DateTime(timezone=True))
_I = incidents.c
_SAME = sa.and_(*(_I[name] == _b(f"b_{name}") for name in ("team", "channel", "entry", "part", "account")), _I.current)
_KNOWN = sa.select(sightings.c.incident).where(sightings.c.key == _b("b_key"))
_JOIN = (
    sa.update(incidents)
    .where(_SAME, _I.last_seen >= _SINCE)
    .values(
        count=_I.count + 1,
        first_seen=sa.case((_I.first_seen > _AT, _AT), else_=_I.first_seen),
        last_seen=sa.case((_I.last_seen < _AT, _AT), else_=_I.last_seen),
        version=_I.version + 1,
        changed_at=sa.case((_I.version == _I.drawn, _AT), else_=_I.changed_at),
        # Slack delivers side by side: until the card is posted, the earliest alert may still become its thread.
        root=sa.case(
            (_I.root.is_(None) | (_I.answered_at.is_(None) & (_I.root > _b("b_ts"))), _b("b_ts")), else_=_I.root
        ),
        reopened=_I.reopened + sa.case((_I.state == "resolved", 1), else_=0),
        state_at=sa.case((_I.state == "resolved", _AT), else_=_I.state_at),
        state_by=sa.case((_I.state == "resolved", None), else_=_I.state_by),
        state_why=sa.case((_I.state == "resolved", "reopened"), else_=_I.state_why),
        resolved_at=None,
        state=sa.case((_I.state == "resolved", "open"), else_=_I.state),
    )
    .returning(_I.id, _I.root)
)
_CLOSE = (
    sa.update(incidents)
    .where(_SAME)
    .values(
        current=False,
        version=sa.case((_I.state == "resolved", _I.version), else_=_I.version + 1),
        state_by=sa.case((_I.state == "resolved", _I.state_by), else_=None),
        state_why=sa.case((_I.state == "resolved", _I.state_why), else_="quiet"),
        state_at=sa.case((_I.state == "resolved", _I.state_at), else_=_AT),
        resolved_at=sa.func.coalesce(_I.resolved_at, _AT),
        state="resolved",
    )
)
_TWIN = (
    sa.select(_I.id)
    .where(
        *(_I[name] == _b(f"b_{name}") for name in ("team", "entry", "part", "account")),
        _I.current,
        _I.channel != _b("b_channel"),
        _I.twin.is_(None),
        _I.last_seen >= _SINCE,
    )
    .order_by(_I.first_seen)
    .limit(1)
)
_WAS = (
    sa.select(
        *(sightings.c[name] for name in ("key", "incident", "at", "affected")),
        *(_I[name] for name in ("entry", "part", "account", "current", "root")),
    )
    .join(incidents, _I.id == sightings.c.incident)
    .where(sightings.c.key == _b("b_key"))
)
_OPEN = sa.insert(incidents)
_COUNT = sa.insert(sightings)
_TICK = insert(ticks).values(count=1)
_TICK = _TICK.on_conflict_do_update(index_elements=["incident", "minute"], set_={"count": ticks.c.count + 1})
_NAMED = insert(affected).values(count=1)
_NAMED = _NAMED.on_conflict_do_update(
    index_elements=["incident", "kind", "value"], set_={"count": affected.c.count + 1}
)


@dataclass(frozen=True, slots=True)
class Counted:
    """What came of an alert."""

    incident: str
    is_first: bool
    """It opened the incident, and wants a card."""


class Counting:
    """The one way in which alerts are counted."""

    def __init__(self, engine: sa.Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault

    def see(self, alert: Alert, window: timedelta, at: datetime, quiet: bool = False) -> Counted | None:
        """None when it was counted before. `quiet`: the channel wants no cards."""
        try:
            with self._engine.begin() as db:
                if db.scalar(_KNOWN, {"b_key": alert.key}) is not None:
                    return None
                return self._count(db, alert, window, at, quiet)
        except sa.exc.IntegrityError:  # the same event in two threads at once: the other has counted it
            return None

    def correct(
        self, key: str, alert: Alert | None, window: timedelta, at: datetime, quiet: bool = False
    ) -> Counted | None:
        """The post was edited: it is counted as what it is now, which may be nothing (None)."""
        with self._engine.begin() as db:
            # A write first: it takes the lock, so that nothing read here changes before it is written.
            db.execute(sa.update(sightings).where(sightings.c.key == key).values(claim=alert and alert.claim))
            row = db.execute(_WAS, {"b_key": key}).one_or_none()
            if row and alert and row.current and (row.entry, row.part, row.account) == _told(alert.cause):
                self._amend(db, row, alert)
                return Counted(row.incident, False)
            if row:
                _forget(db, row, at)
            return self._count(db, alert, window, at, quiet) if alert else None

    def _amend(self, db: sa.Connection, row: sa.Row[Any], alert: Alert) -> None:
        """Still the same cause: what it names may have changed, and the card shows the newest text."""
        _unname(db, row)
        now_named = self._name(db, row.incident, alert)
        sealed = self._vault.seal(alert.text)
        db.execute(sa.update(sightings).where(sightings.c.key == alert.key).values(sealed=sealed, affected=now_named))
        db.execute(sa.update(incidents).where(_I.id == row.incident).values(version=_I.version + 1))
        if row.root == alert.ts:
            _show_in_card(db, row.incident, sealed)

    def _count(self, db: sa.Connection, alert: Alert, window: timedelta, at: datetime, quiet: bool) -> Counted:
        cause = alert.cause
        same = {"b_team": alert.team, "b_channel": alert.channel, "b_entry": cause.entry, "b_part": cause.part}
        same |= {"b_account": cause.account, "b_since": at - window, "b_at": at}
        sealed = self._vault.seal(alert.text)
        found = db.execute(_JOIN, same | {"b_ts": alert.ts}).one_or_none()
        incident = str(found.id) if found else self._open(db, alert, same, sealed, quiet)
        if found and found.root == alert.ts:
            _show_in_card(db, incident, sealed)
        row = {"key": alert.key, "incident": incident, "at": at, "claim": alert.claim, "sealed": sealed}
        db.execute(_COUNT, row | {"affected": self._name(db, incident, alert)})
        db.execute(_TICK, {"incident": incident, "minute": minute(at)})
        return Counted(incident, found is None)

    def _name(self, db: sa.Connection, incident: str, alert: Alert) -> list[list[str]]:
        """Counts what the alert names; what of it is kept with the alert."""
        named = [(one.kind, self._vault.pseudonym(one.value), one.shown) for one in alert.affected]
        if named:
            db.execute(_NAMED, [{"incident": incident, "kind": k, "value": v, "shown": s} for k, v, s in named])
        return [[kind, value] for kind, value, _ in named]

    def _open(self, db: sa.Connection, alert: Alert, same: dict[str, Any], sealed: bytes, quiet: bool) -> str:
        db.execute(_CLOSE, same)
        at = same["b_at"]
        muted = mute_of(db, alert.team, alert.channel, alert.cause.entry, at)
        row = {name: same[f"b_{name}"] for name in ("team", "channel", "entry", "part", "account")}
        row |= {
            "id": uuid4().hex[:24],
            "current": True,
            "state_at": at,
            "first_seen": at,
            "last_seen": at,
            "changed_at": at,
            "count": 1,
        }
        row |= {"state": "muted" if muted else "open", "state_by": muted and muted.user, "until": muted and muted.until}
        row |= {"root": alert.ts, "quiet": quiet, "late": alert.late, "twin": db.scalar(_TWIN, same)}
        db.execute(_OPEN, row)
        paste = {"id": row["id"], "team": alert.team, "sealed": sealed}
        insert_new(db, cards, paste | {"mode": "alert", "created_at": at, "account": alert.home})
        return str(row["id"])


def _show_in_card(db: sa.Connection, incident: str, sealed: bytes) -> None:
    """A card is about the alert in whose thread it stands."""
    db.execute(sa.update(cards).where(cards.c.id == incident).values(sealed=sealed))


def _told(cause: Cause) -> tuple[str, int, str]:
    return cause.entry, cause.part, cause.account


def minute(at: datetime) -> int:
    """Minutes since 1970: rates are counted by the minute."""
    return int(at.timestamp()) // 60


def _forget(db: sa.Connection, row: sa.Row[Any], at: datetime) -> None:
    """Takes an alert out of its incident; an incident without alerts is over."""
    _unname(db, row)
    db.execute(sa.delete(sightings).where(sightings.c.key == row.key))
    mine = (ticks.c.incident == row.incident) & (ticks.c.minute == minute(utc(row.at)))
    db.execute(sa.update(ticks).where(mine).values(count=ticks.c.count - 1))
    last = _I.count == 1
    over = {"state": "resolved", "state_why": "edited", "state_by": None, "state_at": at, "resolved_at": at}
    values: dict[str, Any] = {name: sa.case((last, value), else_=_I[name]) for name, value in over.items()}
    values |= {"count": _I.count - 1, "version": _I.version + 1}
    db.execute(sa.update(incidents).where(_I.id == row.incident).values(values))


def _unname(db: sa.Connection, row: sa.Row[Any]) -> None:
    for kind, value in row.affected:
        mine = (affected.c.incident == row.incident) & (affected.c.kind == kind) & (affected.c.value == value)
        db.execute(sa.update(affected).where(mine).values(count=affected.c.count - 1))
        db.execute(sa.delete(affected).where(mine, affected.c.count <= 0))
