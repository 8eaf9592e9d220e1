"""What the sandbox's endpoints share: refusals, pages of lists, times as text."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from flask import request

_MOST_LISTED: Final = 100


class Denied(Exception):
    """The call is refused with an HTTP status and WaConnect's envelope."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status = status
        self.error = error


def page_asked(found: Sequence[object], *, name: str) -> Mapping[str, object]:
    """The part of a list that `limit` and `offset` ask for, under a name, with the numbers that belong to it."""
    limit = min(_asked("limit", 50), _MOST_LISTED)
    offset = _asked("offset", 0)
    return {name: found[offset : offset + limit], "total": len(found), "limit": limit, "offset": offset}


def _asked(name: str, otherwise: int) -> int:
    text = request.args.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else otherwise


def utc_text(at: float) -> str:
    """Seconds since 1970 → `2026-11-23T12:00:00.000Z`."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
