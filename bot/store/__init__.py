"""What must survive a restart, and the promises on it. Every promise is one transaction.

- A question is kept before Slack hears that we have it, and stays until it is answered.
- A retry is claimed once: two people cannot hold the same failed message.
- Two presses do not write to one recipient within the quiet period.
- A step of a press is written once; the step that sends is written before the message leaves.

What people wrote is sealed. Times are UTC.
"""

from bot.store.agenda import Agenda, Item
from bot.store.cards import Card, Cards, Reply
from bot.store.press import CLAIM_LASTS, TERMINAL, Press, Quiet, new_press
from bot.store.presses import Presses
from bot.store.questions import Questions
from bot.store.schema import open_database
from bot.store.steps import Step
from bot.store.watches import Watches
from bot.vault import Vault

__all__ = ["CLAIM_LASTS", "TERMINAL", "Card", "Item", "Press", "Quiet", "Reply", "Step", "Store", "new_press"]


class Store:
    """The database: one object a noun."""

    def __init__(self, url: str, vault: Vault) -> None:
        self._engine = open_database(url)
        self.questions = Questions(self._engine, vault)
        self.cards = Cards(self._engine, vault)
        self.presses = Presses(self._engine, vault)
        self.agenda = Agenda(self._engine)
        self.watches = Watches(self._engine)

    def close(self) -> None:
        self._engine.dispose()
