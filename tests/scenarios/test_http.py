"""Slack calls the bot over HTTP: the same answers as over the socket, and nothing for anybody else."""

import http.client
import json
from collections.abc import Iterator
from time import time
from urllib.parse import urlsplit

import pytest

from bot.standin.posting import JSON, signed
from bot.web import MOST_BYTES
from tests.scenarios.conftest import ALERTS, SUPPORT, OpenTown, Town

PASTE = '400 {"success": false, "error": "(#131047) Re-engagement message"}'
VERIFY = {"type": "url_verification", "challenge": "3eZbrw1a", "token": "x"}


@pytest.fixture
def town(open_town: OpenTown) -> Iterator[Town]:
    with open_town(http=True) as town:
        yield town


def asked(town: Town, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, str]:
    """Status and body of the answer to a request, as anybody could make it."""
    connection = http.client.HTTPConnection(urlsplit(town.url).netloc, timeout=5)
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
    pressed = town.people.click("ana", ALERTS, card, "card.why")
    assert pressed.acknowledged
    assert pressed.seconds is not None
    assert pressed.seconds < 3


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
        ("standin", -301, {}),
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
