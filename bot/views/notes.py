"""Notes: the form that takes one, the list of them, and what is offered to whom a card did not help."""

from collections.abc import Sequence

from slack_sdk.models.views import View

from bot.diagnosis.entries import Entry
from bot.store import Note
from bot.store.notes import LONGEST
from bot.views import fields
from bot.views.blocks import Blocks, actions, button, context, day, escape, message, outside, section

CALLBACK, TEXT = "note.add", "text"
_OFFERED = {"wrong": "Not this error…", "note": "Add note…"}
# All of a message fits into 12,000 characters; a long note is read whole on request only when there are few.
_ROOM = 8_000


def form(entry: Entry, carries: str) -> View:
    """`carries`: the click that opened it."""
    about = section(f"For everybody here who meets *{escape(entry.label)} · {escape(entry.title)}*.")
    hint = "It is shown on every card of this error in this workspace. Phone numbers and keys are masked."
    text = fields.text(TEXT, "Note", LONGEST, hint, lines=True)
    return fields.form("Add note", CALLBACK, carries, [about, text], "Add")


def listing(entry: Entry, notes: Sequence[Note], name: str, says: str = "") -> Blocks:
    """All notes on an entry, the oldest first, after a sentence on what was just done."""
    each = min(LONGEST, _ROOM // max(1, len(notes)))
    lines = [
        section(f"*{note.number}.* {outside(note.text, each)}\n<@{escape(note.user)}>, {day(note.at)}")
        for note in reversed(notes)
    ]
    command = f"`/waerror note {escape(name)}"
    return message(
        [
            section(says) if says else None,
            section(f"*Notes on {escape(entry.label)} · {escape(entry.title)}*" + ("" if notes else ": none yet.")),
            *lines,
            context(f"{command} text` adds one · {command} delete N` deletes one of yours"),
        ],
        "notes",
    )


def offers(card_id: str) -> Blocks:
    """What helps when a card did not."""
    buttons = [button(label, f"card.more.{pick}", card_id, pick=pick) for pick, label in _OFFERED.items()]
    return message([section("Thanks. What would have helped?"), actions(buttons)], f"{card_id}.offers")
