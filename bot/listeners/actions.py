"""Clicks on a card. `ack()` first; what the click means is parsed to a value or None; a duty does the rest."""

import re
from typing import Any

from slack_bolt import Ack, App, Respond

from bot import desk
from bot.desk import Answer, Click
from bot.duties.margins import margins
from bot.house import House
from bot.listeners.rights import permitted
from bot.store import Card, Deed, Press, Quiet
from bot.store.audit import What
from bot.telemetry import report
from bot.views import card as view
from bot.views.blocks import Blocks
from bot.views.evidence import evidence
from bot.views.reveal import reveal as reveal_view
from bot.views.timeline import already

TOO_OLD = "This button is too old: I no longer know the message that it belongs to. Paste the error again."

ELSEWHERE = "This message is taken care of in another workspace that uses the same WaConnect account."


def register(app: App) -> None:
    app.action("remedy.recheck")(recheck)
    app.action("remedy.status")(status)
    app.action("card.share")(share)
    app.action("card.why")(why)
    app.action("card.reveal")(reveal)
    app.action(re.compile(r"^entry\.show\.\d$"))(show_candidate)


def recheck(ack: Ack, body: dict[str, Any], respond: Respond, house: House) -> None:
    ack()
    found = pressed(house, body)
    if found is None or not house.can_act:
        tell(respond, TOO_OLD)
        return
    account = answer(house, found[1]).account
    note(house, found[0], "recheck", account)
    house.duties.checking.begin_recheck(found[0], account)


def status(ack: Ack, body: dict[str, Any], respond: Respond, house: House) -> None:
    ack()
    found = pressed(house, body)
    given = answer(house, found[1]) if found else None
    if found is None or given is None or not given.message_id or not house.can_act:
        tell(respond, TOO_OLD)
        return
    note(house, found[0], "status", given.account)
    house.duties.checking.begin_status(found[0], given.message_id, given.account)


def share(ack: Ack, body: dict[str, Any], respond: Respond, house: House) -> None:
    ack()
    found = pressed(house, body)
    if found is None:
        tell(respond, TOO_OLD)
        return
    given = answer(house, found[1])
    beside = margins(house.store, house.knowledge, found[0].team, found[1].id, given.diagnosis.best)
    blocks = view.card(given, found[1].id, margins=beside)
    respond(response_type="in_channel", text=view.summary(given), blocks=blocks, replace_original=False)
    respond(delete_original=True)
    note(house, found[0], "share", given.account)
    report("card.shared", channel=found[0].channel)


def why(ack: Ack, body: dict[str, Any], respond: Respond, house: House) -> None:
    ack()
    found = pressed(house, body)
    if found is None:
        tell(respond, TOO_OLD)
        return
    blocks = evidence(answer(house, found[1]), found[1].id)
    respond(response_type="ephemeral", text="How I recognised this", blocks=blocks, replace_original=False)


def reveal(ack: Ack, body: dict[str, Any], respond: Respond, house: House) -> None:
    ack()
    found = pressed(house, body)
    if found is None:
        tell(respond, TOO_OLD)
        return
    click, given = found[0], answer(house, found[1])
    where = {"team": click.team, "card": click.card, "channel": click.channel, "account": given.account}
    if refused := permitted(house, click.user, "reveal", **where):
        tell(respond, refused)
        return
    note(house, click, "reveal", given.account)  # before it is shown: what is not recorded is not seen
    blocks = reveal_view(given, click.card)
    respond(response_type="ephemeral", text="Number and body", blocks=blocks, replace_original=False)


def show_candidate(ack: Ack, body: dict[str, Any], respond: Respond, house: House) -> None:
    ack()
    found = pressed(house, body)
    blocks = _candidate(house, found[1], int(body["actions"][0]["action_id"][-1])) if found else None
    if not blocks:
        tell(respond, TOO_OLD)
        return
    respond(response_type="ephemeral", text="A candidate", blocks=blocks, replace_original=False)


def pressed(house: House, body: dict[str, Any]) -> tuple[Click, Card] | None:
    """The click and its card; None when either is not known (any more)."""
    click = desk.click(body)
    card = house.store.cards.find(click.card, click.team) if click else None
    return (click, card) if click and card else None


def answer(house: House, card: Card) -> Answer:
    """What the card shows, made again from its paste."""
    return desk.answer(card.text, card.mode, house.knowledge, house.can_act, house.terms(card.account))


def note(house: House, click: Click, what: What, account: str, result: str = "", detail: str = "") -> None:
    """A click for the record."""
    deed = Deed(click.team, click.user, what, result, detail, account, click.card, click.channel)
    house.store.audit.note(deed)


def taken(house: House, near: Press | Quiet) -> str:
    """What holds it, in words. Of another workspace nothing is told but that."""
    press = near.press if isinstance(near, Quiet) else near
    return already(near) if house.store.cards.team_of(press.card) in (house.team, None) else ELSEWHERE


def tell(respond: Respond, says: str) -> None:
    """A sentence for the one who clicked."""
    respond(response_type="ephemeral", text=says, replace_original=False)


def _candidate(house: House, card: Card, n: int) -> Blocks | None:
    """The nth of the nearest candidates as a card of its own."""
    near = answer(house, card).diagnosis.matches
    return view.entry(near[n].entry, card.id) if n < len(near) else None
