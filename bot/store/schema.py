"""How tables come to be and are written; each noun's table stands in the noun's own module.

A database of an earlier release is brought up to date by the steps below: append-only, small, and additive, since two
releases may run side by side for a while. Of several bots that start at once, one does it and the others wait.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from bot.store.engines import alone, engine_for, insert

metadata = sa.MetaData()

# Name of the step (`table.column` for a new column), and what it does to a database that was made before it. New
# tables need no step. A new one is written so that SQLite and PostgreSQL both take it; PostgreSQL has those up to
# `presses.account` from the start.
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
    "dues.leased_by": "ALTER TABLE dues ADD COLUMN leased_by VARCHAR",
}
# Tables of earlier releases that this one has no more; a database with none of ours is a new one.
_FORMER = {"watches"}
_steps = sa.Table("schema_steps", metadata, sa.Column("name", sa.String, primary_key=True))


def open_database(url: str, connections: int) -> sa.Engine:
    """The engine, with its tables made when they are absent, and older tables brought up to date."""
    engine = engine_for(url, connections)
    with engine.begin() as db:
        alone(db, "schema")
        is_new = (metadata.tables.keys() | _FORMER).isdisjoint(sa.inspect(db).get_table_names())
        metadata.create_all(db)
        _bring_up_to_date(db, is_new)
    return engine


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


def insert_new(db: sa.Connection, table: sa.Table, row: Mapping[str, Any]) -> bool:
    """True when the row was inserted; False when one with such a key is there, which is left alone."""
    return inserted(db, insert(db, table).values(row).on_conflict_do_nothing())


def inserted(db: sa.Connection, statement: sa.Insert) -> bool:
    """Whether an INSERT inserted anything, which SQLAlchemy does not count unasked."""
    return bool(db.execute(statement, execution_options={"preserve_rowcount": True}).rowcount)


def now() -> datetime:
    return datetime.now(UTC)


def utc(at: datetime) -> datetime:
    """SQLite forgets the zone; everything stored is UTC."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
