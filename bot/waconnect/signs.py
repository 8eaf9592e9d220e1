"""Tells the kind of a message by its fields alone, and only when they fit exactly one."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bot.waconnect.payloads import KINDS, MEDIA

_SIGNS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "text": frozenset({"body"}),
        "document": frozenset({"filename"}),
        "location": frozenset({"latitude", "longitude"}),
        "reply-buttons": frozenset({"bodyText", "buttons"}),
        "auth-template": frozenset({"templateName", "otp"}),
    }
)
"""The fields that only one kind of message has. Images, videos, audio and stickers look alike."""


def kind_of(value: Mapping[str, object]) -> str | None:
    """The one kind of message that an object's fields fit."""
    number = re.sub(r"[\s().+-]", "", str(value.get("to", "")))
    if "messaging_product" in value or "success" in value or not re.fullmatch(r"\d{7,15}", number):
        return None
    declared = value.get("type")
    kinds = [kind for kind, signs in _SIGNS.items() if signs <= value.keys()]
    if not kinds and declared in MEDIA and value.keys() & {"mediaUrl", "mediaId"}:
        return str(declared)
    fits = len(kinds) == 1 and (declared not in KINDS or declared == kinds[0])
    plain = not isinstance(value.get("body", ""), dict | list)
    return kinds[0] if fits and plain else None
