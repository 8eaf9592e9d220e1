"""*Teach me…* on an answer that knew nothing: a form becomes a draft, which a maintainer turns into a file."""

from typing import Any

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from bot import desk
from bot.desk import drafts
from bot.diagnosis.shapes import sample, telling
from bot.house import House
from bot.listeners.actions import TOO_OLD, answer, pressed, tell
from bot.listeners.chosen import submitted
from bot.telemetry import report
from bot.views import fields
from bot.views import teaching as view
from bot.views.card import TEACH

_TITLE = "Teach me"
_THANKS = (
    "Thanks. The draft waits for a maintainer, who makes a knowledge file of it with `waerror kb draft {item}`. "
    "I recognise the error once that file is accepted."
)


def register(app: App) -> None:
    app.action(TEACH)(ask)
    app.view(view.CALLBACK)(teach)


def ask(ack: Ack, body: dict[str, Any], respond: Respond, client: WebClient, house: House) -> None:
    ack()
    found = pressed(house, body)
    if found is None:
        tell(respond, TOO_OLD)
        return
    click, card = found
    code = answer(house, card).diagnosis.seen.code
    form = view.form(telling(sample(card.text)), code, desk.carried(click))
    client.views_open(trigger_id=body["trigger_id"], view=form)


def teach(ack: Ack, body: dict[str, Any], house: House) -> None:
    """The form was submitted."""
    found = submitted(house, body)
    if found is None:
        ack(response_action="update", view=fields.told(_TITLE, TOO_OLD))
        return
    click, card = found
    draft = drafts.read(fields.written(body["view"]), house.knowledge)
    if isinstance(draft, dict):
        ack(response_action="errors", errors=draft)
        return
    item = house.store.queue.teach(click.team, card.text, draft)
    report("error.taught", item=item)
    ack(response_action="update", view=fields.told(_TITLE, _THANKS.format(item=item[:8])))
