"""What waits to be learned: texts that nothing explained, and cards that a person corrected, one item a shape.

A sample is masked before it is sealed. An item that is *done* stays so: it was decided, however often it comes again.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from bot.desk.drafts import Draft
from bot.diagnosis.shapes import sample, shape
from bot.store.schema import insert_new, metadata, now, utc
from bot.telemetry import count
from bot.vault import NOTHING, Vault

Kind = Literal["unmatched", "corrected"]
Status = Literal["open", "drafted", "done"]

# Of one workspace: more than a maintainer reads in a day, less than a flood of new shapes fills a disk with.
MOST = 1_000

queue = sa.Table(
    "queue",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("team", sa.String, nullable=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("from_entry", sa.String),
    sa.Column("to_entry", sa.String),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),  # one masked sample; empty once it is done and old
    sa.Column("draft", sa.LargeBinary),  # sealed; NULL: nobody taught it
    sa.Column("status", sa.String, nullable=False),
)
sa.Index("queue_of_a_team", queue.c.team, queue.c.status)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to learn."""

    id: str
    team: str
    kind: Kind
    count: int
    first_at: datetime
    last_at: datetime
    sample: str
    """Masked; at most LONGEST_SAMPLE characters."""
    status: Status
    from_entry: str | None = None
    to_entry: str | None = None
    """corrected: None when it is something else than what is known."""
    draft: Draft | None = None


class Queue:
    """The items, a workspace each."""

    def __init__(self, engine: sa.Engine, vault: Vault, most: int = MOST) -> None:
        self._engine = engine
        self._vault = vault
        self._most = most

    def add(self, team: str, text: str, kind: Kind, from_entry: str | None = None, to_entry: str | None = None) -> str:
        """Count one sighting of the text; the id of its item. What is least seen makes room for what is new."""
        count("queue.added", kind=kind)
        return self._put(team, text, kind, from_entry, to_entry, times=1)

    def teach(self, team: str, text: str, draft: Draft) -> str:
        """Keep a draft with the item of an unmatched text, which may have made room meanwhile; its id."""
        item = self._put(team, text, "unmatched", None, None, times=0)
        values = {"draft": self._vault.seal(asdict(draft)), "status": "open"}
        with self._engine.begin() as db:
            db.execute(sa.update(queue).where(queue.c.id == item).values(values))
        return item

    def open(self, team: str, limit: int = 20) -> tuple[Item, ...]:
        """What one workspace waits for, the most seen first."""
        query = sa.select(queue).where(queue.c.team == team, queue.c.status != "done")
        return self._read(query.order_by(queue.c.count.desc(), queue.c.last_at.desc(), queue.c.id).limit(limit))

    def all(self, with_done: bool = False) -> tuple[Item, ...]:
        """Of every workspace, the most seen first: for the maintainer's terminal, never for a person in Slack."""
        query = sa.select(queue) if with_done else sa.select(queue).where(queue.c.status != "done")
        return self._read(query.order_by(queue.c.count.desc(), queue.c.last_at.desc(), queue.c.id))

    def named(self, beginning: str) -> tuple[Item, ...]:
        """Those whose id begins so: one, none, or too many."""
        return self._read(sa.select(queue).where(queue.c.id.startswith(beginning, autoescape=True)).limit(3))

    def set_status(self, item_id: str, status: Status) -> None:
        with self._engine.begin() as db:
            db.execute(sa.update(queue).where(queue.c.id == item_id).values(status=status))

    def forget_before(self, at: datetime) -> int:
        """Delete sample and draft of older items that are done, and stay so; how many there were."""
        old = (queue.c.status == "done") & (queue.c.last_at < at) & (queue.c.sealed != NOTHING)
        with self._engine.begin() as db:
            return db.execute(sa.update(queue).where(old).values(sealed=NOTHING, draft=None)).rowcount

    def _put(self, team: str, text: str, kind: Kind, from_entry: str | None, to_entry: str | None, times: int) -> str:
        shown = sample(text)
        key = "\0".join([team, kind, from_entry or "", to_entry or "", shape(text)])
        item = hashlib.sha256(key.encode()).hexdigest()[:16]
        seen = sa.update(queue).where(queue.c.id == item).values(count=queue.c.count + times, last_at=now())
        with self._engine.begin() as db:
            if not db.execute(seen).rowcount:
                row: dict[str, Any] = {"id": item, "team": team, "kind": kind}
                row |= {"from_entry": from_entry, "to_entry": to_entry, "status": "open"}
                row |= {"count": times, "first_at": now(), "last_at": now()}
                if insert_new(db, queue, row | {"sealed": self._vault.seal(shown)}):
                    self._make_room(db, team, item)
                else:  # another thread was first
                    db.execute(seen)
        return item

    def _make_room(self, db: sa.Connection, team: str, new: str) -> None:
        waiting = (queue.c.team == team) & (queue.c.status != "done")
        spare = (db.scalar(sa.select(sa.func.count()).where(waiting)) or 0) - self._most
        if spare > 0:
            worth = (queue.c.draft.is_not(None), queue.c.count, queue.c.last_at)
            least = sa.select(queue.c.id).where(waiting, queue.c.id != new).order_by(*worth).limit(spare)
            db.execute(sa.delete(queue).where(queue.c.id.in_(db.scalars(least).all())))

    def _read(self, query: sa.Select[Any]) -> tuple[Item, ...]:
        with self._engine.connect() as db:
            rows: Iterable[sa.Row[Any]] = db.execute(query).all()
        return tuple(map(self._item, rows))

    def _item(self, row: sa.Row[Any]) -> Item:
        held = dict(row._mapping)
        draft, shown = held.pop("draft"), self._vault.open(held.pop("sealed")) or ""
        held |= {"first_at": utc(row.first_at), "last_at": utc(row.last_at), "sample": shown}
        return Item(**held, draft=None if draft is None else Draft.of(self._vault.open(draft)))
