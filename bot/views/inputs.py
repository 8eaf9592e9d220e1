"""How each field of a request is asked for, and read back. A row a field: its label, its kind and a hint.

What the fields may hold is not decided here: `bot/waconnect/limits.py` has those rules.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from slack_sdk.models.blocks import (
    InputBlock,
    InputInteractiveElement,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    StaticSelectElement,
)

from bot.waconnect.limits import FIELDS

# Slack's limits for what a text field may hold, and for a hint.
LONGEST_INPUT = 3_000
_BUTTONS = 3
RAW = "raw"
"""The one field of a request whose fields are not documented, or do not fit: all of it, as JSON."""
# Endpoints of which WaConnect documents that they exist, and no fields but the recipient.
UNDOCUMENTED = frozenset({"messages/list"})

Kind = Literal["line", "text", "number", "choice"]


@dataclass(frozen=True, slots=True)
class Look:
    """How a field is asked for."""

    label: str
    kind: Kind = "line"
    hint: str = ""
    choices: Mapping[str, object] | None = None
    """Label → value, for a choice."""


_YES_NO: Mapping[str, object] = {"yes": True, "no": False}
LOOKS: Mapping[str, Look] = {
    "to": Look("To", hint="Digits only, with the country code, without + or spaces: 15551234567"),
    "body": Look("Text", "text", "Up to 4,096 characters"),
    "previewUrl": Look("Preview of the first link", "choice", choices=_YES_NO),
    "mediaUrl": Look("Media address", hint="Public, http or https. Either this or the media id"),
    "mediaId": Look("Media id", hint="Of a file that was uploaded. Either this or the media address"),
    "caption": Look("Caption", "text"),
    "filename": Look("File name", hint="As the recipient sees it"),
    "latitude": Look("Latitude", "number", "-90 to 90, with a point: 19.4326"),
    "longitude": Look("Longitude", "number", "-180 to 180, with a point: -99.1332"),
    "name": Look("Name of the place"),
    "address": Look("Address of the place"),
    "bodyText": Look("Text", "text", "Up to 1,024 characters"),
    "headerText": Look("Header", hint="Up to 60 characters"),
    "footerText": Look("Footer", hint="Up to 60 characters"),
    "templateName": Look("Template", hint="Lower case letters, digits and underscores, as WhatsApp Manager shows it"),
    "languageCode": Look("Language", hint="The approved translation, such as es or es_MX"),
    "otp": Look("One-time code"),
    "buttonType": Look("Button", "choice", choices={"copy_code": "copy_code", "one_tap": "one_tap"}),
    "packageName": Look("Android package", hint="one_tap only"),
    "signatureHash": Look("App signature hash", hint="one_tap only"),
    "phoneNumberId": Look("Sending number's id", hint="Digits only. Empty: the account's default number"),
}


def fits(endpoint: str, body: Mapping[str, Any]) -> bool:
    """Whether the fields can show and give back this body without losing anything of it."""
    if endpoint in UNDOCUMENTED:
        return False
    return all(_shows(field.name, body[field.name]) for field in FIELDS[endpoint] if body.get(field.name) is not None)


def passed_on(endpoint: str, body: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of what is in a body and in no field: it is sent as it is."""
    return tuple(name for name in body if name not in {field.name for field in FIELDS[endpoint]})


def inputs(endpoint: str, body: Mapping[str, Any], tag: str) -> Iterator[InputBlock]:
    """The fields, filled in. `tag` sets one drawing apart from the next, else Slack keeps what was typed."""
    if not fits(endpoint, body):
        text = json.dumps(body, indent=2, ensure_ascii=False)
        look = Look("Request body (JSON)", "text", _FULL if len(text) > LONGEST_INPUT else "")
        yield _input(RAW, look, text, len(text) <= LONGEST_INPUT, tag)
        return
    for field in FIELDS[endpoint]:
        if field.name == "buttons":
            yield from _button_inputs(body.get("buttons") or [], tag)
        else:
            value = body.get(field.name)
            yield _input(
                field.name, LOOKS[field.name], value, field.required and len(_shown(value)) <= LONGEST_INPUT, tag
            )


def read_body(endpoint: str, typed: Mapping[str, str], base: Mapping[str, Any]) -> dict[str, Any]:
    """The body that was typed over `base`. ValueError, in words, when the JSON of a raw body is none."""
    if RAW in typed:
        return _json(typed[RAW]) if typed[RAW] or not base else dict(base)
    body = {name: value for name, value in base.items() if name in passed_on(endpoint, base)}
    for field in FIELDS[endpoint]:
        value = _buttons(typed, base.get("buttons")) if field.name == "buttons" else _value(field.name, typed, base)
        if value not in (None, "", []):
            body[field.name] = value
    # In the order in which it was sent, so that a person who compares the two sees what changed.
    order = [*base, *body]
    return {name: body[name] for name in sorted(body, key=order.index)}


_FULL = "Too long to show here. Left empty, it is sent as it was"


def _shows(name: str, value: object) -> bool:
    if name == "buttons":
        return isinstance(value, list) and len(value) <= _BUTTONS and all(map(_shows_button, value))
    look = LOOKS[name]
    if look.choices is not None:
        return any(value is choice or value == choice for choice in look.choices.values())
    if look.kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, str)


def _shows_button(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(value.get(name, ""), str) for name in ("id", "title"))


def _button_inputs(given: list[Mapping[str, str]], tag: str) -> Iterator[InputBlock]:
    for place in range(_BUTTONS):
        button = given[place] if place < len(given) else {}
        for part, most in (("title", 20), ("id", 256)):
            look = Look(f"Button {place + 1}: {part}", hint=f"Up to {most} characters")
            yield _input(f"buttons.{place}.{part}", look, button.get(part), place == 0, tag)


def _input(name: str, look: Look, value: object, required: bool, tag: str) -> InputBlock:
    shown = _shown(value)
    hint = _FULL if len(shown) > LONGEST_INPUT else look.hint
    element = _choice(name, look.choices, value) if look.choices else _text(name, look, shown)
    return InputBlock(
        block_id=f"{name}{tag}",
        label=PlainTextObject(text=look.label),
        element=element,
        hint=PlainTextObject(text=hint) if hint else None,
        optional=not required,
    )


def _text(name: str, look: Look, shown: str) -> InputInteractiveElement:
    initial = shown if 0 < len(shown) <= LONGEST_INPUT else None
    return PlainTextInputElement(action_id=name, multiline=look.kind == "text", initial_value=initial)


def _choice(name: str, choices: Mapping[str, object], value: object) -> InputInteractiveElement:
    options = {label: Option(text=PlainTextObject(text=label), value=label) for label in choices}
    chosen = next((options[label] for label, choice in choices.items() if value is choice or value == choice), None)
    return StaticSelectElement(action_id=name, options=list(options.values()), initial_option=chosen)


def _shown(value: object) -> str:
    return "" if value is None else value if isinstance(value, str) else str(value)


def _value(name: str, typed: Mapping[str, str], base: Mapping[str, Any]) -> object:
    text, look, before = typed.get(name, ""), LOOKS[name], base.get(name)
    if not text:
        return before if len(_shown(before)) > LONGEST_INPUT else None
    if look.choices is not None:
        return look.choices.get(text, text)
    if look.kind == "number":
        return before if text == _shown(before) else _number(text)
    return text


def _number(text: str) -> object:
    """A number; what is none stays text, and the rules say so."""
    bare = text.strip()
    if re.fullmatch(r"[+-]?\d{1,10}", bare):
        return int(bare)
    return float(bare) if re.fullmatch(r"[+-]?\d{1,10}\.\d{1,20}", bare) else text


def _buttons(typed: Mapping[str, str], before: object) -> list[dict[str, Any]]:
    """Those that have a title or an id; what else a button held stays."""
    given = before if isinstance(before, list) else []
    found = []
    for place in range(_BUTTONS):
        parts = {part: text for part in ("id", "title") if (text := typed.get(f"buttons.{place}.{part}", ""))}
        if parts:
            rest = given[place] if place < len(given) and isinstance(given[place], Mapping) else {}
            found.append({**{name: value for name, value in rest.items() if name not in ("id", "title")}, **parts})
    return found


def _json(text: str) -> dict[str, Any]:
    try:
        body = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        where = f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        raise ValueError(f"This is not JSON{where}.") from None
    if not isinstance(body, dict):
        raise ValueError('This must be a JSON object, such as {"to": "15551234567", "body": "Hello"}.')
    return body
