"""The sandbox's inbox: what was written to the account, as `/api/inbox` shows it."""

import functools
from collections.abc import Mapping, Sequence

from flask import Flask, g, jsonify, request
from flask.typing import ResponseReturnValue

from bot.waconnect.ledger import Ledger, Received
from bot.waconnect.lenient import moment
from bot.waconnect.sandbox_http import Denied, page_asked, utc_text


def add_inbox(api: Flask, ledger: Ledger) -> None:
    """Adds the inbox endpoints to the API."""
    for method, path, view in (
        ("GET", "", _inbox),
        ("GET", "/conversations", _conversations),
        ("GET", "/conversation/<sender>", _conversation),
        ("GET", "/message/<path:message_id>", _message),
        ("GET", "/statistics", _statistics),
        ("GET", "/phone-number/<phone_number_id>", _phone_number),
        ("POST", "/message/<path:message_id>/read", _read_message),
        ("POST", "/conversation/<sender>/read", _read_conversation),
    ):
        api.add_url_rule(
            f"/api/inbox{path}", f"inbox{view.__name__}", functools.partial(view, ledger), methods=[method]
        )


def _mine(ledger: Ledger) -> list[Received]:
    """Newest first."""
    return [message for message in reversed(ledger.received) if message.key == g.key]


def _page(messages: Sequence[Received]) -> ResponseReturnValue:
    return jsonify(success=True, data=page_asked([_shown(one) for one in messages], name="messages"))


def _shown(message: Received) -> Mapping[str, object]:
    return {
        "messageId": message.id,
        "from": message.sender,
        "messageType": "text",
        "content": {"text": message.text},
        "phoneNumberId": message.phone_number_id,
        "timestamp": utc_text(message.at),
        "isRead": message.read,
    }


def _inbox(ledger: Ledger) -> ResponseReturnValue:
    args = request.args
    since = moment(args.get("since"))
    return _page(
        [
            message
            for message in _mine(ledger)
            if args.get("from") in (None, message.sender)
            and args.get("messageType") in (None, "text")
            and args.get("phoneNumberId") in (None, message.phone_number_id)
            and not (args.get("unreadOnly") == "true" and message.read)
            and (since is None or message.at >= since.timestamp())
        ]
    )


def _conversations(ledger: Ledger) -> ResponseReturnValue:
    newest: dict[str, Received] = {}
    for message in _mine(ledger):
        newest.setdefault(message.sender, message)
    found = [{"from": sender, "lastMessage": _shown(message)} for sender, message in newest.items()]
    return jsonify(success=True, data=page_asked(found, name="conversations"))


def _conversation(ledger: Ledger, sender: str) -> ResponseReturnValue:
    return _page([message for message in _mine(ledger) if message.sender == sender])


def _phone_number(ledger: Ledger, phone_number_id: str) -> ResponseReturnValue:
    return _page([message for message in _mine(ledger) if message.phone_number_id == phone_number_id])


def _message(ledger: Ledger, message_id: str) -> ResponseReturnValue:
    for message in _mine(ledger):
        if message.id == message_id:
            return jsonify(success=True, data=_shown(message))
    raise Denied(404, "Message not found")


def _statistics(ledger: Ledger) -> ResponseReturnValue:
    messages = _mine(ledger)
    unread = sum(not message.read for message in messages)
    return jsonify(success=True, data={"total": len(messages), "unread": unread})


def _read_message(ledger: Ledger, message_id: str) -> ResponseReturnValue:
    if not ledger.mark_read(g.key, message_id=message_id):
        raise Denied(404, "Message not found")
    return jsonify(success=True)


def _read_conversation(ledger: Ledger, sender: str) -> ResponseReturnValue:
    return jsonify(success=True, data={"marked": ledger.mark_read(g.key, sender=sender)})
