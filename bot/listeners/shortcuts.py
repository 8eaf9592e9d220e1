"""*Explain this error* in the menu of any message, also in threads and in channels that we are not in."""

from typing import Any

from slack_bolt import Ack, App

from bot import desk
from bot.house import House

EXPLAIN = "explain_error"


def register(app: App) -> None:
    app.shortcut({"type": "message_action", "callback_id": EXPLAIN})(explain)


def explain(ack: Ack, body: dict[str, Any], house: House) -> None:
    """Kept first: a question that could not be kept is not acknowledged, and the person sees that."""
    house.duties.answering.begin(desk.shortcut_question(body))
    ack()
