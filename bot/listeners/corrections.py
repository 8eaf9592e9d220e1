"""*Not this error…*: a person says what it is instead. The card shows it, the queue gets it, matching stays."""

from typing import Any

from slack_bolt import Ack, App

from bot import desk
from bot.house import House
from bot.listeners.actions import TOO_OLD, answer, note, tell
from bot.listeners.chosen import Chosen, entry_of, submitted
from bot.telemetry import report
from bot.views import corrections as view
from bot.views import fields

_TITLE = "Not this error"


def register(app: App) -> None:
    app.view(view.CALLBACK)(correct)


def choose(chosen: Chosen) -> None:
    """*Not this error…* was picked."""
    house, card = chosen.house, chosen.card
    shown = entry_of(house, chosen.click.team, card)
    if shown is None:
        tell(chosen.respond, TOO_OLD)
        return
    candidates = desk.alternatives(answer(house, card), card.text, house.knowledge, shown.id)
    chosen.open(view.form(shown, candidates, desk.carried(chosen.click)))


def correct(ack: Ack, body: dict[str, Any], house: House) -> None:
    """The form was submitted."""
    found = submitted(house, body)
    shown = entry_of(house, found[0].team, found[1]) if found else None
    instead, comment = view.submitted(body["view"])
    if found is None or shown is None or (instead and instead not in house.knowledge.entries):
        ack(response_action="update", view=fields.told(_TITLE, TOO_OLD))
        return
    click, card = found
    house.store.corrections.record(card.id, click.team, click.user, shown.id, instead, comment)
    house.store.queue.add(click.team, card.text, "corrected", shown.id, instead)
    note(house, click, "correct", card.account, detail=f"{shown.id} is {instead or 'something else'}")
    report("card.corrected", entry=shown.id, instead=instead)
    house.duties.learning.begin_redraw(click)
    ack()
