"""The record of who did what, with which result. Rows are added, never changed and never deleted.

Nothing personal of a recipient is in it: every text is masked at the door.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from bot.diagnosis.masking import mask
from bot.store.engines import POSTGRES, engine_for_reading
from bot.store.schema import insert_new, metadata, now, utc
from bot.telemetry import count

What = Literal[
    "retry", "retry.form", "retry.ended", "send_anyway", "send_now", "cancel", "check_again", "bulk", "approve",
    "status", "recheck", "account", "reveal", "share", "watch", "mute", "unmute", "incident", "note", "correct",
    "refused",
]  # fmt: skip

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("team", sa.String, nullable=False, index=True),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    *(
        sa.Column(name, sa.String, nullable=False)
        for name in ("user", "what", "account", "channel", "result", "detail")
    ),
    sa.Column("card", sa.String, nullable=False, index=True),
    sa.Column("press", sa.String, nullable=False, index=True),
    sa.Column("once", sa.String, unique=True),  # what a step that runs again must not record again
    sqlite_autoincrement=True,
)
# The database itself holds the rule.
_RULES = {
    "sqlite": "BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END",
    POSTGRES: "EXECUTE FUNCTION audit_is_only_added_to()",
}
_REFUSAL = """CREATE FUNCTION audit_is_only_added_to() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit is only added to'; END $$"""


def _hold(dialect: str, rule: str) -> None:
    made = sa.DDL(rule).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]
    sa.event.listen(audit, "after_create", made)


_hold(POSTGRES, _REFUSAL)
for _dialect, _does in _RULES.items():
    for _kind in ("UPDATE", "DELETE"):
        _hold(_dialect, f"CREATE TRIGGER audit_no_{_kind.lower()} BEFORE {_kind} ON audit {_does}")

_LONGEST_DETAIL = 300


class RecordUnreadable(RuntimeError):
    """The record cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Deed:
    """Somebody did something."""

    team: str
    user: str
    what: What
    result: str = ""
    """In a word: `claimed`, `held`, `delivered` …; of `refused`: the right."""
    detail: str = ""
    """In words, masked and bounded when it is recorded."""
    account: str = ""
    card: str = ""
    channel: str = ""
    press: str = ""
    at: datetime = field(default_factory=now)


class Audit:
    """Adds to the record, and reads it."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def note(self, deed: Deed, once: str | None = None) -> None:
        """Record it. `once`: a name under which it is recorded a single time, however often it is asked for."""
        with self._engine.begin() as db:
            record(db, deed, once)

    def ended(self, press_id: str, outcome: str) -> None:
        """What came of a press, for the one who pressed; an outcome is recorded once."""
        pressed = sa.select(audit).where(audit.c.press == press_id).order_by(audit.c.id).limit(1)
        with self._engine.connect() as db:
            row = db.execute(pressed).one_or_none()
        if row is not None:
            deed = replace(_deed(row), what="retry.ended", result=outcome, detail="", at=now())
            self.note(deed, once=f"retry.ended/{press_id}/{outcome}")

    def of_card(self, team: str, card: str, limit: int = 50) -> tuple[Deed, ...]:
        """What was done about a card, newest first."""
        with self._engine.connect() as db:
            return _read(db, (audit.c.team == team) & (audit.c.card == card), limit)

    def recent(self, team: str, since: datetime | None = None, limit: int = 100) -> tuple[Deed, ...]:
        """What was done in a workspace, newest first."""
        with self._engine.connect() as db:
            return _read(db, (audit.c.team == team) & (audit.c.at >= since if since else sa.true()), limit)

    def teams(self) -> tuple[str, ...]:
        """The workspaces that the record tells of."""
        with self._engine.connect() as db:
            return tuple(db.scalars(sa.select(audit.c.team).distinct().order_by(audit.c.team)))


def record(db: sa.Connection, deed: Deed, once: str | None = None) -> None:
    """Record it together with what it tells of, in one transaction."""
    row = asdict(deed) | {"detail": mask(deed.detail)[:_LONGEST_DETAIL], "once": once}
    if insert_new(db, audit, row):
        count("deed.recorded", what=deed.what)


@contextmanager
def reading(url: str) -> Iterator[Audit]:
    """The record beside a running bot: nothing is written, made or brought up to date. RecordUnreadable."""
    try:
        engine = engine_for_reading(url)
        try:
            yield Audit(engine)
        finally:
            engine.dispose()
    except FileNotFoundError as error:
        raise RecordUnreadable(f"There is no database {error.filename}. Is WAERROR_DATABASE_URL the bot's?") from error
    except sa.exc.SQLAlchemyError as error:
        says = str(getattr(error, "orig", None) or type(error).__name__).splitlines()[0]
        if "no such table" in says or "does not exist" in says:
            says = "it has no record; a bot of an older release made it"
        raise RecordUnreadable(f"The database cannot be read: {says}.") from error


def _read(db: sa.Connection, where: sa.ColumnElement[bool], limit: int) -> tuple[Deed, ...]:
    query = sa.select(audit).where(where).order_by(audit.c.id.desc()).limit(limit)
    return tuple(_deed(row) for row in db.execute(query))


def _deed(row: sa.Row[Any]) -> Deed:
    values = {name: getattr(row, name) for name in Deed.__slots__}
    return Deed(**values | {"at": utc(row.at)})
