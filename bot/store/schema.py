"""The tables, and the few ways in which they are written. SQLite in WAL: readers never wait for a writer."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

metadata = sa.MetaData()

questions = sa.Table(
    "questions",
    metadata,
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("sealed", sa.LargeBinary),  # gone once answered
    sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("answered_at", sa.DateTime(timezone=True)),
)
cards = sa.Table(
    "cards",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("team", sa.String, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),  # the paste
    sa.Column("mode", sa.String, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
)
replies = sa.Table(
    "replies",
    metadata,
    sa.Column("card", sa.String, primary_key=True),
    sa.Column("kind", sa.String, primary_key=True),
    sa.Column("channel", sa.String, nullable=False),
    sa.Column("thread", sa.String, nullable=False),
    sa.Column("ts", sa.String),  # NULL: about to be posted
)
presses = sa.Table(
    "presses",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("card", sa.String, nullable=False),
    sa.Column("channel", sa.String, nullable=False),
    sa.Column("thread", sa.String, nullable=False),
    sa.Column("user", sa.String, nullable=False),
    sa.Column("claim", sa.String, nullable=False),
    sa.Column("holds", sa.Boolean, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),  # the request to send
    sa.Column("pressed_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("outcome", sa.String),
)
sa.Index("one_press_holds_a_claim", presses.c.claim, unique=True, sqlite_where=presses.c.holds)
steps = sa.Table(
    "steps",
    metadata,
    sa.Column("press", sa.String, primary_key=True),
    sa.Column("name", sa.String, primary_key=True),  # send/1, status/delivered …
    sa.Column("state", sa.String, nullable=False),
    sa.Column("data", sa.JSON, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
)
watches = sa.Table(
    "watches",
    metadata,
    sa.Column("team", sa.String, primary_key=True),
    sa.Column("channel", sa.String, primary_key=True),
    sa.Column("watched", sa.Boolean, nullable=False),
    sa.Column("user", sa.String, nullable=False),
)


def open_database(url: str) -> sa.Engine:
    """The engine, with its folder and tables made when they are absent."""
    engine = sa.create_engine(url, connect_args={"timeout": 30})
    if engine.url.database:
        Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
    sa.event.listen(engine, "connect", use_wal)
    metadata.create_all(engine)
    return engine


def use_wal(connection: Any, _record: Any) -> None:
    """For every connection: `synchronous=NORMAL` loses nothing when the process dies, only when the machine does."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")


def insert_new(db: sa.Connection, table: sa.Table, row: Mapping[str, Any]) -> bool:
    """True when the row was inserted; False when one with such a key is there, which is left alone."""
    return bool(db.execute(insert(table).values(row).on_conflict_do_nothing()).rowcount)


def now() -> datetime:
    return datetime.now(UTC)


def utc(at: datetime) -> datetime:
    """SQLite forgets the zone; everything stored is UTC."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
