"""Who is at something that is more than one transaction: two who write to one message, or who draws.

In one process a lock in memory; bots that share PostgreSQL hold it there. It is held by a connection, so what a killed
bot held is free as soon as its connections are gone.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from weakref import WeakValueDictionary

import sqlalchemy as sa

from bot.store.engines import POSTGRES, key_of

_HOLD = sa.select(sa.func.pg_advisory_xact_lock(sa.bindparam("key", type_=sa.BigInteger)))
_TRY = sa.select(sa.func.pg_try_advisory_lock(sa.bindparam("key", type_=sa.BigInteger)))
_FREE = sa.select(sa.func.pg_advisory_unlock(sa.bindparam("key", type_=sa.BigInteger)))
_STILL_THERE = sa.text("SELECT 1")


class Locks:
    """Names that one holds at a time. `engine`: with a pool of its own, for each name that is held holds a connection.

    Whoever holds a name may ask for it again. Nobody who holds one asks for another: so none waits for ever.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._known: WeakValueDictionary[str, threading.RLock] = WeakValueDictionary()
        self._guard = threading.Lock()
        self._mine = threading.local()

    @contextmanager
    def held(self, name: str, seconds: float) -> Iterator[bool]:
        """Alone with this name while inside; False when it could not be had within so many seconds."""
        with self._guard:
            here = self._known.setdefault(name, threading.RLock())
        if not here.acquire(timeout=seconds):
            yield False
            return
        try:
            with self._held_by_all(name, seconds) as mine:
                yield mine
        finally:
            here.release()

    @contextmanager
    def _held_by_all(self, name: str, seconds: float) -> Iterator[bool]:
        names: set[str] = self._mine.__dict__.setdefault("names", set())
        if self._engine.dialect.name != POSTGRES or name in names:
            yield True
            return
        with self._engine.connect() as db:
            db.execute(sa.text(f"SET LOCAL lock_timeout = {max(1, round(seconds * 1000))}"))
            try:
                db.execute(_HOLD, {"key": key_of(name)})
            except sa.exc.OperationalError as error:
                if not _took_too_long(error):
                    raise
                yield False
                return
            names.add(name)
            try:
                yield True
            finally:
                names.discard(name)
                with suppress(sa.exc.SQLAlchemyError):  # the connection is gone, and the lock with it
                    db.rollback()


class Lead:
    """Of all bots on this database one does a thing; when it ends, however it ends, another one takes over."""

    def __init__(self, engine: sa.Engine, name: str) -> None:
        self._engine = engine
        self._key = key_of(f"lead/{name}")
        self._db: sa.Connection | None = None
        self._is_mine = False

    def is_mine(self) -> bool:
        """Asked before each round; one thread asks."""
        if self._engine.dialect.name != POSTGRES:
            return True
        try:
            if self._db is None:
                self._db = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
                self._db.detach()  # a connection that went back to the pool would still lead
            if self._is_mine:
                self._db.execute(_STILL_THERE)
            else:
                self._is_mine = bool(self._db.scalar(_TRY, {"key": self._key}))
        except sa.exc.SQLAlchemyError:
            self.resign()
            raise
        return self._is_mine

    def resign(self) -> None:
        """Another one may have it."""
        db, was_mine = self._db, self._is_mine
        self._db, self._is_mine = None, False
        if db is None:
            return
        with suppress(sa.exc.SQLAlchemyError), db:
            if was_mine:  # PostgreSQL notices only some time later that a connection is closed
                db.execute(_FREE, {"key": self._key})


def _took_too_long(error: sa.exc.OperationalError) -> bool:
    return getattr(error.orig, "sqlstate", "") == "55P03"  # lock_not_available
