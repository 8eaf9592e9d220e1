"""The composition root: the only module that knows everybody. `run` reads as one sentence."""

import gc
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from logging import CRITICAL, getLogger
from typing import Any
from uuid import uuid4

from dbos import DBOS
from filelock import FileLock, Timeout
from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from bot import knowledge, listeners
from bot.accounts import Account
from bot.accounts.loading import load
from bot.audience import Audience
from bot.desk import Me, warm_up
from bot.duties import prepare
from bot.duties.heart import Heart
from bot.groups import UserGroups
from bot.hearing import connected, served
from bot.house import House
from bot.intake.loading import load as load_hooks
from bot.intake.loading import watches
from bot.knowledge import Knowledge
from bot.metrics import Metrics
from bot.settings import Settings
from bot.slack import slack
from bot.store import Store
from bot.store.engines import Unreadable, in_words
from bot.telemetry import heard_by, report, trouble
from bot.thread import Thread
from bot.vault import Vault, key_beside
from bot.waconnect.client import WaConnect
from bot.workspaces import Workspace, Workspaces

# Bolt's own pool has 5 threads: five slow listeners would leave the sixth click unacknowledged.
_LISTENER_THREADS = 32


class CannotStart(RuntimeError):
    """A setting that the bot cannot run with; the message says which, and what to do."""


class TakenForDead(RuntimeError):
    """The other bots took this one for dead, since it did not reach the database; start it again."""


class Deaf(RuntimeError):
    """The socket was silent for too long, and a new one did not help."""


def run(settings: Settings) -> None:
    """Listen to Slack, over Socket Mode or HTTP, until SIGTERM or SIGINT.

    AccountsError; CannotServe; CannotStart; Deaf; SlackApiError for bad tokens; TakenForDead.
    """
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    deaf = threading.Event()

    def give_up() -> None:
        deaf.set()
        stop.set()

    with opened(settings) as (app, house):
        house.heart.when_lost(stop.set)
        gc.freeze()  # what is known stays for good, so the garbage collector need not look through it again and again
        with served(app, house) as http, connected(app, house, give_up):
            house.duties.resume()
            house.duties.care.purging.start()
            house.duties.care.trying.start(lambda: house.workspaces.teams)
            known = len(house.knowledge.entries)
            report("bot.started", entries=known, can_act=house.can_act, http=settings.over_http, port=http.port)
            stop.wait()
            report("bot.stopping")
        if house.heart.is_lost:
            raise TakenForDead(TakenForDead.__doc__)
    if deaf.is_set():
        raise Deaf(f"Slack gave no sign for {settings.waerror_deaf_seconds:.0f} s. Start waerror again.")


@contextmanager
def opened(settings: Settings) -> Iterator[tuple[App, House]]:
    """The bot with its database and workflows running, but not yet connected to Slack."""
    with ExitStack() as stack:
        accounts = load(settings)
        hooks, watched = load_hooks(settings, accounts), watches(settings, accounts)
        stack.enter_context(_alone(settings))
        metrics = Metrics()
        stack.enter_context(heard_by(metrics.hear))
        own = _own(settings)
        store = store_of(settings)
        stack.callback(store.close)
        known = _known()
        clients = {account.name: stack.enter_context(waconnect_of(account, settings)) for account in accounts.all}
        workspaces = Workspaces(settings, store, own)
        thread = Thread(workspaces, store, settings.slack_timeout_seconds, settings.waerror_pace)
        ways = (thread, accounts, clients, Audience(workspaces))
        duties = prepare(settings, store, known, *ways, {**hooks, **watched})
        heart = Heart(settings, store)
        stack.enter_context(heart.joined())
        stack.callback(DBOS.destroy)
        # A workflow that wakes while DBOS is taken down fails loudly; the next process takes it up.
        stack.callback(getLogger("dbos").setLevel, CRITICAL)
        stack.callback(duties.stop)
        groups = UserGroups(workspaces, settings.waerror_groups_seconds)
        me, team = (own.me, own.team) if own else (Me("", ""), "")
        ours = (settings, known, store, thread, duties, accounts, clients, workspaces, groups, team, me, heart)
        house = House(*ours, metrics=metrics, hooks=hooks)
        app = _bolt(own.client if own and not settings.slack_client_id else slack(settings, None), house)
        stack.enter_context(_at_work(house))
        yield app, house


def _known() -> Knowledge:
    known = knowledge.load()
    warm_up(known)
    return known


@contextmanager
def _at_work(house: House) -> Iterator[None]:
    """What was left undone goes on, by this bot and by the dead."""
    DBOS.launch()
    with house.heart.beating(house.duties.resume):
        house.duties.start(house.team, lambda: house.workspaces.teams)
        yield


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Two bots on one SQLite file would each take over what the other is doing. Of PostgreSQL there may be several."""
    if settings.on_postgres:
        yield
        return
    file = settings.database_file
    lock = FileLock(f"{file}.lock", timeout=0)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        says = f"Another waerror already runs on {file}. Stop it first, or set WAERROR_DATABASE_URL."
        raise CannotStart(says) from error
    except OSError as error:
        raise CannotStart(f"WAERROR_DATABASE_URL: {file} cannot be written ({error.strerror}).") from error
    try:
        yield
    finally:
        lock.release()


def _own(settings: Settings) -> Workspace | None:
    """The workspace of the settings' token. Asked before anything begins: a wrong token is told at once."""
    if settings.slack_bot_token is None:
        return None
    client = slack(settings, settings.slack_bot_token.get_secret_value())
    who = client.auth_test()
    return Workspace(str(who["team_id"]), Me(str(who["user_id"]), str(who["bot_id"])), str(who["url"]), client)


def store_of(settings: Settings) -> Store:
    """The database; the terminal uses it too, beside a running bot. CannotStart when PostgreSQL cannot be reached."""
    key = settings.waerror_secret_key
    vault = Vault(key.get_secret_value() if key else key_beside(settings.database_file))
    try:
        return Store(settings.waerror_database_url, vault, settings.waerror_database_connections)
    except (Unreadable, ValueError) as error:
        if not settings.on_postgres:
            raise
        raise CannotStart(f"WAERROR_DATABASE_URL: {in_words(error)}") from error


def waconnect_of(account: Account, settings: Settings) -> WaConnect:
    """The way to an account. CannotStart for a key or an address that no request could carry."""
    timeout = settings.waconnect_timeout_seconds
    try:
        return WaConnect(account.base_url, account.api_key.get_secret_value(), timeout_seconds=timeout)
    except ValueError as error:
        # What the file has was looked at when it was read, so it is what the settings have.
        raise CannotStart(f"WACONNECT_BASE_URL or WACONNECT_API_KEY, account {account.name}: {error}.") from error


def _bolt(client: WebClient, house: House) -> App:
    secret = house.settings.slack_signing_secret
    app = App(
        client=client,
        # Socket Mode is authenticated by its own token, so Bolt asks for no signature there.
        signing_secret=secret.get_secret_value() if secret else uuid4().hex,
        authorize=_authorize(house.workspaces) if client.token is None else None,
        user_facing_authorize_error_message="waerror is not installed in this workspace any more.",
        listener_executor=ThreadPoolExecutor(_LISTENER_THREADS, thread_name_prefix="listener"),
        logger=getLogger("slack_bolt"),
    )
    app.error(_apologise)
    listeners.register(app, house)
    return app


def _authorize(workspaces: Workspaces) -> Callable[..., AuthorizeResult]:
    """Who the bot is where Slack calls; None where it is not installed, and then nothing is answered."""

    def authorize(team_id: str | None, enterprise_id: str | None) -> Any:
        if team_id is None or not workspaces.has(team_id):
            return None
        here = workspaces.of(team_id)
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_user_id=here.me.user,
            bot_id=here.me.bot,
            bot_token=here.client.token,
        )

    return authorize


def _apologise(error: Exception, request: BoltRequest) -> BoltResponse:
    """A person sees a sentence and a reference that the log also has, never an exception.

    An event has nobody who sees it: it is not acknowledged, and Slack sends it again.
    """
    reference = uuid4().hex[:8]
    trouble("listener.failed", reference=reference, error=type(error).__name__, exc_info=error)
    respond = request.context.respond
    if request.context.response_url and respond:
        respond(
            response_type="ephemeral",
            replace_original=False,
            text=f"Something went wrong on my side. Reference for whoever runs me: {reference}",
        )
    return BoltResponse(status=500 if request.body.get("type") == "event_callback" else 200)
