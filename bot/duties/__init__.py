"""Durable duties: they do what the desk decided, and go on after a crash where they were.

DBOS runs a workflow's steps at least once and remembers the results of those that ended. So:
- a workflow's id is the id of what it answers (a question, a press): starting it again starts nothing;
- a step that posts to Slack first notes that it will, and after a crash looks for what it posted;
- a step that sends a message first notes that it will, and after a crash never sends: the fate is unknown.
Inputs are ids only; what people wrote stays sealed in the store.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from dbos import DBOS, DBOSConfig

from bot.accounts import Accounts
from bot.duties.answering import Answering
from bot.duties.checking import Checking
from bot.duties.health import Healths
from bot.duties.purging import Purging
from bot.duties.retrying import Retrying
from bot.knowledge import Knowledge
from bot.settings import Settings
from bot.store import Store
from bot.store.schema import use_wal
from bot.thread import Thread
from bot.waconnect.client import WaConnect

# Not the release: a workflow begun by one release is finished by the next (steps only ever grow).
_WORKFLOWS_VERSION = "1"


@dataclass(frozen=True, slots=True)
class Duties:
    """The workflows, ready to be begun."""

    answering: Answering
    checking: Checking
    retrying: Retrying
    healths: Healths
    purging: Purging

    def resume(self) -> None:
        """Begin what a crash left between keeping it and beginning its workflow."""
        self.answering.resume()
        self.retrying.resume()
        self.purging.start()

    def stop(self) -> None:
        """Let the POST under way end, and begin nothing new."""
        self.purging.stop()
        self.retrying.stop()


def prepare(
    settings: Settings,
    store: Store,
    knowledge: Knowledge,
    thread: Thread,
    accounts: Accounts,
    clients: Mapping[str, WaConnect],
) -> Duties:
    """Set DBOS up and bind the workflows; `DBOS.launch()` begins their work, `DBOS.destroy()` ends it.

    `clients`: the way to WaConnect for each account, by its name.
    """
    DBOS(config=_config(settings.database_file))
    checking = Checking(store, knowledge, thread, clients)
    answering = Answering(settings, store, knowledge, thread, checking, accounts)
    retrying = Retrying(settings, store, knowledge, thread, clients)
    healths = Healths(store, knowledge, thread, accounts, clients)
    return Duties(answering, checking, retrying, healths, Purging(settings, store))


def _config(database: Path) -> DBOSConfig:
    engine = sa.create_engine(
        f"sqlite:///{database.with_name(database.stem + '-duties.db')}", connect_args={"timeout": 30}
    )
    sa.event.listen(engine, "connect", use_wal)  # twice the workflows a second, measured
    return DBOSConfig(
        name="waerror",
        system_database_url=str(engine.url),
        system_database_engine=engine,
        application_version=_WORKFLOWS_VERSION,
        executor_id="waerror",
        log_level="WARNING",
    )
