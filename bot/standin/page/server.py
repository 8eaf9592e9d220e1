"""The page on the wire: its files, one stream of events a browser, and a JSON route for everything a person does."""

import secrets
import threading
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from flask import Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue

from bot.standin import http
from bot.standin.page.deeds import DEEDS, do, tried
from bot.standin.page.guard import guarded, refusal
from bot.standin.page.live import stream
from bot.standin.page.panel import Panel
from bot.standin.people import People
from bot.standin.values import Json, SlackRefusal, StandinError
from bot.standin.workspace import Workspace

FILES = Path(__file__).with_name("static")
MOST_BYTES = 1_000_000  # of a request: more than the longest message, less than what would hurt
THREADS = 24  # each open page keeps one, each press up to three seconds


@dataclass(frozen=True, slots=True)
class Page:
    """A running page; `url` is what a browser opens."""

    server: http.Http
    ending: threading.Event

    @property
    def url(self) -> str:
        return f"{self.server.url}/"

    def stop(self) -> None:
        self.ending.set()
        self.server.stop()

    def __enter__(self) -> "Page":
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()


@dataclass(frozen=True, slots=True)
class Served:
    """What the routes share."""

    people: People
    panel: Panel
    ending: threading.Event = field(default_factory=threading.Event)
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))


def serve_page(workspace: Workspace, panel: Panel | None = None, *, port: int = 0) -> Page:
    """Start the page. `port` 0 takes a free one; OSError when it is taken."""
    for person in _people(workspace):
        workspace.direct(person)  # Slack's clients list the app for everybody
    served = Served(People(workspace), panel or Panel())
    return Page(http.start(web(served), port, THREADS, "standin-page"), served.ending)


def web(served: Served) -> Flask:
    """The page as a WSGI app."""
    app = Flask("standin-page", static_folder=str(FILES), static_url_path="/static")
    app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    app.after_request(guarded)
    # What no person could do is an answer, as in Slack's own API; a status is for what no page of ours would ask.
    app.register_error_handler(StandinError, lambda error: _refused(200, str(error)))
    app.register_error_handler(SlackRefusal, lambda error: _refused(200, error.error))
    app.register_error_handler(KeyError, lambda error: _refused(400, f"missing: {error.args[0]}"))

    @app.before_request
    def admit() -> ResponseReturnValue | None:
        says = refusal(request, served.token)
        return _refused(403, says) if says else None

    _showing(app, served)
    _doing(app, served)
    return app


def _showing(app: Flask, served: Served) -> None:
    @app.get("/")
    def index() -> Response:
        text = (FILES / "index.html").read_text("utf-8").replace("{{token}}", served.token)
        text = text.replace("{{people}}", escape(" ".join(_people(served.people.workspace))))
        return Response(text, content_type="text/html; charset=utf-8")

    @app.get("/events")
    def events() -> Response:
        user = _person(served, request.args["as"])
        events = stream(served.people.workspace, user, served.panel, served.ending)
        return Response(events, content_type="text/event-stream; charset=utf-8")


def _doing(app: Flask, served: Served) -> None:
    @app.post("/do/<name>")
    def deed(name: str) -> ResponseReturnValue:
        it = _body()
        if name not in DEEDS:
            return _refused(404, f"nobody can {name}")
        return jsonify(do(served.people, name, _person(served, it["as"]), it))

    @app.post("/try/<kind>/<id>")
    def attempt(kind: str, id: str) -> ResponseReturnValue:
        return jsonify(tried(served.panel, kind, id, bool(_body().get("on"))))


def _people(workspace: Workspace) -> list[str]:
    return [user.id for user in workspace.users.values() if not user.is_bot]


def _person(served: Served, id: object) -> str:
    if not isinstance(id, str) or id not in _people(served.people.workspace):
        raise StandinError(f"{id} is nobody here")
    return id


def _body() -> Json:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise StandinError("a JSON object is needed")
    return body


def _refused(status: int, says: str) -> ResponseReturnValue:
    return jsonify(ok=False, error=says), status
