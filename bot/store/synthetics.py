"""How the last synthetic error of a workspace fared; who looks from outside learns from it that the bot is alive."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.store.schema import insert_new, metadata, utc

synthetics = sa.Table(
    "synthetics",
    metadata,
    sa.Column("team", sa.String, primary_key=True),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("seconds", sa.Float, nullable=False),
    sa.Column("failed", sa.String, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Synthetic:
    """One error that was made up, and sent the whole way."""

    at: datetime
    """When it set out."""
    seconds: float
    """How long it took until Slack had it, or until it was given up."""
    failed: str = ""
    """Where it got stuck, in a word or two; empty when it came through."""


class Synthetics:
    """The last one of each workspace."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def keep(self, team: str, one: Synthetic) -> None:
        """In the place of the one before."""
        row: Mapping[str, Any] = {"team": team, "at": one.at, "seconds": one.seconds, "failed": one.failed}
        with self._engine.begin() as db:
            if not insert_new(db, synthetics, row):
                db.execute(sa.update(synthetics).where(synthetics.c.team == team).values(row))

    def last(self, team: str) -> Synthetic | None:
        with self._engine.connect() as db:
            row = db.execute(sa.select(synthetics).where(synthetics.c.team == team)).one_or_none()
        return synthetic_of(row) if row else None


def synthetic_of(row: sa.Row[Any]) -> Synthetic:
    return Synthetic(utc(row.at), row.seconds, row.failed)
