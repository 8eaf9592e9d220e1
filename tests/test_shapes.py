# ruff: noqa: E501 - a case is a row
"""Alerts as Slack delivers them: each sender's shape is read where it is ours, and left alone where it is not."""

from collections.abc import Mapping
from typing import Any

import pytest

from bot import knowledge
from bot.diagnosis import diagnose
from bot.diagnosis.text import of_message

Message = Mapping[str, Any]


@pytest.fixture(scope="module")
def known() -> knowledge.Knowledge:
    return knowledge.load()


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def section(text: str = "", *fields: str) -> dict[str, Any]:
    body = {"text": mrkdwn(text)} if text else {}
    return {"type": "section", **body, **({"fields": [mrkdwn(one) for one in fields]} if fields else {})}


def header(text: str) -> dict[str, Any]:
    return {"type": "header", "text": {"type": "plain_text", "text": text, "emoji": True}}


def context(text: str) -> dict[str, Any]:
    return {
        "type": "context",
        "elements": [{"type": "image", "image_url": "https://a.example/i.png", "alt_text": "logo"}, mrkdwn(text)],
    }


def rich(kind: str, *texts: str) -> dict[str, Any]:
    inner = {"type": kind, "elements": [{"type": "text", "text": text} for text in texts]}
    return {"type": "rich_text", "elements": [inner]}


def listed(*texts: str) -> dict[str, Any]:
    items = [{"type": "rich_text_section", "elements": [{"type": "text", "text": text}]} for text in texts]
    return {"type": "rich_text", "elements": [{"type": "rich_text_list", "style": "bullet", "elements": items}]}


def blocks(*some: dict[str, Any], text: str = "") -> Message:
    return {"type": "message", "bot_id": "B1", "text": text, "blocks": list(some)}


def attached(above: str = "", /, **told: Any) -> Message:
    return {
        "type": "message",
        "subtype": "bot_message",
        "text": above,
        "attachments": [{"id": 1, "color": "d63232", **told}],
    }


def fields(**told: str) -> list[dict[str, Any]]:
    return [{"title": title.replace("_", " "), "value": value, "short": True} for title, value in told.items()]


def table(*rows: tuple[str, ...]) -> dict[str, Any]:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": cell} for cell in row] for row in rows]}


def snippet(name: str, preview: str) -> Message:
    file = {
        "id": "F1",
        "mode": "snippet",
        "name": name,
        "title": name,
        "filetype": "text",
        "preview": preview,
        "preview_highlight": "<div>…</div>",
    }
    return {"type": "message", "subtype": "file_share", "text": "", "files": [file]}


def mail(subject: str, body: str) -> Message:
    file = {
        "id": "F2",
        "mode": "email",
        "filetype": "email",
        "title": subject,
        "subject": subject,
        "plain_text": body,
        "preview": body[:60],
    }
    return {"type": "message", "subtype": "file_share", "text": "", "files": [file]}


def forwarded(text: str, said: str) -> Message:
    inner = {"team": "T1", "channel": "C1", "ts": "1.2", "message": {"blocks": [rich("rich_text_section", said)]}}
    return {
        "text": text,
        "attachments": [
            {
                "is_msg_unfurl": True,
                "is_share": True,
                "fallback": "[no preview]",
                "ts": "1763900000.000100",
                "message_blocks": [inner],
                "footer": "Posted in #ops",
            }
        ],
    }


OURS: dict[str, tuple[Message, str]] = {
    "alertmanager": (attached(title="[FIRING:2] WhatsAppSendFailures (prod critical)", title_link="https://am.example/#/alerts", text="*Alert:* sends refused\n*Description:* 37 messages failed with Meta error 131042 in 5m\n*Severity:* `critical`", fallback="[FIRING:2] WhatsAppSendFailures"), "meta/131042"),
    "grafana": (attached(title="[Alerting] wa outbound failures", text="**Firing**\n\nValue: A=41\nLabels:\n - alertname = wa outbound failures\n - error_code = 131048\nAnnotations:\n - summary = number is being limited by Meta", footer="Grafana v12.1", ts=1763900000), "meta/131048"),
    "sentry": (blocks(section(":red_circle: *<https://s.example/1|GraphError>*"), section("```(#132001) Template name does not exist in the translation```"), context("project: *wa-sender*   level: error"), text="[wa-sender] GraphError"), "meta/132001"),
    "datadog": (attached(title="Triggered: [P2] WhatsApp delivery errors", text="@slack-ops 12 events like\n`{\"errors\":[{\"code\":131026,\"title\":\"Message undeliverable\"}]}`\nwere logged in the last 10m", fields=fields(Tags="service:notifier, env:prod", Notified="@slack-ops")), "meta/131026"),
    "pagerduty": (blocks(section("*Triggered #4417* <https://pd.example/i/1|WhatsApp sender: access token expired>"), section("", "*Service:*\nnotifier", "*Urgency:*\nHigh"), section("OAuthException code 190 subcode 463: Error validating access token: Session has expired")), "meta/190"),
    "cloudwatch": (attached(title="ALARM: wa-rate-limit in eu-west-1", fields=fields(Alarm_Name="wa-rate-limit", Reason="Threshold Crossed: WhatsApp (#130429) Rate limit hit, 1 datapoint [52.0]", State="OK → ALARM"), ts="1763900000"), "meta/130429"),
    "github": (attached(pretext="[acme/notifier] Issue opened by ana", title="#77 WhatsApp: template send fails since Monday", text="Graph answers `(#132012) Parameter format does not match format in the created template`", footer="<https://github.example/acme/notifier|acme/notifier>"), "meta/132012"),
    "jenkins": (attached("", title="wa-smoke » main - #212 Failure after 41 sec", text="AssertionError: WhatsApp send answered {\"error\":{\"code\":133010,\"message\":\"(#133010) Account not registered\"}}", fallback="wa-smoke #212 failed"), "meta/133010"),
    "better stack": (blocks(header("🔴 New incident: WaConnect sends"), section("*Cause:* HTTP 403 from https://app.waconnect.me/api/messages/text\n`{\"success\":false,\"error\":\"Account disabled\"}`"), context("Started at Nov 20, 08:12 UTC")), "waconnect/account-disabled"),
    "uptime kuma": (attached("Uptime Kuma Alert", title="waconnect status", fields=fields(Message='Request failed with status code 401 {"success":false,"error":"Invalid API Key"}', Time="2026-11-20 08:12:44")), "waconnect/invalid-api-key"),
    "n8n": (blocks(section("Workflow *Reminders* failed at node *WhatsApp Business Cloud*"), rich("rich_text_preformatted", "Bad request - please check your parameters\n", "(#131030) Recipient phone number not in allowed list")), "meta/131030"),
    "zapier": ({"text": "Zap step failed: *Send WhatsApp message*\n&gt; The app returned \"(#131009) Parameter value is not valid\".\n<https://zapier.example/h/1|Open in history>", "bot_id": "B1"}, "meta/131009"),
    "a service of one's own": (blocks(header("Outbound failures"), section("", "*Channel*\nWhatsApp", "*Code*\n131049", "*Count*\n18"), context("notifier · prod")), "meta/131049"),
    "a table": (blocks(section("WhatsApp, last hour"), table(("error code", "template", "times"), ("131053", "invoice_pdf", "14"), ("131053", "menu", "2"))), "meta/131053"),
    "a list": (blocks(listed("to ••••1234: failed", "code 131051, type unsupported", "seen 3 times on WhatsApp")), "meta/131051"),
    "a quote": (blocks(rich("rich_text_quote", "WhatsApp says: ", "More than 24 hours have passed since the recipient last replied to the sender number.")), "meta/131047"),
    "blocks in an attachment": (attached(blocks=[header("send failed"), section("```{\"code\": 131056, \"title\": \"pair rate limit hit\"}```")], fallback="[no preview available]"), "meta/131056"),
    "a fallback alone": (attached(fallback="WhatsApp send failed: (#131031) Account has been locked", ts=1763900000), "meta/131031"),
    "a forwarded message": (forwarded("anybody?", "WhatsApp answers error 132015 for the reminder template"), "meta/132015"),
    "an e-mail in a channel": (mail("Failed WhatsApp messages", "Dear team,\n4 messages were not sent. Reason given: (#132000) Number of parameters does not match the expected number of params\nRegards"), "meta/132000"),
    "a shared snippet": (snippet("response.json", '{\n  "error": {\n    "message": "(#131008) Required parameter is missing",\n    "type": "OAuthException",\n    "code": 131008\n  }\n}'), "meta/131008"),
    "an edited alert": ({"type": "message", "subtype": "message_changed", "message": attached(title="[FIRING:1] wa", text="WhatsApp error 131016")}, "meta/131016"),
}  # fmt: skip


@pytest.mark.parametrize(("message", "name"), OURS.values(), ids=OURS.keys())
def test_an_alert_of_ours_is_read(message: Message, name: str, known: knowledge.Knowledge) -> None:
    best = diagnose(of_message(message), known, "alert").best
    assert best is not None
    assert best.entry.id == name


FOREIGN: dict[str, Message] = {
    "alertmanager": attached(title="[FIRING:1] HighErrorRate (checkout prod)", text="*Description:* 131 requests failed with status 500 in 10m\n*Runbook:* https://a.example/131047"),
    "alertmanager, resolved": attached(title="[RESOLVED] WhatsAppSendFailures", text="no failures in the last 30m, 131 messages sent"),
    "grafana": attached(title="[OK] wa outbound latency", text="Value: A=131\nLabels:\n - alertname = latency\n - port = 190", footer="Grafana v12.1", ts=1763900000),
    "sentry": blocks(section("*<https://s.example/131026|KeyError>*"), section("```KeyError: 131026 at cart.py line 100```"), context("project: *shop*")),
    "datadog": attached(title="Recovered: disk usage on db-4", text="avg(last_5m) = 100 %", fields=fields(Tags="host:db-4")),
    "pagerduty": blocks(section("*Resolved #131047* <https://pd.example/i/1|Payment page slow>"), section("", "*Service:*\ncheckout")),
    "cloudwatch": attached(title="ALARM: lambda-throttles", fields=fields(Reason="Threshold Crossed: Rate exceeded, 1 datapoint [190.0]"), ts="1763900000"),
    "github": attached(pretext="[acme/shop] Pull request opened by ana", title="#131053 Bump pillow from 12.0 to 12.1", text="fixes #131026, closes #100"),
    "jenkins": attached(title="shop » main - #131030 Success after 190 sec", fallback="shop #131030"),
    "better stack": blocks(header("Incident: api.shop.example"), section("*Cause:* HTTP 503 Service Unavailable"), context("Length 131 s")),
    "uptime kuma": attached("Uptime Kuma Alert", title="shop", fields=fields(Message="timeout of 48000ms exceeded", Time="2026-11-20 10:00:44")),
    "n8n": blocks(section("Workflow *Invoices* failed at node *Stripe*"), rich("rich_text_preformatted", "Invalid API Key provided: sk_test_••••")),
    "zapier": {"text": "Zap step failed: *Create row in Sheets*\n&gt; Rate limit exceeded, try again in 100 seconds."},
    "a service of one's own": blocks(header("New order 131047"), section("", "*Total*\n190.00 EUR", "*Items*\n4")),
    "a table of orders": blocks(table(("order", "total", "state"), ("131042", "100.00", "paid"), ("131047", "200.00", "shipped"))),
    "a table of people": blocks(section("WhatsApp opt-ins"), table(("user id", "name"), ("131026", "Ana"), ("131047", "Budi"))),
    "a digest": blocks(section("WhatsApp yesterday: 131,047 sent, 98 % delivered, 0 failed")),
    "colours": blocks(rich("rich_text_preformatted", "--ink: #131026;\n--paper: #131047;")),
    "a forwarded message": forwarded("fyi", "the new template was approved, sends start at 10:00"),
    "an e-mail in a channel": mail("Your invoice 131042", "Dear customer, amount due: 100.00 EUR, order 131047."),
    "a shared snippet": snippet("deploy.log", "step 4 of 10 done in 190 ms\nexit code 100\n"),
    "a topic": {"subtype": "channel_topic", "text": "WhatsApp errors, 131047 is the window"},
    "a join": {"subtype": "channel_join", "text": "<@U131047> has joined the channel"},
    "a deleted message": {"subtype": "message_deleted", "previous_message": {"text": "(#131047) Re-engagement message"}},
}  # fmt: skip


@pytest.mark.parametrize("message", FOREIGN.values(), ids=FOREIGN.keys())
def test_an_alert_of_others_is_left_alone(message: Message, known: knowledge.Knowledge) -> None:
    assert diagnose(of_message(message), known, "alert").best is None
