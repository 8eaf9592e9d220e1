"""The Home tab: it is published when its viewer opens it, and anew after every press in it."""

from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack, App, Respond

from bot import desk
from bot.house import House
from bot.listeners.actions import tell


def register(app: App) -> None:
    app.action("home.check")(check)
    app.action("home.refresh")(refresh)
    app.action("home.unmute")(unmute)


def opened(event: Mapping[str, Any], team: str, house: House) -> None:
    """Slack says the same when somebody opens the messages beside it."""
    if event.get("tab") == "home" and event.get("user"):
        house.duties.homing.show(team, str(event["user"]))


def answered(house: House, body: Mapping[str, Any], respond: Respond, says: str) -> None:
    """What came of a press, where it was made: a new Home tab, or a sentence for the one who pressed."""
    if is_home(body):
        house.duties.homing.show(str(body["team"]["id"]), str(body["user"]["id"]), says)
    elif says:
        tell(respond, says)


def is_home(body: Mapping[str, Any]) -> bool:
    return bool((body.get("view") or {}).get("type") == "home")


def refresh(ack: Ack, body: dict[str, Any], respond: Respond, house: House) -> None:
    ack()
    answered(house, body, respond, "")


def check(ack: Ack, body: dict[str, Any], house: House) -> None:
    ack()
    if house.can_act:
        house.duties.homing.check(str(body["team"]["id"]), str(body["user"]["id"]))


def unmute(ack: Ack, body: dict[str, Any], respond: Respond, house: House) -> None:
    ack()
    click = desk.click(body)
    found = house.duties.surveying.muted(click.team, click.user, click.card) if click else None
    if click and found:
        channel, mute = found
        house.duties.triage.unmute(click.team, channel, mute.entry, click.user)
    answered(house, body, respond, "" if found else "That was unmuted already.")
