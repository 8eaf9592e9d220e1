"""A question is kept before Slack hears that we have it, and stays until it is answered."""

from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa

from bot.desk import Question
from bot.store.schema import insert_new, metadata, now
from bot.vault import Vault

questions = sa.Table(
    "questions",
    metadata,
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("sealed", sa.LargeBinary),  # gone once answered
    sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("answered_at", sa.DateTime(timezone=True)),
)


class Questions:
    """Messages that await an answer."""

    def __init__(self, engine: sa.Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault

    def keep(self, question: Question) -> bool:
        """True when it awaits an answer; False when it was answered before."""
        row = {"key": question.key, "sealed": self._vault.seal(asdict(question)), "received_at": now()}
        with self._engine.begin() as db:
            if insert_new(db, questions, row):
                return True
            return db.scalar(sa.select(questions.c.answered_at).where(questions.c.key == question.key)) is None

    def find(self, key: str) -> Question | None:
        """None when it is unknown or has been answered."""
        with self._engine.connect() as db:
            sealed = db.scalar(sa.select(questions.c.sealed).where(questions.c.key == key))
        if sealed is None:
            return None
        kept = self._vault.open(sealed)
        return Question(**{**kept, "snippets": tuple(kept["snippets"])})  # JSON knows no tuples

    def close(self, key: str) -> None:
        """It has been answered; what was asked is forgotten, that it was asked is not."""
        done = {"sealed": None, "answered_at": now()}
        with self._engine.begin() as db:
            db.execute(sa.update(questions).where(questions.c.key == key).values(done))

    def forget_before(self, at: datetime) -> int:
        """Delete older questions, the answered and those that nobody waits for any more; how many there were."""
        with self._engine.begin() as db:
            return db.execute(sa.delete(questions).where(questions.c.received_at < at)).rowcount

    def open(self) -> tuple[str, ...]:
        """The keys of those that await an answer."""
        with self._engine.connect() as db:
            return tuple(db.scalars(sa.select(questions.c.key).where(questions.c.answered_at.is_(None))))
