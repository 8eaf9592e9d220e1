"""What must survive a restart, and the promises on it. Every promise is one transaction.

- An alert is counted once, with its incident, before Slack hears that we have it.
- What came by a webhook is kept once, before its sender hears that we have it.
- A question is kept before Slack hears that we have it, and stays until it is answered.
- A retry is claimed once: two people cannot hold the same failed message.
- A person has one vote on a card, and deletes no note but the own.
- What waits to be learned is one item a shape, and never more than a bounded number a workspace.
- Two presses do not write to one recipient within the quiet period.
- What somebody did is recorded for good, and the record is only ever added to.
- A bulk retry is made once an incident, and each of its messages belongs to one press.
- A step of a press is written once; the step that sends is written before the message leaves.
- What a dead bot left is taken over once, by one of those that share its database.

What people wrote is sealed. Times are UTC. One contract for SQLite and PostgreSQL, and one set of tests for both.
"""

from pathlib import Path
from socket import gethostname
from uuid import uuid4

from bot.store.arrivals import Arrival, Arrivals, Sorted
from bot.store.audit import Audit, Deed
from bot.store.backlog import Backlog, Wait
from bot.store.bulk import Bulk, BulkItem, BulkRow, BulkState, new_bulk
from bot.store.bulks import Bulks
from bot.store.cards import Card, Cards, Reply
from bot.store.channels import WATCHES, Channels, Ear, Notice, Watch
from bot.store.corrections import Correction, Corrections
from bot.store.counting import Counted, Counting, Heard
from bot.store.digests import Digests
from bot.store.dues import Due, Dues
from bot.store.engines import POSTGRES, Engine, engine_for, engine_for_duties, size
from bot.store.figures import Figures, Lengths, Opened, Period, Top, Unanswered
from bot.store.healths import Health, Healths
from bot.store.incident import Incident
from bot.store.incidents import Incidents, Waiting
from bot.store.installations import Installation, Installations, Token
from bot.store.locks import Lead, Locks
from bot.store.mutes import Mute, Mutes
from bot.store.notes import Note, Notes
from bot.store.plains import Plain, Plains
from bot.store.polls import Polls
from bot.store.press import CLAIM_LASTS, TERMINAL, Press, Quiet, new_press
from bot.store.presses import Presses
from bot.store.questions import Questions
from bot.store.queue import Item, Queue
from bot.store.replicas import Replica, Replicas
from bot.store.schema import open_database
from bot.store.sightings import Named, Sightings
from bot.store.steps import Step
from bot.store.synthetics import Synthetic, Synthetics
from bot.store.turns import Turns
from bot.store.votes import Tally, Votes
from bot.vault import Vault

__all__ = [
    "CLAIM_LASTS",
    "TERMINAL",
    "WATCHES",
    "Arrival",
    "Bulk",
    "BulkItem",
    "BulkRow",
    "BulkState",
    "Card",
    "Correction",
    "Counted",
    "Deed",
    "Due",
    "Ear",
    "Health",
    "Heard",
    "Incident",
    "Installation",
    "Item",
    "Lead",
    "Lengths",
    "Mute",
    "Named",
    "Note",
    "Notice",
    "Opened",
    "Period",
    "Plain",
    "Press",
    "Quiet",
    "Replica",
    "Reply",
    "Sorted",
    "Step",
    "Store",
    "Synthetic",
    "Tally",
    "Token",
    "Top",
    "Turns",
    "Unanswered",
    "Wait",
    "Waiting",
    "Watch",
    "new_bulk",
    "new_press",
]


# One bot a SQLite file: the next one takes up what the last one left, under the same name.
_ALONE = "waerror"


class Store:
    """The database: one object a noun."""

    is_shared: bool
    """Other bots may be at work on it."""
    me: str
    """This bot's name among them."""
    duties_engine: Engine
    """For the durable workflows, which keep their own tables."""

    def __init__(self, url: str, vault: Vault, connections: int = 12) -> None:
        """`connections`: to PostgreSQL, at most; nine and more."""
        self._open(url, connections // 3, connections)
        self.locks = Locks(self._holding)
        self.replicas = Replicas(self._engine)
        self.questions = Questions(self._engine, vault)
        self.cards = Cards(self._engine, vault)
        self.presses = Presses(self._engine, vault)
        self.channels = Channels(self._engine)
        self.counting = Counting(self._engine, vault)
        self.incidents = Incidents(self._engine)
        self.mutes = Mutes(self._engine)
        self.sightings = Sightings(self._engine, vault)
        self.turns = Turns(self._engine)
        self.votes = Votes(self._engine)
        self.notes = Notes(self._engine, vault)
        self.corrections = Corrections(self._engine, vault)
        self.queue = Queue(self._engine, vault)
        self.figures = Figures(self._engine)
        self.digests = Digests(self._engine)
        self.dues = Dues(self._engine, self.me)
        self.audit = Audit(self._engine)
        self.bulks = Bulks(self._engine, vault)
        self.healths = Healths(self._engine)
        self.synthetics = Synthetics(self._engine)
        self.arrivals = Arrivals(self._engine, vault)
        self.plains = Plains(self._engine, vault)
        self.polls = Polls(self._engine)
        self.backlog = Backlog(self._engine)
        self.installations = Installations(self._engine, vault)

    def _open(self, url: str, share: int, connections: int) -> None:
        """For the durable workflows, for who is alone with something, and for the promises."""
        self._engine = open_database(url, connections - 2 * share)
        self.is_shared = self._engine.dialect.name == POSTGRES
        self.me = f"{gethostname()}-{uuid4().hex[:12]}" if self.is_shared else _ALONE
        self._holding = engine_for(url, share) if self.is_shared else self._engine
        self.duties_engine = engine_for_duties(url, share)

    def lead(self, what: str) -> Lead:
        """For something that one bot does for all."""
        return Lead(self._holding, what)

    def size(self, file: Path) -> int:
        """Bytes on the disk. `file`: of SQLite."""
        with self._engine.connect() as db:
            return size(db, file)

    def close(self) -> None:
        for engine in (self.duties_engine, self._holding, self._engine):
            engine.dispose()
