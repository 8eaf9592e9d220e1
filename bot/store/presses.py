"""A retry is claimed once, and each of its steps is written before it is taken."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from bot.store.audit import Deed, record
from bot.store.schema import insert_new, metadata, now, utc
from bot.vault import NOTHING, Vault
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
    sa.Column("sealed", sa.LargeBinary, nullable=False),  # the request to send; empty once it is too old
    sa.Column("pressed_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("outcome", sa.String),
    sa.Column("account", sa.String, nullable=False, server_default=""),  # empty: of a release that knew one
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

_AS_THEY_ARE = ("id", "card", "channel", "thread", "user", "pressed_at", "account")
# After a day the same text to the same person is a new occasion, not the same failed message.
CLAIM_LASTS = timedelta(days=1)
# Outcomes that prove that nothing arrived; they free the claim, so that the next press may try again.
FREES_CLAIM = frozenset({"refused", "failed", "not_sent"})


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
    account: str = ""
    """Whose key sends it."""

    @property
    def outbound(self) -> OutboundRequest:
        """The request as WaConnect takes it. ValueError when it was deleted, or knows another release's endpoint."""
        return OutboundRequest(str(self.request.get("endpoint")), self.request.get("body") or {})


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a press's timeline."""

    name: str
    """`send/1`, `status/delivered` …: what is done once."""
    state: str
    data: Mapping[str, Any]
    at: datetime


def new_press(card: str, channel: str, thread: str, user: str, request: Mapping[str, Any], account: str = "") -> Press:
    return Press(uuid4().hex, card, channel, thread, user, request, now(), account=account)


class Presses:
    """Presses, the claims they hold and the steps they took."""

    def __init__(self, engine: sa.Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault

    def claim(self, claim: str, press: Press, deed: Deed | None = None) -> Press | None:
        """None when this press now holds the claim, else the press that already holds it.

        `deed` is recorded in the same transaction, with the result `claimed` or `held`.
        """
        row = {name: getattr(press, name) for name in _AS_THEY_ARE}
        row |= {"claim": claim, "holds": True, "sealed": self._vault.seal(dict(press.request))}
        over = presses.c.outcome.is_not(None) & (presses.c.pressed_at < press.pressed_at - CLAIM_LASTS)
        with self._engine.begin() as db:
            db.execute(sa.update(presses).where(presses.c.claim == claim, over).values(holds=False))
            new = insert_new(db, presses, row)
            if deed:
                record(db, replace(deed, result="claimed" if new else "held", press=press.id if new else ""))
            if new:
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

    def forget_before(self, at: datetime) -> int:
        """Delete the requests of older presses that have an outcome; how many there were."""
        old = presses.c.outcome.is_not(None) & (presses.c.pressed_at < at) & (presses.c.sealed != NOTHING)
        with self._engine.begin() as db:
            return db.execute(sa.update(presses).where(old).values(sealed=NOTHING)).rowcount

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
        request, at = self._vault.open(row.sealed) or {}, utc(row.pressed_at)
        return Press(row.id, row.card, row.channel, row.thread, row.user, request, at, row.outcome, row.account)
