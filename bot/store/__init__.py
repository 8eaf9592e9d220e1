"""What must survive a restart, and the promises on it. Every promise is one transaction.

- An alert is counted once, with its incident, before Slack hears that we have it.
- A question is kept before Slack hears that we have it, and stays until it is answered.
- A retry is claimed once: two people cannot hold the same failed message.
- A step of a press is written once; the step that sends is written before the message leaves.

What people wrote is sealed. Times are UTC.
"""

from bot.store.cards import Card, Cards, Reply
from bot.store.channels import WATCHES, Channels, Ear, Notice, Watch
from bot.store.counting import Counted, Counting, Heard
from bot.store.incidents import Incident, Incidents, Waiting
from bot.store.mutes import Mute, Mutes
from bot.store.presses import Press, Presses, Step, new_press
from bot.store.questions import Questions
from bot.store.schema import open_database
from bot.store.sightings import Named, Sightings
from bot.store.turns import Turns
from bot.vault import Vault

__all__ = [
    "WATCHES",
    "Card",
    "Counted",
    "Ear",
    "Heard",
    "Incident",
    "Mute",
    "Named",
    "Notice",
    "Press",
    "Reply",
    "Step",
    "Store",
    "Turns",
    "Waiting",
    "Watch",
    "new_press",
]


class Store:
    """The database: one object a noun."""

    def __init__(self, url: str, vault: Vault) -> None:
        self._engine = open_database(url)
        self.questions = Questions(self._engine, vault)
        self.cards = Cards(self._engine, vault)
        self.presses = Presses(self._engine, vault)
        self.channels = Channels(self._engine)
        self.counting = Counting(self._engine, vault)
        self.incidents = Incidents(self._engine)
        self.mutes = Mutes(self._engine)
        self.sightings = Sightings(self._engine)
        self.turns = Turns(self._engine)

    def close(self) -> None:
        self._engine.dispose()
