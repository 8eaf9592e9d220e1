"""The buttons of an incident: who is on it, for how long it sleeps, whether it is over. Each is one edit."""

import re
from typing import Any

from slack_bolt import Ack, App, Respond

from bot.desk import Click
from bot.desk.incidents import CHANGES
from bot.house import House
from bot.listeners.actions import TOO_OLD, pressed, tell
from bot.listeners.chosen import Chosen


def register(app: App) -> None:
    app.action(re.compile(rf"^incident\.({'|'.join(CHANGES)})$"))(press)


def press(ack: Ack, body: dict[str, Any], respond: Respond, house: House) -> None:
    ack()
    found = pressed(house, body)
    if found is None:
        tell(respond, TOO_OLD)
    else:
        _change(house, found[0], respond, str(body["actions"][0]["action_id"]).partition(".")[2])


def choose(chosen: Chosen) -> None:
    """The same from the card's menu."""
    _change(chosen.house, chosen.click, chosen.respond, str(chosen.click.pick))


def _change(house: House, click: Click, respond: Respond, pick: str) -> None:
    one = house.store.incidents.find(click.card, click.team)
    if one is None:
        tell(respond, TOO_OLD)
    elif house.duties.triage.change(one, pick, click.user) is None:
        by = f" by <@{one.state_by}>" if one.state_by else ""
        tell(respond, f"Somebody was quicker: it is {one.state}{by}.")
