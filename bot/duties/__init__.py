"""Durable duties: they do what the desk decided, and go on after a crash where they were.

DBOS runs a workflow's steps at least once and remembers the results of those that ended. So:
- a workflow's id is the id of what it answers (a question, a press): starting it again starts nothing;
- a step that posts to Slack first notes that it will, and after a crash looks for what it posted;
- a step that sends a message first notes that it will, and after a crash never sends: the fate is unknown.
Inputs are ids only; what people wrote stays sealed in the store. Alerts need no workflow: they are counted before
Slack hears that we have them (`triage`), and who draws goes by what the database says (`drawing`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from dbos import DBOS, DBOSConfig

from bot.accounts import Accounts
from bot.audience import Audience
from bot.desk import Terms
from bot.desk.rights import somebody_may
from bot.duties.agenda import Agenda
from bot.duties.announcing import Announcing
from bot.duties.answering import Answering
from bot.duties.bulk import BulkRetries, bulk_retries
from bot.duties.catching_up import CatchingUp
from bot.duties.charting import Charting
from bot.duties.checking import Checking
from bot.duties.digesting import Digesting
from bot.duties.drawing import Drawing
from bot.duties.examining import Examining
from bot.duties.health import Healths
from bot.duties.homing import Homing
from bot.duties.intake import Intake, intake
from bot.duties.learning import Learning
from bot.duties.picturing import Picturing
from bot.duties.purging import Purging
from bot.duties.retrying import Retrying
from bot.duties.surveying import Surveying
from bot.duties.triage import Triage
from bot.duties.trying import Trying
from bot.intake.hooks import Hooks
from bot.knowledge import Knowledge
from bot.settings import Settings
from bot.store import Store
from bot.thread import Thread
from bot.waconnect.client import WaConnect

# Not the release: a workflow begun by one release is finished by another, be it newer or, while two run side by side,
# older. So a workflow's steps only ever grow, and one that is changed otherwise gets a new name. A new one that an
# older bot took from a dead newer one waits there until that bot stops, and is then taken over again.
_WORKFLOWS_VERSION = "1"
# A stop waits for this thread of DBOS, which only looks whether to stop: nothing here sends notifications.
_LISTEN_SECONDS = 0.1
# On PostgreSQL; SQLite has a file for it.
SCHEMA = "waerror_duties"


@dataclass(frozen=True, slots=True)
class Care:
    """What the bot does about itself: it forgets in time, and sees whether all works."""

    purging: Purging
    examining: Examining
    trying: Trying


@dataclass(frozen=True, slots=True)
class Duties:
    """The workflows, ready to be begun."""

    answering: Answering
    checking: Checking
    retrying: Retrying
    bulk: BulkRetries
    triage: Triage
    drawing: Drawing
    catching_up: CatchingUp
    learning: Learning
    surveying: Surveying
    homing: Homing
    digesting: Digesting
    healths: Healths
    care: Care
    intake: Intake

    def start(self, team: str, teams: Callable[[], Iterable[str]]) -> None:
        """What waits for its time, or is to be sorted or shown, goes on.

        `team`: the workspace of the settings' token; `teams`: those that there are now.
        """
        self.drawing.start()
        self.intake.start(team, teams)
        self.digesting.start(teams)
        self.retrying.start()
        self.bulk.start()

    def resume(self) -> None:
        """Begin what a crash left between keeping it and beginning its workflow; begun already, it is left alone."""
        self.answering.resume()
        self.retrying.resume()

    def stop(self) -> None:
        """What is being written or sent is brought to its end; nothing new is begun."""
        self.care.trying.stop()
        self.care.purging.stop()
        self.digesting.stop()
        self.homing.stop()
        self.intake.stop()
        self.drawing.stop()
        self.bulk.stop()
        self.retrying.stop()


def prepare(
    settings: Settings,
    store: Store,
    knowledge: Knowledge,
    thread: Thread,
    accounts: Accounts,
    clients: Mapping[str, WaConnect],
    audience: Audience,
    hooks: Hooks,
) -> Duties:
    """Set DBOS up and bind the workflows; `DBOS.launch()` begins their work, `DBOS.destroy()` ends it.

    `clients`: the way to WaConnect for each account, by its name.
    """
    DBOS(config=_config(store))
    terms = Terms(accounts, may_reveal=somebody_may("reveal", settings))
    return _bound(settings, store, knowledge, thread, terms, clients, audience, hooks)


def _bound(
    settings: Settings,
    store: Store,
    knowledge: Knowledge,
    thread: Thread,
    terms: Terms,
    clients: Mapping[str, WaConnect],
    audience: Audience,
    hooks: Hooks,
) -> Duties:
    picturing, drawing, triage = _incidents(settings, store, knowledge, thread, terms, hooks)
    checking = Checking(store, knowledge, thread, clients)
    answering = Answering(store, knowledge, thread, checking, triage, terms)
    charting, healths = Charting(), Healths(store, knowledge, thread, terms.accounts, clients)
    surveying = Surveying(settings, store, knowledge, audience, triage, terms.accounts, store.queue.open)
    return Duties(
        answering,
        checking,
        *_sends(settings, store, knowledge, thread, picturing, clients),
        triage,
        drawing,
        CatchingUp(settings, store, thread, triage, answering),
        Learning(store, knowledge, thread, terms, drawing.wake),
        surveying,
        Homing(knowledge, thread, audience, surveying, healths, charting),
        Digesting(settings, store, knowledge, thread, charting, store.queue.open),
        healths,
        _care(settings, store, knowledge, thread, triage, terms),
        intake(settings, store, triage, hooks, drawing.wake, clients),
    )


def _care(settings: Settings, store: Store, knowledge: Knowledge, thread: Thread, triage: Triage, terms: Terms) -> Care:
    trying = Trying(settings, store, knowledge, thread, triage, terms)
    return Care(Purging(settings, store), Examining(settings, thread, terms.accounts), trying)


def _incidents(
    settings: Settings, store: Store, knowledge: Knowledge, thread: Thread, terms: Terms, hooks: Hooks
) -> tuple[Picturing, Drawing, Triage]:
    picturing = Picturing(store, knowledge, thread, terms)
    announcing = Announcing(settings, store, thread, hooks)
    drawing = Drawing(settings, store, thread, Agenda(settings, store, thread, picturing, announcing))
    return picturing, drawing, Triage(settings, store, knowledge, terms, drawing.wake)


def _sends(
    settings: Settings,
    store: Store,
    knowledge: Knowledge,
    thread: Thread,
    picturing: Picturing,
    clients: Mapping[str, WaConnect],
) -> tuple[Retrying, BulkRetries]:
    retrying = Retrying(settings, store, knowledge, thread, clients)
    return retrying, bulk_retries(settings, store, thread, picturing, retrying, clients)


def _config(store: Store) -> DBOSConfig:
    engine = store.duties_engine
    return DBOSConfig(
        name="waerror",
        system_database_url=engine.url.render_as_string(),  # without the password, which the engine has
        system_database_engine=engine,
        dbos_system_schema=SCHEMA,
        application_version=_WORKFLOWS_VERSION,
        executor_id=store.me,
        notification_listener_polling_interval_sec=_LISTEN_SECONDS,
        log_level="WARNING",
    )
