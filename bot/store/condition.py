"""How a database is, read beside whoever writes it: nothing is made, locked, written or brought up to date."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.store.backlog import Wait, waits
from bot.store.cards import cards
from bot.store.channels import WATCHES, Watch, channels
from bot.store.claims import presses
from bot.store.engines import engine_for_reading, in_words
from bot.store.schema import STEPS, metadata
from bot.store.synthetics import Synthetic, synthetic_of, synthetics

# To look through a larger file would take a while, and SQLite reports damage when it meets it.
_MOST_BYTES = 256_000_000


@dataclass(frozen=True, slots=True)
class Condition:
    """What a look at it showed. Empty where it does not exist."""

    exists: bool
    file: Path | None
    """Where there is a file, or will be one."""
    unreadable: str = ""
    """Why it cannot be read."""
    version: str = ""
    journal: str = ""
    """SQLite's journal mode."""
    size: int = 0
    """Bytes."""
    whole: bool = True
    lacking: tuple[str, ...] = ()
    """Tables and steps of this release that it has not."""
    newer: tuple[str, ...] = ()
    """Steps that this release does not know."""
    sealed: tuple[bytes, ...] = ()
    """The newest of what is sealed, of each kind."""
    watches: tuple[tuple[str, str, Watch], ...] = ()
    """What people said in channels: workspace, channel, how it is read."""
    waits: Mapping[str, Wait] | None = None
    """What waits to be done; None where that cannot be told."""
    synthetic: Synthetic | None = None


def condition(url: str) -> Condition:
    file = Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:") else None
    try:
        engine = engine_for_reading(url)
    except FileNotFoundError:
        return Condition(False, file)
    except (sa.exc.ArgumentError, ValueError) as error:
        return Condition(True, file, unreadable=in_words(error))
    try:
        with engine.connect() as db:
            return _read(db, file)
    except sa.exc.SQLAlchemyError as error:
        return Condition(True, file, unreadable=str(getattr(error, "orig", None) or type(error).__name__).strip())
    finally:
        engine.dispose()


def _read(db: sa.Connection, file: Path | None) -> Condition:
    there = set(sa.inspect(db).get_table_names())
    steps = metadata.tables["schema_steps"]
    done = set(db.scalars(sa.select(steps.c.name))) if steps.name in there else set[str]()
    version, journal, size, whole = _SERVERS[db.dialect.name](db)
    return Condition(
        exists=True,
        file=file,
        version=version,
        journal=journal,
        size=size,
        whole=whole,
        lacking=(*sorted(metadata.tables.keys() - there), *(step for step in STEPS if step not in done)),
        newer=tuple(sorted(done - STEPS.keys())),
        sealed=tuple(_newest_sealed(db, there)),
        watches=_watches(db) if channels.name in there else (),
        waits=None if metadata.tables.keys() - there else waits(db, datetime.now(UTC)),
        synthetic=_last_synthetic(db) if synthetics.name in there else None,
    )


def _sqlite(db: sa.Connection) -> tuple[str, str, int, bool]:
    ask = db.exec_driver_sql
    size = int(ask("PRAGMA page_count").scalar_one()) * int(ask("PRAGMA page_size").scalar_one())
    whole = size > _MOST_BYTES or ask("PRAGMA quick_check(1)").scalar_one() == "ok"
    version = f"SQLite {ask('SELECT sqlite_version()').scalar_one()}"
    return version, str(ask("PRAGMA journal_mode").scalar_one()), size, whole


def _postgresql(db: sa.Connection) -> tuple[str, str, int, bool]:
    version = str(db.exec_driver_sql("SHOW server_version").scalar_one()).partition(" ")[0]
    size = db.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one()
    return f"PostgreSQL {version}", "", int(size), True


_SERVERS = {"sqlite": _sqlite, "postgresql": _postgresql}


def _newest_sealed(db: sa.Connection, there: set[str]) -> list[bytes]:
    """One of each kind that is not deleted."""
    kinds: tuple[tuple[sa.Table, Any], ...] = ((cards, cards.c.created_at), (presses, presses.c.pressed_at))
    found = (
        db.scalar(sa.select(table.c.sealed).where(sa.func.length(table.c.sealed) > 0).order_by(newest.desc()).limit(1))
        for table, newest in kinds
        if table.name in there
    )
    return [one for one in found if one]


def _watches(db: sa.Connection) -> tuple[tuple[str, str, Watch], ...]:
    told = sa.select(channels.c.team, channels.c.channel, channels.c.watch).where(channels.c.watch.in_(WATCHES))
    return tuple((row.team, row.channel, row.watch) for row in db.execute(told))


def _last_synthetic(db: sa.Connection) -> Synthetic | None:
    row = db.execute(sa.select(synthetics).order_by(synthetics.c.at.desc()).limit(1)).one_or_none()
    return synthetic_of(row) if row else None
