"""The menu behind ⋯ on a card. What can be picked is a row of the table; the view has the labels by the same names."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from bot.desk.incidents import CHANGES
from bot.house import House
from bot.listeners import corrections, incidents, notes
from bot.listeners.actions import TOO_OLD, pressed
from bot.listeners.chosen import Chosen
from bot.listeners.home import answered

PICKS: Mapping[str, Callable[[Chosen], None]] = {
    "note": notes.write,
    "wrong": corrections.choose,
    **dict.fromkeys((pick for pick, change in CHANGES.items() if change.in_menu), incidents.choose),
}


def register(app: App) -> None:
    # A button `card.more.note` does what the entry `note` of the menu does.
    app.action(re.compile(r"^card\.more(\.[a-z]+)?$"))(pick)


def pick(ack: Ack, body: dict[str, Any], respond: Respond, client: WebClient, house: House) -> None:
    ack()
    found = pressed(house, body)
    deed = PICKS.get(found[0].pick or "") if found else None
    if found is None or deed is None:
        answered(house, body, respond, TOO_OLD)
        return
    deed(Chosen(house, client, respond, body["trigger_id"], body, *found))
