"""A step of a press is written before it is taken, once, and its result over it: a crash between them can be seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.store.schema import insert_new, metadata, now, utc

steps = sa.Table(
    "steps",
    metadata,
    sa.Column("press", sa.String, primary_key=True),
    sa.Column("name", sa.String, primary_key=True),  # send/1, status/delivered …
    sa.Column("state", sa.String, nullable=False),
    sa.Column("data", sa.JSON, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a press's timeline."""

    name: str
    """`send/1`, `status/delivered` …: what is done once."""
    state: str
    data: Mapping[str, Any]
    at: datetime


class Steps:
    """The lines of presses' timelines. Their data is not sealed: nothing personal is in it."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def begin_step(self, press_id: str, name: str, state: str, **data: Any) -> bool:
        """False when it was begun before, by a process that may have died in it."""
        with self._engine.begin() as db:
            return begin(db, press_id, name, state, **data)

    def end_step(self, press_id: str, name: str, state: str, **data: Any) -> None:
        where = (steps.c.press == press_id) & (steps.c.name == name)
        with self._engine.begin() as db:
            db.execute(sa.update(steps).where(where).values(state=state, data=data, at=now()))

    def steps(self, press_id: str) -> tuple[Step, ...]:
        """In the order in which they were taken."""
        query = sa.select(steps).where(steps.c.press == press_id).order_by(steps.c.at, steps.c.name)
        with self._engine.connect() as db:
            return tuple(Step(row.name, row.state, row.data, utc(row.at)) for row in db.execute(query))


def state(db: sa.Connection, press_id: str, name: str) -> str | None:
    """Within another promise."""
    return db.scalar(sa.select(steps.c.state).where(steps.c.press == press_id, steps.c.name == name))


def begin(db: sa.Connection, press_id: str, name: str, state: str, **data: Any) -> bool:
    """Within another promise."""
    return insert_new(db, steps, {"press": press_id, "name": name, "state": state, "data": data, "at": now()})
