"""A knowledge file from a queue item: from its draft a whole entry, without one a skeleton.

A skeleton has what could be read of the sample, and an empty value for each thing that only a person knows:
`waerror kb lint` then names exactly those, with their lines.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import tomlkit
from tomlkit.items import AbstractTable

from bot.desk.drafts import TOPIC, entry_id
from bot.diagnosis import sightings
from bot.diagnosis.shapes import telling
from bot.diagnosis.text import plain
from bot.diagnosis.values import Sighting
from bot.store import Item

BY_HAND = ("title", "cause", "resolution", "fixed_by", "verdict.can_retry", "verdict.because")
_FAMILY_OF_CODES, _FAMILY_OF_WORDS = "meta", "waconnect"  # only Meta's errors have codes


@dataclass(frozen=True, slots=True)
class Drafted:
    """A knowledge file that is not yet written."""

    id: str
    text: str
    by_hand: tuple[str, ...]
    """The fields that a person must still fill."""


def drafted(item: Item, today: date) -> Drafted:
    """The file of an item."""
    seen = _seen(item.sample)
    if item.draft:
        entry = item.draft.entry(seen.http_status, today)
        return Drafted(str(entry["id"]), document(entry), ())
    entry = _skeleton(item, seen, today)
    return Drafted(str(entry["id"]), document(entry), BY_HAND)


def document(entry: Mapping[str, Any]) -> str:
    """The entry as TOML, every list of sentences a line each."""
    doc = tomlkit.document()
    for key, value in entry.items():
        if isinstance(value, dict):
            _fill(doc, key, tomlkit.table(), value)
        elif value and isinstance(value, list) and isinstance(value[0], dict):
            tables = tomlkit.aot()
            for one in value:
                table = tomlkit.table()
                table.update(one)
                tables.append(table)
            doc.add(key, tables)
        else:
            doc.add(key, _lines(value) if isinstance(value, list) else value)
    return tomlkit.dumps(doc)


def _fill(doc: tomlkit.TOMLDocument, key: str, table: AbstractTable, values: Mapping[str, Any]) -> None:
    table.update(values)
    doc.add(tomlkit.nl())
    doc.add(key, table)


def _lines(values: list[Any]) -> Any:
    array = tomlkit.array()
    array.extend(values)
    return array.multiline(any(isinstance(value, str) for value in values))


def _seen(sample: str) -> Sighting:
    """What stands in the sample, whether it is known or not."""
    paste = sightings.read(plain(sample), lambda number: False)
    return Sighting(code=paste.alone or paste.seen.code, http_status=paste.seen.http_status)


def _skeleton(item: Item, seen: Sighting, today: date) -> dict[str, Any]:
    codes = (seen.code,) if seen.code else ()
    family = _FAMILY_OF_CODES if codes else _FAMILY_OF_WORDS
    says = telling(item.sample)
    times = f"Seen {item.count} times from {item.first_at:%Y-%m-%d} to {item.last_at:%Y-%m-%d}."
    return {
        "id": entry_id(family, codes, says),
        "title": "",
        "codes": list(codes),
        "http": [seen.http_status] if seen.http_status else [],
        "says": [says],
        "topic": TOPIC,
        "cause": "",
        "resolution": [],
        "fixed_by": "",
        "checked": today,
        "verdict": {"can_retry": "", "because": ""},
        "sources": [{"name": f"Team, {today}", "says": times}],
    }
