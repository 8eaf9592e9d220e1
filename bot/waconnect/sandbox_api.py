"""The sandbox's half of WaConnect's documented API: what it checks, in which order, and how it answers."""

import functools
from collections.abc import Mapping
from typing import Final

from flask import Flask, g, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from bot.waconnect.faults import meta_text
from bot.waconnect.ledger import Account, Ledger, Sent
from bot.waconnect.limits import MISSING, problems
from bot.waconnect.payloads import ENDPOINTS, OutboundRequest
from bot.waconnect.sandbox_http import Denied, page_asked, utc_text
from bot.waconnect.sandbox_inbox import add_inbox

FAILS_WITH: Final = "waerror.fails_with"
"""Where the WSGI environment says that the message sent by this call fails later, and with which Meta code."""


def create_api(ledger: Ledger) -> Flask:
    """The API as a Flask application, below `/api/`."""
    api = Flask("waconnect-sandbox")
    api.before_request(functools.partial(_admit, ledger))
    api.register_error_handler(Denied, lambda denied: _envelope(denied.status, denied.error))
    api.register_error_handler(HTTPException, lambda error: _envelope(error.code or 500, error.name))
    for endpoint in sorted(ENDPOINTS):
        api.add_url_rule(f"/api/{endpoint}", endpoint, functools.partial(_send, ledger, endpoint), methods=["POST"])
    api.add_url_rule("/api/status", "status", functools.partial(_list, ledger))
    api.add_url_rule("/api/status/message/<path:message_id>", "message", functools.partial(_message, ledger))
    api.add_url_rule("/api/status/statistics", "statistics", functools.partial(_statistics, ledger))
    api.add_url_rule("/api/status/analytics/conversations", "analytics", functools.partial(_analytics, ledger))
    add_inbox(api, ledger)
    return api


def _envelope(status: int, error: str) -> ResponseReturnValue:
    return jsonify(success=False, error=error), status


def _admit(ledger: Ledger) -> None:
    key = request.headers.get("X-API-Key", "")
    if not key:
        raise Denied(401, "Missing API Key")
    account = ledger.account(key)
    if account is None:
        raise Denied(401, "Invalid API Key")
    if not account.enabled:
        raise Denied(403, "Account disabled")
    g.key, g.account = key, account


def _send(ledger: Ledger, endpoint: str) -> ResponseReturnValue:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise Denied(400, "Missing required field")
    outbound = OutboundRequest(endpoint, body)
    _check(outbound)
    account: Account = g.account
    sender = outbound.sender or account.phone_number_ids[0]
    if sender not in account.phone_number_ids:
        raise Denied(403, "Phone number not authorized")
    sent = ledger.add_sent(str(body["to"]), outbound.kind, g.key, sender, request.environ.get(FAILS_WITH))
    return jsonify(success=True, messageId=sent.id, to=sent.to, type=sent.kind)


def _check(outbound: OutboundRequest) -> None:
    found = problems(outbound)
    if any(problem.says == MISSING for problem in found):
        raise Denied(400, "Missing required field")
    if any(problem.field == "to" for problem in found):
        raise Denied(400, "Invalid phone number format")
    if found:
        # WaConnect documents no error of its own for the rest; Meta's comes through.
        raise Denied(400, meta_text(131009))


def _message(ledger: Ledger, message_id: str) -> ResponseReturnValue:
    for sent in ledger.sent:
        if sent.id == message_id and sent.key == g.key:
            return jsonify(success=True, data=_record(ledger, sent))
    raise Denied(404, "Message not found")


def _list(ledger: Ledger) -> ResponseReturnValue:
    """Newest first."""
    records = [_record(ledger, sent) for sent in reversed(ledger.sent) if sent.key == g.key]
    wanted = {name: value for name in ("status", "type") if (value := request.args.get(name))}
    found = [record for record in records if all(record[name] == value for name, value in wanted.items())]
    return jsonify(success=True, data=page_asked(found, name="messages"))


def _statistics(ledger: Ledger) -> ResponseReturnValue:
    counts = dict.fromkeys(("pending", "sent", "delivered", "read", "failed"), 0)
    for sent in ledger.sent:
        if sent.key == g.key:
            status = ledger.history(sent)[-1][0]
            counts[status] += 1
    return jsonify(success=True, data={"total": sum(counts.values()), "byStatus": counts})


def _analytics(ledger: Ledger) -> ResponseReturnValue:
    numbers = {sent.to for sent in ledger.sent if sent.key == g.key}
    return jsonify(success=True, data={"conversations": len(numbers)})


def _record(ledger: Ledger, sent: Sent) -> Mapping[str, object]:
    history = ledger.history(sent)
    status, at = history[-1]
    failed = {"code": sent.fails_with, "title": meta_text(sent.fails_with)} if sent.fails_with else None
    return {
        "waMessageId": sent.id,
        "to": sent.to,
        "type": sent.kind,
        "status": status,
        "timestamp": utc_text(at),
        "conversation": None,
        "pricing": None,
        "statusHistory": [{"status": step, "timestamp": utc_text(when)} for step, when in history],
        **({"errorDetails": [failed]} if status == "failed" else {}),
    }
