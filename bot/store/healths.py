"""How each account was when it was last asked, a row an account and workspace; the next check tells what changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.store.schema import insert_new, metadata, utc

healths = sa.Table(
    "healths",
    metadata,
    sa.Column("team", sa.String, primary_key=True),
    sa.Column("account", sa.String, primary_key=True),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("outcome", sa.String, nullable=False),
    sa.Column("seconds", sa.Float, nullable=False),
    sa.Column("counts", sa.JSON),
    sa.Column("last_error", sa.String, nullable=False),
    sa.Column("last_error_at", sa.DateTime(timezone=True)),
)


@dataclass(frozen=True, slots=True)
class Health:
    """What WaConnect said about an account."""

    account: str
    at: datetime
    outcome: str
    """Of the probe: good, key_invalid, account_disabled, refused or unreachable."""
    seconds: float
    """How long the probe took."""
    counts: Mapping[str, int] | None = None
    """Messages by `sent`, `delivered`, `failed` …; None where that was not told, or not understood."""
    last_error: str = ""
    """The newest failure in a few words, nothing personal in it; empty when none is known."""
    last_error_at: datetime | None = None


class Healths:
    """The last health of each account."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def keep(self, team: str, health: Health) -> Health | None:
        """Keep it in place of the one before, which is given back."""
        row = {name: getattr(health, name) for name in Health.__slots__} | {"team": team}
        row["counts"] = None if health.counts is None else dict(health.counts)
        here = (healths.c.team == team) & (healths.c.account == health.account)
        with self._engine.begin() as db:
            before = db.execute(sa.select(healths).where(here)).one_or_none()
            if not insert_new(db, healths, row):
                db.execute(sa.update(healths).where(here).values(row))
        return _read(before) if before else None

    def last(self, team: str) -> tuple[Health, ...]:
        """The last known of every account, by name; for the App Home."""
        query = sa.select(healths).where(healths.c.team == team).order_by(healths.c.account)
        with self._engine.connect() as db:
            return tuple(_read(row) for row in db.execute(query))


def _read(row: sa.Row[Any]) -> Health:
    error_at = utc(row.last_error_at) if row.last_error_at else None
    return Health(row.account, utc(row.at), row.outcome, row.seconds, row.counts, row.last_error, error_at)
