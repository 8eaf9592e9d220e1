"""`/waerror …` answers in the acknowledgement itself, to the one who typed it. What must ask WaConnect comes after.

A subcommand is a row of the table; everything else is an error to explain.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from slack_bolt import Ack, App

from bot import desk
from bot.duties.margins import margins
from bot.house import House
from bot.listeners import notes
from bot.telemetry import report
from bot.views import card as view
from bot.views.blocks import Blocks, message, section
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


def register(app: App) -> None:
    app.command(COMMAND)(typed)


def typed(ack: Ack, command: dict[str, Any], house: House) -> None:
    text = str(command.get("text") or "").strip()
    message_id = desk.only_message_id(text) if house.can_act else None
    if message_id is None:
        ack(**_answer(house, command, text))
        return
    house.duties.checking.begin_status(desk.command_click(command), message_id)
    ack(text="Looking …")


def _answer(house: House, command: dict[str, Any], text: str) -> dict[str, Any]:
    word, _, rest = text.partition(" ")
    typed = Typed(command["team_id"], command["channel_id"], command["user_id"], rest.strip())
    subcommand = _SUBCOMMANDS.get(word.lower())
    blocks, summary = subcommand(house, typed) if subcommand else explain(house, typed, text)
    return {"response_type": "ephemeral", "text": summary, "blocks": blocks}


def explain(house: House, typed: Typed, text: str) -> tuple[Blocks, str]:
    given = desk.answer(text, "ask", house.knowledge, house.can_act)
    card_id = uuid4().hex[:24]
    house.store.cards.keep(card_id, typed.team, text, "ask")
    best = given.diagnosis.best
    report("command.answered", entry=best.entry.id if best else None)
    if best is None:
        house.store.queue.add(typed.team, text, "unmatched")
    beside = margins(house.store, house.knowledge, typed.team, card_id, best.entry if best else None)
    return view.card(given, card_id, share=True, margins=beside), view.summary(given)


def help_(house: House, typed: Typed) -> tuple[Blocks, str]:
    return usage(), "How to use waerror"


def watch(house: House, typed: Typed) -> tuple[Blocks, str]:
    wanted = {"on": True, "off": False}.get(typed.rest.lower())
    if wanted is not None:
        house.store.watches.set(typed.team, typed.channel, wanted, typed.user)
        report("channel.watched", channel=typed.channel, watched=wanted)
    watched = house.is_watched(typed.team, typed.channel)
    says = (
        "I read what is posted at the top of this channel and answer the errors that I am sure of, in their threads. "
        "I must be a member: /invite me. `/waerror watch off` stops it."
        if watched
        else "I do not read this channel by myself. `/waerror watch on` starts it; I then must be a member of it."
    )
    return message([section(says)], "watch"), says


def note(house: House, typed: Typed) -> tuple[Blocks, str]:
    return notes.typed(house, typed.team, typed.user, typed.rest)


_SUBCOMMANDS: dict[str, Callable[[House, Typed], tuple[Blocks, str]]] = {
    "": help_,
    "help": help_,
    "watch": watch,
    "note": note,
}
