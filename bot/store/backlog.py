"""What waits to be done, how much of it and since when: for those who watch over the bot. Nothing is written here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from bot.store.arrivals import arrivals
from bot.store.dues import dues
from bot.store.incident import incidents
from bot.store.questions import questions
from bot.store.schema import utc

_I, _Q = incidents.c, questions.c
PROMPT = ("questions", "arrivals", "dues")
"""What people wait for: that one of them waits long is a fault. New cards in a storm wait by design."""
# What could not be shown for so long is not tried any more.
_LOOKS_BACK = timedelta(days=2)
_WANTS_CARD = (_I.current, ~_I.quiet, _I.answered_at.is_(None), _I.version > _I.drawn)
_WAITS = MappingProxyType(
    {
        "questions": sa.select(sa.func.count(), sa.func.min(_Q.received_at)).where(_Q.answered_at.is_(None)),
        "cards": sa.select(sa.func.count(), sa.func.min(_I.first_seen)).where(
            _I.last_seen >= sa.bindparam("b_since"), *_WANTS_CARD, _I.state != "muted"
        ),
        "arrivals": sa.select(sa.func.count(), sa.func.min(arrivals.c.at)).where(arrivals.c.sorted_at.is_(None)),
        "dues": sa.select(sa.func.count(), sa.func.min(dues.c.next_at)).where(dues.c.next_at <= sa.bindparam("b_at")),
    }
)


@dataclass(frozen=True, slots=True)
class Wait:
    """Those who wait for one thing."""

    count: int
    lag: float
    """Seconds that the first of them waits; 0 where nobody does."""


class Backlog:
    """Questions without an answer, arrivals that are not sorted, incidents without a card, deeds that are overdue."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def of(self, at: datetime) -> Mapping[str, Wait]:
        """By what is waited for: `questions`, `cards`, `arrivals`, `dues`. Of every workspace."""
        with self._engine.connect() as db:
            return waits(db, at)


def waits(db: sa.Connection, at: datetime) -> Mapping[str, Wait]:
    """The same for who looks at more than this."""
    given = {"b_since": at - _LOOKS_BACK, "b_at": at}
    return {name: _wait(db.execute(query, given).one(), at) for name, query in _WAITS.items()}


def _wait(row: Any, at: datetime) -> Wait:
    count, first = row
    return Wait(count, max(0.0, (at - utc(first)).total_seconds()) if first else 0.0)
