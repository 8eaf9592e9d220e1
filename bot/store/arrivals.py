"""What came by a webhook or from a list of failures: kept once, before its sender hears that we have it.

It is sorted later: into the incident of its cause, or into a plain post. Whatever fires stays firing until its source
tells otherwise, and an incident of which nothing fires any more is over.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.intake import Arrived
from bot.store.engines import insert
from bot.store.schema import metadata, now, utc
from bot.store.sightings import sightings
from bot.vault import Vault

arrivals = sa.Table(
    "arrivals",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("key", sa.String, nullable=False, unique=True),
    sa.Column("team", sa.String, nullable=False),
    sa.Column("hook", sa.String, nullable=False),
    sa.Column("channel", sa.String, nullable=False),
    sa.Column("sighting", sa.String, nullable=False),  # what it is counted under; two that tell of one message share it
    sa.Column("thing", sa.String, nullable=False),  # a digest; empty: it never tells of its end
    sa.Column("state", sa.String, nullable=False),
    sa.Column("firing", sa.Boolean, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("sorted_at", sa.DateTime(timezone=True)),
    sa.Column("incident", sa.String),
    sa.Column("plain", sa.String),
)
_A = arrivals.c
_NEW = _A.sorted_at.is_(None)
sa.Index("arrivals_to_sort", _A.seq, sqlite_where=_NEW, postgresql_where=_NEW)
sa.Index("arrivals_by_thing", _A.team, _A.hook, _A.thing)
sa.Index("arrivals_by_incident", _A.incident)
sa.Index("arrivals_by_plain", _A.plain)
sa.Index("arrivals_by_sighting", _A.sighting)
_b = sa.bindparam
# What SQLite and PostgreSQL take in one statement is far more.
_MOST_KEYS = 500


@dataclass(frozen=True, slots=True)
class Arrival:
    """One alert, kept."""

    seq: int
    key: str
    team: str
    hook: str
    """The name of the hook that it came by."""
    channel: str
    sighting: str
    thing: str
    firing: bool
    at: datetime
    told: Arrived


@dataclass(frozen=True, slots=True)
class Sorted:
    """Where an arrival belongs; nowhere, when neither is named."""

    seq: int
    incident: str | None = None
    plain: str | None = None


Row = Mapping[str, Any]


class Arrivals:
    """What came, and what of it is still to be sorted."""

    def __init__(self, engine: sa.Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault

    def row(
        self, team: str, hook: str, channel: str, key: str, sighting: str, thing: str, told: Arrived, is_past: bool
    ) -> Row:
        """One to keep, sealed; what is past is not to be sorted."""
        at, firing = now(), told.state == "firing" and not is_past
        row: dict[str, Any] = {"team": team, "hook": hook, "channel": channel, "key": key, "sighting": sighting}
        row |= {"thing": thing, "state": told.state, "firing": firing, "at": at, "sorted_at": at if is_past else None}
        return row | {"sealed": self._vault.seal(asdict(told))}

    def turn(self, team: str, hook: str, thing: str, state: str) -> str:
        """Names when the other state of this thing was told last; empty before it ever was."""
        other = (_A.team == team) & (_A.hook == hook) & (_A.thing == thing) & (_A.state != state)
        with self._engine.connect() as db:
            last = db.scalar(sa.select(sa.func.max(_A.seq)).where(other))
        return f"/{last}" if last else ""

    def keep(self, rows: Sequence[Row]) -> set[str]:
        """All of them in one transaction; the keys of those that were not known."""
        with self._engine.begin() as db:
            put = insert(db, arrivals).on_conflict_do_nothing().returning(_A.key)
            return set(db.scalars(put, [dict(row) for row in rows]))

    def next(self, most: int) -> tuple[Arrival, ...]:
        """What is to be sorted, in the order in which it came."""
        query = sa.select(arrivals).where(_NEW).order_by(_A.seq).limit(most)
        with self._engine.connect() as db:
            rows = db.execute(query).all()
        return tuple(self._arrival(row) for row in rows)

    def over(self, one: Arrival) -> tuple[set[str], set[str]]:
        """Its source says that the thing fires no more: the incidents and the plain posts that heard of it.

        The same again until `one` is sorted, for whoever asks may be cut off before the rest is done.
        """
        before = arrivals.alias()
        ends = _earlier(before.c, one) & (before.c.state == "resolved") & before.c.sorted_at.is_not(None)
        last = sa.select(sa.func.coalesce(sa.func.max(before.c.seq), 0)).where(ends).scalar_subquery()
        mine = _earlier(_A, one) & (_A.firing | (_A.seq > last))
        ended = sa.update(arrivals).where(mine).values(firing=False).returning(_A.incident, _A.plain)
        with self._engine.begin() as db:
            rows = db.execute(ended).all() if one.thing else []
        return {row.incident for row in rows if row.incident}, {row.plain for row in rows if row.plain}

    def incidents(self, keys: Sequence[str]) -> dict[str, str]:
        """Sighting → the incident that counted it."""
        found: dict[str, str] = {}
        with self._engine.connect() as db:
            for start in range(0, len(keys), _MOST_KEYS):
                some = sightings.c.key.in_(keys[start : start + _MOST_KEYS])
                rows = db.execute(sa.select(sightings.c.key, sightings.c.incident).where(some))
                found |= {row.key: row.incident for row in rows}
        return found

    def origin(self, incident: str) -> Arrival | None:
        """The first that is counted there and not forgotten, whether its place is noted by now or not."""
        counted = sa.select(arrivals).join(sightings, sightings.c.key == _A.sighting)
        mine = (sightings.c.incident == incident) & (_A.state == "firing")
        with self._engine.connect() as db:
            row = db.execute(counted.where(mine).order_by(sightings.c.at, _A.seq).limit(1)).one_or_none()
        return self._arrival(row) if row else None

    def forget_before(self, at: datetime) -> int:
        """Delete what is older; how many there were. What is not sorted yet stays."""
        with self._engine.begin() as db:
            return db.execute(sa.delete(arrivals).where(_A.at < at, ~_NEW)).rowcount

    def waiting(self) -> int:
        """How many are to be sorted."""
        with self._engine.connect() as db:
            return int(db.scalar(sa.select(sa.func.count()).select_from(arrivals).where(_NEW)) or 0)

    def _arrival(self, row: sa.Row[Any]) -> Arrival:
        held = {name: getattr(row, name) for name in Arrival.__slots__ if name not in ("told", "at")}
        return Arrival(**held, at=utc(row.at), told=Arrived(**self._vault.open(row.sealed)))


def _earlier(there: Any, one: Arrival) -> sa.ColumnElement[bool]:
    """What came of the same thing before."""
    same = (there.team == one.team) & (there.hook == one.hook) & (there.thing == one.thing)
    return same & (there.seq < one.seq)  # type: ignore[no-any-return]


_SORT = (
    sa.update(arrivals)
    .where(_A.seq == _b("b_seq"), _NEW)
    .values(sorted_at=_b("b_at", type_=sa.DateTime(timezone=True)), incident=_b("b_incident"), plain=_b("b_plain"))
)


def sort(db: sa.Connection, done: Iterable[Sorted], at: datetime) -> None:
    """Within another promise: they have their place."""
    rows = [{"b_seq": one.seq, "b_at": at, "b_incident": one.incident, "b_plain": one.plain} for one in done]
    if rows:
        db.execute(_SORT, rows)


def still_new(db: sa.Connection, seqs: Sequence[int]) -> set[int]:
    """Within another promise: those that nobody else has sorted meanwhile."""
    return set(db.scalars(sa.select(_A.seq).where(_A.seq.in_(seqs), _NEW)))
