"""Every alert that was counted, what it named, and how many came by the minute.

Numbers are counted by a pseudonym and shown by their last four digits: the database knows no recipient.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.store.schema import metadata

sightings = sa.Table(
    "sightings",
    metadata,
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("incident", sa.String, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("claim", sa.String),
    sa.Column("sealed", sa.LargeBinary),  # the post, for those after the first; gone after the retention
    sa.Column("affected", sa.JSON, nullable=False),  # [kind, value]
)
sa.Index("sightings_by_incident", sightings.c.incident, sightings.c.at)
affected = sa.Table(
    "affected",
    metadata,
    sa.Column("incident", sa.String, primary_key=True),
    sa.Column("kind", sa.String, primary_key=True),
    sa.Column("value", sa.String, primary_key=True),  # a pseudonym: numbers are counted, not kept
    sa.Column("shown", sa.String, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
)
ticks = sa.Table(
    "ticks",
    metadata,
    sa.Column("incident", sa.String, primary_key=True),
    sa.Column("minute", sa.Integer, primary_key=True),  # minutes since 1970
    sa.Column("count", sa.Integer, nullable=False),
)
sa.Index("ticks_by_minute", ticks.c.minute)


@dataclass(frozen=True, slots=True)
class Named:
    """What an incident names of one kind: how many, and the most frequent of them."""

    count: int
    shown: tuple[str, ...]


class Sightings:
    """What is known of an incident's alerts."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def named(self, id: str, most: int = 3) -> dict[str, Named]:
        """By kind: recipient, sender, template, source."""
        a = affected.c
        found: dict[str, Named] = {}
        counts = sa.select(a.kind, sa.func.count()).where(a.incident == id).group_by(a.kind)
        with self._engine.connect() as db:
            for kind, count in db.execute(counts).all():
                mine = (a.incident == id) & (a.kind == kind)
                top = sa.select(a.shown).where(mine).order_by(a.count.desc(), a.shown).limit(most)
                found[kind] = Named(count, tuple(db.scalars(top)))
        return found

    def forget_before(self, at: datetime) -> int:
        """Delete the texts of older alerts, which stay counted; how many there were."""
        old = (sightings.c.at < at) & sightings.c.sealed.is_not(None)
        with self._engine.begin() as db:
            return db.execute(sa.update(sightings).where(old).values(sealed=None)).rowcount

    def rate(self, id: str, since: int) -> dict[int, int]:
        """Alerts by the minute (minutes since 1970), from `since` on."""
        mine = (ticks.c.incident == id) & (ticks.c.minute >= since)
        with self._engine.connect() as db:
            return {
                row.minute: row.alerts
                for row in db.execute(sa.select(ticks.c.minute, ticks.c.count.label("alerts")).where(mine))
            }
