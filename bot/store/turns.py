"""Slack's limits, kept by counting: a turn is a row, and no more of one kind are taken in any stretch of time.

Rows in the database and not a clock in memory: a restart forgets nothing, and bots that share a database share turns.
"""

from collections.abc import Callable
from time import time

import sqlalchemy as sa

from bot.store.schema import metadata

turns = sa.Table(
    "turns",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key", sa.String, nullable=False),
    sa.Column("at", sa.Float, nullable=False),  # seconds since 1970
)
sa.Index("turns_by_key", turns.c.key, turns.c.at)


class Turns:
    """Who may write next."""

    def __init__(self, engine: sa.Engine, clock: Callable[[], float] = time) -> None:
        self._engine = engine
        self._clock = clock

    def take(self, key: str, most: int, seconds: float) -> float:
        """0.0 when a turn was taken; else the seconds until one is free. At most `most` in any `seconds`."""
        at = self._clock()
        mine = turns.c.key == key
        with self._engine.begin() as db:
            # Writing first takes the lock, so that nobody counts what somebody else is about to change.
            db.execute(sa.delete(turns).where(mine, turns.c.at <= at - seconds))
            taken = list(db.scalars(sa.select(turns.c.at).where(mine).order_by(turns.c.at.desc()).limit(most)))
            if len(taken) >= most:
                return max(float(taken[-1]) + seconds - at, 0.001)
            db.execute(sa.insert(turns).values(key=key, at=at))
        return 0.0

    def left(self, key: str, most: int, seconds: float) -> int:
        """How many are free now."""
        mine = (turns.c.key == key) & (turns.c.at > self._clock() - seconds)
        with self._engine.connect() as db:
            return max(0, most - int(db.scalar(sa.select(sa.func.count()).select_from(turns).where(mine)) or 0))
