"""What people wrote beside a card: who says that it is another error, and the workspace's notes on this one.

Nobody is named in a note on a card, since a name would call its owner each time the error comes.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from slack_sdk.models.blocks import Block

from bot.diagnosis.entries import Entry
from bot.store import Correction, Note
from bot.views.blocks import Blocks, day, escape, message, outside, section
from bot.views.short import explanation

_SHOWN, _LONGEST_NOTE, _LONGEST_COMMENT = 3, 300, 200


@dataclass(frozen=True, slots=True)
class Margins:
    """All that stands in the margins of one card."""

    notes: tuple[Note, ...] = ()
    """Of the entry that the card stands for, the newest first."""
    name: str = ""
    """What `/waerror note` takes for that entry."""
    correction: Correction | None = None
    instead: Entry | None = None
    """The entry that the correction names."""


def corrected(margins: Margins) -> Iterator[Block]:
    """Who says what it is instead, and what that means."""
    if margins.correction is None:
        return
    entry, comment = margins.instead, outside(margins.correction.comment, _LONGEST_COMMENT)
    what = f"but *{escape(entry.label)} {escape(entry.title)}*" if entry else "but something else, not known to me yet"
    who = f":leftwards_arrow_with_hook: <@{escape(margins.correction.user)}>: not this error, {what}"
    yield section(f"{who} · “{comment}”" if comment else who)
    if entry:
        yield section(explanation(entry))


def summary(margins: Margins, otherwise: str) -> str:
    """The card in one line, for notifications and screen readers: the correction goes before the diagnosis."""
    if margins.correction is None:
        return otherwise
    entry = margins.instead
    return f"Corrected: {entry.label} · {entry.title}." if entry else "Corrected: not this error."


def noted(margins: Margins) -> Iterator[Block]:
    """The newest notes, and where the others are."""
    if not margins.notes:
        return
    lines = [f"• {outside(note.text, _LONGEST_NOTE)}  ({day(note.at)})" for note in margins.notes[:_SHOWN]]
    more = len(margins.notes) - _SHOWN
    if more > 0:
        lines.append(f"and {more} more: `/waerror note {escape(margins.name)}`")
    yield section("\n".join([f"*Your notes on {escape(margins.name)}*", *lines]))


def alone(margins: Margins, mark: str) -> Blocks:
    """The margins without their card, where the card cannot be edited."""
    said = [*corrected(margins), *noted(margins)]
    return message(said or [section("Nothing is noted on this.")], f"{mark}.margin")
