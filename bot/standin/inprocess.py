"""Brings envelopes straight to a Bolt app in this process, without a socket in between.

Meant for stories that need no network half; the Web API still goes over HTTP. Only what Bolt itself documents is
used: `dispatch` with a request of mode `socket_mode`.
"""

import json
from collections.abc import Sequence
from time import monotonic

from slack_bolt import App, BoltRequest

from bot.standin.courier import Deliver
from bot.standin.values import Ack, Envelope, Json


def through(app: App) -> Deliver:
    """For `Workspace.answer_with`."""

    def deliver(envelope: Envelope) -> Ack:
        headers: dict[str, str | Sequence[str]] = {}
        if envelope.retry_attempt is not None:
            headers["x-slack-retry-num"] = str(envelope.retry_attempt)
            headers["x-slack-retry-reason"] = envelope.retry_reason or ""
        start = monotonic()
        response = app.dispatch(BoltRequest(mode="socket_mode", body=envelope.payload, headers=headers))
        return Ack(response.status == 200, _payload(response.body), monotonic() - start)

    return deliver


def _payload(body: str | None) -> Json | None:
    """As Bolt's own Socket Mode adapters pass it on: JSON as it is, words as a text."""
    if not body:
        return None
    if not body.startswith("{"):
        return {"text": body}
    found = json.loads(body)
    return found if isinstance(found, dict) else None
