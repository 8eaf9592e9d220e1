"""What each source sends, as its maker documents it, cut down to what is told: for tests, stories and the bench."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SECRET = "a-secret-of-this-hook"  # noqa: S105
WAMID = "wamid.HBgLMTU1NTAwMDExMTEVAgARGBI0QUY2MEIxODlGRTUxQzU2NkIA"
WINDOW = {
    "code": 131047,
    "title": "Re-engagement message",
    "message": "Re-engagement message",
    "error_data": {"details": "Message failed to send because more than 24 hours have passed"},
}


@dataclass(frozen=True)
class Told:
    """One request of a source: an alert that the knowledge explains."""

    body: Any
    over: Any = None
    """The same, resolved."""
    id: str = ""
    thing: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


def prometheus(status: str = "firing", fingerprint: str = "1a30ba71cca2921f", **annotations: str) -> dict[str, Any]:
    return {
        "status": status,
        "labels": {"alertname": "WhatsAppSendsFail", "severity": "critical", "instance": "worker-3:9090"},
        "annotations": {"summary": "WhatsApp sends fail", "description": "(#131047) Re-engagement message"}
        | annotations,
        "startsAt": "2026-11-24T09:14:00.000Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus.example/graph",
        "fingerprint": fingerprint,
    }


def group(*alerts: Any) -> dict[str, Any]:
    return {
        "receiver": "waerror",
        "status": "firing",
        "version": "4",
        "groupKey": "{}:{}",
        "truncatedAlerts": 0,
        "groupLabels": {},
        "commonLabels": {},
        "alerts": list(alerts),
    }


def statuses(*told: Mapping[str, Any], **value: Any) -> dict[str, Any]:
    """Meta's webhook."""
    metadata = {"display_phone_number": "15550783881", "phone_number_id": "106540352242922"}
    inner = {"messaging_product": "whatsapp", "metadata": metadata, "statuses": list(told)} | value
    changes = [{"value": inner, "field": "messages"}]
    return {"object": "whatsapp_business_account", "entry": [{"id": "102290129340398", "changes": changes}]}


def failed(id: str = WAMID, to: str = "15550001111") -> dict[str, Any]:
    return {"id": id, "status": "failed", "timestamp": "1750030073", "recipient_id": to, "errors": [WINDOW]}


def sns(message: Any, id: str = "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324", **more: str) -> dict[str, str]:
    text = message if isinstance(message, str) else json.dumps(message)
    topic = "arn:aws:sns:us-west-2:123456789012:alarms"
    return {"Type": "Notification", "MessageId": id, "TopicArn": topic, "Message": text} | more


def alarm(state: str) -> dict[str, Any]:
    return {
        "AlarmName": "whatsapp-sends",
        "AlarmDescription": "(#131047) Re-engagement message from WhatsApp",
        "AWSAccountId": "123456789012",
        "NewStateValue": state,
        "NewStateReason": "Threshold Crossed: 1 datapoint [12.0] was greater than the threshold (0.0).",
        "StateChangeTime": "2026-11-24T09:14:27.123+0000",
        "Region": "US West (Oregon)",
        "AlarmArn": "arn:aws:cloudwatch:us-west-2:123456789012:alarm:whatsapp-sends",
        "Trigger": {"MetricName": "Failed", "Namespace": "Notify"},
    }


def sentry(action: str, **data: Any) -> dict[str, Any]:
    return {"action": action, "actor": {"id": "sentry"}, "installation": {"uuid": "u"}, "data": data}


def pagerduty(kind: str, id: str) -> dict[str, Any]:
    incident = {
        "id": "PGR0VU2",
        "type": "incident",
        "number": 2,
        "status": "triggered",
        "title": "WhatsApp: (#131047) Re-engagement message",
        "urgency": "high",
        "service": {"id": "PF9KMXH", "summary": "Notify", "type": "service_reference"},
    }
    return {"event": {"id": id, "event_type": kind, "resource_type": "incident", "data": incident}}


_ISSUE = {"id": "117", "shortId": "NOTIFY-1", "title": "SendError", "lastSeen": "2026-11-24T09:14:00Z"}
_EVENT = {
    "event_id": "e4874d664c3540c1a32eab185f12c5ab",
    "issue_id": "117",
    "title": "SendError: refused",
    "culprit": "notify.send in post",
    "level": "error",
    "exception": {"values": [{"type": "SendError", "value": "WhatsApp said (#131047) Re-engagement message"}]},
}
_DATADOG = {
    "body": "WhatsApp said (#131047) Re-engagement message",
    "title": "[Triggered on {host:a}] Sends fail",
    "date": "1406662672000",
    "last_updated": "1406662672000",
    "event_type": "query_alert_monitor",
    "org": {"id": "11023", "name": "Notify"},
    "id": "1234567",
    "alert_transition": "Triggered",
    "alert_cycle_key": "16230221130972",
}

TOLD: Mapping[str, Told] = {
    "waconnect": Told(
        {"event": "message.status", "accountName": "Orders",
         "message": {"messageId": WAMID, "to": "15550001111", "status": "failed", "errors": [WINDOW]}},
        id=f"{WAMID}/failed",
    ),
    "meta": Told(statuses(failed()), id=f"{WAMID}/failed"),
    "alertmanager": Told(
        group(prometheus()), group(prometheus("resolved")),
        "1a30ba71cca2921f/2026-11-24T09:14:00.000Z/firing", "1a30ba71cca2921f",
    ),
    "grafana": Told(
        group(prometheus() | {"values": {"B": 44.2, "C": 1}}), group(prometheus("resolved")),
        "1a30ba71cca2921f/2026-11-24T09:14:00.000Z/firing", "1a30ba71cca2921f",
    ),
    "sentry": Told(
        sentry("triggered", event=_EVENT, triggered_rule="Sends"), sentry("resolved", issue=_ISSUE),
        "event/e4874d664c3540c1a32eab185f12c5ab", "issue/117", {"Sentry-Hook-Resource": "event_alert"},
    ),
    "datadog": Told(
        _DATADOG, _DATADOG | {"id": "1234568", "alert_transition": "Recovered"},
        "1234567/1406662672000/Triggered/16230221130972", "16230221130972",
    ),
    "pagerduty": Told(
        pagerduty("incident.triggered", "01BT9EW3"), pagerduty("incident.resolved", "01BT9EW4"), "01BT9EW3", "PGR0VU2",
    ),
    "cloudwatch": Told(
        sns(alarm("ALARM")), sns(alarm("OK"), "22b80b92-0000"), "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "arn:aws:cloudwatch:us-west-2:123456789012:alarm:whatsapp-sends",
    ),
    "generic": Told(
        {"id": "a1", "title": "Sends fail", "error": "WhatsApp: (#131047) Re-engagement message"},
        {"id": "a1", "title": "Sends fail", "status": "resolved"}, "a1/firing", "a1",
    ),
}  # fmt: skip
SIGNS = {
    "waconnect": ("X-Webhook-Signature", "sha256="),
    "meta": ("X-Hub-Signature-256", "sha256="),
    "sentry": ("Sentry-Hook-Signature", ""),
    "pagerduty": ("X-PagerDuty-Signature", "v1="),
}


def proof(source: str, raw: bytes, secret: str = SECRET) -> dict[str, str]:
    """The header that a source proves itself with."""
    if source not in SIGNS:
        return {"Authorization": f"Bearer {secret}"}
    header, prefix = SIGNS[source]
    return {header: prefix + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()}
