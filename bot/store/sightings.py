"""Every alert that was counted, what it named, and how many came by the minute.

Numbers are counted by a pseudonym and shown by their last four digits: the database knows no recipient.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.store.schema import metadata, utc
from bot.vault import Vault

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
sa.Index("affected_by_count", affected.c.incident, affected.c.kind, affected.c.count.desc(), affected.c.shown)
ticks = sa.Table(
    "ticks",
    metadata,
    sa.Column("incident", sa.String, primary_key=True),
    sa.Column("minute", sa.Integer, primary_key=True),  # minutes since 1970
    sa.Column("count", sa.Integer, nullable=False),
)
sa.Index("ticks_by_minute", ticks.c.minute)
_b = sa.bindparam
_OF = affected.c.incident == _b("b_incident")
_COUNTS = sa.select(affected.c.kind, sa.func.count()).where(_OF).group_by(affected.c.kind)
_TOP = (
    sa.select(affected.c.shown)
    .where(_OF, affected.c.kind == _b("b_kind"))
    .order_by(affected.c.count.desc(), affected.c.shown)
    .limit(_b("b_most"))
)
_START = ticks.c.minute // _b("b_each", type_=sa.Integer) * _b("b_each", type_=sa.Integer)
_RATE = (
    sa.select(_START, sa.func.sum(ticks.c.count))
    .where(ticks.c.incident == _b("b_incident"), ticks.c.minute >= _b("b_since"))
    .group_by(_START)
)


@dataclass(frozen=True, slots=True)
class Named:
    """What an incident names of one kind: how many, and the most frequent of them."""

    count: int
    shown: tuple[str, ...]


class Sightings:
    """What is known of an incident's alerts."""

    def __init__(self, engine: sa.Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault

    def named(self, id: str, most: int = 3) -> dict[str, Named]:
        """By kind: recipient, sender, template, source."""
        with self._engine.connect() as db:
            return {
                kind: Named(count, tuple(db.scalars(_TOP, {"b_incident": id, "b_kind": kind, "b_most": most})))
                for kind, count in db.execute(_COUNTS, {"b_incident": id}).all()
            }

    def texts(self, id: str, most: int) -> tuple[tuple[str, str, datetime], ...]:
        """The newest alerts whose text is kept, oldest first: key, text, when it came."""
        mine = (sightings.c.incident == id) & sightings.c.sealed.is_not(None)
        query = sa.select(sightings.c.key, sightings.c.sealed, sightings.c.at).where(mine)
        with self._engine.connect() as db:
            rows = db.execute(query.order_by(sightings.c.at.desc(), sightings.c.key.desc()).limit(most)).all()
        return tuple((row.key, str(self._vault.open(row.sealed) or ""), utc(row.at)) for row in reversed(rows))

    def forget_before(self, at: datetime) -> int:
        """Delete the texts of older alerts, which stay counted; how many there were."""
        old = (sightings.c.at < at) & sightings.c.sealed.is_not(None)
        with self._engine.begin() as db:
            return db.execute(sa.update(sightings).where(old).values(sealed=None)).rowcount

    def rate(self, id: str, since: int, each: int = 1) -> dict[int, int]:
        """Alerts by the stretch of so many minutes: its first minute (since 1970), from `since` on."""
        with self._engine.connect() as db:
            rows = db.execute(_RATE, {"b_incident": id, "b_since": since, "b_each": each})
            return {start: count for start, count in rows}  # noqa: C416 - typed: a Row is no pair to mypy
