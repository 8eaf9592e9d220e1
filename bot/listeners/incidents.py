"""The buttons of an incident: who is on it, for how long it sleeps, whether it is over. Each is one edit."""

import re
from typing import Any

from slack_bolt import Ack, App, Respond

from bot.desk.incidents import CHANGES
from bot.house import House
from bot.listeners.actions import TOO_OLD, pressed, tell

_BUTTON = re.compile(rf"^incident\.({'|'.join(CHANGES)})$")


def register(app: App) -> None:
    app.action(_BUTTON)(press)
    app.action("card.more")(choose)


def press(ack: Ack, body: dict[str, Any], respond: Respond, house: House) -> None:
    ack()
    change(house, body, respond, str(body["actions"][0]["action_id"]).partition(".")[2])


def choose(ack: Ack, body: dict[str, Any], respond: Respond, house: House) -> None:
    ack()
    found = pressed(house, body)
    pick = found[0].pick if found else None
    if pick in CHANGES:
        change(house, body, respond, str(pick))
    else:
        tell(respond, TOO_OLD)


def change(house: House, body: dict[str, Any], respond: Respond, pick: str) -> None:
    found = pressed(house, body)
    one = house.store.incidents.find(found[1].id, found[0].team) if found else None
    if found is None or one is None:
        tell(respond, TOO_OLD)
    elif house.duties.triage.change(one, pick, found[0].user) is None:
        by = f" by <@{one.state_by}>" if one.state_by else ""
        tell(respond, f"Somebody was quicker: it is {one.state}{by}.")
