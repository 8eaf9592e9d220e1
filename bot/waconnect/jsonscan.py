"""Finds the JSON objects that stand in a text, in time that hostile text cannot stretch.

An object inside a JSON string (`"{\\"to\\": …}"`, as logs escape it) counts as an object.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_START: Final = re.compile(r'\{\s*["}]|"\{(?:\\[nrt]|\s)*\\"')
_MOST_TRIES: Final = 500
"""Starts tried in one text; a paste of real JSON needs a handful."""
_MOST_WORK: Final = 400_000
"""Characters read in vain before giving up: ten times the longest Slack message."""
_MOST_NODES: Final = 5_000
_MOST_DEPTH: Final = 20
"""WaConnect's deepest documented body has three levels."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One JSON object and where in the text it stands."""

    start: int
    end: int
    value: dict[str, object]


def objects(text: str) -> tuple[Seen, ...]:
    """The outermost JSON objects of a text, in order; inner ones where the outer one is cut or broken."""
    found: list[Seen] = []
    at = wasted = 0
    for _ in range(_MOST_TRIES):
        start = _START.search(text, at)
        if start is None or wasted > _MOST_WORK:
            break
        try:
            value, end = _DECODER.raw_decode(text, start.start())
        except json.JSONDecodeError as error:
            wasted += max(error.pos - start.start(), 1)
            at = start.start() + 1
            continue
        except (ValueError, RecursionError):
            # NaN, a number of thousands of digits, a thousand levels: nobody's request, and slow to read.
            wasted += _MOST_WORK // 10
            at = start.start() + 1
            continue
        inner = as_object(value)
        if inner is not None:
            found.append(Seen(start.start(), end, inner))
        at = end
    return tuple(found)


def as_object(value: object) -> dict[str, object] | None:
    """A JSON object as it is, or one that a string holds."""
    if isinstance(value, dict):
        return value
    if not isinstance(value, str) or not value.lstrip().startswith("{"):
        return None
    try:
        inner = _DECODER.decode(value)
    except (ValueError, RecursionError):
        return None
    return inner if isinstance(inner, dict) else None


def nested(value: dict[str, object]) -> Iterator[dict[str, object]]:
    """The object and all objects in it, outer ones first, those inside strings too; bounded."""
    stack: list[object] = [value]
    for _ in range(_MOST_NODES):
        if not stack:
            return
        node = stack.pop()
        inner = as_object(node)
        if inner is not None:
            yield inner
            stack.extend(reversed(inner.values()))
        elif isinstance(node, list):
            stack.extend(reversed(node))


def too_deep(value: object) -> bool:
    """True when freezing or sending the value could exhaust the stack."""
    level = [value]
    for _ in range(_MOST_DEPTH):
        level = [inner for node in level for inner in _children(node)]
        if not level:
            return False
    return True


def _children(node: object) -> list[object]:
    if isinstance(node, dict):
        return list(node.values())
    return node if isinstance(node, list) else []


def _refuse(constant: str) -> object:
    raise ValueError(f"{constant} is not JSON")


_DECODER: Final = json.JSONDecoder(parse_constant=_refuse, strict=False)
"""Not strict: a body pasted from a terminal has raw line breaks inside its strings."""
