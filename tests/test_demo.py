"""`waerror demo` is the real bot: in the browser until somebody ends it, and as a story that a broken bot breaks."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
import yaml

from bot.demo.alerts import alertmanager, grafana, outage, sentry, service
from bot.demo.ledger import sheets
from bot.demo.manifest import COMMAND, EVENTS, SCOPES, SHORTCUT
from bot.demo.trouble import Trouble
from bot.standin import Workspace
from bot.standin.blocks import checked_blocks
from bot.standin.people import People
from bot.waconnect.sandbox import DEMO_KEY, Sandbox

ROOT = Path(__file__).parent.parent
SCENES = ("132000", "Sources disagree", "131047 · Re", "Account good", "trying again in", "Done: ")
# Each begins real processes, which take ten times as long on a machine that does other things.
pytestmark = pytest.mark.timeout(300)
DEMO = [sys.executable, "-m", "bot.cli", "demo"]


def story(**environment: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | environment
    return subprocess.run([*DEMO, "--story"], env=env, capture_output=True, text=True, timeout=280, check=False)


def test_the_story_is_told_to_its_end() -> None:
    """All four scenes, in order, and one message in the sandbox's ledger."""
    told = story()
    assert told.returncode == 0, told.stderr
    places = [told.stdout.index(scene) for scene in SCENES]
    assert places == sorted(places)
    assert re.search("Done: (delivered|read)", told.stdout)  # a slow machine may look only once it is read
    assert "1 message sent" in told.stdout
    assert "15550104567" not in told.stdout.replace('"to": "15550104567"', "")  # only in what Ana pasted herself


@pytest.mark.parametrize("broken", [{"WAERROR_SECRET_KEY": "no key"}, {"WAERROR_RETRY_ATTEMPTS": "1"}])
def test_a_broken_bot_breaks_the_story(broken: dict[str, str]) -> None:
    """One that cannot start, and one that does not wait out the rate limit."""
    told = story(**broken)
    assert told.returncode == 1
    assert "The demo failed" in told.stderr


def descendants(process: int) -> set[str]:
    """Processes that Linux lists below another; none where there is no such list."""
    children = Path(f"/proc/{process}/task/{process}/children")
    direct = set(children.read_text("ascii").split()) if children.exists() else set()
    return direct.union(*(descendants(int(child)) for child in direct))


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_the_workspace_is_served_until_somebody_ends_it(ending: signal.Signals) -> None:
    """The address is printed first and answers at once; Ctrl-C and SIGTERM end page and bot, without a complaint."""
    env = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    with subprocess.Popen(DEMO, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as demo:
        assert demo.stdout
        assert demo.stderr
        url = re.search(r"http://127\.0\.0\.1:\d+/", demo.stdout.readline())
        assert url
        assert httpx.get(url[0], timeout=60).status_code == 200
        while "connected" not in demo.stdout.readline():
            assert demo.poll() is None
        bots = descendants(demo.pid)
        demo.send_signal(ending)
        assert demo.wait(60) == 0
        assert demo.stderr.read() == ""
    assert [bot for bot in bots if Path(f"/proc/{bot}").exists()] == []


def test_a_port_that_is_taken_is_said() -> None:
    """In a sentence, before anything else."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run([*DEMO, "--port", port], capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Port {port} cannot be used: ")
    assert "Traceback" not in done.stderr


def test_the_app_is_installed_as_the_manifest_asks() -> None:
    """Its scopes and events, its command, its message shortcut."""
    manifest = yaml.safe_load((ROOT / "app_manifest.yml").read_text("utf-8"))
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == SCOPES
    assert set(manifest["settings"]["event_subscriptions"]["bot_events"]) == EVENTS
    features = manifest["features"]
    [command], [shortcut] = features["slash_commands"], features["shortcuts"]
    assert (COMMAND.name, COMMAND.says) == (command["command"], command["description"])
    assert (SHORTCUT.callback_id, SHORTCUT.label) == (shortcut["callback_id"], shortcut["name"])
    assert all(text.startswith(COMMAND.name) for text, _ in COMMAND.examples)


def test_the_alerts_are_such_as_slack_takes() -> None:
    """Their blocks pass, they can be posted, and an outage has three causes and a recipient each."""
    workspace = Workspace()
    workspace.add_channel("wa-alerts")
    for alert in (alertmanager(), grafana(), sentry(), service()):
        for attachment in alert.content.get("attachments", []):
            checked_blocks(attachment.get("blocks", []))
        assert People(workspace).post_as_app("#wa-alerts", alert.app, **alert.content)
    texts = [alert.content["text"] for alert in outage(300)]
    assert len(set(texts)) == 300
    assert len({re.search(r"\(#\d+\)", text)[0] for text in texts}) == 3  # type: ignore[index]


def test_the_switches_order_troubles_and_take_them_back() -> None:
    """Each by itself; together they do not disturb one another; a rate limit ends by itself."""
    sandbox = Sandbox()
    trouble = Trouble(sandbox)
    switches = {one.id: one for one in trouble.switches()}
    for switch in switches.values():
        switch.turn(True)
    assert all(switch.is_on() for switch in switches.values())
    assert len(sandbox.ledger.orders) == 4
    assert sandbox.ledger.account(DEMO_KEY) is None
    for id in ("revoked", "disabled", "silent", "sent-silent", "late-failure"):
        switches[id].turn(False)
    assert [order.fault for order in sandbox.ledger.orders] == ["130429"]
    account = sandbox.ledger.account(DEMO_KEY)
    assert account
    assert account.enabled
    trouble.close()


def test_the_ledger_masks_numbers_and_tells_repeats() -> None:
    """Nothing yet, one message, and two to the same number."""
    sandbox = Sandbox(clock=time.time)
    sent, calls = sheets(sandbox)
    assert sent.note() == "Nothing yet."
    for expected in ("1 message, none of them twice", "2 messages, 1 number got more than one"):
        sandbox.ledger.add_sent("15550104567", "text", DEMO_KEY, "1", None)
        assert sent.note() == expected
    sandbox.ledger.add_call("GET", "/api/status/message/wamid.HBgLMTU1NTAxMDQ1NjcA", 200)
    shown = str([*sent.rows(), *calls.rows()])
    assert "4567" in shown
    assert "15550104567" not in shown
    assert "wamid" not in shown
