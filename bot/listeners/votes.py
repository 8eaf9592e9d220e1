"""*Helpful* and *Not helpful*: stored, thanked for where nobody else sees it, and asked what would have helped."""

from typing import Any

from slack_bolt import Ack, App, Respond

from bot.house import House
from bot.listeners.actions import TOO_OLD, pressed, tell
from bot.listeners.chosen import entry_of
from bot.telemetry import report
from bot.views.notes import offers

_SIDES = {"yes": True, "no": False}


def register(app: App) -> None:
    app.action("card.vote")(vote)


def vote(ack: Ack, body: dict[str, Any], respond: Respond, house: House) -> None:
    ack()
    found = pressed(house, body)
    helpful = _SIDES.get(found[0].pick or "") if found else None
    entry = entry_of(house, found[0].team, found[1]) if found else None
    if found is None or helpful is None or entry is None:
        tell(respond, TOO_OLD)
        return
    click, card = found
    house.store.votes.cast(card.id, click.team, entry.id, click.user, helpful)
    report("card.voted", entry=entry.id, helpful=helpful)
    if helpful:
        tell(respond, "Thanks, noted.")
    else:
        respond(response_type="ephemeral", text="Thanks, noted.", blocks=offers(card.id), replace_original=False)
