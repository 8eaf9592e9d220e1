"""The accuracy, written where people read it: `bot/accuracy.json` for `waerror about`, and the DOCUMENT."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from bot import knowledge
from bot.cli import about
from tests.bench.accuracy import Measured, measured
from tests.bench.corpus import ROOT

DOCUMENT = ROOT / "docs" / "recognition.md"
_SECTION = re.compile(r"(?<=<!-- accuracy -->\n).*?(?=<!-- /accuracy -->)", re.DOTALL)


def write() -> Iterator[str]:
    """Writes both, and names what it wrote. A corpus that is not here keeps what was measured with it."""
    before = about.read()
    corpora: dict[str, Any] = dict(before.get("corpora", {}))
    for name, one in measured().items():
        found = figures(one)
        same = {**found, "measured": corpora.get(name, {}).get("measured")} == corpora.get(name)
        corpora[name] = corpora[name] if same else found
    about.MEASURED.write_text(json.dumps({"corpora": corpora}, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    yield f"written: {about.MEASURED.relative_to(ROOT)}, with {', '.join(measured())}"
    text = DOCUMENT.read_text("utf-8")
    DOCUMENT.write_text(_SECTION.sub(lambda _: section(about.read()), text), encoding="utf-8")
    yield f"written: {DOCUMENT.name}" if _SECTION.search(text) else f"{DOCUMENT.name} has no accuracy section"


def figures(one: Measured) -> dict[str, Any]:
    """A corpus as `accuracy.json` has it: counts, so that nothing is rounded twice."""
    return {
        "measured": datetime.now(tz=UTC).date().isoformat(),
        "knowledge": knowledge.load().version,
        "texts": len(one.corpus.texts),
        "figures": {name: list(counts) for name, counts in one.figures.items()},
        "wrong": one.wrong,
        "worth": {
            mode: {sure: [worth.right, worth.total] for sure, worth in by.items()} for mode, by in one.worth.items()
        },
    }


def section(found: about.Measured) -> str:
    """The document's table."""
    lines = [about.COLUMNS, ("---", *("--:" for _ in about.CORPORA)), *about.rows(found)]
    table = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
    return f"\n{table}\n\n{about.told(found)}\n\n"


def in_document() -> str:
    """The section as it stands, or nothing."""
    found = _SECTION.search(DOCUMENT.read_text("utf-8"))
    return found[0] if found else ""
