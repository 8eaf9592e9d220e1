"""`/waerror …` answers in the acknowledgement itself, to the one who typed it. What must ask somebody comes after.

A subcommand is a row of the table; everything else is an error to explain. The functions stand by subject in
`watching`, `looking` and `telling`.
"""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from slack_bolt import Ack, App

from bot import desk
from bot.duties.margins import margins
from bot.house import House
from bot.listeners import looking, notes, telling, watching
from bot.listeners.typed import (
    Promised,
    Said,
    Subcommand,
    Typed,
    account_name,
    bare,
    message_id,
    mistyped,
    one_word,
    read,
)
from bot.telemetry import diagnosed, report
from bot.views import card as view
from bot.views.blocks import Blocks, message, section

COMMAND = "/waerror"


def register(app: App) -> None:
    app.command(COMMAND)(typed)


def typed(ack: Ack, command: dict[str, Any], house: House) -> None:
    answered = _answer(house, command, str(command.get("text") or "").strip())
    blocks, summary = answered.said if isinstance(answered, Promised) else answered
    ack(response_type="ephemeral", text=summary, blocks=blocks)
    if isinstance(answered, Promised):
        answered.begin()


def _answer(house: House, command: dict[str, Any], text: str) -> Said | Promised:
    word, typed = read(command)
    asked_about = desk.only_message_id(text) if house.can_act else None
    if asked_about is not None:
        return telling.look_for(house, typed.click, asked_about)
    subcommand = _SUBCOMMANDS.get(word)
    if subcommand and subcommand.takes(typed.rest, house):
        return subcommand.run(house, typed)
    return explain(house, typed, text)


def explain(house: House, typed: Typed, text: str) -> Said:
    """An error, or an entry by its id; a mistyped subcommand is told so first."""
    card_id, home = uuid4().hex[:24], house.home(typed.channel)
    house.store.cards.keep(card_id, typed.team, text, "ask", home)
    known = house.knowledge.entries.get(text.lower())
    if known:
        return view.entry(known, card_id), f"{known.label} · {known.title}"
    given = desk.answer(text, "ask", house.knowledge, house.can_act, house.terms(home))
    best = given.diagnosis.best
    diagnosed("ask", best)
    report("command.answered", entry=best.entry.id if best else None)
    hint = mistyped(text, _SUBCOMMANDS, recognised=best is not None)
    if best is None and not hint:
        house.store.queue.add(typed.team, text, "unmatched")
    beside = margins(house.store, house.knowledge, typed.team, card_id, best)
    blocks = view.card(given, card_id, share=True, margins=beside)
    return _below(hint, blocks), view.summary(given)


def _below(hint: str | None, blocks: Blocks) -> Blocks:
    """A sentence above a card."""
    return [*message([section(hint)], "hint"), *blocks] if hint else blocks


_SUBCOMMANDS: Mapping[str, Subcommand] = {
    "": Subcommand(telling.help_),
    "help": Subcommand(telling.help_),
    "about": Subcommand(telling.about, bare),
    "account": Subcommand(telling.account, account_name),
    "health": Subcommand(telling.health, bare),
    "incidents": Subcommand(looking.incidents, bare),
    "mute": Subcommand(watching.mute),
    "note": Subcommand(notes.of_command),
    "search": Subcommand(looking.search),
    "status": Subcommand(telling.status, message_id),
    "top": Subcommand(looking.top, one_word),
    "unmute": Subcommand(watching.unmute),
    "watch": Subcommand(watching.watch),
}
