"""A retry is claimed once: two people cannot hold the same failed message, nor write to one person at once."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from bot.store import dues, recipients
from bot.store import steps as lines
from bot.store.audit import Deed
from bot.store.claims import end, expire, message_ids, note_claim, presses
from bot.store.press import ARRIVED, FREES_CLAIM, TERMINAL, Press, Quiet
from bot.store.schema import insert_new, now, utc
from bot.store.steps import Steps
from bot.vault import NOTHING, Vault

# Whose the id of a failed message is: no press may take that message for its own.
_NOBODY = ""


class Presses(Steps):
    """Presses, the claims they hold and the steps they took. `quiet` is in seconds."""

    def __init__(self, engine: sa.Engine, vault: Vault) -> None:
        super().__init__(engine)
        self._vault = vault

    def claim(
        self,
        claim: str,
        press: Press,
        deed: Deed | None = None,
        *,
        quiet: float = 0.0,
        due_at: datetime | None = None,
        because: str = "",
    ) -> Press | Quiet | None:
        """None when this press now holds the claim, else the press that already holds it, or is too near.

        A press that was claimed before, and has ended meanwhile, is given back itself.

        `due_at`: it waits among the dues, and its recipient is taken when its time has come. Its first step says so,
        and `because`: whoever takes up what is due shows it at once, and then not again for an hour.
        `deed` is recorded in the same transaction, with the result `claimed`, `held` or `too_near`.
        """
        with self._engine.begin() as db:
            near = self._claim(db, claim, press, quiet, due_at, because)
            if deed is not None:
                note_claim(db, deed, press, near)
        return near

    def fire(self, press_id: str, quiet: float) -> bool | Quiet:
        """A scheduled press begins: True for the one who made it begin, False when it began before or is cancelled."""
        with self._engine.connect() as db:
            if not dues.unschedule(db, press_id):
                return False
            near = self._take_recipient(db, self._get(db, press_id), quiet)
            if near is None:
                db.commit()
        return near or True

    def cancel(self, press_id: str, user: str) -> bool:
        """True for the one who cancelled it; False when it is no longer waiting."""
        with self._engine.begin() as db:
            if not dues.unschedule(db, press_id):
                return False
            end(db, press_id, "cancelled", holds=self._get(db, press_id).repeats is not None)
            lines.begin(db, press_id, "cancel", "cancelled", user=user)
        return True

    def repeat(self, old_id: str, user: str, quiet: float, deed: Deed | None = None) -> Press | Quiet | None:
        """The press that sends it anyway, which now holds the claim; None when another has been made already.

        `deed` is recorded in the same transaction, when it was made.
        """
        with self._engine.connect() as db:
            old = self._get(db, old_id)
            # Who looks for the message again meanwhile has changed its outcome, and has it.
            same = (presses.c.id == old_id) & (presses.c.outcome == old.outcome) & presses.c.holds
            mine = sa.update(presses).where(same).values(holds=False)
            if not old.may_be_sent_anyway or not db.execute(mine).rowcount:
                return None
            press = replace(old, id=uuid4().hex, user=user, pressed_at=now(), outcome=None, repeats=old_id)
            claim = db.scalar(sa.select(presses.c.claim).where(presses.c.id == old_id)) or ""
            near = self._take_recipient(db, press, quiet)
            if near is None:
                db.execute(presses.insert().values(self._row(claim, press)))
                if deed is not None:
                    note_claim(db, deed, press, None)
                lines.begin(db, old_id, "anyway", "sent_anyway", user=user)
                db.commit()
        return near or press

    def find(self, press_id: str) -> Press:
        with self._engine.connect() as db:
            return self._get(db, press_id)

    def of_card(self, press_id: str | None, card: str) -> Press | None:
        """A press by what a button carries; None when it is not, or no longer, this card's."""
        query = sa.select(presses).where(presses.c.id == press_id, presses.c.card == card)
        with self._engine.connect() as db:
            row = db.execute(query).one_or_none()
        return None if row is None else self._read(row)

    def end(self, press_id: str, outcome: str) -> None:
        """Its outcome, for good. One that repeats an unclear press never frees the claim: that may have arrived."""
        with self._engine.begin() as db:
            repeats = db.scalar(sa.select(presses.c.repeats).where(presses.c.id == press_id))
            end(db, press_id, outcome, holds=outcome not in FREES_CLAIM or repeats is not None)

    def reopen(self, press_id: str, outcome: str) -> bool:
        """It goes on after all. False when its outcome is another by now, or it was sent anyway."""
        same = (presses.c.id == press_id) & (presses.c.outcome == outcome) & presses.c.holds
        with self._engine.begin() as db:
            return bool(db.execute(sa.update(presses).where(same).values(outcome=None)).rowcount)

    def open(self) -> tuple[str, ...]:
        """The ids of those of the bot without an outcome."""
        query = sa.select(presses.c.id).where(presses.c.outcome.is_(None), presses.c.card != TERMINAL)
        with self._engine.connect() as db:
            return tuple(db.scalars(query))

    def standing(self, claims: Collection[str]) -> tuple[frozenset[str], frozenset[str]]:
        """Of these claims: those whose message has arrived, and those that a press holds otherwise."""
        query = sa.select(presses.c.claim, presses.c.outcome).where(presses.c.claim.in_(claims), presses.c.holds)
        with self._engine.connect() as db:
            held = db.execute(query).all()
        arrived = frozenset(claim for claim, outcome in held if outcome in ARRIVED)
        return arrived, frozenset(claim for claim, _ in held) - arrived

    def forget_before(self, at: datetime) -> int:
        """Delete the requests of older presses that are over; how many there were."""
        over = presses.c.outcome.is_not(None) | (presses.c.card == TERMINAL)
        old = over & (presses.c.pressed_at < at) & (presses.c.sealed != NOTHING)
        with self._engine.begin() as db:
            return db.execute(sa.update(presses).where(old).values(sealed=NOTHING)).rowcount

    def decided(self, since: datetime) -> tuple[tuple[str, str, str], ...]:
        """What people decided of ended presses since then, a crash may have cut off: press, step and its state."""
        theirs = lines.steps.c.state.in_(("cancelled", "sent_anyway", "searching")) & (lines.steps.c.at >= since)
        query = sa.select(lines.steps.c.press, lines.steps.c.name, lines.steps.c.state).join(
            presses, presses.c.id == lines.steps.c.press
        )
        with self._engine.connect() as db:
            rows = db.execute(query.where(theirs, presses.c.outcome.is_not(None), presses.c.card != TERMINAL))
            return tuple((row.press, row.name, row.state) for row in rows)

    def leaves(self, press_id: str, step: str) -> bool:
        """A POST is about to leave: the quiet period counts from here. False when it must not any more.

        Who slept for long between its note and its POST was taken for dead, and what it noted for cut off.
        """
        with self._engine.begin() as db:
            recipients.touch(db, press_id, now())
            return lines.state(db, press_id, step) == "sending"

    def adopt(self, press_id: str, message_id: str) -> bool:
        """This message is this press's; False when it is another's."""
        with self._engine.begin() as db:
            if self._know(db, message_id, press_id):
                return True
            digest = self._vault.pseudonym(message_id)
            return db.scalar(sa.select(message_ids.c.press).where(message_ids.c.digest == digest)) == press_id

    def of_others(self, press_id: str, ids: Collection[str]) -> frozenset[str]:
        """Those of the ids that belong to a message which failed, or to another press."""
        digests = {self._vault.pseudonym(one): one for one in ids}
        theirs = message_ids.c.digest.in_(digests) & (message_ids.c.press != press_id)
        with self._engine.connect() as db:
            return frozenset(digests[found] for found in db.scalars(sa.select(message_ids.c.digest).where(theirs)))

    def _claim(
        self, db: sa.Connection, claim: str, press: Press, quiet: float, due_at: datetime | None, because: str
    ) -> Press | Quiet | None:
        expire(db, claim, press.pressed_at)
        while not insert_new(db, presses, self._row(claim, press)):
            holder = self._holder(db, presses.c.claim == claim, presses.c.holds)
            # It was freed between the two questions; or it is this very press, which a crash let be asked for again.
            holder = holder or self._holder(db, presses.c.id == press.id)
            if holder is not None:
                return holder
        if due_at is not None:
            dues.add(db, dues.Due(press.id, "schedule", now(), due_at))
            lines.begin(db, press.id, "schedule", "scheduled", due=due_at.isoformat(), because=because)
        elif near := self._take_recipient(db, press, quiet):
            db.execute(sa.delete(presses).where(presses.c.id == press.id))
            return near
        if press.failed_id:
            self._know(db, press.failed_id, _NOBODY)
        return None

    def _holder(self, db: sa.Connection, *which: sa.ColumnElement[bool]) -> Press | None:
        row = db.execute(sa.select(presses).where(*which)).one_or_none()
        return None if row is None else replace(self._read(row), due_at=dues.due_at(db, row.id))

    def _row(self, claim: str, press: Press) -> dict[str, Any]:
        names = ("id", "card", "channel", "thread", "user", "pressed_at", "repeats", "account")
        sealed = self._vault.seal({**press.request, "failed_id": press.failed_id})
        return {name: getattr(press, name) for name in names} | {"claim": claim, "holds": True, "sealed": sealed}

    def _get(self, db: sa.Connection, press_id: str) -> Press:
        return self._read(db.execute(sa.select(presses).where(presses.c.id == press_id)).one())

    def _read(self, row: sa.Row[Any]) -> Press:
        request = self._vault.open(row.sealed) or {}  # deleted for its age
        failed_id = request.pop("failed_id", None)  # a press of an earlier release has none
        place = (row.id, row.card, row.channel, row.thread, row.user)
        return Press(*place, request, utc(row.pressed_at), row.outcome, failed_id, row.repeats, row.account)

    def _take_recipient(self, db: sa.Connection, press: Press, quiet: float) -> Quiet | None:
        if press.recipient is None:
            return None
        digest = self._vault.pseudonym(f"recipient:{press.account}:{press.recipient}")
        near = recipients.take(db, digest, press.id, now(), timedelta(seconds=quiet))
        return Quiet(self._get(db, near[0]), near[1]) if near else None

    def _know(self, db: sa.Connection, message_id: str, press_id: str) -> bool:
        return insert_new(db, message_ids, {"digest": self._vault.pseudonym(message_id), "press": press_id})
