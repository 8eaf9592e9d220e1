"""The form behind *Not this error…*: what else it may be, and why."""

from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.views import View

from bot.diagnosis.entries import Entry
from bot.store.corrections import LONGEST_COMMENT
from bot.views import fields
from bot.views.blocks import context, escape, section

CALLBACK = "card.correct"
_INSTEAD, _COMMENT, _NONE = "instead", "comment", "none"


def form(shown: Entry, candidates: Sequence[Entry], carries: str) -> View:
    """`carries`: the click that opened it."""
    options = {entry.id: f"{entry.label} {entry.title}" for entry in candidates}
    return fields.form(
        "Not this error",
        CALLBACK,
        carries,
        [
            section(f"The card says *{escape(shown.label)} · {escape(shown.title)}*."),
            fields.radio(_INSTEAD, "What is it?", options | {_NONE: "None of these, something else"}),
            fields.text(_COMMENT, "How do you know?", LONGEST_COMMENT, "It is shown on the card.", optional=True),
            context(
                "The card will say what you chose. What I recognise does not change by itself: a maintainer looks."
            ),
        ],
        "Correct it",
    )


def submitted(view: Mapping[str, Any]) -> tuple[str | None, str]:
    """The id of the chosen entry, None for none of them, and the comment. The id must still be looked up."""
    written = fields.written(view)
    chosen = written.get(_INSTEAD) or _NONE
    return None if chosen == _NONE else chosen, written.get(_COMMENT, "").strip()
