"""What a workspace knows of an error beside the knowledge files: notes on an entry, each with its owner.

A note keeps its number when others are deleted, so that nobody deletes another than the one that was read.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.store.engines import alone
from bot.store.schema import inserted, metadata, now, utc
from bot.vault import Vault

LONGEST = 1_000  # characters: a note is no page
MOST = 40  # of one entry in one workspace; with more, nobody reads them

notes = sa.Table(
    "notes",
    metadata,
    sa.Column("team", sa.String, primary_key=True),
    sa.Column("entry", sa.String, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("user", sa.String, nullable=False),
    sa.Column("sealed", sa.LargeBinary),  # NULL: deleted
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
)


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence that somebody left for whoever meets the error next."""

    number: int
    user: str
    text: str
    at: datetime


class Notes:
    """Notes on entries, a workspace each."""

    def __init__(self, engine: sa.Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault

    def add(self, team: str, entry: str, user: str, text: str) -> bool:
        """False when the entry has as many as anybody reads."""
        number = sa.func.coalesce(sa.func.max(notes.c.number), 0) + 1
        row = sa.literal(self._vault.seal(text[:LONGEST]), sa.LargeBinary)
        values = [
            sa.literal(team),
            sa.literal(entry),
            number,
            sa.literal(user),
            row,
            sa.literal(now(), notes.c.at.type),
        ]
        new = sa.select(*values).where(_on(team, entry)).having(sa.func.count(notes.c.sealed) < MOST)
        insert = sa.insert(notes).from_select(["team", "entry", "number", "user", "sealed", "at"], new)
        with self._engine.begin() as db:
            alone(db, f"notes/{team}/{entry}")  # two who count at once would give one number twice
            return inserted(db, insert)

    def of(self, team: str, entry: str) -> tuple[Note, ...]:
        """The newest first."""
        query = sa.select(notes).where(_on(team, entry), notes.c.sealed.is_not(None)).order_by(notes.c.number.desc())
        with self._engine.connect() as db:
            rows = db.execute(query).all()
        return tuple(Note(row.number, row.user, self._vault.open(row.sealed), utc(row.at)) for row in rows)

    def delete(self, team: str, entry: str, number: int, user: str) -> bool:
        """One's own. False when there is no such note, or it is another person's."""
        mine = _on(team, entry) & (notes.c.number == number) & (notes.c.user == user) & notes.c.sealed.is_not(None)
        with self._engine.begin() as db:
            return bool(db.execute(sa.update(notes).where(mine).values(sealed=None)).rowcount)


def _on(team: str, entry: str) -> sa.ColumnElement[bool]:
    return (notes.c.team == team) & (notes.c.entry == entry)
