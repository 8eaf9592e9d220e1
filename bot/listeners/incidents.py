"""The buttons of an incident: who is on it, for how long it sleeps, whether it is over. Each is one edit."""

import re
from typing import Any

from slack_bolt import Ack, App, Respond

from bot.desk.incidents import CHANGES
from bot.house import House
from bot.listeners.actions import TOO_OLD, pressed
from bot.listeners.home import answered

_BUTTON = re.compile(rf"^incident\.({'|'.join(CHANGES)})$")


def register(app: App) -> None:
    app.action(_BUTTON)(press)
    app.action("card.more")(choose)


def press(ack: Ack, body: dict[str, Any], respond: Respond, house: House) -> None:
    ack()
    answered(house, body, respond, change(house, body, str(body["actions"][0]["action_id"]).partition(".")[2]))


def choose(ack: Ack, body: dict[str, Any], respond: Respond, house: House) -> None:
    ack()
    found = pressed(house, body)
    pick = found[0].pick if found else None
    answered(house, body, respond, change(house, body, str(pick)) if pick in CHANGES else TOO_OLD)


def change(house: House, body: dict[str, Any], pick: str) -> str:
    """What the person is told; empty when it is done, and shows."""
    found = pressed(house, body)
    one = house.store.incidents.find(found[1].id, found[0].team) if found else None
    if found is None or one is None:
        return TOO_OLD
    if house.duties.triage.change(one, pick, found[0].user) is None:
        by = f" by <@{one.state_by}>" if one.state_by else ""
        return f"Somebody was quicker: it is {one.state}{by}."
    return ""
