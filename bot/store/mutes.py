"""A muted cause gets no card in its channel; it is counted all the same."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.store.schema import insert_new, metadata, utc

mutes = sa.Table(
    "mutes",
    metadata,
    sa.Column("team", sa.String, primary_key=True),
    sa.Column("channel", sa.String, primary_key=True),
    sa.Column("entry", sa.String, primary_key=True),
    sa.Column("user", sa.String, nullable=False),
    sa.Column("until", sa.DateTime(timezone=True)),  # NULL: until somebody unmutes it
)


@dataclass(frozen=True, slots=True)
class Mute:
    """Somebody wants no cards of this error here."""

    entry: str
    user: str
    until: datetime | None


class Mutes:
    """`/waerror mute`, and *Mute here* on a card."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def set(self, team: str, channel: str, mute: Mute) -> None:
        row = {"team": team, "channel": channel, "entry": mute.entry, "user": mute.user, "until": mute.until}
        with self._engine.begin() as db:
            if not insert_new(db, mutes, row):
                db.execute(sa.update(mutes).where(_is(team, channel, mute.entry)).values(row))

    def lift(self, team: str, channel: str, entry: str) -> bool:
        """False when it was not muted."""
        with self._engine.begin() as db:
            return bool(db.execute(sa.delete(mutes).where(_is(team, channel, entry))).rowcount)

    def of(self, team: str, channel: str, at: datetime) -> tuple[Mute, ...]:
        """What is muted here now."""
        query = sa.select(mutes).where(mutes.c.team == team, mutes.c.channel == channel, _lasts(at))
        with self._engine.connect() as db:
            return tuple(_mute(row) for row in db.execute(query.order_by(mutes.c.entry)))

    def by_channel(self, team: str, at: datetime) -> dict[str, tuple[Mute, ...]]:
        """What is muted now, everywhere."""
        query = sa.select(mutes).where(mutes.c.team == team, _lasts(at)).order_by(mutes.c.channel, mutes.c.entry)
        found: dict[str, tuple[Mute, ...]] = {}
        with self._engine.connect() as db:
            for row in db.execute(query):
                found[row.channel] = (*found.get(row.channel, ()), _mute(row))
        return found


def mute_of(db: sa.Connection, team: str, channel: str, entry: str, at: datetime) -> Mute | None:
    """Inside the transaction that opens an incident."""
    row = db.execute(sa.select(mutes).where(_is(team, channel, entry), _lasts(at))).one_or_none()
    return _mute(row) if row else None


def _mute(row: sa.Row[tuple[object, ...]]) -> Mute:
    return Mute(row.entry, row.user, utc(row.until) if row.until else None)


def _lasts(at: datetime) -> sa.ColumnElement[bool]:
    return mutes.c.until.is_(None) | (mutes.c.until > at)


def _is(team: str, channel: str, entry: str) -> sa.ColumnElement[bool]:
    return (mutes.c.team == team) & (mutes.c.channel == channel) & (mutes.c.entry == entry)
