"""Slack calls the bot over HTTP: the same answers as over the socket, and nothing for anybody else."""

import http.client
import json
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from time import time
from urllib.parse import urlsplit

import pytest

from bot.standin import Patience
from bot.standin.posting import JSON, posting, signed
from bot.web import MOST_BYTES
from tests.scenarios.conftest import ALERTS, SUPPORT, OpenTown, Town
from tests.scenarios.test_processes import PATIENCE, STARTS_WITHIN, Machine, opened

pytestmark = pytest.mark.timeout(600)
PASTE = '400 {"success": false, "error": "(#131047) Re-engagement message"}'
VERIFY = {"type": "url_verification", "challenge": "3eZbrw1a", "token": "x"}


@pytest.fixture
def town(open_town: OpenTown) -> Iterator[Town]:
    with open_town(http=True) as town:
        yield town


def asked(town: Town, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, str]:
    """Status and body of the answer to a request, as anybody could make it."""
    connection = http.client.HTTPConnection(urlsplit(town.url).netloc, timeout=60)
    try:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def posted(town: Town, body: bytes, by: str = "standin", late: float = 0, **headers: str) -> tuple[int, str]:
    """A request to Slack's address, signed `late` seconds ago."""
    proof = signed(body, by, str(int(time() - late)))
    return asked(town, "POST", "/slack/events", body, **({"Content-Type": JSON} | proof | headers))


def test_events_commands_and_clicks_are_answered(town: Town) -> None:
    """An alert in its thread, a command in its acknowledgement, a button with what it does."""
    assert town.people.command("ana", SUPPORT, "/waerror", "131047").acknowledged
    assert "131047 · Re-engagement message" in town.whisper("ana")
    ts = town.people.post_as_app(ALERTS, "notify", text=PASTE)
    card = town.reply_ts(ALERTS, ts, "Sending again")
    assert town.people.click("ana", ALERTS, card, "card.why").acknowledged


@pytest.mark.parametrize("way", ["socket", "http"])
def test_what_could_not_be_kept_is_sent_again(open_town: OpenTown) -> None:
    """The database fails: the alert is not acknowledged, Slack sends it again, and it is answered once, not late."""
    with open_town() as town:
        town.workspace.patience = Patience(redeliver_after=(0.05,) * 10_000)  # for as long as it fails
        engine = town.house.store.backlog._engine
        with engine.begin() as db:
            db.exec_driver_sql("ALTER TABLE sightings RENAME TO lost")
        ts = town.people.post_as_app(ALERTS, "notify", text=PASTE)
        town.workspace.wait_for(lambda: any(sent.retry_attempt for sent in town.workspace.courier.sent))
        with engine.begin() as db:
            db.exec_driver_sql("ALTER TABLE lost RENAME TO sightings")
        town.reply(ALERTS, ts, "131047")
        assert len(town.settled(ALERTS, ts)) == 1


def test_slack_verifies_the_address(town: Town) -> None:
    """The challenge comes back, to Slack alone."""
    body = json.dumps(VERIFY).encode()
    assert posted(town, body) == (200, json.dumps({"challenge": VERIFY["challenge"]}))
    assert posted(town, body, by="another")[0] == 401


@pytest.mark.parametrize(
    ("by", "late", "headers"),
    [
        ("another", 0, {}),
        ("standin", 301, {}),
        ("standin", -360, {}),  # 300 s may be, and it gets nearer on its way
        ("standin", 0, {"X-Slack-Signature": ""}),
        ("standin", 0, {"X-Slack-Signature": "v0=ü"}),
        ("standin", 0, {"X-Slack-Request-Timestamp": "soon"}),
        ("standin", 0, {"X-Slack-Request-Timestamp": "9" * 4_000}),
        ("standin", 0, {"X-Slack-Request-Timestamp": "²"}),
    ],
    ids=["forged", "replayed", "from the future", "unsigned", "no ASCII", "no time", "no time at all", "no digit"],
)
def test_what_slack_did_not_send_now_is_refused(town: Town, by: str, late: float, headers: dict[str, str]) -> None:
    """401, nothing of it is read, and nothing of it is answered in Slack."""
    sent = json.dumps(town.workspace.courier.sent[-1].payload if town.workspace.courier.sent else VERIFY).encode()
    assert posted(town, sent, by, late, **headers)[0] == 401
    assert posted(town, b"[" * 100_000, by, late, **headers)[0] == 401
    assert "waerror_requests_refused_total 2.0" in asked(town, "GET", "/metrics")[1]


def test_what_is_too_large_is_refused_before_it_is_read(town: Town) -> None:
    """By its own word alone, without a byte of the body; and headers have their limit too."""
    assert asked(town, "POST", "/slack/events", Content_Length=str(MOST_BYTES + 1))[0] == 413
    assert asked(town, "GET", "/healthz", X_Long="x" * 40_000)[0] == 431


def test_it_says_that_it_is_alive_and_no_more(town: Town) -> None:
    """An unknown address is answered in JSON, and no server tells its name."""
    assert asked(town, "GET", "/healthz") == (200, '{"status":"alive"}\n')
    assert asked(town, "GET", "/slack/events") == (405, '{"error":"Method Not Allowed"}\n')
    assert asked(town, "GET", "/nothing") == (404, '{"error":"Not Found"}\n')


def test_over_the_socket_nothing_is_taken_over_http(open_town: OpenTown) -> None:
    """Health is served in both modes, Slack's requests only where they are wanted."""
    with open_town() as town:
        assert asked(town, "GET", "/healthz")[0] == 200
        assert posted(town, json.dumps(VERIFY).encode())[0] == 404


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    with opened(tmp_path) as machine:
        machine.env["SLACK_SIGNING_SECRET"] = machine.workspace.app.signing_secret
        del machine.env["SLACK_APP_TOKEN"]
        yield machine


def started(machine: Machine, **env: str) -> subprocess.Popen[bytes]:
    """`waerror run` without an app token, and Slack calls it."""
    process = machine.spawn(**env)
    machine.workspace.wait_for(
        lambda: process.poll() is not None or machine.logged("bot.started"), STARTS_WITHIN, "a start"
    )
    [told] = machine.logged("bot.started")
    url = f"http://127.0.0.1:{told['port']}/slack/events"
    machine.workspace.answer_with(posting(url, machine.workspace.app.signing_secret, PATIENCE))
    return process


def test_the_real_process_over_http(machine: Machine) -> None:
    """A signing secret and no app token are enough; it opens no socket, and ends well."""
    bot = started(machine)
    machine.alert()
    assert machine.people.command("ana", SUPPORT, "/waerror", "131047").acknowledged
    assert not machine.workspace.calls_of("apps.connections.open")
    machine.stopped(bot)


def test_a_port_that_is_taken_is_told_in_words(machine: Machine) -> None:
    """It ends with 1, and says which setting it is about."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert machine.spawn(PORT=str(port)).wait(STARTS_WITHIN) == 1
    assert f"PORT, WAERROR_BIND: cannot listen on 127.0.0.1 port {port} (Address already in use)." in machine.log
