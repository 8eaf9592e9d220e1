"""What the stories of retries share: a failed send as people paste it, the press, and the timeline that follows."""

import json
from typing import Any

from bot.waconnect.ledger import Call
from tests.scenarios.conftest import SUPPORT, Town

TO = "15551234567"
REQUEST: dict[str, Any] = {"to": TO, "body": "Your order left the warehouse"}
PASTE = (
    f"POST /api/messages/text\n{json.dumps(REQUEST)}\n\n429 {{'success': false, 'error': '(#130429) Rate limit hit'}}"
)


def failed(
    code: int, says: str, request: dict[str, Any] = REQUEST, endpoint: str = "messages/text", more: str = ""
) -> str:
    """A send that WaConnect answered with this code."""
    return (
        f"POST /api/{endpoint}\n{json.dumps(request)}\n\n400 {{'success': false, 'error': '(#{code}) {says}'}} {more}"
    )


REENGAGE = failed(131047, "Re-engagement message")
"""Must be fixed first."""
A_DAY = failed(131049, "This message was not delivered to maintain healthy ecosystem engagement.")
"""May be sent again after a day."""


def paste(town: Town, text: str = PASTE) -> tuple[str, str]:
    """Somebody pastes it to the bot; the message and the card below it."""
    ts = town.people.say("ana", SUPPORT, f"@waerror {text}")
    return ts, town.reply_ts(SUPPORT, ts, "Sending again")


def press(town: Town, text: str = PASTE, who: str = "ana") -> tuple[str, str]:
    """Paste and press; the message and the card."""
    ts, card = paste(town, text)
    assert town.people.click(who, SUPPORT, card, "remedy.retry").acknowledged
    return ts, card


def retried(town: Town, *words: str, text: str = PASTE) -> str:
    """Paste, press, and the timeline once it has these words."""
    ts, _ = press(town, text)
    return town.reply(SUPPORT, ts, "by @U0ANA", *words)


def form(town: Town, text: str, who: str = "ana") -> tuple[str, dict[str, Any]]:
    """Paste, press, and the form that opens."""
    ts, _ = press(town, text, who)
    return ts, town.workspace.wait_for(lambda: town.workspace.view(who)) or {}


def posts(town: Town) -> list[Call]:
    """The POSTs that reached WaConnect."""
    return [call for call in town.sandbox.calls if call.method == "POST"]


def told(town: Town, who: str, *words: str) -> str:
    """What only this person sees, once it has these words."""
    return str(town.workspace.wait_for(lambda: _with(town.whisper(who), words), what=f"{words} for {who}"))


def _with(text: str, words: tuple[str, ...]) -> str:
    return text if all(word in text for word in words) else ""
