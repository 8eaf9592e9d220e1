"""What the numbers say of a stretch of time: what came most, what is new, how quickly it was answered and resolved.

Pure reads. Each goes by an index on the time and over the minute counts, never over single alerts.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

import sqlalchemy as sa

from bot.store.cards import cards
from bot.store.claims import presses
from bot.store.incident import incidents
from bot.store.schema import utc
from bot.store.sightings import ticks

_I, _T = incidents.c, ticks.c
sa.Index("incidents_by_opening", _I.team, _I.first_seen)
sa.Index("incidents_by_cause", _I.team, _I.entry, _I.account, _I.first_seen)
sa.Index("presses_by_time", presses.c.pressed_at)
# Of a stretch with more incidents than this, times are taken from the newest.
_MOST_TIMES = 5_000

Key = tuple[str, str]
"""Entry and account."""


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` on, until before `until`."""

    since: datetime
    until: datetime

    @property
    def before(self) -> "Period":
        """The stretch of the same length that came before."""
        return Period(self.since - (self.until - self.since), self.since)


@dataclass(frozen=True, slots=True)
class Top:
    """What one cause did in a period."""

    entry: str
    account: str
    alerts: int
    incidents: int
    channels: int
    before: int
    """Alerts in the period before."""
    is_new: bool
    """It was never seen before this period."""


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long something took: half of the times no longer than `median`, nine in ten no longer than `p90`."""

    count: int
    median: timedelta | None = None
    p90: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """The incidents that began in a period."""

    count: int
    answered: Lengths
    resolved: Lengths


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Incidents of one cause that got no card."""

    entry: str
    account: str
    incidents: int
    alerts: int


class Figures:
    """The numbers of one workspace at a time."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def live(self, team: str) -> int:
        """How many incidents are not over."""
        mine = (_I.team == team, _I.current, _I.state != "resolved")
        with self._engine.connect() as db:
            return int(db.scalar(sa.select(sa.func.count()).select_from(incidents).where(*mine)) or 0)

    def live_channels(self, team: str) -> tuple[str, ...]:
        """Where something is not over, whether it shows there or not."""
        query = sa.select(_I.channel).where(_I.team == team, _I.current, _I.state != "resolved").distinct()
        with self._engine.connect() as db:
            return tuple(db.scalars(query.order_by(_I.channel)))

    def top(self, team: str, period: Period, before: Period | None = None, most: int = 5) -> tuple[Top, ...]:
        """The causes with the most alerts, compared with the period before."""
        alerts = sa.func.sum(_T.count)
        spread = (sa.func.count(_I.id.distinct()), sa.func.count(_I.channel.distinct()))
        counts = sa.select(_I.entry, _I.account, alerts, *spread)
        ranked = _within(counts, team, period).group_by(_I.entry, _I.account).having(alerts > 0)
        ranked = ranked.order_by(alerts.desc(), _I.entry, _I.account).limit(most)
        with self._engine.connect() as db:
            rows = db.execute(ranked).all()
            entries = [row.entry for row in rows]
            earlier = self._alerts(db, team, before or period.before, entries)
            known = self._known(db, team, period.since, entries)
        return tuple(_top(row, earlier, known) for row in rows)

    def new(self, team: str, period: Period, most: int = 10) -> tuple[Key, ...]:
        """Causes that were never seen before this period, oldest first."""
        older = incidents.alias()
        same = (older.c.team == _I.team) & (older.c.entry == _I.entry) & (older.c.account == _I.account)
        seen_before = sa.exists().where(same, older.c.first_seen < period.since)
        mine = (*_opened_in(team, period), _I.count > 0, ~seen_before)
        query = sa.select(_I.entry, _I.account).where(*mine).group_by(_I.entry, _I.account)
        with self._engine.connect() as db:
            rows = db.execute(query.order_by(sa.func.min(_I.first_seen), _I.entry).limit(most))
            return tuple((entry, account) for entry, account in rows)

    def total(self, team: str, period: Period) -> int:
        """Alerts of all causes."""
        query = _within(sa.select(sa.func.coalesce(sa.func.sum(_T.count), 0)), team, period)
        with self._engine.connect() as db:
            return int(db.scalar(query) or 0)

    def course(self, team: str, period: Period, minutes: int) -> tuple[int, ...]:
        """Alerts by stretches of so many minutes, oldest first; an hour without alerts is a 0."""
        stretch = (_T.minute - _minute(period.since)) // minutes
        query = _within(sa.select(stretch, sa.func.sum(_T.count)), team, period).group_by(stretch)
        with self._engine.connect() as db:
            found = {int(place): int(alerts) for place, alerts in db.execute(query)}
        return tuple(found.get(n, 0) for n in range(ceil((_minute(period.until) - _minute(period.since)) / minutes)))

    def opened(self, team: str, period: Period) -> Opened:
        """How soon what began in a period was answered, and resolved."""
        query = sa.select(_I.first_seen, _I.answered_at, _I.resolved_at).where(*_opened_in(team, period))
        with self._engine.connect() as db:
            count = db.scalar(sa.select(sa.func.count()).select_from(incidents).where(*_opened_in(team, period)))
            rows = db.execute(query.order_by(_I.first_seen.desc()).limit(_MOST_TIMES)).all()
        answered = _lengths(utc(row.answered_at) - utc(row.first_seen) for row in rows if row.answered_at)
        resolved = _lengths(utc(row.resolved_at) - utc(row.first_seen) for row in rows if row.resolved_at)
        return Opened(int(count or 0), answered, resolved)

    def unanswered(self, team: str, period: Period, most: int = 5) -> tuple[Unanswered, ...]:
        """What began in a period and got no card: counted quietly, muted, or refused by Slack."""
        alerts = sa.func.sum(_I.count)
        query = sa.select(_I.entry, _I.account, sa.func.count(), alerts).where(
            *_opened_in(team, period), _I.answered_at.is_(None), _I.count > 0
        )
        query = query.group_by(_I.entry, _I.account).order_by(alerts.desc(), _I.entry).limit(most)
        with self._engine.connect() as db:
            return tuple(Unanswered(*row) for row in db.execute(query))

    def retries(self, team: str, period: Period) -> Mapping[str, int]:
        """How many presses ended how; `under way` for those that have not ended."""
        outcome = sa.func.coalesce(presses.c.outcome, "under way")
        mine = (cards.c.team == team, presses.c.pressed_at >= period.since, presses.c.pressed_at < period.until)
        query = sa.select(outcome, sa.func.count()).join(cards, cards.c.id == presses.c.card).where(*mine)
        with self._engine.connect() as db:
            return {str(name): int(count) for name, count in db.execute(query.group_by(outcome).order_by(outcome))}

    def _alerts(self, db: sa.Connection, team: str, period: Period, entries: Iterable[str]) -> dict[Key, int]:
        query = _within(sa.select(_I.entry, _I.account, sa.func.sum(_T.count)), team, period)
        query = query.where(_I.entry.in_(entries)).group_by(_I.entry, _I.account)
        return {(entry, account): int(alerts) for entry, account, alerts in db.execute(query)}

    def _known(self, db: sa.Connection, team: str, at: datetime, entries: Iterable[str]) -> set[Key]:
        mine = (_I.team == team, _I.entry.in_(entries), _I.first_seen < at)
        return {
            (entry, account) for entry, account in db.execute(sa.select(_I.entry, _I.account).where(*mine).distinct())
        }


def _within(query: sa.Select[Any], team: str, period: Period) -> sa.Select[Any]:
    """Over the minute counts of a workspace in a period."""
    span = (_T.minute >= _minute(period.since), _T.minute < _minute(period.until))
    return query.select_from(ticks.join(incidents, _I.id == _T.incident)).where(*span, _I.team == team)


def _opened_in(team: str, period: Period) -> tuple[sa.ColumnElement[bool], ...]:
    return (_I.team == team, _I.first_seen >= period.since, _I.first_seen < period.until)


def _top(row: Sequence[Any], earlier: Mapping[Key, int], known: Collection[Key]) -> Top:
    entry, account, alerts, opened, channels = row
    key = (entry, account)
    return Top(entry, account, int(alerts), opened, channels, earlier.get(key, 0), key not in known)


def _minute(at: datetime) -> int:
    return int(utc(at).timestamp()) // 60


def _lengths(found: Iterable[timedelta]) -> Lengths:
    times = sorted(found)
    if not times:
        return Lengths(0)
    return Lengths(len(times), times[(len(times) - 1) // 2], times[ceil(0.9 * len(times)) - 1])
