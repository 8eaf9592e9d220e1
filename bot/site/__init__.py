"""The knowledge as a static site: a page an entry, a search over an index that comes with it, and no network at all.

Pages are text, so everything here is pure. Templates escape by themselves; what people may find in a knowledge file is
shown, never run.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from bot.diagnosis.entries import CanRetry, Entry
from bot.diagnosis.verdicts import in_words
from bot.diagnosis.wording import FAMILIES, FIXED_BY
from bot.knowledge import Knowledge

_HERE = Path(__file__).parent
# Shorter numbers are mostly something else.
_CODE = re.compile(r"(?<![\w.,/-])\d{5,7}(?![\w/-])")
_ASSETS = ("site.css", "site.js")
CAN_RETRY: Mapping[CanRetry, str] = {
    "now": "can be sent again at once",
    "after_wait": "can be sent again after a wait",
    "after_fix": "can be sent again after a fix",
    "never": "sending again never helps",
}


@dataclass(frozen=True, slots=True)
class Page:
    """A file of the site."""

    path: str
    """Within the site: `meta/131047.html`."""
    text: str


def pages(known: Knowledge) -> Iterator[Page]:
    """Every file of the site, the first page first."""
    templates = Environment(
        loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    about = {"families": FAMILIES, "fixed_by": FIXED_BY, "can_retry": CAN_RETRY, "in_words": in_words}
    templates.globals.update(about, known=known, count=len(known.entries))
    templates.filters["linked"] = partial(_linked, known)
    grouped = [(name, [one for one in known.entries.values() if one.family == name]) for name in FAMILIES]
    yield Page("index.html", templates.get_template("index.html").render(up="", groups=grouped))
    template, named_by = templates.get_template("entry.html"), _named_by(known)
    for entry in known.entries.values():
        near = [known.entries[name] for name in _near(entry, named_by) if name in known.entries]
        yield Page(f"{entry.id}.html", template.render(up="../", entry=entry, near=near))
    yield Page("index.js", _index(known))
    for name in _ASSETS:
        yield Page(name, (_HERE / "assets" / name).read_text("utf-8"))


def _named_by(known: Knowledge) -> Mapping[str, list[str]]:
    """For each entry those that name it: who is mistaken for another is so both ways."""
    found = defaultdict(list)
    for entry in known.entries.values():
        for name in _named(entry):
            found[name].append(entry.id)
    return found


def _named(entry: Entry) -> Iterator[str]:
    yield from entry.see_also
    yield from (cause.see for cause in entry.causes if cause.see)


def _near(entry: Entry, named_by: Mapping[str, list[str]]) -> dict[str, None]:
    """In the order in which the entry names them, then those that name it; each once."""
    return dict.fromkeys(name for name in (*_named(entry), *named_by.get(entry.id, ())) if name != entry.id)


def _linked(known: Knowledge, text: str, here: Entry) -> Markup:
    """The text, escaped; each code in it leads to its entry."""

    def link(found: re.Match[str]) -> Markup:
        names = known.index.codes.get(int(found[0]), ())
        if not names or here.id in names:
            return escape(found[0])
        return Markup('<a href="../{}.html">{}</a>').format(names[0], found[0])

    parts, end = [], 0
    for found in _CODE.finditer(text):
        parts += [escape(text[end : found.start()]), link(found)]
        end = found.end()
    return Markup("").join([*parts, escape(text[end:])])


def _index(known: Knowledge) -> str:
    """A script and not JSON: a page that was opened from a disk may read no other file."""
    rows = [_row(entry) for entry in known.entries.values()]
    return f"window.ENTRIES = {json.dumps(rows, ensure_ascii=False, separators=(',', ':'))};\n"


def _row(entry: Entry) -> dict[str, object]:
    return {
        "id": entry.id,
        "label": entry.label,
        "title": entry.title,
        "codes": [*entry.codes, *entry.subcodes],
        "topic": entry.topic,
        "says": " ".join(entry.says),
        "text": " ".join((*entry.described_as, entry.cause)),
    }
