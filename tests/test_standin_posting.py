"""Over HTTP the stand-in calls as Slack does: signed, in Slack's three shapes, and again when it was not answered."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import pytest
from slack_sdk.signature import SignatureVerifier

from bot.standin import Patience, People, Workspace
from bot.standin.posting import FORM, JSON, posting


@dataclass
class App:
    """Somebody's app: notes what came, and answers as it is told to."""

    answers: list[int] = field(default_factory=list)
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def app() -> Iterator[App]:
    made = App()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.heard.append((dict(self.headers.items()), body))
            self.send_response(made.answers.pop(0) if made.answers else 200)
            self.end_headers()

        def log_message(self, *words: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        made.url = f"http://127.0.0.1:{server.server_port}/slack/events"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield made
        server.shutdown()
        thread.join()


@pytest.fixture
def workspace(app: App) -> Workspace:
    workspace = Workspace(patience=Patience(ack=30, redeliver_after=(0.0, 0.01, 0.02)))
    workspace.add_user("ana")
    workspace.add_channel("alerts")
    workspace.answer_with(posting(app.url, workspace.app.signing_secret, patience=30))
    return workspace


def test_each_kind_has_slacks_shape_and_its_signature(app: App, workspace: Workspace) -> None:
    """Events are JSON, a command is a form, what is interactive is JSON in a form."""
    people = People(workspace)
    people.say("ana", "#alerts", "hello")
    workspace.settle()
    people.command("ana", "#alerts", "/thing", "now")
    people.global_shortcut("ana", "x")
    (event, event_body), (command, command_body), (shortcut, shortcut_body) = app.heard
    assert (event["Content-Type"], json.loads(event_body)["type"]) == (JSON, "event_callback")
    assert (command["Content-Type"], parse_qs(command_body.decode())["command"]) == (FORM, ["/thing"])
    assert (shortcut["Content-Type"], json.loads(parse_qs(shortcut_body.decode())["payload"][0])["type"]) == (
        FORM,
        "shortcut",
    )
    verifier = SignatureVerifier(workspace.app.signing_secret)
    assert all(verifier.is_valid_request(body, headers) for headers, body in app.heard)
    workspace.close()


def test_an_event_that_was_not_answered_well_comes_again(app: App, workspace: Workspace) -> None:
    """With its number and the reason; the event is the same."""
    app.answers += [500, 404]
    People(workspace).say("ana", "#alerts", "hello")
    workspace.wait_for(lambda: len(app.heard) == 3)
    workspace.settle()
    retries = [(headers.get("X-Slack-Retry-Num"), headers.get("X-Slack-Retry-Reason")) for headers, _ in app.heard]
    assert retries == [(None, None), ("1", "http_error"), ("2", "http_error")]
    assert len({json.loads(body)["event_id"] for _, body in app.heard}) == 1
    workspace.close()


def test_a_command_that_nobody_answers_fails_at_once(workspace: Workspace) -> None:
    """It is not sent again, and the person sees an error."""
    workspace.answer_with(posting("http://127.0.0.1:9/slack/events", "x"))
    assert not People(workspace).command("ana", "#alerts", "/thing").acknowledged
    workspace.close()
