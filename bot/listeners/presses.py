"""The buttons of a timeline: what a person may still decide about a retry. The database says who was first."""

from typing import Any

from slack_bolt import Ack, App, Respond

from bot import desk
from bot.desk import Click
from bot.desk.rights import Right
from bot.house import House
from bot.listeners.actions import TOO_OLD, taken, tell
from bot.listeners.rights import permitted
from bot.store import Deed, Press, Quiet
from bot.store.audit import What
from bot.views import press_buttons as names

GONE = "That is no longer possible: somebody was first, or it has happened by now. The thread shows how it stands."
LOOKING = "It is being looked for already, or nothing about it is unclear any more. The thread shows how it stands."


def register(app: App) -> None:
    app.action(names.CANCEL)(cancel)
    app.action(names.SEND_NOW)(send_now)
    app.action(names.CHECK_AGAIN)(check_again)
    app.action(names.SEND_ANYWAY)(send_anyway)


def cancel(ack: Ack, body: dict[str, Any], respond: Respond, house: House) -> None:
    ack()
    found = _allowed(house, body, respond, "retry")
    if found is None:
        return
    if house.duties.retrying.cancel(found[1].id, found[0].user):
        _note(house, *found, "cancel")
    else:
        tell(respond, GONE)


def send_now(ack: Ack, body: dict[str, Any], respond: Respond, house: House) -> None:
    ack()
    found = _allowed(house, body, respond, "retry")
    if found is None:
        return
    fired = house.duties.retrying.send_now(found[1].id, found[0].user)
    if fired is True:
        _note(house, *found, "send_now")
    else:
        tell(respond, taken(house, fired) if isinstance(fired, Quiet) else GONE)


def check_again(ack: Ack, body: dict[str, Any], respond: Respond, house: House) -> None:
    ack()
    found = _allowed(house, body, respond)
    if found is None:
        return
    if house.duties.retrying.check_again(found[1], found[0].user):
        _note(house, *found, "check_again")
    else:
        tell(respond, LOOKING)


def send_anyway(ack: Ack, body: dict[str, Any], respond: Respond, house: House) -> None:
    """The dialog before it said that the message may arrive twice."""
    ack()
    found = _allowed(house, body, respond, "send_anyway")
    if found is None:
        return
    press = house.duties.retrying.send_anyway(found[1].id, _deed(*found, "send_anyway"))
    if not isinstance(press, Press):
        tell(respond, taken(house, press) if press else GONE)


def _allowed(
    house: House, body: dict[str, Any], respond: Respond, right: Right | None = None
) -> tuple[Click, Press] | None:
    """The click and its press, when the person may; else the person is told why not. Looking needs no right."""
    click = desk.click(body)
    card = house.store.cards.find(click.card, click.team) if click else None
    press = house.store.presses.of_card(click.pick, card.id) if click and card else None
    if click is None or press is None or not house.can_act:
        tell(respond, TOO_OLD)
        return None
    where = {"team": click.team, "card": click.card, "channel": click.channel, "account": press.account}
    if right and (refused := permitted(house, click.user, right, **where)):
        tell(respond, refused)
        return None
    return click, press


def _note(house: House, click: Click, press: Press, what: What) -> None:
    house.store.audit.note(_deed(click, press, what))


def _deed(click: Click, press: Press, what: What) -> Deed:
    """For the record. What is told of a press goes to the one who pressed first, so its id stays out of this."""
    detail = f"{press.kind} to {press.masked_recipient}"
    return Deed(click.team, click.user, what, "", detail, press.account, click.card, click.channel)
