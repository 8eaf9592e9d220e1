"""What is to be done later, and when: a retry that waits for its time, a message that is followed. One row a press.

A row costs nothing while it waits, so a thousand may; whoever takes one up leases it, so that two cannot.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from bot.store.schema import insert_new, metadata, now, utc

dues = sa.Table(
    "dues",
    metadata,
    sa.Column("press", sa.String, primary_key=True),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("next_at", sa.DateTime(timezone=True), nullable=False, index=True),
    sa.Column("due_at", sa.DateTime(timezone=True)),  # schedule
    sa.Column("pause", sa.Float, nullable=False),  # follow: the last one
    sa.Column("left", sa.Float, nullable=False),  # follow: seconds of looking that remain
    sa.Column("leased_by", sa.String),  # the bot that is at it, or was last
)

Kind = Literal["schedule", "follow"]


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to do."""

    press: str
    kind: Kind
    next_at: datetime
    due_at: datetime | None = None
    """When a scheduled retry is to be sent."""
    pause: float = 0.0
    left: float = 0.0


class Dues:
    """What waits for its time."""

    def __init__(self, engine: sa.Engine, me: str) -> None:
        self._engine = engine
        self._me = me

    def add(self, due: Due) -> bool:
        """False when the press stands there already."""
        with self._engine.begin() as db:
            return add(db, due)

    def find(self, press_id: str) -> Due | None:
        with self._engine.connect() as db:
            row = db.execute(sa.select(dues).where(dues.c.press == press_id)).one_or_none()
        return None if row is None else _due(row)

    def due(self, at: datetime, most: int) -> tuple[Due, ...]:
        """What is to be done by then, the longest overdue first."""
        query = sa.select(dues).where(dues.c.next_at <= at).order_by(dues.c.next_at).limit(most)
        with self._engine.connect() as db:
            return tuple(map(_due, db.execute(query)))

    def next_at(self) -> datetime | None:
        """When the next thing is to be done."""
        with self._engine.connect() as db:
            found = db.scalar(sa.select(sa.func.min(dues.c.next_at)))
        return None if found is None else utc(found)

    def scheduled(self) -> tuple[str, ...]:
        """The presses that wait for their time."""
        with self._engine.connect() as db:
            return tuple(db.scalars(sa.select(dues.c.press).where(dues.c.kind == "schedule")))

    def lease(self, due: Due, seconds: float) -> bool:
        """Take it up; nobody else does so for this long. False when somebody else was first."""
        same = (dues.c.press == due.press) & (dues.c.next_at == due.next_at)
        with self._engine.begin() as db:
            until = now() + timedelta(seconds=seconds)
            return bool(db.execute(sa.update(dues).where(same).values(next_at=until, leased_by=self._me)).rowcount)

    def free(self, living: Collection[str]) -> int:
        """What others than the living were at when they died is due at once; how many."""
        left = dues.c.leased_by.is_not(None) & dues.c.leased_by.not_in(living)
        with self._engine.begin() as db:
            return db.execute(sa.update(dues).where(left).values(next_at=now(), leased_by=None)).rowcount

    def put_off(self, press_id: str, seconds: float, pause: float = 0.0, left: float = 0.0) -> None:
        """The next time; a press that was taken off meanwhile stays off."""
        values = {"next_at": now() + timedelta(seconds=seconds), "pause": pause, "left": left, "leased_by": None}
        with self._engine.begin() as db:
            db.execute(sa.update(dues).where(dues.c.press == press_id).values(values))

    def remove(self, press_id: str) -> bool:
        """True when it stood there: of several who take it off, one alone hears so."""
        with self._engine.begin() as db:
            return bool(db.execute(sa.delete(dues).where(dues.c.press == press_id)).rowcount)

    def wake(self) -> None:
        """Everything is due: after a start nobody knows what was missed."""
        with self._engine.begin() as db:
            db.execute(sa.update(dues).values(next_at=now()))


def add(db: sa.Connection, due: Due) -> bool:
    """Within another promise."""
    return insert_new(db, dues, asdict(due))


def due_at(db: sa.Connection, press_id: str) -> datetime | None:
    """Within another promise."""
    found = db.scalar(sa.select(dues.c.due_at).where(dues.c.press == press_id))
    return None if found is None else utc(found)


def unschedule(db: sa.Connection, press_id: str) -> bool:
    """Within another promise. False when it waits no longer; what is followed meanwhile stays."""
    waits = (dues.c.press == press_id) & (dues.c.kind == "schedule")
    return bool(db.execute(sa.delete(dues).where(waits)).rowcount)


def _due(row: sa.Row[tuple[object, ...]]) -> Due:
    at = row.due_at and utc(row.due_at)
    return Due(row.press, row.kind, utc(row.next_at), at, row.pause, row.left)
