"""What must survive a restart, and the promises on it. Every promise is one transaction.

- A question is kept before Slack hears that we have it, and stays until it is answered.
- A retry is claimed once: two people cannot hold the same failed message.
- What somebody did is recorded for good, and the record is only ever added to.
- A step of a press is written once; the step that sends is written before the message leaves.

What people wrote is sealed. Times are UTC.
"""

from bot.store.audit import Audit, Deed
from bot.store.cards import Card, Cards, Reply
from bot.store.healths import Health, Healths
from bot.store.presses import Press, Presses, Step, new_press
from bot.store.questions import Questions
from bot.store.schema import open_database
from bot.store.watches import Watches
from bot.vault import Vault

__all__ = ["Card", "Deed", "Health", "Press", "Reply", "Step", "Store", "new_press"]


class Store:
    """The database: one object a noun."""

    def __init__(self, url: str, vault: Vault) -> None:
        self._engine = open_database(url)
        self.questions = Questions(self._engine, vault)
        self.cards = Cards(self._engine, vault)
        self.presses = Presses(self._engine, vault)
        self.watches = Watches(self._engine)
        self.audit = Audit(self._engine)
        self.healths = Healths(self._engine)

    def close(self) -> None:
        self._engine.dispose()
