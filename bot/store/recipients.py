"""Who was written to last, and by which press: two presses do not write to one person within the quiet period.

A recipient is kept as a keyed hash only. The functions are parts of the promises that presses give.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.store.schema import insert_new, metadata, utc

recipients = sa.Table(
    "recipients",
    metadata,
    sa.Column("digest", sa.String, primary_key=True),
    sa.Column("press", sa.String, nullable=False, index=True),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, index=True),
)

# Longer than any quiet period that makes sense; older rows only fill the file.
_KEPT = timedelta(days=1)


def take(db: sa.Connection, digest: str, press_id: str, at: datetime, quiet: timedelta) -> tuple[str, datetime] | None:
    """None when this press may write now; else the press that did so within the quiet period, and when."""
    db.execute(sa.delete(recipients).where(recipients.c.at < at - max(_KEPT, quiet)))
    if insert_new(db, recipients, {"digest": digest, "press": press_id, "at": at}):
        return None
    free = (recipients.c.press == press_id) | (recipients.c.at <= at - quiet)
    mine = sa.update(recipients).where(recipients.c.digest == digest, free).values(press=press_id, at=at)
    if db.execute(mine).rowcount:
        return None
    other = db.execute(sa.select(recipients).where(recipients.c.digest == digest)).one()
    return other.press, utc(other.at)


def touch(db: sa.Connection, press_id: str, at: datetime) -> None:
    """It writes now: the quiet period counts from here."""
    db.execute(sa.update(recipients).where(recipients.c.press == press_id).values(at=at))


def release(db: sa.Connection, press_id: str) -> None:
    """It did not write after all."""
    db.execute(sa.delete(recipients).where(recipients.c.press == press_id))
