"""Slack's limits, kept by counting: a turn is a row, and no more of one kind are taken in any stretch of time.

Rows in the database and not a clock in memory: a restart forgets nothing, and bots that share a database share turns,
by the clock that they share too.
"""

from collections.abc import Callable

import sqlalchemy as sa

from bot.store.engines import alone, clock
from bot.store.schema import metadata

turns = sa.Table(
    "turns",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key", sa.String, nullable=False),
    sa.Column("at", sa.Float, nullable=False),  # seconds since 1970; may lie ahead
)
sa.Index("turns_by_key", turns.c.key, turns.c.at)


class Turns:
    """Who may write next. `clock`: for tests; else it is the database's."""

    def __init__(self, engine: sa.Engine, clock: Callable[[], float] | None = None) -> None:
        self._engine = engine
        self._clock = clock

    def take(self, key: str, most: int, seconds: float) -> float:
        """0.0 when a turn was taken; else the seconds until one is free. At most `most` in any `seconds`."""
        with self._engine.begin() as db:
            at, free = self._next(db, key, most, seconds)
            if free > at:
                return max(free - at, 0.001)
            db.execute(sa.insert(turns).values(key=key, at=at))
        return 0.0

    def book(self, key: str, most: int, seconds: float, longest: float) -> float | None:
        """The next turn is ours, in so many seconds; None when it is further off than `longest`, and nothing is booked.

        Who books has a place in the line, before everybody who asks later, in whichever process.
        """
        with self._engine.begin() as db:
            at, free = self._next(db, key, most, seconds)
            if free - at > longest:
                return None
            db.execute(sa.insert(turns).values(key=key, at=max(at, free)))
        return max(free - at, 0.0)

    def left(self, key: str, most: int, seconds: float) -> int:
        """How many are free now."""
        with self._engine.connect() as db:
            mine = (turns.c.key == key) & (turns.c.at > self._now(db) - seconds)
            return max(0, most - int(db.scalar(sa.select(sa.func.count()).select_from(turns).where(mine)) or 0))

    def _next(self, db: sa.Connection, key: str, most: int, seconds: float) -> tuple[float, float]:
        """Now, and when the next turn is free; nobody else takes one before this transaction ends."""
        mine = turns.c.key == key
        alone(db, f"turn/{key}")
        at = self._now(db)
        # Writing first takes SQLite's lock, so that nobody counts what somebody else is about to change.
        db.execute(sa.delete(turns).where(mine, turns.c.at <= at - seconds))
        taken = list(db.scalars(sa.select(turns.c.at).where(mine).order_by(turns.c.at.desc()).limit(most)))
        return at, float(taken[-1]) + seconds if len(taken) >= most else at

    def _now(self, db: sa.Connection) -> float:
        return self._clock() if self._clock else clock(db)
