"""A card is a posted answer; its replies (account, status, retry) are posted once each and edited after."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.diagnosis.values import Mode
from bot.store.incident import incidents
from bot.store.schema import insert_new, metadata, now, utc
from bot.vault import NOTHING, Vault

cards = sa.Table(
    "cards",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("team", sa.String, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),  # the paste; empty once it is too old
    sa.Column("mode", sa.String, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("account", sa.String, nullable=False, server_default=""),  # empty: of a release that knew one
)
replies = sa.Table(
    "replies",
    metadata,
    sa.Column("card", sa.String, primary_key=True),
    sa.Column("kind", sa.String, primary_key=True),
    sa.Column("channel", sa.String, nullable=False),
    sa.Column("thread", sa.String, nullable=False),
    sa.Column("ts", sa.String),  # NULL: about to be posted
)


@dataclass(frozen=True, slots=True)
class Card:
    """The paste that a card answers: all that is needed to draw it again and to press its buttons."""

    id: str
    text: str
    mode: Mode
    created_at: datetime
    account: str = ""
    """The account that its channel belonged to when it was answered."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Where a card's reply of one kind stands."""

    channel: str
    thread: str
    ts: str | None
    """None: it is about to be posted."""


class Cards:
    """Cards and the replies in their threads."""

    def __init__(self, engine: sa.Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault

    def keep(self, card_id: str, team: str, text: str, mode: Mode, account: str = "") -> None:
        row = {
            "id": card_id,
            "team": team,
            "sealed": self._vault.seal(text),
            "mode": mode,
            "created_at": now(),
            "account": account,
        }
        with self._engine.begin() as db:
            insert_new(db, cards, row)

    def find(self, card_id: str, team: str) -> Card | None:
        """None when it is unknown, another workspace's, or its paste was deleted for its age."""
        query = sa.select(cards).where(cards.c.id == card_id, cards.c.team == team)
        with self._engine.connect() as db:
            row = db.execute(query).one_or_none()
        text = self._vault.open(row.sealed) if row else None
        return Card(row.id, text, row.mode, utc(row.created_at), row.account) if row and text is not None else None

    def team_of(self, card_id: str) -> str | None:
        """The workspace that a card stands in."""
        with self._engine.connect() as db:
            return db.scalar(sa.select(cards.c.team).where(cards.c.id == card_id))

    def forget_before(self, at: datetime) -> int:
        """Delete the pastes of older cards, but not of an incident that is still hit; how many there were."""
        hit = sa.select(incidents.c.id).where(incidents.c.last_seen >= at)
        old = (cards.c.created_at < at) & (cards.c.sealed != NOTHING) & cards.c.id.not_in(hit)
        with self._engine.begin() as db:
            return db.execute(sa.update(cards).where(old).values(sealed=NOTHING)).rowcount

    def standing(self, card_id: str, kind: str) -> Reply | None:
        """Where the card's reply of this kind stands; None where none was posted."""
        with self._engine.connect() as db:
            found = db.execute(sa.select(replies).where(_is(card_id, kind), replies.c.ts.is_not(None))).one_or_none()
        return None if found is None else Reply(found.channel, found.thread, found.ts)

    def begin_reply(self, card_id: str, kind: str, channel: str, thread: str) -> tuple[Reply, bool]:
        """The reply, and whether it is new. Not new and without `ts`: a crash may have left it half posted."""
        row = {"card": card_id, "kind": kind, "channel": channel, "thread": thread}
        with self._engine.begin() as db:
            new = insert_new(db, replies, row)
            found = db.execute(sa.select(replies).where(_is(card_id, kind))).one()
        return Reply(found.channel, found.thread, found.ts), new

    def end_reply(self, card_id: str, kind: str, channel: str, ts: str) -> None:
        """It stands there. The channel may be another than was asked for: a person's id opens a conversation."""
        with self._engine.begin() as db:
            db.execute(sa.update(replies).where(_is(card_id, kind)).values(channel=channel, ts=ts))

    def forget_reply(self, card_id: str, kind: str) -> None:
        """Somebody deleted it, or it could not be posted: the next one is posted anew."""
        with self._engine.begin() as db:
            db.execute(sa.delete(replies).where(_is(card_id, kind)))


def _is(card_id: str, kind: str) -> sa.ColumnElement[bool]:
    return (replies.c.card == card_id) & (replies.c.kind == kind)
