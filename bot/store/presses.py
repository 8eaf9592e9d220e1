"""A retry is claimed once, and each of its steps is written before it is taken."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from bot.store.schema import insert_new, metadata, now, utc
from bot.vault import Vault
from bot.waconnect.payloads import OutboundRequest

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

# After a day the same text to the same person is a new occasion, not the same failed message.
CLAIM_LASTS = timedelta(days=1)
# Outcomes that prove that nothing arrived; they free the claim, so that the next press may try again.
FREES_CLAIM = frozenset({"refused", "failed", "not_sent"})
# Outcomes that prove that the message is there.
ARRIVED = frozenset({"delivered", "read"})


@dataclass(frozen=True, slots=True)
class Press:
    """Somebody pressed *Retry message*."""

    id: str
    card: str
    channel: str
    thread: str
    user: str
    request: Mapping[str, Any]
    """`{"endpoint": "messages/text", "body": {…}}`"""
    pressed_at: datetime
    outcome: str | None = None

    @property
    def outbound(self) -> OutboundRequest:
        """The request as WaConnect takes it. ValueError when it is from a release that knew another endpoint."""
        return OutboundRequest(str(self.request["endpoint"]), self.request["body"])


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a press's timeline."""

    name: str
    """`send/1`, `status/delivered` …: what is done once."""
    state: str
    data: Mapping[str, Any]
    at: datetime


def new_press(card: str, channel: str, thread: str, user: str, request: Mapping[str, Any]) -> Press:
    return Press(uuid4().hex, card, channel, thread, user, request, now())


class Presses:
    """Presses, the claims they hold and the steps they took."""

    def __init__(self, engine: sa.Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault

    def claim(self, claim: str, press: Press) -> Press | None:
        """None when this press now holds the claim, else the press that already holds it."""
        row = {name: getattr(press, name) for name in ("id", "card", "channel", "thread", "user", "pressed_at")}
        row |= {"claim": claim, "holds": True, "sealed": self._vault.seal(dict(press.request))}
        over = presses.c.outcome.is_not(None) & (presses.c.pressed_at < press.pressed_at - CLAIM_LASTS)
        with self._engine.begin() as db:
            db.execute(sa.update(presses).where(presses.c.claim == claim, over).values(holds=False))
            if insert_new(db, presses, row):
                return None
            return self._read(db.execute(sa.select(presses).where(presses.c.claim == claim, presses.c.holds)).one())

    def find(self, press_id: str) -> Press:
        with self._engine.connect() as db:
            return self._read(db.execute(sa.select(presses).where(presses.c.id == press_id)).one())

    def end(self, press_id: str, outcome: str) -> None:
        """Its outcome, for good."""
        values = {"outcome": outcome, "holds": outcome not in FREES_CLAIM}
        with self._engine.begin() as db:
            db.execute(sa.update(presses).where(presses.c.id == press_id).values(values))

    def open(self) -> tuple[str, ...]:
        """The ids of those without an outcome."""
        with self._engine.connect() as db:
            return tuple(db.scalars(sa.select(presses.c.id).where(presses.c.outcome.is_(None))))

    def begin_step(self, press_id: str, name: str, state: str, **data: Any) -> bool:
        """False when it was begun before, by a process that may have died in it."""
        row = {"press": press_id, "name": name, "state": state, "data": data, "at": now()}
        with self._engine.begin() as db:
            return insert_new(db, steps, row)

    def end_step(self, press_id: str, name: str, state: str, **data: Any) -> None:
        where = (steps.c.press == press_id) & (steps.c.name == name)
        with self._engine.begin() as db:
            db.execute(sa.update(steps).where(where).values(state=state, data=data, at=now()))

    def steps(self, press_id: str) -> tuple[Step, ...]:
        """In the order in which they were taken."""
        query = sa.select(steps).where(steps.c.press == press_id).order_by(steps.c.at, steps.c.name)
        with self._engine.connect() as db:
            return tuple(Step(row.name, row.state, row.data, utc(row.at)) for row in db.execute(query))

    def _read(self, row: sa.Row[Any]) -> Press:
        request, at = self._vault.open(row.sealed), utc(row.pressed_at)
        return Press(row.id, row.card, row.channel, row.thread, row.user, request, at, row.outcome)
