"""The rows of presses, and when one holds its claim no more."""

from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from bot.store import recipients
from bot.store.audit import Deed, record
from bot.store.press import CLAIM_LASTS, SENT_NOTHING, TERMINAL, Press, Quiet
from bot.store.schema import metadata

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
    sa.Column("sealed", sa.LargeBinary, nullable=False),  # the request, and the id of what failed; empty when too old
    sa.Column("pressed_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("outcome", sa.String),
    sa.Column("repeats", sa.String),  # the press of unclear fate that this one repeats all the same
    sa.Column("account", sa.String, nullable=False, server_default=""),  # empty: of a release that knew one
)
_holds = presses.c.holds
sa.Index("one_press_holds_a_claim", presses.c.claim, unique=True, sqlite_where=_holds, postgresql_where=_holds)
message_ids = sa.Table(
    "message_ids",
    metadata,
    sa.Column("digest", sa.String, primary_key=True),
    sa.Column("press", sa.String, nullable=False),
)


def note_claim(db: sa.Connection, deed: Deed, press: Press, near: Press | Quiet | None) -> None:
    """What came of a press, with its id when it now holds the claim."""
    result = "too_near" if isinstance(near, Quiet) else "held" if near else "claimed"
    record(db, replace(deed, result=result, press="" if near else press.id))


def expire(db: sa.Connection, claim: str, at: datetime) -> None:
    """A claim ends a day after its press, unless that is still under way; one that a terminal left is not."""
    over = presses.c.outcome.is_not(None) | (presses.c.card == TERMINAL)
    old = (presses.c.claim == claim) & over & (presses.c.pressed_at < at - CLAIM_LASTS)
    db.execute(sa.update(presses).where(old).values(holds=False))


def end(db: sa.Connection, press_id: str, outcome: str, holds: bool) -> None:
    db.execute(sa.update(presses).where(presses.c.id == press_id).values(outcome=outcome, holds=holds))
    if outcome in SENT_NOTHING:
        recipients.release(db, press_id)
