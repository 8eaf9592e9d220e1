"""The buttons of a timeline: what a person may still decide about a retry. The database says who was first."""

from typing import Any

from slack_bolt import Ack, App, Respond

from bot import desk
from bot.desk import Click
from bot.house import House
from bot.listeners.actions import TOO_OLD, tell
from bot.listeners.rights import Right, permitted
from bot.store import Press, Quiet
from bot.views import press_buttons as names
from bot.views.timeline import already

GONE = "That is no longer possible: somebody was first, or it has happened by now. The thread shows how it stands."
LOOKING = "It is being looked for already, or nothing about it is unclear any more. The thread shows how it stands."


def register(app: App) -> None:
    app.action(names.CANCEL)(cancel)
    app.action(names.SEND_NOW)(send_now)
    app.action(names.CHECK_AGAIN)(check_again)
    app.action(names.SEND_ANYWAY)(send_anyway)


def cancel(ack: Ack, body: dict[str, Any], respond: Respond, house: House) -> None:
    ack()
    found = _allowed(house, body, respond, "cancel")
    if found and not house.duties.retrying.cancel(found[1].id, found[0].user):
        tell(respond, GONE)


def send_now(ack: Ack, body: dict[str, Any], respond: Respond, house: House) -> None:
    ack()
    found = _allowed(house, body, respond, "send_early")
    fired = house.duties.retrying.send_now(found[1].id, found[0].user) if found else True
    if fired is not True:
        tell(respond, already(fired) if isinstance(fired, Quiet) else GONE)


def check_again(ack: Ack, body: dict[str, Any], respond: Respond, house: House) -> None:
    ack()
    found = _allowed(house, body, respond, "check_again")
    if found and not house.duties.retrying.check_again(found[1], found[0].user):
        tell(respond, LOOKING)


def send_anyway(ack: Ack, body: dict[str, Any], respond: Respond, house: House) -> None:
    """The dialog before it said that the message may arrive twice."""
    ack()
    found = _allowed(house, body, respond, "send_anyway")
    if found is None:
        return
    press = house.duties.retrying.send_anyway(found[1].id, found[0].user)
    if not isinstance(press, Press):
        tell(respond, already(press) if press else GONE)


def _allowed(house: House, body: dict[str, Any], respond: Respond, right: Right) -> tuple[Click, Press] | None:
    """The click and its press, when the person may; else the person is told why not."""
    click = desk.click(body)
    card = house.store.cards.find(click.card, click.team) if click else None
    press = house.store.presses.of_card(click.pick, card.id) if click and card else None
    if click is None or press is None or not house.can_act:
        tell(respond, TOO_OLD)
        return None
    refused = permitted(house, click, right)
    if refused:
        tell(respond, refused.says)
        return None
    return click, press
