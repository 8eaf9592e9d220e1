"""SQLite or PostgreSQL: how each is opened, and the few things that they do not say in the same words.

SQLite in WAL: readers never wait for a writer, and writers of this process wait in line. PostgreSQL: several bots share
it, so what one promise must read and write undisturbed is done under a name that nobody else holds meanwhile.
"""

import hashlib
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from errno import ENOENT
from pathlib import Path
from time import time
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

# As many as threads that may ask at once: one too many is opened anew for each question, and that costs milliseconds.
_CONNECTIONS = 64
POSTGRES = "postgresql"
_DRIVER = "postgresql+psycopg"
# What a connection to PostgreSQL is like: a server or a network that is gone is noticed within half a minute, on both
# sides, and so are the locks of a bot whose machine is gone.
_LINE: Mapping[str, Any] = MappingProxyType(
    {"connect_timeout": 5, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
    | {"tcp_user_timeout": 20_000, "application_name": "waerror"}
)
_SERVER = ("tcp_keepalives_idle=10", "tcp_keepalives_interval=5", "tcp_keepalives_count=3", "timezone=UTC")
# Longer than any statement of ours takes, shorter than anybody waits.
_LONGEST_STATEMENT, _LONGEST_LOCK = 30_000, 15_000

# What every promise may raise when the database is damaged, locked, away, or none at all.
Unreadable = sa.exc.SQLAlchemyError

Engine = sa.Engine
Insert = sqlite.Insert | postgresql.Insert
_INSERTS: Mapping[str, Callable[[sa.Table], Insert]] = MappingProxyType(
    {"sqlite": sqlite.insert, POSTGRES: postgresql.insert}
)


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


def is_postgres(url: str) -> bool:
    return url.startswith(("postgresql://", "postgres://", "postgresql+psycopg://"))


def engine_for(url: str, connections: int = _CONNECTIONS) -> sa.Engine:
    """The engine; nothing is read or made yet, but for the folder of a SQLite file. `connections`: of PostgreSQL."""
    return _postgres(url, connections) if is_postgres(url) else _sqlite(url)


def engine_for_duties(url: str, connections: int) -> sa.Engine:
    """The durable workflows' own: beside a SQLite file another one, on PostgreSQL the same database."""
    if is_postgres(url):
        return _postgres(url, connections)
    file = Path(sa.make_url(url).database or "")
    engine = sa.create_engine(f"sqlite:///{file.with_name(file.stem + '-duties.db')}", connect_args={"timeout": 30})
    sa.event.listen(engine, "connect", use_wal)  # twice the workflows a second, measured
    return engine


def _sqlite(url: str) -> sa.Engine:
    # Connections that come back are kept, and the one used last is used next: what it has read is still warm.
    made = sa.create_engine(url, connect_args={"timeout": 30}, pool_size=_CONNECTIONS, pool_use_lifo=True)
    engine = OneWriter(made.pool, made.dialect, made.url)
    if engine.url.database:
        Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
    sa.event.listen(engine, "connect", use_wal)
    return engine


def _postgres(url: str, connections: int, *more: str) -> sa.Engine:
    where = sa.make_url(url.replace("postgres://", "postgresql://", 1)).set(drivername=_DRIVER)
    told = (*_SERVER, f"statement_timeout={_LONGEST_STATEMENT}", f"lock_timeout={_LONGEST_LOCK}", *more)
    options = " ".join([*(f"-c {one}" for one in told), str(where.query.get("options", ""))])
    return sa.create_engine(
        where.difference_update_query(["options"]),
        connect_args={**_LINE, "options": options.strip()},
        pool_size=connections,
        max_overflow=0,
        pool_timeout=_LONGEST_LOCK / 1000,
        pool_pre_ping=True,  # a server that was away is asked anew, and nobody meets a dead connection
        pool_use_lifo=True,
    )


def engine_for_reading(url: str) -> sa.Engine:
    """An engine that writes nothing, on a database that somebody else keeps. FileNotFoundError."""
    if is_postgres(url):
        return _postgres(url, 1, "default_transaction_read_only=on")
    path = Path(sa.make_url(url).database or "")
    if not path.is_file():
        raise FileNotFoundError(ENOENT, "no database", str(path))
    # SQLite's own URI, so that SQLite itself refuses to write; SQLAlchemy would take a `#` in the path for its end.
    where = f"{path.resolve().as_uri()}?mode=ro"
    return sa.create_engine(
        "sqlite://", creator=lambda: sqlite3.connect(where, timeout=30, uri=True), poolclass=sa.NullPool
    )


def use_wal(connection: Any, _record: Any) -> None:
    """For every connection: `synchronous=NORMAL` loses nothing when the process dies, only when the machine does."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")


def in_words(error: Exception) -> str:
    """What the database, or the way to it, says is wrong. No password is in it: neither says what it was given."""
    if isinstance(error, sa.exc.ArgumentError | ValueError):
        return "it is no address of PostgreSQL; one looks like postgresql://user:password@host:5432/database"
    says = " ".join(str(getattr(error, "orig", None) or type(error).__name__).split())
    return f"the database cannot be used: {says[:300]}"


def insert(db: sa.Connection, table: sa.Table) -> Insert:
    """An INSERT that knows ON CONFLICT, in the words of this database."""
    return _INSERTS[db.dialect.name](table)


def in_both(make: Callable[[Callable[[sa.Table], Any]], sa.Insert]) -> Mapping[str, sa.Insert]:
    """A statement that is made once, by the name of the dialect; `make` is given the INSERT of each."""
    return {name: make(words) for name, words in _INSERTS.items()}


def alone(db: sa.Connection, *names: str) -> None:
    """Until this transaction ends, no other of any bot is past this point with one of these names.

    In an order that is the same for all, so that no two wait for each other. SQLite has one writer anyway: there, a
    promise that reads before it writes writes something first.
    """
    if db.dialect.name == POSTGRES:
        db.execute(_ALONE, {"keys": sorted({key_of(name) for name in names})})


_ALONE = sa.text("SELECT count(pg_advisory_xact_lock(key)) FROM unnest(CAST(:keys AS bigint[])) AS key")


def key_of(name: str) -> int:
    """PostgreSQL knows locks by 64 bits."""
    return int.from_bytes(hashlib.sha256(f"waerror/{name}".encode()).digest()[:8], "big", signed=True)


def clock(db: sa.Connection) -> float:
    """Seconds since 1970, by the clock that all bots on this database share."""
    return float(db.scalar(_NOW) or 0) if db.dialect.name == POSTGRES else time()


_NOW = sa.text("SELECT extract(epoch FROM clock_timestamp())")


def size(db: sa.Connection, file: Path) -> int:
    """Bytes; of a SQLite file with what was written last and not yet moved into it."""
    if db.dialect.name == POSTGRES:
        return int(db.scalar(sa.text("SELECT pg_database_size(current_database())")) or 0)
    files: Sequence[Path] = (file, file.with_name(f"{file.name}-wal"))
    return sum(one.stat().st_size for one in files if one.is_file())
