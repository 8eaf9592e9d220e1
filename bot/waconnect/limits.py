"""What WaConnect documents of each send, as one table; breaking it gives problems, never an exception.

An endpoint whose fields are not documented (`messages/list`) needs only a recipient.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from bot.waconnect import hosts
from bot.waconnect.payloads import MEDIA, OutboundRequest

MISSING: Final = "is missing"
BAD_NUMBER: Final = "must be the full international number, 7 to 15 digits, without + or spaces"

Check = Callable[[object], str | None]
"""A value → what is wrong with it, or None."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One field that breaks the documented rules."""

    field: str
    says: str
    """The end of a sentence that starts with the field's name; holds no value."""


@dataclass(frozen=True, slots=True)
class Field:
    """A documented field of an endpoint."""

    name: str
    check: Check
    required: bool = False


def problems(request: OutboundRequest) -> tuple[Problem, ...]:
    """What is wrong with a request by WaConnect's documentation, in the order of its fields."""
    body = request.body
    found = [problem for field in FIELDS[request.endpoint] if (problem := _problem(field, body.get(field.name)))]
    found += [problem for rule in RULES.get(request.endpoint, ()) if (problem := rule(body))]
    return tuple(found)


def _problem(field: Field, value: object) -> Problem | None:
    if value is None or value == "":
        return Problem(field.name, MISSING) if field.required else None
    says = field.check(value)
    return Problem(field.name, says) if says else None


def _text(most: int | None = None) -> Check:
    def check(value: object) -> str | None:
        if not isinstance(value, str):
            return "must be text"
        if not value.strip():
            return "is blank"
        if most is not None and len(value) > most:
            return f"has {len(value):,} characters; {most:,} is the most"
        return None

    return check


def _number(least: float, most: float) -> Check:
    def check(value: object) -> str | None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return "must be a number"
        return None if least <= value <= most else f"must lie between {least:g} and {most:g}"

    return check


def _one_of(*allowed: str) -> Check:
    return lambda value: None if value in allowed else f"must be {' or '.join(allowed)}"


def _recipient(value: object) -> str | None:
    if not isinstance(value, str):
        return "must be text"
    return None if re.fullmatch(r"[0-9]{7,15}", value) else BAD_NUMBER


def _flag(value: object) -> str | None:
    return None if isinstance(value, bool) else "must be true or false"


def _looks(pattern: str, says: str) -> Check:
    return lambda value: None if isinstance(value, str) and re.fullmatch(pattern, value) else says


_TEMPLATE_NAME: Final = _looks(
    r"[a-z0-9_]{1,512}", "must be lower case letters, digits and underscores, such as order_update"
)
_LANGUAGE: Final = _looks(r"[a-z]{2,3}(_[A-Z]{2}|_[A-Z][a-z]{3})?", "must be a language code, such as es or es_MX")
_SENDER: Final = _looks(r"[0-9]{1,20}", "must be digits only: it is the id of a sending number, not the number itself")


def _buttons(value: object) -> str | None:
    if not isinstance(value, list | tuple):
        return "must be a list"
    if not 1 <= len(value) <= 3:
        return f"has {len(value)} buttons; 1 to 3 are allowed"
    for place, button in enumerate(value, start=1):
        says = _button(button)
        if says:
            return f"({place}) {says}"
    ids = [button["id"] for button in value]
    return None if len(set(ids)) == len(ids) else "have the same id twice; each needs its own"


def _button(button: object) -> str | None:
    if not isinstance(button, Mapping):
        return "must have an id and a title"
    for field in (Field("id", _text(256), required=True), Field("title", _text(20), required=True)):
        problem = _problem(field, button.get(field.name))
        if problem:
            return f"{problem.field} {problem.says}"
    return None


Rule = Callable[[Mapping[str, object]], Problem | None]
"""A whole body → what is wrong between its fields, or None."""


def _one_source(body: Mapping[str, object]) -> Problem | None:
    given = [name for name in ("mediaUrl", "mediaId") if body.get(name)]
    if len(given) == 1:
        return None
    return Problem("mediaUrl", "and mediaId exclude each other" if given else MISSING)


def _one_tap_app(body: Mapping[str, object]) -> Problem | None:
    if body.get("buttonType") != "one_tap":
        return None
    missing = [name for name in ("packageName", "signatureHash") if not body.get(name)]
    return Problem(missing[0], MISSING) if missing else None


_TO: Final = Field("to", _recipient, required=True)
_FROM: Final = Field("phoneNumberId", _SENDER)
_SOURCE: Final = (Field("mediaUrl", hosts.trouble), Field("mediaId", _text()))
_CAPTION: Final = Field("caption", _text())

FIELDS: Final[Mapping[str, tuple[Field, ...]]] = MappingProxyType(
    {
        "messages/text": (
            _TO, Field("body", _text(4096), required=True), Field("previewUrl", _flag), _FROM,
        ),
        "messages/image": (_TO, *_SOURCE, _CAPTION, _FROM),
        "messages/video": (_TO, *_SOURCE, _CAPTION, _FROM),
        "messages/audio": (_TO, *_SOURCE, _FROM),
        "messages/document": (_TO, *_SOURCE, _CAPTION, Field("filename", _text()), _FROM),
        "messages/sticker": (_TO, *_SOURCE, _FROM),
        "messages/location": (
            _TO,
            Field("latitude", _number(-90, 90), required=True),
            Field("longitude", _number(-180, 180), required=True),
            Field("name", _text()), Field("address", _text()), _FROM,
        ),
        "messages/reply-buttons": (
            _TO,
            Field("bodyText", _text(1024), required=True),
            Field("buttons", _buttons, required=True),
            Field("headerText", _text(60)), Field("footerText", _text(60)), _FROM,
        ),
        "messages/list": (_TO,),
        "messages/auth-template": (
            _TO,
            Field("templateName", _TEMPLATE_NAME, required=True),
            Field("languageCode", _LANGUAGE, required=True),
            Field("otp", _text(), required=True),
            Field("buttonType", _one_of("copy_code", "one_tap"), required=True),
            Field("packageName", _text()), Field("signatureHash", _text()), _FROM,
        ),
    }
)  # fmt: skip

RULES: Final[Mapping[str, tuple[Rule, ...]]] = MappingProxyType(
    {
        **{f"messages/{kind}": (_one_source,) for kind in MEDIA},
        "messages/auth-template": (_one_tap_app,),
    }
)
