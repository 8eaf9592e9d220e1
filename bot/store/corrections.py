"""What a person said instead of a card. It changes no matching: it is shown on the card, and joins the queue."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.store.schema import metadata, now, utc
from bot.vault import NOTHING, Vault

LONGEST_COMMENT = 500  # characters

corrections = sa.Table(
    "corrections",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("card", sa.String, nullable=False),
    sa.Column("team", sa.String, nullable=False),
    sa.Column("user", sa.String, nullable=False),
    sa.Column("from_entry", sa.String, nullable=False),
    sa.Column("to_entry", sa.String),  # NULL: none that is known
    sa.Column("sealed", sa.LargeBinary, nullable=False),  # the comment
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
)
sa.Index("corrections_of_a_card", corrections.c.card, corrections.c.team)


@dataclass(frozen=True, slots=True)
class Correction:
    """*Not this error*, by whom, and what it is instead."""

    user: str
    from_entry: str
    to_entry: str | None
    """None: something else than what is known."""
    comment: str
    at: datetime


class Corrections:
    """All of them are kept; a card shows the newest."""

    def __init__(self, engine: sa.Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault

    def record(
        self, card_id: str, team: str, user: str, from_entry: str, to_entry: str | None, comment: str = ""
    ) -> None:
        row: dict[str, Any] = {"card": card_id, "team": team, "user": user, "from_entry": from_entry}
        row |= {"to_entry": to_entry, "sealed": self._vault.seal(comment[:LONGEST_COMMENT]), "at": now()}
        with self._engine.begin() as db:
            db.execute(sa.insert(corrections).values(row))

    def forget_before(self, at: datetime) -> int:
        """Delete the comments of older ones; how many there were."""
        old = (corrections.c.at < at) & (corrections.c.sealed != NOTHING)
        with self._engine.begin() as db:
            return db.execute(sa.update(corrections).where(old).values(sealed=NOTHING)).rowcount

    def of(self, card_id: str, team: str) -> Correction | None:
        """The newest; None when nobody corrected the card."""
        query = sa.select(corrections).where(corrections.c.card == card_id, corrections.c.team == team)
        with self._engine.connect() as db:
            row = db.execute(query.order_by(corrections.c.id.desc()).limit(1)).one_or_none()
        if row is None:
            return None
        return Correction(row.user, row.from_entry, row.to_entry, self._vault.open(row.sealed) or "", utc(row.at))
