"""Notes on an error: through a card's menu, or typed as `/waerror note CODE …`."""

from typing import Any

from slack_bolt import Ack, App

from bot import desk
from bot.diagnosis.entries import Entry
from bot.duties.margins import name
from bot.house import House
from bot.listeners.actions import TOO_OLD, tell
from bot.listeners.chosen import Chosen, entry_of, submitted
from bot.listeners.typed import Said, Typed
from bot.store import Deed
from bot.store.notes import LONGEST, MOST
from bot.telemetry import report
from bot.views import fields
from bot.views import notes as view
from bot.views.blocks import message, outside, section

_TITLE = "Add note"
_FULL = f"There are {MOST} notes on this error, more than anybody reads. Delete one first: /waerror note CODE delete N"
_USAGE = (
    "Notes: `/waerror note CODE text` adds one, `/waerror note CODE` lists them, `/waerror note CODE delete N` deletes."
)


def register(app: App) -> None:
    app.view(view.CALLBACK)(add)


def write(chosen: Chosen) -> None:
    """*Add note…* was picked."""
    entry = entry_of(chosen.house, chosen.click.team, chosen.card)
    if entry is None:
        tell(chosen.respond, TOO_OLD)
        return
    chosen.open(view.form(entry, desk.carried(chosen.click)))


def add(ack: Ack, body: dict[str, Any], house: House) -> None:
    """The form was submitted."""
    found = submitted(house, body)
    entry = entry_of(house, found[0].team, found[1]) if found else None
    if found is None or entry is None:
        ack(response_action="update", view=fields.told(_TITLE, TOO_OLD))
        return
    text = fields.written(body["view"]).get(view.TEXT, "").strip()
    click = found[0]
    fault = _keep(house, click.team, click.user, click.channel, entry, text)
    if fault:
        ack(response_action="errors", errors={view.TEXT: fault})
        return
    house.duties.learning.begin_redraw(click)
    ack()


def of_command(house: House, typed: Typed) -> Said:
    """`CODE`, `CODE text` or `CODE delete N`."""
    code, text = [*typed.rest.split(None, 1), "", ""][:2]
    entry = house.knowledge.named(code) if code else None
    if entry is None:
        says = f"I know no error `{outside(code, 60)}`. {_USAGE}" if code else _USAGE
        return message([section(says)], "notes"), "Which error?"
    says = _done(house, typed, entry, text.strip())
    listed = view.listing(entry, house.store.notes.of(typed.team, entry.id), name(entry), says)
    return listed, says or f"Notes on {entry.label}"


def _done(house: House, typed: Typed, entry: Entry, text: str) -> str:
    """What came of it, in a sentence; nothing when the notes were only asked for."""
    word, _, number = text.partition(" ")
    if word.lower() == "delete" and number.strip().isdecimal():
        gone = house.store.notes.delete(typed.team, entry.id, int(number.strip()[:9]), typed.user)
        if gone:
            _note(house, typed.team, typed.user, typed.channel, "deleted", entry)
        return "Deleted." if gone else "There is no such note of yours. Only who wrote a note can delete it."
    if not text:
        return ""
    fault = _keep(house, typed.team, typed.user, typed.channel, entry, text)
    return fault or "Added. It is shown on every card of this error in this workspace."


def _keep(house: House, team: str, user: str, channel: str, entry: Entry, text: str) -> str:
    """Why it was not kept; nothing when it was."""
    if not text:
        return "Please write something."
    if len(text) > LONGEST:
        return f"This is too long for a note: {len(text)} characters, at most {LONGEST}."
    if not house.store.notes.add(team, entry.id, user, text):
        return _FULL
    _note(house, team, user, channel, "added", entry)
    report("note.added", entry=entry.id)
    return ""


def _note(house: House, team: str, user: str, channel: str, result: str, entry: Entry) -> None:
    """For the record."""
    house.store.audit.note(Deed(team, user, "note", result, entry.id, channel=channel))
