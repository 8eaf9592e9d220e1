"""How many messages went how far: WaConnect's statistics, whose shape nobody documented.

Three shapes are understood: counts under names, such as `{"byStatus": {"failed": 3}}` or `{"totalFailed": 3}`;
records, such as `{"status": "failed", "count": 3}`; and a count inside a record, such as `{"failed": {"count": 3}}`.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from bot.waconnect.answers import Answer
from bot.waconnect.lenient import Record, first_text, records

STATUSES: Final = ("sent", "delivered", "read", "failed", "pending")
_COUNT_FIELDS: Final = ("count", "total", "value")
_MOST: Final = 10**12
"""A larger number counts something else, such as milliseconds."""


def statistics(answer: Answer) -> Mapping[str, int] | None:
    """Counts by status, in the order of STATUSES; None when nothing in it is understood."""
    found: dict[str, int] = {}
    for record in records(answer.data):  # the outermost first: a total goes before its days
        for status, count in _counts(record):
            found.setdefault(status, count)
    return {status: found[status] for status in STATUSES if status in found} or None


def _counts(record: Record) -> Iterator[tuple[str, int]]:
    named = first_text(record, ("status", "name"))
    if named and named.lower() in STATUSES:
        yield from (
            (named.lower(), count)
            for count in (_number(record.get(name)) for name in _COUNT_FIELDS)
            if count is not None
        )
    for name, value in record.items():
        status = _status(str(name))
        if isinstance(value, dict):
            value = next((value[inner] for inner in _COUNT_FIELDS if inner in value), None)
        if status and (count := _number(value)) is not None:
            yield status, count


def _status(name: str) -> str | None:
    """`failed`, `totalFailed`, `failed_count`, `messagesFailed` → failed; `failedRate` is none."""
    plain = name.lower().replace("_", "").replace("-", "")
    for part in ("messages", "message", "total", "count"):
        plain = plain.replace(part, "")
    return plain if plain in STATUSES else None


def _number(value: object) -> int | None:
    if isinstance(value, str) and value.strip().isdecimal():
        value = int(value.strip()[:13])
    whole = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST
    return int(str(value)) if whole else None
