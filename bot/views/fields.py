"""Forms: a modal of named fields, and what was written into them, by the same names.

A field's name is its block id and its action id, so that a fault is shown beside it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    InputBlock,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    RadioButtonsElement,
    StaticSelectElement,
)
from slack_sdk.models.views import View

from bot.views.blocks import clip, escape, section

# Slack's limits.
_TITLE, _OPTION, _LABEL, _HINT, _INITIAL = 24, 75, 150, 150, 3_000


def form(title: str, callback: str, carries: str, blocks: Sequence[Block], submit: str) -> View:
    """`carries`: what the form brings back, at most 3,000 characters."""
    return View(
        type="modal",
        callback_id=callback,
        title=_plain(title, _TITLE),
        submit=_plain(submit, _TITLE),
        close=_plain("Cancel", _TITLE),
        private_metadata=carries,
        blocks=list(blocks),
    )


def told(title: str, says: str) -> View:
    """What replaces a form that did its work, or can no longer do it."""
    return View(
        type="modal", title=_plain(title, _TITLE), close=_plain("Close", _TITLE), blocks=[section(escape(says))]
    )


def text(
    name: str,
    label: str,
    most: int,
    hint: str | None = None,
    filled: str | None = None,
    lines: bool = False,
    optional: bool = False,
) -> InputBlock:
    """Something to write, at most `most` characters."""
    initial = clip(filled, min(most, _INITIAL)) if filled else None
    element = PlainTextInputElement(action_id=name, multiline=lines, max_length=most, initial_value=initial)
    return InputBlock(
        block_id=name,
        label=_plain(label, _LABEL),
        hint=_plain(hint, _HINT) if hint else None,
        element=element,
        optional=optional,
    )


def choice(name: str, label: str, options: Mapping[str, str], chosen: str | None = None) -> InputBlock:
    """One of a list, `value` → label."""
    shown = {value: _option(value, says) for value, says in options.items()}
    element = StaticSelectElement(
        action_id=name, options=list(shown.values()), initial_option=shown[chosen] if chosen else None
    )
    return InputBlock(block_id=name, label=_plain(label, _LABEL), element=element)


def radio(name: str, label: str, options: Mapping[str, str]) -> InputBlock:
    """One of at most ten, all of them in sight."""
    element = RadioButtonsElement(action_id=name, options=[_option(value, says) for value, says in options.items()])
    return InputBlock(block_id=name, label=_plain(label, _LABEL), element=element)


def written(view: Mapping[str, Any]) -> dict[str, str]:
    """What stands in each field; empty where nothing does."""
    found: dict[str, str] = {}
    for name, held in (view.get("state") or {}).get("values", {}).items():
        field = held.get(name) or {}
        value = (field.get("selected_option") or {}).get("value") or field.get("value")
        found[str(name)] = str(value or "")
    return found


def _option(value: str, says: str) -> Option:
    return Option(text=_plain(says, _OPTION), value=value)


def _plain(words: str, most: int) -> PlainTextObject:
    return PlainTextObject(text=clip(words, most), emoji=False)
