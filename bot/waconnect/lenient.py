"""Reads JSON whose shape nobody documented: a field may be missing, of another type, or a level deeper."""

import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Final

Record = Mapping[str, object]

_MOST_NODES: Final = 5_000
"""Values looked at in one answer: a list of 50 messages has about 1,000."""
_EPOCH_MILLISECONDS: Final = 1e11
"""Above it a number counts milliseconds: as seconds it would be the year 5138."""
_LIST_FIELDS: Final = ("data", "messages", "items", "results", "statuses", "records", "rows", "docs", "content")


def records(data: object) -> Iterator[Record]:
    """The objects in an answer, the outermost first."""
    return (node for node in nodes(data) if isinstance(node, dict))


def nodes(data: object) -> Iterator[object]:
    """Everything in an answer, level by level, bounded."""
    return islice(_all_nodes(data), _MOST_NODES)


def _all_nodes(data: object) -> Iterator[object]:
    level = [data]
    while level:
        yield from level
        level = [inner for node in level for inner in _inside(node)]


def _inside(node: object) -> list[object]:
    if isinstance(node, dict):
        return list(node.values())
    return node if isinstance(node, list) else []


def list_in(data: object) -> list[object] | None:
    """The first list of records, at the top or under the names that lists go by, three levels down at most."""
    level = [data]
    for _ in range(4):
        for node in level:
            if isinstance(node, list):
                return node
        level = [node[name] for node in level if isinstance(node, dict) for name in _LIST_FIELDS if name in node]
    return None


def first_text(record: Record, names: tuple[str, ...]) -> str | None:
    """The first named field that has a text or a whole number, as text."""
    for name in names:
        value = record.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()
    return None


def moment(value: object) -> datetime | None:
    """ISO text, seconds or milliseconds since 1970 (number or text) → a time with a zone; else None."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except ValueError:
        return _iso(str(value))
    except OverflowError:
        return None
    if not math.isfinite(number) or number <= 0:
        return None
    try:
        return datetime.fromtimestamp(number / 1000 if number > _EPOCH_MILLISECONDS else number, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _iso(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
