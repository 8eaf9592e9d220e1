"""`python -m bot.standin app.py`: any Bolt app, unchanged, with people before it; as a process, as one starts it."""

import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.standin import StandinError, Workspace, running
from bot.standin.manifest import ALL_SCOPES, read
from tests.ports import free_port

Json = dict[str, Any]
COMMAND = [sys.executable, "-m", "bot.standin", "--no-browser"]
# It knows nothing of SLACK_API_URL, an address of its own stays, and its module is called as ours is.
OVER_A_SOCKET = """
import os, sys
import bot
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

assert bot.NAME == "the app's own" and sys.argv[1:] == ["--loud"]
assert WebClient(base_url="http://elsewhere.example/api/").base_url == "http://elsewhere.example/api/"
app = App(token=os.environ["SLACK_BOT_TOKEN"])

@app.event("app_mention")
def mentioned(event, say):
    say(text=f"You called, <@{event['user']}>?", thread_ts=event["ts"])

@app.message("leave")
def leave():
    os._exit(7)

@app.command("/strange")
def strange(ack, client):
    try:
        client.api_call("no.such.method")
    except Exception as error:
        ack(error.response["error"])

SocketModeHandler(app, os.environ["SLACK_APP_TOKEN"]).start()
"""
OVER_HTTP = """
import sys
from slack_bolt import App

app = App()

@app.event("reaction_added")
def liked(event, say):
    say(f"{event['reaction']}, thanks")

@app.shortcut("order")
def order(ack, body, client):
    ack()
    menu = {"type": "external_select", "action_id": "dish", "min_query_length": 0}
    label = {"type": "plain_text", "text": "Dish"}
    client.views_open(trigger_id=body["trigger_id"], view={
        "type": "modal", "callback_id": "ordered", "title": label, "submit": label,
        "blocks": [{"type": "input", "block_id": "dish", "label": label, "element": menu}],
    })

@app.options("dish")
def dishes(ack, payload):
    ack(options=[{"text": {"type": "plain_text", "text": "Soup"}, "value": "soup"}])

@app.view("ordered")
def ordered(ack, body, client, view):
    ack()
    chosen = view["state"]["values"]["dish"]["dish"]["selected_option"]["text"]["text"]
    client.chat_postMessage(channel=body["user"]["id"], text=f"One {chosen}.")

app.start(int(sys.argv[1]))
"""


@dataclass
class Seat:
    """Before the page of a running app, as its own script is: what one sees comes as events."""

    process: subprocess.Popen[str]
    client: httpx.Client
    _events: Iterator[str] = field(default_factory=lambda: iter(()))
    parts: dict[str, Any] = field(default_factory=dict)

    def do(self, deed: str, **it: object) -> Json:
        """As the page says it, one tries again when the app did not answer in time."""
        found: Json = self.client.post(f"/do/{deed}", json={"as": "U0ANA", **it}).json()
        return self.do(deed, **it) if found.get("error") == "operation_timeout" else found

    def see(self, there: Callable[[dict[str, Any]], Any]) -> Any:
        """Until it is there; the test's own time limit ends a wait in vain."""
        while not (found := there(self.parts)):
            line = next(self._events)
            if line.startswith("data: "):
                event = json.loads(line.removeprefix("data: "))
                self.parts |= event["set"]
                for gone in event["gone"]:
                    del self.parts[gone]
        return found

    def read(self, text: str) -> Json:
        """The message with this text."""
        kinds = ("message:", "whisper:")
        found: Json = self.see(
            lambda parts: next((p for n, p in parts.items() if n.startswith(kinds) and p["text"] == text), None)
        )
        return found


@contextmanager
def started(folder: Path, code: str, *options: str, arguments: tuple[str, ...] = ()) -> Iterator[Seat]:
    (folder / "app.py").write_text(code)
    (folder / "bot.py").write_text('NAME = "the app\'s own"\n')
    command = [*COMMAND, *options, str(folder / "app.py"), *arguments]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        try:
            url = heard(process, r"The workspace  (http\S+)")[1]
            heard(process, "The app is connected")
            found = re.search(r'page-token" content="([^"]+)"', httpx.get(url, timeout=60).text)
            assert found
            with (
                httpx.Client(base_url=url, headers={"X-Page-Token": found[1]}, timeout=60) as client,
                client.stream("GET", "/events", params={"as": "U0ANA"}, timeout=None) as stream,
            ):
                yield Seat(process, client, stream.iter_lines())
        finally:
            process.terminate()


def heard(process: subprocess.Popen[str], pattern: str) -> re.Match[str]:
    assert process.stderr
    for line in process.stderr:
        if found := re.search(pattern, line):
            return found
    pytest.fail(f"it ended and never said {pattern!r}")


def test_an_app_over_a_socket_hears_and_answers(tmp_path: Path) -> None:
    """Its web client goes to the stand-in though it names no address; any command reaches it; its exit code is ours."""
    with started(tmp_path, OVER_A_SOCKET, arguments=("--loud",)) as seat:
        ts = seat.do("say", channel="C0GENERAL", text="@app hello")["ts"]
        assert seat.read("You called, <@U0ANA>?")["thread_ts"] == ts
        assert seat.do("command", channel="C0GENERAL", command="/strange")["ok"]
        assert seat.read("unknown_method")["is_ephemeral"]
        seat.do("say", channel="C0GENERAL", text="please leave")
        assert seat.process.wait() == 7


def test_an_app_over_http_gets_signed_posts(tmp_path: Path) -> None:
    """A reaction, a shortcut, a menu that it fills, a modal; and Ctrl-C ends it with everything."""
    port = free_port()
    options = ("--http", str(port), "--channel", "kitchen")
    with started(tmp_path, OVER_HTTP, *options, arguments=(str(port),)) as seat:
        ts = seat.do("say", channel="C0KITCHEN", text="lunch?")["ts"]
        seat.do("react", channel="C0KITCHEN", ts=ts, name="tada")
        seat.read("tada, thanks")
        assert seat.do("global_shortcut", callback_id="order")["ok"]
        view, *_ = seat.see(lambda parts: parts.get("modals"))
        assert [one["value"] for one in seat.do("suggest", action_id="dish")["offers"]["options"]] == ["soup"]
        assert seat.do("submit", view_id=view["id"], values={"dish": {"dish": "soup"}})["ok"]
        seat.read("One Soup.")
        seat.process.send_signal(signal.SIGINT)
        assert seat.process.wait() == 128 + signal.SIGINT
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


@pytest.mark.parametrize(
    ("code", "ends"),
    [("import sys; sys.exit(3)", 3), ("import os; os.kill(os.getpid(), 9)", 137)],
    ids=["exit", "kill"],
)
def test_an_app_that_ends_ends_all(tmp_path: Path, code: str, ends: int) -> None:
    """With its exit code, or 128 and the signal, as a shell has it."""
    (tmp_path / "app.py").write_text(code)
    assert subprocess.run([*COMMAND, str(tmp_path / "app.py")], capture_output=True, check=False).returncode == ends


def test_an_app_may_be_a_module(tmp_path: Path) -> None:
    """With `-m`, from where one is, as Python has it."""
    (tmp_path / "hello.py").write_text("import sys; sys.exit(f'{__name__} {sys.argv[1:]}')")
    done = subprocess.run(
        [*COMMAND, "-m", "hello", "-x", "1"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert "__main__ ['-x', '1']" in done.stderr
    assert done.returncode == 1


def test_what_cannot_be_run_is_said_in_words(tmp_path: Path) -> None:
    """No such file, no such manifest, somebody else at the app's address."""
    (tmp_path / "app.py").touch()
    app = str(tmp_path / "app.py")
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = str(server.getsockname()[1])
        for arguments, says in (
            ([], "which app?"),
            (["nowhere.py"], "there is no file nowhere.py"),
            (["--manifest", "nowhere.json", app], "nowhere.json cannot be read"),
            (["--http", taken, app], f"something listens at http://127.0.0.1:{taken}/slack/events already"),
            (["--http", "ftp://x", app], "neither a port nor an address"),
        ):
            done = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, check=False)
            assert (done.returncode, says in done.stderr) == (2, True), done.stderr


@pytest.mark.parametrize(
    ("http", "says"),
    [
        (None, "Does it listen over HTTP?"),
        ("http://127.0.0.1:9/slack/events", "Nothing listens at http://127.0.0.1:9/"),
    ],
    ids=["socket", "http"],
)
def test_an_app_that_does_not_come_is_wondered_at_once(
    monkeypatch: pytest.MonkeyPatch, http: str | None, says: str
) -> None:
    """With what may be the matter; the wait goes on."""
    monkeypatch.setattr(running, "LONG", -1.0)
    told = running.news(http, Workspace())
    assert says in (next(told) or "")
    assert [next(told), next(told)] == [None, None]


MANIFEST = """
display_information: {name: Kitchen}
features:
  bot_user: {display_name: kitchen}
  slash_commands:
    - {command: /order, description: Orders lunch}
  shortcuts:
    - {name: Order, type: global, callback_id: order}
    - {name: Like, type: message, callback_id: like}
oauth_config: {scopes: {bot: [commands, chat:write]}}
settings: {event_subscriptions: {bot_events: [app_mention, function_executed]}}
functions: {cook: {title: Cook}}
"""


def test_a_manifest_says_what_the_app_may_and_hears(tmp_path: Path) -> None:
    """Scopes, events, commands, shortcuts and its name, and what of it is not here; YAML as well as JSON."""
    import yaml

    (tmp_path / "manifest.yml").write_text(MANIFEST)
    (tmp_path / "manifest.json").write_text(json.dumps(yaml.safe_load(MANIFEST)))
    found = read(tmp_path / "manifest.yml")
    assert read(tmp_path / "manifest.json") == found
    assert (found.name, found.scopes) == ("kitchen", {"commands", "chat:write"})
    assert found.events == {"app_mention", "function_executed"}
    assert [(one.name, one.says) for one in found.panel.commands] == [("/order", "Orders lunch")]
    assert [(one.label, one.kind) for one in found.panel.shortcuts] == [("Order", "global"), ("Like", "message")]
    assert not found.panel.any_command
    assert found.absent == ("custom steps", "the event function_executed")
    assert found.scopes < ALL_SCOPES


@pytest.mark.parametrize("name", ["manifest.json", "manifest.yml"])
def test_a_manifest_that_cannot_be_read_is_said_in_words(tmp_path: Path, name: str) -> None:
    """Whichever it is written in."""
    (tmp_path / name).write_text("{")
    with pytest.raises(StandinError, match=r"is no (JSON|YAML)"):
        read(tmp_path / name)


def test_a_missing_scope_shows(tmp_path: Path) -> None:
    """An event without its scope is not sent, and a call without its scope is refused, as in the real team."""
    asked = {"oauth_config": {"scopes": {"bot": ["commands"]}}, "features": {"slash_commands": [{"command": "/x"}]}}
    (tmp_path / "manifest.json").write_text(json.dumps(asked))
    code = """
import os
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
app = App(token=os.environ["SLACK_BOT_TOKEN"])

@app.command("/x")
def x(ack, say):
    try:
        say("hello")
    except Exception as error:
        ack(f"{error.response['error']}: {error.response['needed']}")

SocketModeHandler(app, os.environ["SLACK_APP_TOKEN"]).start()
"""
    with started(tmp_path, code, "--manifest", str(tmp_path / "manifest.json")) as seat:
        seat.do("command", channel="C0GENERAL", command="/x")
        seat.read("missing_scope: chat:write")
