"""Whether a card helped, by whoever clicked; the last click of a person counts."""

from dataclasses import dataclass

import sqlalchemy as sa

from bot.store.schema import insert_new, metadata, now

votes = sa.Table(
    "votes",
    metadata,
    sa.Column("card", sa.String, primary_key=True),
    sa.Column("user", sa.String, primary_key=True),
    sa.Column("team", sa.String, nullable=False),
    sa.Column("entry", sa.String, nullable=False),
    sa.Column("helpful", sa.Boolean, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
)
sa.Index("votes_on_an_entry", votes.c.team, votes.c.entry)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many people found an entry's cards helpful, and how many did not."""

    helpful: int
    not_helpful: int


class Votes:
    """Clicks on *Helpful* and *Not helpful*."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def cast(self, card_id: str, team: str, entry: str, user: str, helpful: bool) -> None:
        row = {"card": card_id, "user": user, "team": team, "entry": entry, "helpful": helpful, "at": now()}
        mine = (votes.c.card == card_id) & (votes.c.user == user)
        with self._engine.begin() as db:
            if not insert_new(db, votes, row):
                db.execute(sa.update(votes).where(mine).values(row))

    def count(self, team: str, entry: str) -> Tally:
        """Of one workspace."""
        query = sa.select(votes.c.helpful, sa.func.count()).group_by(votes.c.helpful)
        with self._engine.connect() as db:
            found = {row[0]: row[1] for row in db.execute(query.where(votes.c.team == team, votes.c.entry == entry))}
        return Tally(found.get(True, 0), found.get(False, 0))
