"""What a send request looks like: one of the documented endpoints and a JSON body that nobody changes.

Fields that nobody documented are kept as they are: a pasted request goes out again as it was.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from bot.diagnosis.masking import mask_number

MEDIA: Final = ("image", "video", "audio", "document", "sticker")
KINDS: Final = ("text", *MEDIA, "location", "reply-buttons", "list", "auth-template")
ENDPOINTS: Final = frozenset(f"messages/{kind}" for kind in KINDS)

_TEMPLATE_FIELDS: Final = ("templateName", "template", "template_name")
_LANGUAGE_FIELDS: Final = ("languageCode", "language", "language_code")


@dataclass(frozen=True, slots=True)
class OutboundRequest:
    """One send, as WaConnect takes it. Raises ValueError when the endpoint is not a documented one."""

    endpoint: str
    """Such as `messages/text`, without the base URL."""
    body: Mapping[str, object] = field(repr=False)
    """Frozen all the way down; `plain` gives a copy for JSON."""

    def __post_init__(self) -> None:
        if self.endpoint not in ENDPOINTS:
            # A pasted endpoint may be a URL; following it would carry the key to a stranger.
            raise ValueError("the endpoint is none of WaConnect's documented ones")
        object.__setattr__(self, "body", _frozen(self.body))

    def __reduce__(self) -> tuple[object, ...]:
        # A mappingproxy cannot be pickled, and durable workflows pickle what they are given.
        return OutboundRequest, (self.endpoint, self.plain)

    @property
    def plain(self) -> dict[str, object]:
        """A fresh copy of the body, of dicts and lists only."""
        return {name: _thawed(value) for name, value in self.body.items()}

    @property
    def kind(self) -> str:
        """`text`, `image`, `auth-template` …"""
        return self.endpoint.removeprefix("messages/")

    @property
    def recipient(self) -> str | None:
        """The recipient's number, digits only."""
        return digits(self.body.get("to"))

    @property
    def masked_recipient(self) -> str:
        """Such as `••••4567`; only dots when the number is short or missing."""
        return mask_number(self.recipient or "")

    @property
    def sender(self) -> str | None:
        """`phoneNumberId`; None means the account's default."""
        return _text(self.body.get("phoneNumberId"))

    @property
    def template(self) -> str | None:
        return _named(self.body, _TEMPLATE_FIELDS, "name")

    @property
    def language(self) -> str | None:
        return _named(self.body, _LANGUAGE_FIELDS, "code")


def _named(body: Mapping[str, object], fields: tuple[str, ...], inner: str) -> str | None:
    for name in fields:
        value = body.get(name)
        found = _text(value.get(inner) if isinstance(value, Mapping) else value)
        if found:
            return found
    return None


def _text(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value).strip() or None


def digits(value: object) -> str | None:
    return re.sub(r"[^0-9]", "", _text(value) or "") or None


def _frozen(value: object) -> object:
    if isinstance(value, Mapping):
        return MappingProxyType({str(name): _frozen(inner) for name, inner in value.items()})
    if isinstance(value, list | tuple):
        return tuple(_frozen(inner) for inner in value)
    return value


def _thawed(value: object) -> object:
    if isinstance(value, Mapping):
        return {name: _thawed(inner) for name, inner in value.items()}
    if isinstance(value, tuple):
        return [_thawed(inner) for inner in value]
    return value
