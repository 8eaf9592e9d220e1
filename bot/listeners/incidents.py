"""The buttons of an incident: who is on it, for how long it sleeps, whether it is over. Each is one edit."""

import re
from typing import Any

from slack_bolt import Ack, App, Respond

from bot.desk import Click
from bot.desk.incidents import CHANGES
from bot.house import House
from bot.listeners.actions import TOO_OLD, pressed, tell
from bot.listeners.chosen import Chosen
from bot.listeners.home import answered
from bot.views import history as view


def register(app: App) -> None:
    app.action(re.compile(rf"^incident\.({'|'.join(CHANGES)})$"))(press)
    app.action("incident.history")(history)


def press(ack: Ack, body: dict[str, Any], respond: Respond, house: House) -> None:
    ack()
    found = pressed(house, body)
    pick = str(body["actions"][0]["action_id"]).partition(".")[2]
    answered(house, body, respond, change(house, found[0], pick) if found else TOO_OLD)


def history(ack: Ack, body: dict[str, Any], respond: Respond, house: House) -> None:
    """What was done about it, for the one who asks."""
    ack()
    found = pressed(house, body)
    if found is None:
        tell(respond, TOO_OLD)
        return
    click = found[0]
    blocks = view.history(house.store.audit.of_card(click.team, click.card), click.card)
    respond(response_type="ephemeral", text="History", blocks=blocks, replace_original=False)


def choose(chosen: Chosen) -> None:
    """The same from the card's menu."""
    says = change(chosen.house, chosen.click, str(chosen.click.pick))
    answered(chosen.house, chosen.body, chosen.respond, says)


def change(house: House, click: Click, pick: str) -> str:
    """What the person is told; empty when it is done, and shows."""
    one = house.store.incidents.find(click.card, click.team)
    if one is None:
        return TOO_OLD
    if house.duties.triage.change(one, pick, click.user) is None:
        by = f" by <@{one.state_by}>" if one.state_by else ""
        return f"Somebody was quicker: it is {one.state}{by}."
    return ""
