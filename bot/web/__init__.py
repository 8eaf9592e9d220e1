"""What the bot serves over HTTP, in both modes: one Flask app of blueprints, one module a subject.

To add a route, write a module beside this one with a function from the house to a `Blueprint`, and add it to ROUTES.
Who calls is not known: a route checks its own secret, before anything of the body is looked at.
"""

from collections.abc import Callable, Sequence
from uuid import uuid4

from flask import Blueprint, Flask
from flask.json.provider import DefaultJSONProvider
from flask.typing import ResponseReturnValue
from slack_bolt import App
from werkzeug.exceptions import HTTPException

from bot.house import House
from bot.store.engines import Unreadable
from bot.telemetry import trouble
from bot.web import alerts, explain, health, install, metrics, slack

# Slack's requests are far smaller; an alert of many failures may come near.
MOST_BYTES = 1024 * 1024

ROUTES: Sequence[Callable[[House], Blueprint]] = (
    health.routes,
    metrics.routes,
    explain.routes,
    install.routes,
    alerts.routes,
)
"""Served in both modes."""


class _Json(DefaultJSONProvider):
    """As `waerror explain --json` writes it."""

    sort_keys = False
    ensure_ascii = False


def app(house: House, bolt: App | None = None) -> Flask:
    """All routes as a WSGI app. `bolt`: what answers Slack's requests; None where they come over a socket."""
    made = Flask("waerror", static_folder=None, template_folder=None)
    made.json = _Json(made)
    made.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    made.url_map.merge_slashes = False  # an address that is not ours is nowhere; nobody is sent elsewhere
    for routes in ROUTES:
        made.register_blueprint(routes(house))
    if bolt is not None:
        made.register_blueprint(slack.routes(house, bolt))
    made.register_error_handler(HTTPException, _refused)
    made.register_error_handler(Unreadable, _not_kept)
    made.register_error_handler(Exception, _failed)
    return made


def _refused(error: HTTPException) -> ResponseReturnValue:
    """Nothing, nowhere, too large: Werkzeug's own words are about us, not about what was sent."""
    return {"error": error.name}, error.code or 500


def _not_kept(error: Exception) -> ResponseReturnValue:
    """The database is away, which is told elsewhere too: a line of the log for each request is enough."""
    trouble("web.not_kept", error=type(error).__name__)
    return {"error": "The database does not answer, so nothing was stored. Send it again."}, 503, {"Retry-After": "5"}


def _failed(error: Exception) -> ResponseReturnValue:
    """Who called gets a reference that the log also has, never an exception."""
    reference = uuid4().hex[:8]
    trouble("web.failed", reference=reference, error=type(error).__name__, exc_info=error)
    return {"error": "Something went wrong on our side.", "reference": reference}, 500
