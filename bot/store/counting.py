"""An alert is counted once, in one transaction with its incident; an edited alert is counted where it now belongs.

This runs for every post of a storm, before Slack hears that we have it. So the statements are made once, and alerts
that come together are counted in one transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from bot.desk.alerts import Alert, Cause
from bot.store import counting_sql as sql
from bot.store.cards import cards
from bot.store.channels import Ear, Place, hear_all, place_name
from bot.store.engines import alone
from bot.store.incident import incidents
from bot.store.mutes import mute_of
from bot.store.schema import insert_new, utc
from bot.store.sightings import affected, sightings, ticks
from bot.vault import Vault

_I = incidents.c


@dataclass(frozen=True, slots=True)
class Heard:
    """An alert, and how it came."""

    alert: Alert
    bot: bool
    quiet: bool = False
    """The channel wants no cards."""


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

    def known(self, keys: Sequence[str]) -> set[str]:
        """Which of them were counted before: Slack delivers again what it thinks is lost."""
        with self._engine.connect() as db:
            return set(db.scalars(sql.KNOWN, {"b_keys": list(keys)}))

    def see(self, heard: Sequence[Heard], window: timedelta, at: datetime) -> list[Counted | Ear | None]:
        """What came of each: None when it was counted before, an Ear when bots are not heard there."""
        with self._engine.begin() as db:
            alone(db, *(name for one in heard for name in _names(one.alert)))
            known = set(db.scalars(sql.KNOWN, {"b_keys": [one.alert.key for one in heard]}))
            posted = ((one.alert, one.alert.ts, one.bot) for one in heard if one.alert.key not in known)
            ears = hear_all(db, ((a.team, a.channel, ts, bot) for a, ts, bot in posted if ts), at.timestamp())
            found: list[Counted | Ear | None] = []
            new: list[tuple[Alert, str]] = []
            for one in heard:
                came = None if one.alert.key in known else self._hear(db, one, ears, window, at)
                if isinstance(came, Counted):
                    new.append((one.alert, came.incident))
                known.add(one.alert.key)
                found.append(came)
            self._note(db, new, at)
            return found

    def _hear(
        self, db: sa.Connection, one: Heard, ears: Mapping[Place, Ear], window: timedelta, at: datetime
    ) -> Counted | Ear:
        ear = ears.get((one.alert.team, one.alert.channel)) if one.alert.ts else None
        return ear if ear and ear.deaf and one.bot else self._join(db, one.alert, window, at, one.quiet)

    def correct(
        self, key: str, alert: Alert | None, window: timedelta, at: datetime, quiet: bool = False
    ) -> Counted | None:
        """The post was edited: it is counted as what it is now, which may be nothing (None)."""
        with self._engine.begin() as db:
            place = key.rpartition("/")[0]
            alone(db, place_name(*place.split("/")), *(_names(alert) if alert else ()))
            # A write first: it takes SQLite's lock, so that nothing read here changes before it is written.
            db.execute(sa.update(sightings).where(sightings.c.key == key).values(claim=alert and alert.claim))
            row = db.execute(sql.WAS, {"b_key": key}).one_or_none()
            if row and alert and row.current and (row.entry, row.part, row.account) == _told(alert.cause):
                self._amend(db, row, alert)
                return Counted(row.incident, False)
            if row:
                _forget(db, row, at)
            if alert is None:
                return None
            counted = self._join(db, alert, window, at, quiet)
            self._note(db, [(alert, counted.incident)], at)
            return counted

    def _amend(self, db: sa.Connection, row: sa.Row[Any], alert: Alert) -> None:
        """Still the same cause: what it names may have changed, and the card shows the newest text."""
        _unname(db, row)
        (now_named,) = self._name(db, [(alert, row.incident)])
        sealed = self._vault.seal(alert.text)
        db.execute(sa.update(sightings).where(sightings.c.key == alert.key).values(sealed=sealed, affected=now_named))
        db.execute(sa.update(incidents).where(_I.id == row.incident).values(version=_I.version + 1))
        if row.root == alert.ts:
            _show_in_card(db, row.incident, sealed)

    def _join(self, db: sa.Connection, alert: Alert, window: timedelta, at: datetime, quiet: bool) -> Counted:
        """One more in its incident."""
        cause = alert.cause
        same = {"b_team": alert.team, "b_channel": alert.channel, "b_entry": cause.entry, "b_part": cause.part}
        same |= {"b_account": cause.account, "b_since": at - window, "b_at": at}
        found = db.execute(sql.JOIN, same | {"b_ts": alert.ts}).one_or_none()
        if found is None:
            return Counted(self._open(db, alert, same, quiet), True)
        if alert.ts and found.root == alert.ts:
            _show_in_card(db, found.id, self._vault.seal(alert.text))
        return Counted(str(found.id), False)

    def _note(self, db: sa.Connection, new: Sequence[tuple[Alert, str]], at: datetime) -> None:
        """The alerts themselves, each with the incident that counted it."""
        if new:
            rows = [
                {"key": alert.key, "incident": incident, "at": at, "claim": alert.claim}
                | {"sealed": self._vault.seal(alert.text), "affected": kept}
                for (alert, incident), kept in zip(new, self._name(db, new), strict=True)
            ]
            db.execute(sql.COUNT, rows)
            db.execute(sql.TICK[db.dialect.name], [{"incident": incident, "minute": minute(at)} for _, incident in new])

    def _name(self, db: sa.Connection, new: Sequence[tuple[Alert, str]]) -> list[list[list[str]]]:
        """Counts what the alerts name; what of it is kept with each."""
        named = [
            {"incident": incident, "kind": one.kind, "value": self._vault.pseudonym(one.value), "shown": one.shown}
            for alert, incident in new
            for one in alert.affected
        ]
        if named:
            db.execute(sql.NAMED[db.dialect.name], named)
        values = iter(named)
        return [[[one.kind, next(values)["value"]] for one in alert.affected] for alert, _ in new]

    def _open(self, db: sa.Connection, alert: Alert, same: dict[str, Any], quiet: bool) -> str:
        db.execute(sql.CLOSE, same)
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
        row |= {"root": alert.ts, "quiet": quiet, "late": alert.late, "twin": db.scalar(sql.TWIN, same)}
        db.execute(sql.OPEN, row)
        paste = {"id": row["id"], "team": alert.team, "sealed": self._vault.seal(alert.text)}
        insert_new(db, cards, paste | {"mode": "alert", "created_at": at, "account": alert.home})
        return str(row["id"])


def _names(alert: Alert) -> tuple[str, str]:
    """What counting it may change: its channel's incidents, and which of its cause is the first anywhere."""
    cause = alert.cause
    return place_name(alert.team, alert.channel), f"cause/{alert.team}/{cause.entry}/{cause.part}/{cause.account}"


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
    db.execute(sa.delete(ticks).where(mine, ticks.c.count <= 0))
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
