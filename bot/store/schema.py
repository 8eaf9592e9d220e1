"""How tables come to be and are written; each noun's table stands in the noun's own module.

SQLite in WAL: readers never wait for a writer. A database of an earlier release is brought up to date by the
steps below: append-only, small, and additive, since two releases may run side by side for a while.
"""

import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from errno import ENOENT
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

metadata = sa.MetaData()
# What every promise may raise when the file is damaged, locked or no database at all.
Unreadable = sa.exc.SQLAlchemyError
# As many as threads that may ask at once: one too many is opened anew for each question, and that costs milliseconds.
_CONNECTIONS = 64

# Name of the step (`table.column` for a new column), and what it does to a database that was made before it. New
# tables need no step.
STEPS: Mapping[str, str] = {
    "watches are kept with their channels": """
        INSERT INTO channels (team, channel, watch, "user", echoes)
        SELECT team, channel, CASE WHEN watched THEN 'on' ELSE 'off' END, "user", 0 FROM watches""",
    "incidents are found by when they began": """
        CREATE INDEX IF NOT EXISTS incidents_by_opening ON incidents (team, first_seen)""",
    "incidents are found by their cause": """
        CREATE INDEX IF NOT EXISTS incidents_by_cause ON incidents (team, entry, account, first_seen)""",
    "presses are found by when they were made": """
        CREATE INDEX IF NOT EXISTS presses_by_time ON presses (pressed_at)""",
    "what is to be shown of incidents has an index": """
        CREATE INDEX IF NOT EXISTS incidents_to_show ON incidents (last_seen) WHERE quiet = 0 AND
        (version > drawn AND (answered_at IS NOT NULL OR state != 'muted') OR answered_at IS NOT NULL
         AND (marked != state OR count >= 10 * noted OR reopened > reopened_told))""",
    "what is affected most has an index": """
        CREATE INDEX IF NOT EXISTS affected_by_count ON affected (incident, kind, count DESC, shown)""",
    "presses.repeats": "ALTER TABLE presses ADD COLUMN repeats VARCHAR",
    "cards.account": "ALTER TABLE cards ADD COLUMN account VARCHAR NOT NULL DEFAULT ''",
    "presses.account": "ALTER TABLE presses ADD COLUMN account VARCHAR NOT NULL DEFAULT ''",
}
_steps = sa.Table("schema_steps", metadata, sa.Column("name", sa.String, primary_key=True))


class OneWriter(sa.Engine):
    """Writers of this process wait in line for each other.

    SQLite lets one write at a time and the others ask again after a nap: with thirty threads they mostly nap.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._turn = threading.RLock()

    @contextmanager
    def begin(self) -> Iterator[sa.Connection]:
        with self._turn, super().begin() as db:
            yield db


def open_database(url: str) -> sa.Engine:
    """The engine, with its folder and tables made when they are absent, and older tables brought up to date."""
    # Connections that come back are kept, and the one used last is used next: what it has read is still warm.
    made = sa.create_engine(url, connect_args={"timeout": 30}, pool_size=_CONNECTIONS, pool_use_lifo=True)
    engine = OneWriter(made.pool, made.dialect, made.url)
    if engine.url.database:
        Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
    sa.event.listen(engine, "connect", use_wal)
    with engine.begin() as db:
        is_new = not sa.inspect(db).get_table_names()
        metadata.create_all(db)
        _bring_up_to_date(db, is_new)
    return engine


def open_for_reading(url: str) -> sa.Engine:
    """An engine that writes nothing, on a database that somebody else keeps. FileNotFoundError."""
    made = sa.make_url(url)
    path = Path(made.database or "")
    if not path.is_file():
        raise FileNotFoundError(ENOENT, "no database", str(path))
    # SQLite's own URI, so that SQLite itself refuses to write; SQLAlchemy would take a `#` in the path for its end.
    where = f"{path.resolve().as_uri()}?mode=ro"
    return sa.create_engine(
        "sqlite://", creator=lambda: sqlite3.connect(where, timeout=30, uri=True), poolclass=sa.NullPool
    )


def _bring_up_to_date(db: sa.Connection, is_new: bool) -> None:
    done = set(db.scalars(sa.select(_steps.c.name)))
    for name, sql in STEPS.items():
        if name not in done:
            if not is_new and not _is_there(db, name):  # a new database, or a new table, has it from the start
                db.execute(sa.text(sql))
            db.execute(_steps.insert().values(name=name))


def _is_there(db: sa.Connection, step: str) -> bool:
    """The step's column is there: its table was made just now, by this release."""
    table, _, column = step.partition(".")
    return bool(column) and column in {one["name"] for one in sa.inspect(db).get_columns(table)}


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
