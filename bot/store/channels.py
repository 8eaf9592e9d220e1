"""What is known of a channel: whether it is read and how loudly, how far it was read, and whether a bot echoes us.

Which channels are read was decided in the settings; what people say in the channel overrules it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from time import monotonic
from typing import Literal, get_args

import sqlalchemy as sa

from bot.store.schema import insert_new, metadata

Watch = Literal["on", "off", "quiet", "channel"]
"""`on` answers in threads, `channel` shows an incident's first answer in the channel too, `quiet` only counts."""
WATCHES: tuple[Watch, ...] = get_args(Watch)

channels = sa.Table(
    "channels",
    metadata,
    sa.Column("team", sa.String, primary_key=True),
    sa.Column("channel", sa.String, primary_key=True),
    sa.Column("watch", sa.String),  # NULL: nobody said anything
    sa.Column("user", sa.String),  # who said it
    sa.Column("read_to", sa.String),  # ts of the newest message that was read
    sa.Column("heard_at", sa.Float),  # when the newest alert came; seconds since 1970
    sa.Column("wrote_at", sa.Float),  # when we last wrote there
    sa.Column("echoes", sa.Integer, nullable=False, server_default="0"),
    sa.Column("deaf_until", sa.Float),
    sa.Column("deaf_told", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("storm_since", sa.Float),
    sa.Column("storm_told", sa.Boolean, nullable=False, server_default=sa.false()),
)
# A bot that writes within this time after each of our posts, and only then, answers us: so many in a row are a loop.
ECHO_SECONDS, MOST_ECHOES = 1.0, 10
DEAF_SECONDS = 600.0
# A storm asks five hundred times a second how its channels are read.
_WATCH_KNOWN_FOR = 1.0


@dataclass(frozen=True, slots=True)
class Ear:
    """What reading one more alert of a channel brought to light."""

    deaf: bool
    """A loop is suspected: what bots post here is left alone for a while."""
    just_now: bool
    """This alert was the one echo too many."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a channel as a whole is told."""

    team: str
    channel: str
    kind: Literal["storm", "loop"]
    since: float
    """Seconds since 1970; of a loop: until when bots are not heard."""
    told: bool


class Channels:
    """The channels of the workspaces."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._known: dict[tuple[str, str], tuple[float, Watch | None]] = {}

    def set_watch(self, team: str, channel: str, watch: Watch, user: str) -> None:
        said = {"watch": watch, "user": user, "deaf_until": None, "echoes": 0}
        with self._engine.begin() as db:
            _touch(db, team, channel)
            db.execute(sa.update(channels).where(_is(team, channel)).values(said))
        self._known.pop((team, channel), None)

    def watch(self, team: str, channel: str) -> Watch | None:
        """None where nobody said anything. What another process said is known a second later."""
        until, watch = self._known.get((team, channel), (0.0, None))
        if until < monotonic():
            with self._engine.connect() as db:
                said = db.scalar(sa.select(channels.c.watch).where(_is(team, channel)))
            watch = said if said in WATCHES else None
            self._known[team, channel] = monotonic() + _WATCH_KNOWN_FOR, watch
        return watch

    def watched(self, team: str) -> dict[str, Watch]:
        """What people said, by channel."""
        query = sa.select(channels.c.channel, channels.c.watch).where(
            channels.c.team == team, channels.c.watch.is_not(None)
        )
        with self._engine.connect() as db:
            return {row.channel: row.watch for row in db.execute(query)}

    def read_to(self, team: str) -> dict[str, str]:
        """The newest message that was read, by channel."""
        query = sa.select(channels.c.channel, channels.c.read_to).where(
            channels.c.team == team, channels.c.read_to.is_not(None)
        )
        with self._engine.connect() as db:
            return {row.channel: row.read_to for row in db.execute(query)}

    def read(self, team: str, channel: str, ts: str) -> None:
        """A message that needed no answer was read."""
        told = {"b_team": team, "b_channel": channel, "b_ts": ts}
        with self._engine.begin() as db:
            if not db.execute(_READ, told).rowcount:
                _touch(db, team, channel)
                db.execute(_READ, told)

    def wrote(self, channel: str, at: float) -> None:
        """We posted or edited there. A channel's id is Slack's own, so no other workspace has it."""
        with self._engine.begin() as db:
            db.execute(sa.update(channels).where(channels.c.channel == channel).values(wrote_at=at))

    def begin_storm(self, team: str, channel: str, at: float) -> None:
        """New cards wait here, for there are too many of them."""
        with self._engine.begin() as db:
            db.execute(_BEGIN_STORM, {"b_team": team, "b_channel": channel, "b_at": at})

    def notices(self, at: float) -> tuple[Notice, ...]:
        """What channels are to be told, or were told and is not over."""
        with self._engine.connect() as db:
            storms, loops = db.execute(_STORMS), db.execute(_LOOPS, {"b_at": at})
            return (
                *(Notice(*row[:2], "storm", *row[2:]) for row in storms),
                *(Notice(*row[:2], "loop", *row[2:]) for row in loops),
            )

    def tell(self, notice: Notice) -> None:
        """The channel was told."""
        column = "storm_told" if notice.kind == "storm" else "deaf_told"
        with self._engine.begin() as db:
            db.execute(sa.update(channels).where(_is(notice.team, notice.channel)).values({column: True}))

    def close(self, notice: Notice) -> None:
        """It is over."""
        with self._engine.begin() as db:
            db.execute(sa.update(channels).where(_is(notice.team, notice.channel)).values(storm_since=None))


Place = tuple[str, str]
"""Team and channel."""
_b = sa.bindparam
_C = channels.c
# Slack's ts has a fixed number of digits, so the order of the texts is the order in time.
_READ_TO = sa.case((sa.func.coalesce(_C.read_to, "") < _b("b_ts"), _b("b_ts")), else_=_C.read_to)
_IS_ECHO = sa.and_(
    _b("b_bot", type_=sa.Boolean),
    _C.wrote_at.is_not(None),
    _C.wrote_at > _b("b_at") - ECHO_SECONDS,
    sa.func.coalesce(_C.heard_at, 0) < _C.wrote_at,
)
_STORMS = sa.select(_C.team, _C.channel, _C.storm_since, _C.storm_told).where(_C.storm_since.is_not(None))
_LOOPS = sa.select(_C.team, _C.channel, _C.deaf_until, _C.deaf_told).where(_C.deaf_until > _b("b_at"), ~_C.deaf_told)
_HERE = (_C.team == _b("b_team")) & (_C.channel == _b("b_channel"))
_BEGIN_STORM = (
    sa.update(channels).where(_HERE, _C.storm_since.is_(None)).values(storm_since=_b("b_at"), storm_told=False)
)
_READ = sa.update(channels).where(_HERE).values(read_to=_READ_TO)
_HEAR = (
    sa.update(channels)
    .where(_HERE)
    .values(read_to=_READ_TO, heard_at=_b("b_at"), echoes=sa.case((_IS_ECHO, _C.echoes + 1), else_=0))
    .returning(_C.echoes, _C.deaf_until)
)


def hear_all(db: sa.Connection, posts: Iterable[tuple[str, str, str, bool]], at: float) -> dict[Place, Ear]:
    """Inside the transaction that counts alerts (team, channel, ts, by a bot): they were read. By channel."""
    by: dict[Place, list[tuple[str, bool]]] = {}
    for team, channel, ts, bot in posts:
        by.setdefault((team, channel), []).append((ts, bot))
    # An echo comes alone: several in one moment are none.
    return {place: _hear(db, place, max(those)[0], len(those) == 1 and those[0][1], at) for place, those in by.items()}


def _hear(db: sa.Connection, place: Place, ts: str, bot: bool, at: float) -> Ear:
    team, channel = place
    told = {"b_team": team, "b_channel": channel, "b_ts": ts, "b_bot": bot, "b_at": at}
    row = db.execute(_HEAR, told).one_or_none()
    if row is None:
        _touch(db, team, channel)
        row = db.execute(_HEAR, told).one()
    if row.deaf_until and row.deaf_until > at:
        return Ear(True, False)
    if row.echoes < MOST_ECHOES:
        return Ear(False, False)
    values = {"deaf_until": at + DEAF_SECONDS, "deaf_told": False, "echoes": 0}
    db.execute(sa.update(channels).where(_is(team, channel)).values(values))
    return Ear(True, True)


def place_name(team: str, channel: str) -> str:
    """For whoever must be alone with all that is counted in a channel."""
    return f"channel/{team}/{channel}"


def _touch(db: sa.Connection, team: str, channel: str) -> None:
    insert_new(db, channels, {"team": team, "channel": channel, "echoes": 0})


def _is(team: str, channel: str) -> sa.ColumnElement[bool]:
    return (channels.c.team == team) & (channels.c.channel == channel)
