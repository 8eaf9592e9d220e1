"""The bots that share this database: each has a row and says that it lives; who says nothing for long is dead.

By the database's clock, so it does not matter what time a bot's machine thinks it is.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from bot.store.engines import clock
from bot.store.schema import metadata

replicas = sa.Table(
    "replicas",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("version", sa.String, nullable=False),
    sa.Column("started_at", sa.Float, nullable=False),  # seconds since 1970
    sa.Column("beat_at", sa.Float, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Replica:
    """One bot process."""

    id: str
    version: str
    started_at: datetime
    silent: float
    """Seconds since it last said that it lives."""


class Replicas:
    """Who is there."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def join(self, id: str, version: str) -> None:
        with self._engine.begin() as db:
            at = clock(db)
            db.execute(sa.insert(replicas).values(id=id, version=version, started_at=at, beat_at=at))

    def beat(self, id: str) -> bool:
        """It lives. False when the others took it for dead: what it was doing is another's by now."""
        with self._engine.begin() as db:
            values = {"beat_at": clock(db)}
            return bool(db.execute(sa.update(replicas).where(replicas.c.id == id).values(values)).rowcount)

    def leave(self, id: str) -> None:
        """It stops, and has begun nothing that it will not end: whoever looks next takes over what is left."""
        with self._engine.begin() as db:
            db.execute(sa.update(replicas).where(replicas.c.id == id).values(beat_at=0.0))

    def bury(self, by: str, dead_after: float) -> tuple[str, ...]:
        """Those who said nothing for so many seconds are not there any more; of several who look, one hears of each."""
        with self._engine.begin() as db:
            silent = (replicas.c.beat_at < clock(db) - dead_after) & (replicas.c.id != by)
            dead = sa.select(replicas.c.id).where(silent).with_for_update(skip_locked=True)
            return tuple(db.scalars(sa.delete(replicas).where(replicas.c.id.in_(dead)).returning(replicas.c.id)))

    def all(self) -> tuple[Replica, ...]:
        """The one that runs longest first."""
        with self._engine.connect() as db:
            at = clock(db)
            rows = db.execute(sa.select(replicas).order_by(replicas.c.started_at, replicas.c.id))
            return tuple(
                Replica(row.id, row.version, datetime.fromtimestamp(row.started_at, UTC), at - row.beat_at)
                for row in rows
            )
