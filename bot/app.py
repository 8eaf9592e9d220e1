"""The composition root: the only module that knows everybody. `run` reads as one sentence."""

import gc
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from logging import CRITICAL, getLogger
from uuid import uuid4

from dbos import DBOS
from filelock import FileLock, Timeout
from slack_bolt import App, BoltRequest, BoltResponse
from slack_sdk import WebClient
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from bot import knowledge, listeners, web
from bot.accounts import Account
from bot.accounts.loading import load
from bot.audience import Audience
from bot.desk import Me, warm_up
from bot.duties import prepare
from bot.groups import UserGroups
from bot.house import House
from bot.intake.loading import load as load_hooks
from bot.line import Line, line
from bot.settings import Settings
from bot.store import Store
from bot.telemetry import report, trouble
from bot.thread import Thread
from bot.vault import Vault, key_beside
from bot.waconnect.client import WaConnect
from bot.web.server import CannotServe, Web, serving

# Bolt's own pool has 5 threads: five slow listeners would leave the sixth click unacknowledged.
_LISTENER_THREADS = 32
# Acknowledging takes milliseconds. websocket-client then takes up to ten seconds to see that its socket is closed.
_LONGEST_GOODBYE = 1.0


class CannotStart(RuntimeError):
    """A setting that the bot cannot run with; the message says which, and what to do."""


def run(settings: Settings) -> None:
    """Listen to Slack, over Socket Mode or HTTP, until SIGTERM or SIGINT.

    AccountsError; CannotStart; SlackApiError for bad tokens.
    """
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    with opened(settings) as (app, house):
        gc.freeze()  # what is known stays for good, so the garbage collector need not look through it again and again
        with served(app, house) as http, connected(app, house):
            house.duties.resume()
            known = len(house.knowledge.entries)
            report("bot.started", entries=known, can_act=house.can_act, http=settings.over_http, port=http.port)
            stop.wait()
            report("bot.stopping")


@contextmanager
def opened(settings: Settings) -> Iterator[tuple[App, House]]:
    """The bot with its database and workflows running, but not yet connected to Slack."""
    with ExitStack() as stack:
        accounts = load(settings)
        hooks = load_hooks(settings, accounts)
        stack.enter_context(_alone(settings))
        client = _slack(settings)
        who = client.auth_test()  # before anything begins; Bolt would put its own exception around a refusal
        store = store_of(settings)
        stack.callback(store.close)
        known = knowledge.load()
        warm_up(known)
        clients = {account.name: stack.enter_context(waconnect_of(account, settings)) for account in accounts.all}
        thread = Thread(client, store, settings.waerror_pace)
        audience = Audience(client, str(who["url"]))
        duties = prepare(settings, store, known, thread, accounts, clients, audience, hooks)
        stack.callback(DBOS.destroy)
        # A workflow that wakes while DBOS is taken down fails loudly; the next process takes it up.
        stack.callback(getLogger("dbos").setLevel, CRITICAL)
        stack.callback(duties.stop)
        groups = UserGroups(client, settings.waerror_groups_seconds)
        me = Me(str(who["user_id"]), str(who["bot_id"]))
        team = str(who["team_id"])
        house = House(settings, known, store, thread, duties, accounts, clients, groups, team, me, hooks=hooks)
        app = _bolt(client, house)
        DBOS.launch()
        duties.start(house.team)
        yield app, house


@contextmanager
def served(app: App, house: House) -> Iterator[Web]:
    """Health and metrics over HTTP, and Slack's requests where they come that way. CannotStart."""
    settings = house.settings
    routes = web.app(house, app if settings.over_http else None)
    limits = settings.waerror_http_threads, settings.waerror_http_idle_seconds
    try:
        with serving(routes, settings.waerror_bind, settings.port, *limits) as http:
            yield http
    except CannotServe as error:
        raise CannotStart(str(error)) from error


@contextmanager
def connected(app: App, house: House) -> Iterator[None]:
    """Slack's events, commands and clicks reach the app, and what was missed is read."""
    if house.settings.over_http:
        _catch_up(house)
        yield
        return
    with _on_the_line(app, house):
        yield


@contextmanager
def _on_the_line(app: App, house: House) -> Iterator[None]:
    """Socket Mode."""
    token = house.settings.slack_app_token
    ours = line(app, token.get_secret_value() if token else "", _LISTENER_THREADS)
    # A new line may follow a gap that nobody noticed. No event has come over it yet, so the marks are those of before.
    ours.on_open_listeners.append(lambda _: _catch_up(house))
    house.pulse.is_connected = ours.is_connected
    ours.connect()
    try:
        yield
    finally:
        goodbye = threading.Thread(target=_say_goodbye, args=[ours], daemon=True)
        goodbye.start()
        goodbye.join(_LONGEST_GOODBYE)


def _catch_up(house: House) -> None:
    duty = house.duties.catching_up
    marks = duty.marks(house.team)
    threading.Thread(target=duty.run, args=[house.team, house.me, marks], name="catching-up", daemon=True).start()


def _say_goodbye(ours: Line) -> None:
    """What was taken is still acknowledged before the line is cut; what comes now, Slack keeps for the next bot."""
    ours.message_processor.shutdown()  # type: ignore[no-untyped-call]
    ours.message_workers.shutdown()
    ours.close()


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Two bots on one SQLite file would each take over what the other is doing."""
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


def _slack(settings: Settings) -> WebClient:
    token = settings.slack_bot_token.get_secret_value() if settings.slack_bot_token else None
    return WebClient(
        token,
        base_url=settings.slack_api,
        timeout=round(settings.slack_timeout_seconds) or 1,
        # Not slack_sdk's own handler, which repeats a post whose connection broke: it may stand there already.
        retry_handlers=[RateLimitErrorRetryHandler(max_retry_count=3)],
    )


def store_of(settings: Settings) -> Store:
    """The database; the terminal uses it too, beside a running bot."""
    key = settings.waerror_secret_key
    return Store(
        settings.waerror_database_url,
        Vault(key.get_secret_value() if key else key_beside(settings.database_file)),
    )


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
        listener_executor=ThreadPoolExecutor(_LISTENER_THREADS, thread_name_prefix="listener"),
        logger=getLogger("slack_bolt"),
    )
    app.error(_apologise)
    listeners.register(app, house)
    return app


def _apologise(error: Exception, request: BoltRequest) -> BoltResponse:
    """A person sees a sentence and a reference that the log also has, never an exception."""
    reference = uuid4().hex[:8]
    trouble("listener.failed", reference=reference, error=type(error).__name__, exc_info=error)
    respond = request.context.respond
    if request.context.response_url and respond:
        respond(
            response_type="ephemeral",
            replace_original=False,
            text=f"Something went wrong on my side. Reference for whoever runs me: {reference}",
        )
    return BoltResponse(status=200)
