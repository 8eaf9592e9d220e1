"""`waerror about`: which waerror this is, what it knows, and how often it was right when that was last measured."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from bot import __version__
from bot.cli import shelf
from bot.diagnosis.wording import FAMILIES
from bot.knowledge import Knowledge

MEASURED = Path(__file__).parent.parent / "accuracy.json"
COLUMNS = ("", "real pastes", "descriptions", "own pastes")
CORPORA = ("quoted", "described", "own")
ROWS = {
    "alert_code": "alert, the code is in the text: right",
    "alert_words": "alert, words only: right",
    "alert_quiet": "alert, foreign text: silent",
    "ask_top1_code": "ask, the code is in the text: right",
    "ask_top1_words": "ask, words only: right at first",
    "ask_top3_words": "ask, words only: in the first three",
}
CALLED = (("alert", "certain"), ("alert", "likely"), ("ask", "certain"), ("ask", "likely"))

Measured = Mapping[str, Any]


@click.command(epilog="Exit codes: 0 told, 2 wrong use.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON, with the accuracy in counts.")
def command(as_json: bool) -> None:
    """Tell the version, what is known, and how often it is right."""
    known = shelf.opened()
    if as_json:
        click.echo(json.dumps(_as_json(known), ensure_ascii=False))
        return
    for name, value in (("waerror", __version__), *_knowledge(known)):
        click.echo(f"{name:<12}{value}")
    measured = read()
    if measured:
        click.echo()
        click.echo("\n".join(_aligned([COLUMNS, *rows(measured)])))
        click.echo(f"\n{told(measured)}")


def read() -> Measured:
    """What was measured last; nothing where that was never done."""
    return json.loads(MEASURED.read_text("utf-8")) if MEASURED.exists() else {}


def rows(measured: Measured) -> Iterator[tuple[str, ...]]:
    """The accuracy table, a row a figure; `docs/recognition.md` has the same."""
    corpora = [measured["corpora"].get(name) for name in CORPORA]
    yield ("texts", *(str(one["texts"]) if one else "–" for one in corpora))
    for figure, says in ROWS.items():
        yield (says, *(_share(one["figures"].get(figure)) if one else "–" for one in corpora))
    yield ("alert: another error's entry given", *(str(one["wrong"]) if one else "–" for one in corpora))
    for mode, confidence in CALLED:
        worth = [one["worth"][mode].get(confidence) if one else None for one in corpora]
        yield (f"{mode}, called {confidence}: right", *map(_share, worth))


def told(measured: Measured) -> str:
    """When and with what."""
    dates = sorted({one["measured"] for one in measured["corpora"].values()})
    states = sorted({one["knowledge"] for one in measured["corpora"].values()})
    return f"Measured {' and '.join(dates)}, knowledge {' and '.join(states)}."


def _share(counts: Sequence[int] | None) -> str:
    """`98.5 % of 200`."""
    return f"{100 * counts[0] / counts[1]:.1f} % of {counts[1]}" if counts else "–"


def _as_json(known: Knowledge) -> Measured:
    """Accuracy as `[right, of]`; null where it was never measured."""
    return {
        "version": __version__,
        "entries": len(known.entries),
        "families": dict(_families(known)),
        "knowledge": known.version,
        "checked": known.checked.isoformat() if known.checked else None,
        "accuracy": read() or None,
    }


def _families(known: Knowledge) -> Counter[str]:
    return Counter(name.partition("/")[0] for name in known.entries)


def _knowledge(known: Knowledge) -> Iterator[tuple[str, str]]:
    parts = ", ".join(f"{FAMILIES[family]} {number}" for family, number in _families(known).most_common())
    yield "entries", f"{len(known.entries)}: {parts}"
    yield "knowledge", f"{known.version}, checked {known.checked}"


def _aligned(table: Iterable[Sequence[str]]) -> Iterator[str]:
    table = [*table]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for first, *others in table:
        cells = [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
        yield "  ".join([first.ljust(widths[0]), *cells])
