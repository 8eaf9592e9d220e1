"""Slack's requests: what is not signed with our secret within the last five minutes is refused before it is parsed.

Bolt checks the signature as well, but reads the body first, and takes a time stamp that is no number for a fault of
its own. What it acknowledges, and when, is the same as over the socket: the listeners are the same.
"""

from time import monotonic

from flask import Blueprint, Request, request
from flask.typing import ResponseReturnValue
from slack_bolt import App
from slack_bolt.adapter.flask import SlackRequestHandler
from slack_sdk.signature import SignatureVerifier

from bot.house import House
from bot.telemetry import count

EVENTS = "/slack/events"


def routes(house: House, bolt: App) -> Blueprint:
    """Events, commands and interactivity, all at one address."""
    secret = house.settings.slack_signing_secret
    verifier = SignatureVerifier(secret.get_secret_value() if secret else "")
    handler = SlackRequestHandler(bolt)
    slack = Blueprint("slack", __name__)

    @slack.post(EVENTS)
    def events() -> ResponseReturnValue:
        if not _is_signed(request, verifier):
            count("slack.refused")  # anybody can do this at any rate: no line in the log
            return {"error": "This is not signed by Slack with our secret, or it is too old."}, 401
        began = monotonic()
        answer = handler.handle(request)
        count("slack.acknowledged", seconds=monotonic() - began)
        return answer

    return slack


def _is_signed(request: Request, verifier: SignatureVerifier) -> bool:
    at = request.headers.get("X-Slack-Request-Timestamp", "")
    signature = request.headers.get("X-Slack-Signature", "")
    # What is no number, or no ASCII, slack_sdk answers with an exception.
    is_sound = at.isascii() and at.isdigit() and len(at) <= 12 and signature.isascii()
    return is_sound and verifier.is_valid(request.get_data(), at, signature)
