"""Since when the failed messages of an account are looked for, and when that was last done: a row an account."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.store.schema import insert_new, metadata, utc

polls = sa.Table(
    "polls",
    metadata,
    sa.Column("team", sa.String, primary_key=True),
    sa.Column("account", sa.String, primary_key=True),
    sa.Column("since", sa.DateTime(timezone=True), nullable=False),
    sa.Column("looked_at", sa.DateTime(timezone=True)),  # NULL: not once to the end
)


@dataclass(frozen=True, slots=True)
class Poll:
    """How far an account was looked through."""

    since: datetime
    """What failed before is the past, and nobody's alert."""
    looked_at: datetime | None


class Polls:
    """The accounts that are looked through."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def begin(self, team: str, account: str, since: datetime) -> Poll:
        """The one that is kept; a new one, where there is none."""
        with self._engine.begin() as db:
            insert_new(db, polls, {"team": team, "account": account, "since": since})
            row = db.execute(sa.select(polls).where(_is(team, account))).one()
        return Poll(utc(row.since), utc(row.looked_at) if row.looked_at else None)

    def restart(self, team: str, account: str, since: datetime) -> None:
        """Nobody looked for too long: what came meanwhile is the past."""
        with self._engine.begin() as db:
            db.execute(sa.update(polls).where(_is(team, account)).values(since=since, looked_at=None))

    def done(self, team: str, account: str, at: datetime) -> None:
        """It was looked through to its end."""
        with self._engine.begin() as db:
            db.execute(sa.update(polls).where(_is(team, account)).values(looked_at=at))


def _is(team: str, account: str) -> sa.ColumnElement[bool]:
    return (polls.c.team == team) & (polls.c.account == account)
