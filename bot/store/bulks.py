"""A bulk retry is a list of messages, each with the press that sends it: made once, worked off in order.

The press is written down before anything is claimed, so a crash neither loses a message nor sends it twice. One
process works on a run at a time: it leases the run, and who takes over goes on with what was being sent.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import uuid4

import sqlalchemy as sa

from bot.store.bulk import Bulk, BulkItem, BulkRow, BulkState
from bot.store.claims import presses
from bot.store.engines import clock
from bot.store.press import ARRIVED
from bot.store.schema import metadata, now, utc
from bot.store.steps import steps
from bot.vault import NOTHING, Vault
from bot.waconnect.payloads import OutboundRequest

bulks = sa.Table(
    "bulks",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("team", sa.String, nullable=False),
    sa.Column("incident", sa.String, nullable=False),
    sa.Column("channel", sa.String, nullable=False),
    sa.Column("thread", sa.String, nullable=False),
    sa.Column("account", sa.String, nullable=False),
    sa.Column("user", sa.String, nullable=False),
    sa.Column("approver", sa.String),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("why", sa.String),  # of a run that paused by itself
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("begun_at", sa.DateTime(timezone=True)),
    sa.Column("ended_at", sa.DateTime(timezone=True)),
    sa.Column("told", sa.Boolean, nullable=False, server_default=sa.false()),  # its table of outcomes was posted
    sa.Column("runner", sa.String),
    sa.Column("leased_until", sa.DateTime(timezone=True)),
)
_LIVES = bulks.c.ended_at.is_(None)
sa.Index("one_bulk_an_incident", bulks.c.incident, unique=True, sqlite_where=_LIVES, postgresql_where=_LIVES)
bulk_items = sa.Table(
    "bulk_items",
    metadata,
    sa.Column("bulk", sa.String, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("press", sa.String, nullable=False, unique=True),
    sa.Column("claim", sa.String, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),  # the request, and the id of what failed
    sa.Column("state", sa.String, nullable=False),  # waiting, sending, sent, left (another press has it)
)
sa.Index("bulk_items_by_state", bulk_items.c.bulk, bulk_items.c.state)


class Bulks:
    """Bulk retries and their messages."""

    def __init__(self, engine: sa.Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault

    def make(self, bulk: Bulk, messages: Iterable[tuple[str, OutboundRequest, str | None]]) -> bool:
        """False when this incident has one that has not ended. `messages`: claim, request, id of what failed."""
        rows = [
            {
                "bulk": bulk.id,
                "number": number,
                "press": uuid4().hex,
                "claim": claim,
                "sealed": self._vault.seal({"request": _plain(request), "failed_id": failed_id}),
                "state": "waiting",
            }
            for number, (claim, request, failed_id) in enumerate(messages, 1)
        ]
        try:
            with self._engine.begin() as db:
                db.execute(sa.insert(bulks).values({name: getattr(bulk, name) for name in Bulk.__slots__}))
                db.execute(sa.insert(bulk_items), rows)
        except sa.exc.IntegrityError:
            return False
        return True

    def find(self, id: str, team: str) -> Bulk | None:
        return self._one((bulks.c.id == id) & (bulks.c.team == team))

    def of_incident(self, incident: str, team: str) -> Bulk | None:
        """The one that has not ended."""
        return self._one((bulks.c.incident == incident) & (bulks.c.team == team) & bulks.c.ended_at.is_(None))

    def owns(self, press_id: str) -> bool:
        """The press is one of many, and has no message of its own in the thread."""
        query = sa.select(bulk_items.c.bulk).where(bulk_items.c.press == press_id)
        with self._engine.connect() as db:
            return db.scalar(query) is not None

    def live(self) -> tuple[Bulk, ...]:
        """What is to be worked on or told about: until its outcomes were posted and none is open. Oldest first."""
        follows = sa.exists().where(
            bulk_items.c.bulk == bulks.c.id, bulk_items.c.press == presses.c.id, presses.c.outcome.is_(None)
        )
        wanted = _LIVES | ~bulks.c.told | follows
        with self._engine.connect() as db:
            return tuple(_bulk(row) for row in db.execute(sa.select(bulks).where(wanted).order_by(bulks.c.made_at)))

    def lease(self, id: str, runner: str, seconds: float) -> Literal["kept", "taken"] | None:
        """Work on it, alone, for so long. `taken`: from somebody else; None while somebody else has it."""
        with self._engine.connect() as db:
            at = datetime.fromtimestamp(clock(db), UTC)  # the one clock that all processes share
        mine = (
            sa.update(bulks).where(bulks.c.id == id).values(runner=runner, leased_until=at + timedelta(seconds=seconds))
        )
        free = bulks.c.leased_until.is_(None) | (bulks.c.leased_until < at)
        with self._engine.begin() as db:
            if db.execute(mine.where(bulks.c.runner == runner)).rowcount:
                return "kept"
            return "taken" if db.execute(mine.where(free)).rowcount else None

    def release(self, runner: str) -> None:
        """The next process need not wait until the lease is over."""
        with self._engine.begin() as db:
            db.execute(sa.update(bulks).where(bulks.c.runner == runner).values(leased_until=None))

    def change(
        self,
        id: str,
        team: str,
        to: BulkState,
        frm: Sequence[BulkState],
        approver: str | None = None,
        why: str | None = None,
    ) -> bool:
        """False when it was in none of these states."""
        values: dict[str, Any] = {"state": to, "why": why}
        if to == "running":
            values |= {"begun_at": sa.func.coalesce(bulks.c.begun_at, sa.literal(now(), sa.DateTime(timezone=True)))}
        if to in ("stopped", "done"):
            values |= {"ended_at": now()}
        if approver:
            values |= {"approver": approver}
        mine = (bulks.c.id == id) & (bulks.c.team == team) & bulks.c.state.in_(frm)
        with self._engine.begin() as db:
            return bool(db.execute(sa.update(bulks).where(mine).values(values)).rowcount)

    def tell(self, id: str) -> None:
        """Its outcomes were posted."""
        with self._engine.begin() as db:
            db.execute(sa.update(bulks).where(bulks.c.id == id).values(told=True))

    def take(self, id: str, most: int) -> tuple[BulkItem, ...]:
        """The next that wait, from now on being sent."""
        mine = (bulk_items.c.bulk == id) & (bulk_items.c.state == "waiting")
        with self._engine.begin() as db:
            query = sa.select(bulk_items).where(mine).order_by(bulk_items.c.number).limit(most)
            rows = db.execute(query.with_for_update(skip_locked=True)).all()
            numbers = [row.number for row in rows]
            taken = (bulk_items.c.bulk == id) & bulk_items.c.number.in_(numbers)
            db.execute(sa.update(bulk_items).where(taken).values(state="sending"))
        return tuple(self._item(row) for row in rows)

    def under_way(self, id: str) -> tuple[BulkItem, ...]:
        """What a process that died was sending."""
        mine = (bulk_items.c.bulk == id) & (bulk_items.c.state == "sending")
        with self._engine.connect() as db:
            return tuple(self._item(row) for row in db.execute(sa.select(bulk_items).where(mine)))

    def has(self, id: str, state: Literal["waiting", "sending"]) -> bool:
        """There are messages in that state."""
        mine = (bulk_items.c.bulk == id) & (bulk_items.c.state == state)
        with self._engine.connect() as db:
            return db.execute(sa.select(bulk_items.c.number).where(mine).limit(1)).first() is not None

    def note(self, item: BulkItem, state: Literal["sent", "left", "waiting"]) -> None:
        mine = (bulk_items.c.bulk == item.bulk) & (bulk_items.c.number == item.number)
        with self._engine.begin() as db:
            db.execute(sa.update(bulk_items).where(mine).values(state=state))

    def tally(self, id: str) -> dict[str, int]:
        """How many messages there are of each: waiting, sending, left, following, and every outcome of a press."""
        told = sa.case((presses.c.outcome.is_not(None), presses.c.outcome), else_=bulk_items.c.state)
        query = sa.select(told, sa.func.count()).select_from(_JOINED).where(bulk_items.c.bulk == id).group_by(told)
        with self._engine.connect() as db:
            return {"following" if state == "sent" else state: count for state, count in db.execute(query)}

    def rows(self, id: str) -> tuple[BulkRow, ...]:
        """What came of each message, in order."""
        query = sa.select(bulk_items, presses.c.outcome, presses.c.pressed_at).select_from(_JOINED)
        told = sa.select(steps.c.press, steps.c.data).join(bulk_items, bulk_items.c.press == steps.c.press)
        with self._engine.connect() as db:
            lines = db.execute(told.where(bulk_items.c.bulk == id).order_by(steps.c.at, steps.c.name))
            says = {press: str(data["says"]) for press, data in lines if data.get("says")}
            return tuple(
                BulkRow(
                    row.number,
                    row.outcome or row.state,
                    self._item(row).request,
                    says.get(row.press, "") if row.outcome not in ARRIVED else "",
                    row.pressed_at and utc(row.pressed_at),
                )
                for row in db.execute(query.where(bulk_items.c.bulk == id).order_by(bulk_items.c.number))
            )

    def of_outcome(self, id: str, outcome: str, most: int) -> tuple[str, ...]:
        """The first presses of the run that ended so."""
        query = sa.select(bulk_items.c.press).select_from(_JOINED).where(presses.c.outcome == outcome)
        with self._engine.connect() as db:
            mine = query.where(bulk_items.c.bulk == id).order_by(bulk_items.c.number).limit(most)
            return tuple(db.scalars(mine))

    def forget_before(self, at: datetime) -> int:
        """Delete the requests of older runs, and end those that nobody approved; how many requests there were."""
        old = bulks.c.made_at < at
        mine = bulk_items.c.bulk.in_(sa.select(bulks.c.id).where(old)) & (bulk_items.c.sealed != NOTHING)
        with self._engine.begin() as db:
            ends = sa.update(bulks).where(old, _LIVES).values(state="stopped", why="it was too old", ended_at=now())
            db.execute(ends)
            return db.execute(sa.update(bulk_items).where(mine).values(sealed=NOTHING)).rowcount

    def _one(self, where: sa.ColumnElement[bool]) -> Bulk | None:
        with self._engine.connect() as db:
            row = db.execute(sa.select(bulks).where(where)).one_or_none()
        return _bulk(row) if row else None

    def _item(self, row: sa.Row[Any]) -> BulkItem:
        kept = self._vault.open(row.sealed) or {}  # deleted for its age
        return BulkItem(row.bulk, row.number, row.press, row.claim, kept.get("request", {}), kept.get("failed_id"))


_JOINED = bulk_items.outerjoin(presses, presses.c.id == bulk_items.c.press)


def _bulk(row: sa.Row[Any]) -> Bulk:
    kept: dict[str, Any] = {name: getattr(row, name) for name in Bulk.__slots__}
    return Bulk(**kept | {name: utc(value) for name, value in kept.items() if isinstance(value, datetime)})


def _plain(request: OutboundRequest) -> dict[str, object]:
    return {"endpoint": request.endpoint, "body": request.plain}
