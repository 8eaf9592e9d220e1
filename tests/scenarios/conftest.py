"""A town to tell stories in: Slack's stand-in, WaConnect's sandbox and the real bot between them, on loopback."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from dbos import DBOS
from dbos._dbos import _get_or_create_dbos_registry
from slack_bolt import App

from bot.app import opened
from bot.hearing import served
from bot.house import House
from bot.settings import Settings
from bot.standin import Installation, Patience, People, Workspace, plain, serve
from bot.standin.inprocess import through
from bot.standin.posting import posting
from bot.waconnect.sandbox import DEMO_KEY, Sandbox
from bot.waconnect.sandbox import serve as serve_sandbox
from tests import leaks
from tests.postgres import KEY

ALERTS, SUPPORT, PRIVATE = "C0ALERTS", "C0SUPPORT", "C0PRIVATE"
# A machine that stands still for some seconds is no fault of the bot's: what a call may take is a story's subject only
# where the story says so.
LONG = 30.0
CALM = Patience(ack=LONG, trigger=LONG)


# Stories that are told twice, the second time with Slack calling over HTTP: each kind of request and of answer once.
OVER_HTTP = frozenset(
    {
        "test_an_alert_in_attachments_is_answered_in_its_thread",
        "test_an_event_that_slack_delivers_again_is_answered_once",
        "test_an_alert_is_counted_before_it_is_acknowledged",
        "test_a_typed_code_is_answered_to_the_one_who_typed_it",
        "test_a_mention_is_answered_in_the_thread_once",
        "test_the_shortcut_explains_any_message",
        "test_why_opens_the_evidence",
        "test_account_is_asked_for_and_told_in_private",
        "test_what_is_typed_is_what_is_sent",
        "test_another_endpoint_has_other_fields",
        "test_a_number_that_is_in_use_nowhere_is_asked_about_once",
        "test_many_clicks_send_once",
        "test_a_press_in_the_home_is_one_edit_in_the_thread_and_shows_in_the_home",
        "test_a_form_of_another_release_answers_in_words",
        "test_two_hundred_alerts_make_one_thread",
        "test_each_workspace_is_answered_with_its_own_token",
        "test_a_removed_bot_is_quiet_and_what_waits_is_called_off",
    }
)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.definition.name in OVER_HTTP and "way" in metafunc.fixturenames:
        metafunc.parametrize("way", ["socket", "http"])


@dataclass(frozen=True, slots=True)
class Town:
    """Everything a story needs."""

    workspace: Workspace
    people: People
    sandbox: Sandbox
    house: House
    url: str = ""
    """What the bot serves over HTTP stands here."""
    app: App | None = None

    def replies(self, channel: str, ts: str) -> list[str]:
        """What stands below a message, as people read it."""
        return [plain(message) for message in self.workspace.thread(channel, ts)[1:]]

    def reply(self, channel: str, ts: str, *words: str, timeout: float = 30) -> str:
        """The reply that has all these words, waited for."""

        def found() -> str:
            return next((r for r in self.replies(channel, ts) if all(word in r for word in words)), "")

        return self.workspace.wait_for(found, timeout, f"a reply with {words}")

    def reply_ts(self, channel: str, ts: str, word: str) -> str:
        """The `ts` of the reply that has this word, waited for."""

        def found() -> str:
            thread = self.workspace.thread(channel, ts)[1:]
            return next((str(message["ts"]) for message in thread if word in plain(message)), "")

        return self.workspace.wait_for(found, what=f"a reply with {word}")

    def whisper(self, user: str) -> str:
        """The newest message that only this person sees; empty when there is none."""
        return "".join(self.whispers(user)[-1:])

    def whispers(self, user: str) -> list[str]:
        """What only this person sees, oldest first."""
        return [plain(message) for message in self.workspace.ephemerals(user)]

    def told(self, user: str, *words: str, after: int = 0) -> str:
        """What only this person sees and has all these words, waited for; `after` so many others.

        What a command begins may answer before, or after, its acknowledgement shows.
        """

        def found() -> str:
            return next((one for one in self.whispers(user)[after:] if all(word in one for word in words)), "")

        return self.workspace.wait_for(found, what=f"{words} for {user}")

    def asked(self, user: str, channel: str, text: str, *words: str) -> str:
        """`/waerror` and this text, and what it brings that has all these words."""
        after = len(self.whispers(user))
        assert self.people.command(user, channel, "/waerror", text).acknowledged
        return self.told(user, *words, after=after)

    def settled(self, channel: str, ts: str) -> list[str]:
        """The replies, once every question is answered or left in silence, and every incident is shown as it is."""
        self.workspace.settle()
        for key in self.house.store.questions.open():
            finished(f"answer:{key}")
        self.drawn()
        return self.replies(channel, ts)

    def drawn(self) -> None:
        """Waits until what stands in Slack is what is true of every incident."""
        pending = self.house.store.incidents.pending
        self.workspace.wait_for(lambda: not pending(datetime.now(UTC) - timedelta(days=1)), what="a true picture")


def finished(workflow: str) -> None:
    """Waits for a durable workflow to end."""
    DBOS.retrieve_workflow(workflow).get_result(polling_interval_sec=0.02)


OpenTown = Callable[..., AbstractContextManager[Town]]


@pytest.fixture
def way() -> str:
    """How Slack reaches the bot."""
    return "socket"


@pytest.fixture
def open_town(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str, request: pytest.FixtureRequest
) -> OpenTown:
    """Opens a town; a second one on the same folder is the bot after a restart."""
    monkeypatch.chdir(tmp_path)  # no .env file of the checkout
    logging.getLogger("slack_bolt").setLevel(logging.ERROR)
    leaks.listen()

    @contextmanager
    def open_(
        sandbox: Sandbox | None = None,
        workspace: Workspace | None = None,
        drain: bool = True,
        beside: Sequence[Workspace] = (),
        http: bool = way == "http",
        **settings: Any,
    ) -> Iterator[Town]:
        sandbox = sandbox or Sandbox(pace_seconds=0.1)
        workspace = workspace or inhabited()
        waconnect, api = serve_sandbox(sandbox)
        with _forgotten_bots(), waconnect, serve(workspace, *beside) as slack:
            wanted = {
                "slack_api_url": slack.api_url,
                "slack_bot_token": workspace.app.bot_token,
                "slack_app_token": workspace.app.app_token,
                "slack_timeout_seconds": LONG,
                "waconnect_base_url": api,
                "waconnect_api_key": DEMO_KEY,
                "waconnect_timeout_seconds": LONG,
                "waerror_database_url": url,
                "waerror_secret_key": KEY,
                "waerror_alert_channels": ALERTS,
                "waerror_pace": 0.05,
                "waerror_quiet_seconds": 0,  # stories press again at once
                "port": 0,
                "slack_signing_secret": workspace.app.signing_secret,
                "waerror_http": http,
            }
            with opened(Settings(**(wanted | settings))) as (app, house), served(app, house) as web:
                origin, secret = f"http://127.0.0.1:{web.port}", workspace.app.signing_secret
                inside = posting(f"{origin}/slack/events", secret, LONG) if http else through(app)
                _wait_for(app)
                for one in (workspace, *beside):
                    one.answer_with(inside)
                yield Town(workspace, People(workspace), sandbox, house, origin, app)
                sandbox.clear_faults()
                for workflow in DBOS.list_workflows(status="PENDING") if drain else ():
                    finished(workflow.workflow_id)
                files = tmp_path.rglob("*.db*")
                assert leaks.search(request.node.nodeid, workspace, sandbox, house, files) == []

    return open_


def _wait_for(app: App) -> None:
    """Bolt itself gives a listener three seconds to acknowledge."""
    for listener in app._listeners:
        listener.ack_timeout = LONG  # type: ignore[attr-defined]


@contextmanager
def _forgotten_bots() -> Iterator[None]:
    """DBOS knows its instances by name for the life of the process; the next town is a new bot in the same one."""
    try:
        yield
    finally:
        _get_or_create_dbos_registry().instance_info_map.clear()


@pytest.fixture
def town(open_town: OpenTown) -> Iterator[Town]:
    with open_town() as town:
        yield town


@contextmanager
def silenced(open_town: OpenTown) -> Iterator[Town]:
    """A town whose WaConnect answers no read; who waits for it waits longer than anybody for an acknowledgement."""
    sandbox = Sandbox(pace_seconds=0.1)
    sandbox.fault("not-sent-silent", endpoint="status", times=None, seconds=10 * LONG)
    with open_town(sandbox, waconnect_timeout_seconds=10 * LONG) as town:
        try:
            yield town
        finally:
            sandbox.stopping.set()


def inhabited(app: Installation | None = None) -> Workspace:
    """Two people, an alert channel, a channel to talk in, and a private one without the bot."""
    workspace = Workspace(app or Installation(), patience=CALM)
    for name in ("ana", "ben"):
        workspace.add_user(name)
    workspace.add_channel("alerts")
    workspace.add_channel("support")
    workspace.add_channel("private", kind="private", bot=False)
    return workspace
