"""The real `waerror run` over Socket Mode: it is started, stopped, killed and started again, and keeps its promises.

The stand-in grants it what the manifest asks for, no more. `kill -9` falls where it hurts most.
"""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.house import House
from bot.standin import Patience, People, serve
from bot.waconnect.sandbox import DEMO_KEY, Sandbox
from bot.waconnect.sandbox import serve as serve_sandbox
from tests import leaks
from tests.postgres import KEY
from tests.scenarios.conftest import ALERTS, SUPPORT, Town, inhabited

pytestmark = pytest.mark.timeout(600)
WAERROR = Path(sys.executable).with_name("waerror")
MANIFEST = yaml.safe_load((Path(__file__).parents[2] / "app_manifest.yml").read_text("utf-8"))
TO, BODY = "15551234567", "Your order left the warehouse"
REFUSAL = '429 {"success": false, "error": "(#130429) Rate limit hit"}'
PASTE = f"POST /api/messages/text\n{json.dumps({'to': TO, 'body': BODY})}\n\n{REFUSAL}"
# A start takes one to two seconds here, and an end less: whoever waits for longer has a machine that stood still.
STARTS_WITHIN, STOPS_WITHIN = 120.0, 30.0
# Slack's three seconds are a story of their own; what a bot did not live to acknowledge comes again after this.
PATIENCE = 12.0


@dataclass(frozen=True, slots=True)
class Machine(Town):
    """A town whose bot is a process of its own."""

    house: House | None = None
    folder: Path = Path()
    env: dict[str, str] = field(default_factory=dict)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def spawn(self, **env: str) -> subprocess.Popen[bytes]:
        """`waerror run`, not waited for; what it says is added to the log."""
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen([WAERROR, "run"], env=self.env | env, cwd=self.folder, stderr=log, stdout=log)
        self.processes.append(process)
        return process

    def start(self, **env: str) -> subprocess.Popen[bytes]:
        """`waerror run`, connected."""
        process = self.spawn(**env)
        self.workspace.wait_for(
            lambda: self.workspace.courier.links or process.poll() is not None, STARTS_WITHIN, "a connection"
        )
        assert process.poll() is None, self.log
        return process

    def killed(self, process: subprocess.Popen[bytes]) -> None:
        """`kill -9`."""
        process.kill()
        process.wait(STOPS_WITHIN)
        self._gone()

    def stopped(self, process: subprocess.Popen[bytes], by: signal.Signals = signal.SIGTERM) -> None:
        """A clean end in time."""
        process.send_signal(by)
        assert process.wait(STOPS_WITHIN) == 0
        assert self.logged("bot.stopping")
        assert not self.troubles, self.log
        self._gone()

    def _gone(self) -> None:
        self.workspace.wait_for(lambda: not self.workspace.courier.links, what="the end of the connection")

    @property
    def log(self) -> str:
        """The lines that are written to their end: others are added meanwhile."""
        return (self.folder / "log").read_bytes().rpartition(b"\n")[0].decode("utf-8")

    def logged(self, event: str) -> list[dict[str, Any]]:
        return [line for line in map(json.loads, self.log.splitlines()) if line["event"] == event]

    @property
    def troubles(self) -> list[dict[str, Any]]:
        return [line for line in map(json.loads, self.log.splitlines()) if line["level"] in ("error", "critical")]

    def alert(self, text: str = PASTE) -> tuple[str, str]:
        """An alert and the card below it."""
        ts = self.people.post_as_app(ALERTS, "notify", text=text)
        return ts, self.reply_ts(ALERTS, ts, "Sending again")

    def pressed(self) -> tuple[str, str]:
        """An alert whose *Retry message* somebody pressed, and its card."""
        ts, card = self.alert()
        assert self.people.click("ana", ALERTS, card, "remedy.retry").acknowledged
        return ts, card

    @property
    def posts(self) -> int:
        """How many POSTs reached WaConnect."""
        return sum(call.method == "POST" for call in self.sandbox.calls)


End = Callable[[Machine, subprocess.Popen[bytes]], None]
ENDS = pytest.mark.parametrize("end", [Machine.stopped, Machine.killed], ids=["SIGTERM", "kill -9"])


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    with opened(tmp_path) as machine:
        yield machine


@contextmanager
def opened(folder: Path) -> Iterator[Machine]:
    """The servers, and the environment for a bot between them; messages stay pending until the clock is set on."""
    workspace, sandbox = inhabited(), Sandbox(pace_seconds=1000)
    workspace.patience = Patience(ack=PATIENCE)
    workspace.scopes = frozenset(MANIFEST["oauth_config"]["scopes"]["bot"])
    workspace.events = frozenset(MANIFEST["settings"]["event_subscriptions"]["bot_events"])
    waconnect, url = serve_sandbox(sandbox)
    with waconnect, serve(workspace) as slack:
        env = {
            "SLACK_API_URL": slack.api_url,
            "SLACK_BOT_TOKEN": workspace.app.bot_token,
            "SLACK_APP_TOKEN": workspace.app.app_token,
            "WACONNECT_BASE_URL": url,
            "WACONNECT_API_KEY": DEMO_KEY,
            # Longer than any machine stands still. What waits for WaConnect is killed meanwhile, and not before.
            "SLACK_TIMEOUT_SECONDS": "60",
            "WACONNECT_TIMEOUT_SECONDS": "600",
            "WAERROR_DATABASE_URL": "sqlite:///data/waerror.db",
            "WAERROR_ALERT_CHANNELS": ALERTS,
            "WAERROR_PACE": "0.2",
            "PORT": "0",
        }
        machine = Machine(workspace, People(workspace), sandbox, None, folder=folder, env=env)
        try:
            yield machine
        finally:
            for process in machine.processes:
                process.kill()
                process.wait()
        logs = machine.log.splitlines() if machine.processes else ()
        assert leaks.search(folder.name, workspace, sandbox, files=(folder / "data").glob("*.db*"), logs=logs) == []


def test_it_answers_over_the_socket(machine: Machine) -> None:
    """A command in its acknowledgement, an alert in its thread, a mention, a direct message; Ctrl-C ends it."""
    bot = machine.start()
    assert machine.people.command("ana", SUPPORT, "/waerror", "131047").acknowledged
    assert "131047 · Re-engagement message" in machine.whisper("ana")
    machine.alert()
    for channel in (SUPPORT, "@ben"):
        ts = machine.people.say("ben", channel, f"@waerror {PASTE}")
        machine.reply(channel, ts, "130429 · Rate limit hit")
    machine.stopped(bot, by=signal.SIGINT)


@ENDS
def test_a_scheduled_retry_is_sent_by_the_next_process(machine: Machine, end: End) -> None:
    """Its time came while no bot was running: it is sent at once, once."""
    bot = machine.start(WAERROR_PACE="1")
    ts, card = machine.alert(PASTE.replace("(#130429) Rate limit hit", "(#131049) healthy ecosystem engagement"))
    assert machine.people.click("ana", ALERTS, card, "remedy.retry").acknowledged
    machine.reply(ALERTS, ts, "Scheduled", "in about 24 hours")
    end(machine, bot)
    assert machine.posts == 0
    machine.start(WAERROR_PACE="0")
    machine.reply(ALERTS, ts, "its time has come", "accepted")
    assert machine.posts == len(machine.sandbox.sent) == 1


@ENDS
def test_a_retry_is_followed_on_by_the_next_process(machine: Machine, end: End) -> None:
    """Accepted and not yet delivered: the next start reads on, and says delivered when it is."""
    bot = machine.start()
    ts, _ = machine.pressed()
    machine.reply(ALERTS, ts, "pending at WaConnect")
    end(machine, bot)
    machine.sandbox.advance(2000)
    machine.start()
    machine.reply(ALERTS, ts, "Done:", "delivered")
    assert machine.posts == len(machine.sandbox.sent) == 1


def test_a_retry_that_waits_is_made_by_the_next_process(machine: Machine) -> None:
    """WaConnect asked for patience; the pause outlives the process, and the message is sent once."""
    machine.sandbox.fault("130429", to=TO, retry_after=10)
    bot = machine.start()
    ts, _ = machine.pressed()
    machine.reply(ALERTS, ts, "trying again in")
    machine.killed(bot)
    machine.start()
    machine.reply(ALERTS, ts, "accepted")
    assert machine.posts == 2
    assert len(machine.sandbox.sent) == 1


def test_killed_in_the_middle_of_a_post_it_finds_what_was_sent(machine: Machine) -> None:
    """WaConnect took the message and had not yet answered: the next process looks for it, and sends nothing."""
    machine.sandbox.fault("sent-then-silent", to=TO, seconds=600)
    bot = machine.start()
    ts, _ = machine.pressed()
    machine.workspace.wait_for(lambda: machine.sandbox.sent)
    machine.killed(bot)
    machine.sandbox.advance(2000)
    machine.start()
    words = ("I was restarted while it was being sent", "found it: accepted", "Done:")
    machine.reply(ALERTS, ts, *words)
    assert machine.posts == len(machine.sandbox.sent) == 1


def test_killed_in_the_middle_of_a_post_that_left_no_trace_it_says_unknown(machine: Machine) -> None:
    """WaConnect has no record of it: whether one is still to come cannot be known, so it is not sent again."""
    machine.sandbox.fault("not-sent-silent", to=TO, seconds=600)
    bot = machine.start(WAERROR_PACE="0.02")
    ts, card = machine.pressed()
    machine.workspace.wait_for(lambda: machine.sandbox.ledger.orders == ())
    machine.killed(bot)
    machine.start(WAERROR_PACE="0.02")
    machine.reply(ALERTS, ts, "Unknown:", "I was restarted while it was being sent")
    machine.people.click("ben", ALERTS, card, "remedy.retry")
    machine.workspace.wait_for(lambda: "it ended as: unknown" in machine.whisper("ben"))
    assert len(machine.sandbox.sent) == 0
    assert machine.posts <= 1


def test_stopped_in_the_middle_of_a_post_it_lets_it_end(machine: Machine) -> None:
    """A restart for an update leaves no *unknown* behind."""
    machine.sandbox.fault("slow-body", to=TO, seconds=0.8)
    bot = machine.start()
    ts, _ = machine.pressed()
    machine.workspace.wait_for(lambda: machine.sandbox.sent)
    machine.stopped(bot)
    machine.sandbox.advance(2000)
    machine.start()
    timeline = machine.reply(ALERTS, ts, "Done:")
    assert "accepted" in timeline
    assert machine.posts == len(machine.sandbox.sent) == 1


def test_killed_between_acknowledgement_and_answer_it_answers_once(machine: Machine) -> None:
    """Slack was told that the event arrived and does not send it again; what came meanwhile is answered too."""
    machine.workspace.fail_next("chat.postMessage", status=503, times=None)
    bot = machine.start()
    ts = machine.people.post_as_app(ALERTS, "notify", text=PASTE)
    machine.workspace.wait_for(lambda: machine.workspace.calls_of("chat.postMessage"))
    machine.workspace.settle()
    machine.killed(bot)
    machine.workspace.fail_no_more()
    other = machine.people.post_as_app(ALERTS, "notify", text="(#131047) Re-engagement message")
    machine.start()
    machine.reply(ALERTS, ts, "130429 · Rate limit hit")
    machine.reply(ALERTS, other, "131047 · Re-engagement message")
    machine.workspace.wait_for(lambda: len(machine.logged("incident.answered")) == 2)
    assert [len(machine.replies(ALERTS, alert)) for alert in (ts, other)] == [1, 1]


def test_killed_when_slack_had_taken_the_answer_it_finds_it(machine: Machine) -> None:
    """It stands in the thread and the bot never heard so: the next process edits it, and posts no other."""
    bot = machine.start()

    def deadly() -> float:
        """The stand-in looks at its clock when a call is carried out, before it answers."""
        if machine.replies(ALERTS, ts):
            bot.kill()
            bot.wait()
        return time.time()

    with machine.workspace.changed:
        ts = machine.people.post_as_app(ALERTS, "notify", text=PASTE)
        machine.workspace.clock = deadly
    bot.wait(STARTS_WITHIN)
    machine.workspace.clock = time.time
    machine.start()
    machine.workspace.wait_for(lambda: machine.logged("incident.answered"))
    assert machine.workspace.calls_of("chat.update")
    assert len(machine.replies(ALERTS, ts)) == 1


def test_what_slack_gave_up_while_the_bot_was_down_is_read_late(machine: Machine) -> None:
    """Slack tries for minutes only; the channel's history has the rest. What was answered before is left alone."""
    bot = machine.start()
    before, _ = machine.alert()
    machine.workspace.wait_for(lambda: machine.logged("incident.answered"))
    machine.workspace.settle()  # what is not acknowledged would come again
    machine.killed(bot)
    missed = machine.people.post_as_app(ALERTS, "notify", text="(#131047) Re-engagement message")
    assert machine.workspace.courier.give_up_events() == 1
    waiting = machine.people.post_as_app(ALERTS, "notify", text="(#131053) Media upload error")
    machine.start()
    machine.reply(ALERTS, missed, "131047", "Late: it was posted while I was away")
    machine.reply(ALERTS, waiting, "131053")  # by the event, by the history, or by both
    machine.workspace.wait_for(lambda: machine.logged("catch_up.read"))
    machine.workspace.settle()
    assert [len(machine.replies(ALERTS, ts)) for ts in (before, missed, waiting)] == [1, 1, 1]


def test_a_line_that_was_cut_is_made_good_from_the_history(machine: Machine) -> None:
    """The process lived on and heard nothing for a while."""
    machine.start()
    machine.alert()
    subscribed, machine.workspace.events = machine.workspace.events, frozenset()
    missed = machine.people.post_as_app(ALERTS, "notify", text="(#131047) Re-engagement message")
    machine.workspace.events = subscribed
    machine.workspace.drop_connections()
    machine.reply(ALERTS, missed, "131047")


def test_a_second_bot_on_the_same_file_is_refused(machine: Machine) -> None:
    """It says which file, and the first goes on."""
    bot = machine.start()
    second = machine.spawn()
    assert second.wait(STARTS_WITHIN) == 1
    says = "Another waerror already runs on data/waerror.db. Stop it first, or set WAERROR_DATABASE_URL."
    assert says in machine.log.splitlines()
    machine.alert()
    assert bot.poll() is None


@pytest.mark.parametrize(
    ("env", "code", "says"),
    [
        (
            {"SLACK_BOT_TOKEN": "", "SLACK_APP_TOKEN": ""},
            2,
            ["SLACK_BOT_TOKEN", "OAuth & Permissions", "SLACK_APP_TOKEN", "App-Level Tokens"],
        ),
        ({"WAERROR_PACE": "fast"}, 2, ["WAERROR_PACE: Input should be a valid number"]),
        ({"WAERROR_DATABASE_URL": "mysql://x"}, 2, ["WAERROR_DATABASE_URL must start with sqlite:///"]),
        ({"WAERROR_DATABASE_URL": "postgresql://x:wrong@127.0.0.1:9/x"}, 2, ["WAERROR_SECRET_KEY is needed with"]),
        (
            {"WAERROR_DATABASE_URL": "postgresql://x:wrong@127.0.0.1:9/x", "WAERROR_SECRET_KEY": KEY},
            1,
            ["WAERROR_DATABASE_URL: the database cannot be used", "127.0.0.1", "port 9"],
        ),
        (
            {"WAERROR_DATABASE_URL": "postgresql://x:wrong@127.0.0.1:nine/x", "WAERROR_SECRET_KEY": KEY},
            1,
            ["WAERROR_DATABASE_URL: it is no address of PostgreSQL; one looks like postgresql://"],
        ),
        ({"SLACK_BOT_TOKEN": "xoxb-wrong"}, 1, ["Slack refused SLACK_BOT_TOKEN: invalid_auth."]),
        ({"SLACK_APP_TOKEN": "xapp-wrong"}, 1, ["Slack refused SLACK_APP_TOKEN: invalid_auth."]),
        ({"SLACK_API_URL": "http://127.0.0.1:9/api/"}, 1, ["Slack cannot be reached at http://127.0.0.1:9/api/"]),
        ({"WACONNECT_BASE_URL": "waconnect"}, 1, ["WACONNECT_BASE_URL or WACONNECT_API_KEY", "must look like"]),
        ({"WAERROR_DATABASE_URL": "sqlite:////dev/null/x.db"}, 1, ["WAERROR_DATABASE_URL: /dev/null/x.db"]),
        ({"WAERROR_SECRET_KEY": "short"}, 1, ["WAERROR_SECRET_KEY is not a Fernet key"]),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_what_keeps_it_from_running_is_said_in_words(
    machine: Machine, env: dict[str, str], code: int, says: list[str]
) -> None:
    """2: a setting is missing or wrong, 1: the world is; each says which setting, and none shows a traceback."""
    assert machine.spawn(**env).wait(STARTS_WITHIN) == code
    assert [words for words in says if words not in machine.log] == []
    assert "Traceback" not in machine.log
    assert "wrong" not in machine.log.replace("settings are wrong", "")


def test_the_log_is_json_and_tells_nothing_secret(machine: Machine) -> None:
    """Even at DEBUG, after a paste with a key, a retry that fails and a Slack that errs."""
    bot = machine.start(WAERROR_LOG_LEVEL="DEBUG")
    machine.sandbox.fault("131026", to=TO)
    ts, _ = machine.pressed()
    machine.reply(ALERTS, ts, "Refused:")
    paste = f"X-API-Key: {DEMO_KEY}\nAuthorization: Bearer {machine.env['SLACK_BOT_TOKEN']}\n{PASTE}"
    machine.people.command("ana", SUPPORT, "/waerror", paste)
    machine.workspace.fail_next("chat.postMessage", "fatal_error")
    ts = machine.people.say("ana", "@ana", paste)
    machine.reply("@ana", ts, "130429")
    for event in ("bot.started", "incident.answered", "command.answered", "retry.pressed", "retry.ended"):
        machine.workspace.wait_for(lambda event=event: machine.logged(event), what=event)
    machine.stopped(bot)
    events = {line["event"] for line in map(json.loads, machine.log.splitlines())}
    assert [event for event in events if "token" in event] == []  # Bolt's warning at each start
    secrets = (*(machine.env[name] for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN")), DEMO_KEY, TO, BODY)
    assert [secret for secret in secrets if secret in machine.log] == []
