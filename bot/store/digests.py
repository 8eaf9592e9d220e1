"""A digest is claimed before it is posted, so that it stands once, whoever is awake when it is due.

A claim that was neither ended nor released is a crash's: after the lease somebody else takes it up, and the thread's
own rule (find what was posted before posting) keeps it single.
"""

from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from bot.store.schema import insert_new, metadata

End = Literal["posted", "skipped", "refused"]
"""`skipped`: there was nothing to say, or it was too late to say it."""
LEASE = timedelta(minutes=5)

digests = sa.Table(
    "digests",
    metadata,
    sa.Column("team", sa.String, primary_key=True),
    sa.Column("due", sa.DateTime(timezone=True), primary_key=True),  # the end of the period that it tells of
    sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("ended", sa.String),  # NULL: being posted
)


class Digests:
    """Which digests were posted."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def claim(self, team: str, due: datetime, at: datetime) -> bool:
        """True for the one who is to post it."""
        abandoned = _is(team, due) & digests.c.ended.is_(None) & (digests.c.claimed_at <= at - LEASE)
        with self._engine.begin() as db:
            if insert_new(db, digests, {"team": team, "due": due, "claimed_at": at}):
                return True
            return bool(db.execute(sa.update(digests).where(abandoned).values(claimed_at=at)).rowcount)

    def end(self, team: str, due: datetime, ended: End) -> None:
        with self._engine.begin() as db:
            db.execute(sa.update(digests).where(_is(team, due)).values(ended=ended))

    def release(self, team: str, due: datetime) -> None:
        """Slack is away: whoever tries next may have it."""
        with self._engine.begin() as db:
            db.execute(sa.delete(digests).where(_is(team, due), digests.c.ended.is_(None)))

    def ended(self, team: str, due: datetime) -> str | None:
        with self._engine.connect() as db:
            return db.scalar(sa.select(digests.c.ended).where(_is(team, due)))

    def is_first(self, team: str) -> bool:
        """None was ever due here."""
        with self._engine.connect() as db:
            return db.scalar(sa.select(digests.c.due).where(digests.c.team == team).limit(1)) is None


def _is(team: str, due: datetime) -> sa.ColumnElement[bool]:
    return (digests.c.team == team) & (digests.c.due == due)
