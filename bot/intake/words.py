"""Fields of a shape that nobody promised: a pydantic model of these takes whatever comes in their place.

Text that a database or Slack could choke on (NUL, control characters, halves of surrogate pairs) is taken out here.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_LONGEST_NUMBER = 40


def clean(text: str, most: int) -> str:
    """At most so many characters that can be stored and shown."""
    whole = text[: most + 1].encode("utf-8", "replace").decode()
    said = _CONTROL.sub(" ", whole.replace("\r\n", "\n")).strip()
    return said if len(said) <= most else said[: most - 1] + "…"


def text_of(value: object) -> str:
    """A text or a number as text; empty for everything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    return str(value)[:_LONGEST_NUMBER]


def labels_of(value: object) -> dict[str, str]:
    """An object's names and values as texts; inner objects as JSON."""
    if not isinstance(value, Mapping):
        return {}
    return {str(name): text_of(inner) or compact(inner) for name, inner in value.items() if inner not in (None, "")}


def compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def digest(text: str) -> str:
    """Names a text without telling it: 32 hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]


def _objects(value: object) -> tuple[object, ...]:
    return tuple(one for one in value if isinstance(one, dict)) if isinstance(value, list) else ()


Words = Annotated[str, BeforeValidator(text_of)]
"""A text; empty when it is missing or something else."""
Labels = Annotated[Mapping[str, str], BeforeValidator(labels_of)]
"""Names and values; empty when they are missing or something else."""
Objects = Annotated[tuple[dict[str, Any], ...], BeforeValidator(_objects)]
"""The objects of a list; what else stands there is left out."""


class Lenient(BaseModel):
    """A part of what a source sends: fields that are not named here may come, and those that are may be missing."""

    model_config = ConfigDict(extra="ignore", frozen=True)


def _part(value: object) -> object:
    return value if isinstance(value, dict | BaseModel) else {}


Part = BeforeValidator(_part)
"""An inner object; an empty one when it is missing or something else."""
