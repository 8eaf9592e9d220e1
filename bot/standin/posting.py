"""Brings envelopes to the app as Slack does over HTTP: signed POSTs to its request URL.

Events are JSON, commands a form, everything interactive JSON in a form. What is not answered with 2xx in time is not
acknowledged, and an event then comes again with Slack's two headers about it.
"""

import hashlib
import hmac
import http.client
import json
from collections.abc import Callable
from time import monotonic, time
from urllib.parse import urlencode, urlsplit

from bot.standin.courier import Deliver
from bot.standin.values import Ack, Envelope, Json

FORM, JSON = "application/x-www-form-urlencoded", "application/json"


def posting(url: str, signing_secret: str, patience: float = 3.0, clock: Callable[[], float] = time) -> Deliver:
    """For `Workspace.answer_with`. `patience`: seconds for an answer."""

    def deliver(envelope: Envelope) -> Ack:
        body, kind = written(envelope)
        headers = signed(body, signing_secret, str(int(clock()))) | {"Content-Type": kind}
        if envelope.retry_attempt:
            headers["X-Slack-Retry-Num"] = str(envelope.retry_attempt)
            headers["X-Slack-Retry-Reason"] = envelope.retry_reason or ""
        start = monotonic()
        try:
            status, answer = post(url, body, headers, patience)
        except TimeoutError:
            return Ack(False, error="http_timeout")
        except (OSError, http.client.HTTPException):
            return Ack(False, error="connection_failed")
        return Ack(
            status // 100 == 2, _payload(answer), monotonic() - start, None if status // 100 == 2 else "http_error"
        )

    return deliver


def written(envelope: Envelope) -> tuple[bytes, str]:
    """The body and its content type."""
    match envelope.type:
        case "slash_commands":
            return urlencode(
                {name: value for name, value in envelope.payload.items() if value is not None}
            ).encode(), FORM
        case "interactive":
            return urlencode({"payload": json.dumps(envelope.payload)}).encode(), FORM
        case _:
            return json.dumps(envelope.payload).encode(), JSON


def signed(body: bytes, signing_secret: str, at: str) -> dict[str, str]:
    """The headers that prove who sends. `at`: seconds since 1970."""
    digest = hmac.new(signing_secret.encode(), f"v0:{at}:".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": f"v0={digest}", "User-Agent": "Slackbot 1.0"}


def post(url: str, body: bytes, headers: dict[str, str], patience: float) -> tuple[int, bytes]:
    """Status and body of the answer. OSError, HTTPException."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=patience)
    try:
        connection.request("POST", parts.path, body, headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def _payload(body: bytes) -> Json | None:
    """Words in place of JSON are what Slack shows as a text."""
    if not body:
        return None
    try:
        found = json.loads(body)
    except ValueError:
        found = {"text": body.decode("utf-8", "replace")}
    return found if isinstance(found, dict) else None
