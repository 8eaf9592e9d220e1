"""What nothing explained, shown as it came: one post a shape, while no more than a window passes between two.

A row is a shape in a channel. When the shape comes back after the window, it begins a new episode with a new post.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from bot.intake import Arrived
from bot.store.arrivals import Arrival, Sorted, arrivals, sort, still_new
from bot.store.schema import metadata, now, utc
from bot.vault import Vault

plains = sa.Table(
    "plains",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("team", sa.String, nullable=False),
    sa.Column("channel", sa.String, nullable=False),
    sa.Column("hook", sa.String, nullable=False),
    sa.Column("episode", sa.Integer, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),  # the first alert of the episode
    sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
    sa.Column("last_seen", sa.DateTime(timezone=True), nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("over", sa.Boolean, nullable=False),  # its source said so
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("drawn", sa.Integer, nullable=False),
    sa.Column("drawn_at", sa.DateTime(timezone=True)),
    sa.Column("posted_at", sa.DateTime(timezone=True)),  # of this episode
)
_P = plains.c
_UNSHOWN = _P.version > _P.drawn
sa.Index("plains_to_show", _P.last_seen, sqlite_where=_UNSHOWN, postgresql_where=_UNSHOWN)


@dataclass(frozen=True, slots=True)
class Plain:
    """One post, as it is to be shown."""

    id: str
    team: str
    channel: str
    hook: str
    episode: int
    first_seen: datetime
    last_seen: datetime
    count: int
    over: bool
    version: int
    drawn: int
    drawn_at: datetime | None
    posted_at: datetime | None
    told: Arrived


_TIME = sa.DateTime(timezone=True)
_TIMES = ("first_seen", "last_seen", "drawn_at", "posted_at")


class Plains:
    """The posts of what nothing explained."""

    def __init__(self, engine: sa.Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault

    def settle(self, explained: Sequence[Sorted], others: Sequence[tuple[Arrival, str]], window: timedelta) -> None:
        """Every arrival gets its place, in one transaction: a crash loses none and counts none twice.

        `others`: what nothing explained, and the id of its post.
        """
        with self._engine.begin() as db:
            at = now()
            sort(db, explained, at)
            new = still_new(db, [one.seq for one, _ in others])
            for one, id in others:
                if one.seq in new:
                    self._see(db, one, id, window)
            sort(db, (Sorted(one.seq, plain=id) for one, id in others), at)

    def end(self, ids: set[str]) -> None:
        """Those of which nothing fires any more are over, and their posts say so."""
        fires = sa.exists().where(arrivals.c.plain == _P.id, arrivals.c.firing, arrivals.c.at >= _P.first_seen)
        mine = _P.id.in_(sorted(ids)) & ~_P.over & ~fires
        with self._engine.begin() as db:
            db.execute(sa.update(plains).where(mine).values(over=True, version=_P.version + 1))

    def pending(self, since: datetime) -> tuple[Plain, ...]:
        """What is not shown as it is, oldest first."""
        query = sa.select(plains).where(_P.last_seen >= since, _UNSHOWN).order_by(_P.first_seen, _P.id)
        with self._engine.connect() as db:
            rows = db.execute(query).all()
        return tuple(self._plain(row) for row in rows)

    def find(self, id: str) -> Plain | None:
        with self._engine.connect() as db:
            row = db.execute(sa.select(plains).where(_P.id == id)).one_or_none()
        return self._plain(row) if row else None

    def lately(self, team: str, channel: str, since: datetime) -> int:
        """How many were posted in a channel since then."""
        mine = (_P.team == team) & (_P.channel == channel) & (_P.posted_at >= since)
        with self._engine.connect() as db:
            return int(db.scalar(sa.select(sa.func.count()).select_from(plains).where(mine)) or 0)

    def note(self, id: str, **values: Any) -> None:
        """What of it is shown by now: drawn, drawn_at, posted_at."""
        with self._engine.begin() as db:
            db.execute(sa.update(plains).where(_P.id == id).values(values))

    def forget_before(self, at: datetime) -> int:
        """Delete what did not come for so long; how many there were."""
        with self._engine.begin() as db:
            return db.execute(sa.delete(plains).where(_P.last_seen < at)).rowcount

    def _see(self, db: sa.Connection, one: Arrival, id: str, window: timedelta) -> None:
        row = {"id": id, "team": one.team, "channel": one.channel, "hook": one.hook, "episode": 1, "count": 1}
        row |= {"sealed": self._vault.seal(asdict(one.told)), "first_seen": one.at, "last_seen": one.at}
        row |= {"over": not one.firing, "version": 1, "drawn": 0}
        at = sa.literal(one.at, _TIME)
        is_new = _P.last_seen < sa.literal(one.at - window, _TIME)
        fresh = {"episode": _P.episode + 1, "sealed": row["sealed"], "first_seen": at}
        fresh |= {"posted_at": sa.null(), "drawn_at": sa.null()}
        values: dict[str, Any] = {name: sa.case((is_new, value), else_=_P[name]) for name, value in fresh.items()}
        values |= {"count": sa.case((is_new, 1), else_=_P.count + 1), "version": _P.version + 1}
        values |= {"over": not one.firing, "last_seen": sa.case((_P.last_seen < at, at), else_=_P.last_seen)}
        db.execute(insert(plains).values(row).on_conflict_do_update(index_elements=["id"], set_=values))

    def _plain(self, row: sa.Row[Any]) -> Plain:
        held = {name: getattr(row, name) for name in Plain.__slots__ if name != "told"}
        held |= {name: utc(held[name]) for name in _TIMES if held[name]}
        return Plain(**held, told=Arrived(**self._vault.open(row.sealed)))
