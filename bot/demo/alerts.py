"""Alerts in the shapes in which monitoring systems really post them in Slack: attachments, blocks, or plain text.

Pure: an alert is who posts it and what `post_as_app` takes. The people in them are made up (555 numbers).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Content = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Alert:
    """One post of another app."""

    app: str
    content: Content


def alertmanager(error: str = "(#131047) Re-engagement message", service: str = "order-notifier") -> Alert:
    """Alertmanager's Slack receiver: everything in one attachment, `text` empty."""
    title = f"[FIRING:1] WhatsAppSendFailed ({service} production)"
    attachment = {
        "color": "danger",
        "title": title,
        "title_link": "https://alertmanager.example.com/#/alerts?receiver=slack",
        "text": f'14 sends failed in 5 minutes, the last one with:\nHTTP 400 {{"success": false, "error": "{error}"}}',
        "fields": [
            {"title": "service", "value": service, "short": True},
            {"title": "severity", "value": "page", "short": True},
        ],
        "fallback": f"{title} | https://alertmanager.example.com",
        "mrkdwn_in": ["fallback", "pretext", "text"],
    }
    return Alert("Alertmanager", {"attachments": [attachment]})


def grafana() -> Alert:
    """Grafana's contact point: an attachment with a footer and a time."""
    title = "[FIRING:1] Template sends failing (WaConnect campaign-runner)"
    attachment = {
        "color": "#D63232",
        "title": title,
        "title_link": "https://grafana.example.com/alerting/list",
        "text": "**Firing**\n\nValue: A=37, C=1\nLabels:\n - alertname = Template sends failing\n"
        " - service = campaign-runner\nAnnotations:\n - summary = 37 sends of order_update failed\n"
        " - last_error = (#132000) Number of parameters does not match the expected number of params\n",
        "fallback": title,
        "footer": "Grafana v12.1.0",
        "footer_icon": "https://grafana.com/static/assets/img/fav32.png",
        "ts": 1795430000,
    }
    return Alert("Grafana", {"attachments": [attachment]})


def sentry() -> Alert:
    """Sentry's issue alert: blocks in an attachment, with buttons of its own."""
    issue = "https://sentry.example.com/issues/4512/"
    error = '{"success":false,"error":"(#131053) Media upload error"}'
    blocks = [
        _section(f":red_circle: <{issue}|*WaConnectError: send failed*>"),
        _section(f"```HTTP 400 {error}```"),
        _section("State: *New*   First Seen: *2 minutes ago*   Events: *9*"),
        {
            "type": "actions",
            "elements": [_button("Resolve", "resolve_dialog", "primary"), _button("Archive", "archive_dialog")],
        },
        {"type": "context", "elements": [{"type": "mrkdwn", "text": f"Project: <{issue}|media-sender>"}]},
    ]
    return Alert("Sentry", {"text": "[media-sender] WaConnectError: send failed", "attachments": [{"blocks": blocks}]})


def service() -> Alert:
    """A plain service: one log line through an incoming webhook."""
    line = {
        "level": "error",
        "logger": "billing.reminders",
        "msg": "waconnect send failed",
        "status": 400,
        "error": "(#131026) Message undeliverable",
        "to": "15550107755",
        "endpoint": "/api/messages/template",
        "template": "payment_reminder",
    }
    return Alert("billing", {"text": f"```{json.dumps(line)}```"})


# Who fails, with what, and what was to be sent. A rate limit can be retried in bulk, the others cannot be helped by it.
_CAUSES = (
    ("order-notifier", "429 Too Many Requests", "(#130429) Rate limit hit", "Your order is on its way"),
    ("campaign-runner", "400 Bad Request", "(#132015) Template is paused", "Spring sale: 20 % off"),
    ("login", "400 Bad Request", "(#131026) Message undeliverable", "Your code is on its way"),
)


def outage(count: int) -> Iterator[Alert]:
    """Many alerts of three causes, mixed, each about another recipient, with the request that failed."""
    for number in range(count):
        app, status, error, body = _CAUSES[number % len(_CAUSES)]
        request = json.dumps({"to": f"1555010{number:04d}", "body": body})
        answer = json.dumps({"success": False, "error": error})
        yield Alert(app, {"text": f"```POST /api/messages/text\n{request}\n\nHTTP/1.1 {status}\n{answer}```"})


def _section(text: str) -> Content:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _button(label: str, action_id: str, style: str | None = None) -> Content:
    text = {"type": "plain_text", "text": label}
    return {"type": "button", "action_id": action_id, "text": text, "value": "4512"} | (
        {"style": style} if style else {}
    )
