"""Which channels are read was decided in the settings; what people say in the channel overrules it."""

import sqlalchemy as sa

from bot.store.schema import insert_new, metadata

watches = sa.Table(
    "watches",
    metadata,
    sa.Column("team", sa.String, primary_key=True),
    sa.Column("channel", sa.String, primary_key=True),
    sa.Column("watched", sa.Boolean, nullable=False),
    sa.Column("user", sa.String, nullable=False),
)


class Watches:
    """`/waerror watch on|off`, a channel each."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def set(self, team: str, channel: str, watched: bool, user: str) -> None:
        row = {"team": team, "channel": channel, "watched": watched, "user": user}
        with self._engine.begin() as db:
            if not insert_new(db, watches, row):
                db.execute(sa.update(watches).where(_is(team, channel)).values(row))

    def get(self, team: str, channel: str) -> bool | None:
        """None where nobody said anything."""
        with self._engine.connect() as db:
            return db.scalar(sa.select(watches.c.watched).where(_is(team, channel)))


def _is(team: str, channel: str) -> sa.ColumnElement[bool]:
    return (watches.c.team == team) & (watches.c.channel == channel)
