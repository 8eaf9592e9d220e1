"""`/waerror …` answers in the acknowledgement itself, to the one who typed it. What must ask WaConnect comes after.

A subcommand is a row of the table; everything else is an error to explain.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from slack_bolt import Ack, App

from bot import desk
from bot.desk import Click
from bot.desk.healths import accounts_asked
from bot.house import House
from bot.store import Deed
from bot.telemetry import report
from bot.views import card as view
from bot.views.blocks import Blocks, escape, message, section
from bot.views.help import usage

COMMAND = "/waerror"


@dataclass(frozen=True, slots=True)
class Typed:
    """One use of the command."""

    team: str
    channel: str
    user: str
    rest: str
    """What follows the subcommand."""
    click: Click
    """For what must ask WaConnect first: the way back to the one who typed."""


def register(app: App) -> None:
    app.command(COMMAND)(typed)


def typed(ack: Ack, command: dict[str, Any], house: House) -> None:
    text = str(command.get("text") or "").strip()
    word, _, rest = text.partition(" ")
    if word.lower() == "account" and not _is_error(house, text, rest):
        account(ack, house, _typed(command, rest))
        return
    message_id = desk.only_message_id(text) if house.can_act else None
    if message_id is None:
        ack(**_answer(house, command, text))
        return
    click = desk.command_click(command)
    home = house.home(click.channel)
    house.store.audit.note(Deed(click.team, click.user, "status", account=home, channel=click.channel))
    house.duties.checking.begin_status(click, message_id, home)
    ack(text="Looking …")


def _answer(house: House, command: dict[str, Any], text: str) -> dict[str, Any]:
    word, _, rest = text.partition(" ")
    typed = _typed(command, rest)
    subcommand = _SUBCOMMANDS.get(word.lower())
    blocks, summary = subcommand(house, typed) if subcommand else explain(house, typed, text)
    return {"response_type": "ephemeral", "text": summary, "blocks": blocks}


def _is_error(house: House, text: str, rest: str) -> bool:
    """*Account disabled* is an error of WaConnect's and no account's name."""
    named = not rest or house.accounts.by_name(rest.strip().lower()) is not None
    return not named and desk.answer(text, "ask", house.knowledge, can_act=False).diagnosis.answered


def _typed(command: dict[str, Any], rest: str) -> Typed:
    click = desk.command_click(command)
    return Typed(click.team, click.channel, click.user, rest.strip(), click)


def explain(house: House, typed: Typed, text: str) -> tuple[Blocks, str]:
    home = house.home(typed.channel)
    given = desk.answer(text, "ask", house.knowledge, house.can_act, house.terms(home))
    card_id = uuid4().hex[:24]
    house.store.cards.keep(card_id, typed.team, text, "ask", home)
    best = given.diagnosis.best
    report("command.answered", entry=best.entry.id if best else None)
    return view.card(given, card_id, share=True), view.summary(given)


def help_(house: House, typed: Typed) -> tuple[Blocks, str]:
    return usage(), "How to use waerror"


def account(ack: Ack, house: House, typed: Typed) -> None:
    """How an account is, or all of them. It acknowledges by itself: what WaConnect says comes after."""
    said, names = accounts_asked(house.accounts, typed.channel, typed.rest.lower())
    says = escape(said)
    ack(response_type="ephemeral", text=says, blocks=message([section(says)], "account"))
    if names:
        result = " ".join(names)
        house.store.audit.note(Deed(typed.team, typed.user, "account", account=result, channel=typed.channel))
        house.duties.healths.begin(typed.click, names)


def watch(house: House, typed: Typed) -> tuple[Blocks, str]:
    wanted = {"on": True, "off": False}.get(typed.rest.lower())
    if wanted is not None:
        house.store.watches.set(typed.team, typed.channel, wanted, typed.user)
        deed = Deed(typed.team, typed.user, "watch", "on" if wanted else "off", channel=typed.channel)
        house.store.audit.note(deed)
        report("channel.watched", channel=typed.channel, watched=wanted)
    watched = house.is_watched(typed.team, typed.channel)
    says = (
        "I read what is posted at the top of this channel and answer the errors that I am sure of, in their threads. "
        "I must be a member: /invite me. `/waerror watch off` stops it."
        if watched
        else "I do not read this channel by myself. `/waerror watch on` starts it; I then must be a member of it."
    )
    return message([section(says)], "watch"), says


_SUBCOMMANDS: dict[str, Callable[[House, Typed], tuple[Blocks, str]]] = {
    "": help_,
    "help": help_,
    "watch": watch,
}
