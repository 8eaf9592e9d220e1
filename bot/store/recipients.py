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
    # What somebody else is just about to delete is left to them: two who wait for each other's rows wait for ever.
    old = sa.select(recipients.c.digest).where(recipients.c.at < at - max(_KEPT, quiet))
    db.execute(sa.delete(recipients).where(recipients.c.digest.in_(old.with_for_update(skip_locked=True))))
    free = (recipients.c.press == press_id) | (recipients.c.at <= at - quiet)
    mine = sa.update(recipients).where(recipients.c.digest == digest, free).values(press=press_id, at=at)
    while not insert_new(db, recipients, {"digest": digest, "press": press_id, "at": at}):
        if db.execute(mine).rowcount:
            return None
        other = db.execute(sa.select(recipients).where(recipients.c.digest == digest)).one_or_none()
        if other is not None:  # else it was released between the two questions
            return other.press, utc(other.at)
    return None


def touch(db: sa.Connection, press_id: str, at: datetime) -> None:
    """It writes now: the quiet period counts from here."""
    db.execute(sa.update(recipients).where(recipients.c.press == press_id).values(at=at))


def release(db: sa.Connection, press_id: str) -> None:
    """It did not write after all."""
    db.execute(sa.delete(recipients).where(recipients.c.press == press_id))
