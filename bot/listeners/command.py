"""`/waerror …` answers in the acknowledgement itself, to the one who typed it. What must ask WaConnect comes after.

A subcommand is a row of the table; everything else is an error to explain.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from slack_bolt import Ack, App

from bot import desk
from bot.desk.durations import read_duration
from bot.duties.margins import margins
from bot.house import House
from bot.listeners import notes
from bot.store import WATCHES, Mute, Watch
from bot.telemetry import report
from bot.views import card as view
from bot.views.blocks import Blocks, message, outside, section
from bot.views.help import usage
from bot.views.incident import clock

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
    ack(text="Looking …")  # first, or the answer might come before it
    house.duties.checking.begin_status(desk.command_click(command), message_id)


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
    wanted = typed.rest.lower()
    if wanted in WATCHES:
        house.store.channels.set_watch(typed.team, typed.channel, wanted, typed.user)
        report("channel.watched", channel=typed.channel, watch=wanted)
    unknown = f"`{outside(wanted, 40)}` is none of on, off, quiet and channel. " if wanted not in ("", *WATCHES) else ""
    says = unknown + _WATCH_SAYS[house.duties.triage.watch(typed.team, typed.channel)]
    return message([section(says)], "watch"), says


def mute(house: House, typed: Typed) -> tuple[Blocks, str]:
    code, _, time = typed.rest.partition(" ")
    entry, lasts = house.knowledge.named(code) if code else None, read_duration(time)
    if entry is None or lasts is None:
        return _said(f"Which error, and for how long? `/waerror mute 131047 2h`. {_muted(house, typed)}")
    at = datetime.now(UTC)
    until = at + lasts if lasts else None
    house.duties.triage.mute(typed.team, typed.channel, Mute(entry.id, typed.user, until))
    how_long = f"until {clock(until)}" if until else f"until somebody types `/waerror unmute {entry.label}`"
    return _said(f"Muted here {how_long}: {outside(entry.label)} · {outside(entry.title)}. I go on counting it.")


def unmute(house: House, typed: Typed) -> tuple[Blocks, str]:
    entry = house.knowledge.named(typed.rest) if typed.rest else None
    if entry is None:
        return _said(f"Which error? `/waerror unmute 131047`. {_muted(house, typed)}")
    lifted = house.duties.triage.unmute(typed.team, typed.channel, entry.id, typed.user)
    title = f"{outside(entry.label)} · {outside(entry.title)}"
    return _said(f"{title} gets its answers here again." if lifted else f"{title} was not muted here.")


def _muted(house: House, typed: Typed) -> str:
    names = [outside(mute.entry) for mute in house.store.mutes.of(typed.team, typed.channel, datetime.now(UTC))]
    return f"Muted here: {', '.join(names)}." if names else "Nothing is muted here."


def _said(says: str) -> tuple[Blocks, str]:
    return message([section(says)], "said"), says


_WATCH_SAYS: Mapping[Watch, str] = {
    "on": "I read what is posted at the top of this channel and answer the errors that I am sure of, one thread a "
    "cause. I must be a member: /invite me. `/waerror watch off` stops it, `quiet` only counts, `channel` shows the "
    "first answer of an incident in the channel as well.",
    "channel": "I read this channel and answer in threads; the first answer of an incident shows in the channel as "
    "well. `/waerror watch on` keeps to threads, `off` stops it.",
    "quiet": "I read and count what is posted here and write nothing: it shows in my Home tab and in the digest. "
    "`/waerror watch on` answers again.",
    "off": "I do not read this channel by myself. `/waerror watch on` starts it; I then must be a member of it.",
}


def note(house: House, typed: Typed) -> tuple[Blocks, str]:
    return notes.typed(house, typed.team, typed.user, typed.rest)


_SUBCOMMANDS: dict[str, Callable[[House, Typed], tuple[Blocks, str]]] = {
    "": help_,
    "help": help_,
    "mute": mute,
    "unmute": unmute,
    "watch": watch,
    "note": note,
}
