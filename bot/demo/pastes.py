"""Texts that people paste when a send failed, to be tried in the composer. The numbers in them are made up."""

import json

from bot.demo.stage import SENDER, SUPPORT
from bot.standin.page import Paste

_ORDER = {"to": "15550104567", "body": "Your order has left the warehouse", "phoneNumberId": SENDER}
_TYPO = {"to": "+1 202-555-0123", "body": "Your table is booked for 20:00", "phoneNumberId": SENDER}


def _failed(request: dict[str, str], status: str, error: str) -> str:
    call = f"POST /api/messages/text\n{json.dumps(request)}"
    return f'@waerror ```{call}\n\nHTTP/1.1 {status}\n{{"success": false, "error": "{error}"}}```'


PASTES = (
    Paste(
        "paste-rate-limit",
        "A rate limit, with its request",
        "retry it: sent once, followed until delivered",
        SUPPORT,
        _failed(_ORDER, "429 Too Many Requests", "(#130429) Rate limit hit"),
    ),
    Paste(
        "paste-number",
        "A phone number typed with signs",
        "Fix and retry… opens it in a form",
        SUPPORT,
        _failed(_TYPO, "400 Bad Request", "Invalid phone number format"),
    ),
    Paste(
        "paste-log",
        "A line of a log",
        "the error is found in the noise",
        SUPPORT,
        "@waerror 09:14:02 ERROR sender: template=order_update to=+15550104567 status=400 "
        "body: number of localizable_params (5) does not match the expected number of params (4)",
    ),
    Paste(
        "paste-words",
        "Only a description",
        "neither a code nor the words of the error",
        SUPPORT,
        "@waerror our template needs 3 variables and we send 2",
    ),
    Paste(
        "paste-unknown",
        "Something nobody knows yet",
        "Teach me… keeps it for the maintainers",
        SUPPORT,
        "@waerror WaConnect says: HTTP 418 flux capacitor drained, code 987654",
    ),
)
