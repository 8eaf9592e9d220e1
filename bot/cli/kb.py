"""`waerror kb`: the knowledge files, listed, shown, searched, checked, and what waits to become one."""

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import click

from bot import knowledge
from bot.cli import bar, card, queue, shelf, site
from bot.diagnosis.entries import Entry

_FOLDER = click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Another folder than the project's knowledge/.",
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Write JSON.")


@click.group()
def kb() -> None:
    """Read and check the knowledge files, and learn what is not yet in them."""


for other in (queue.queue, queue.draft, queue.done, site.command):
    kb.add_command(other)


@kb.command(epilog="Exit codes: 0 no fault, 1 there are faults, 2 wrong use.")
@_JSON
@_FOLDER
def lint(as_json: bool, folder: Path | None) -> None:
    """Name every fault of every file, as FILE:LINE: FAULT."""
    place = folder or knowledge.find()
    with bar.counted(sorted(place.glob("*/*.toml")), "checked") as files:
        written, faults = knowledge.read(place, files)
    if as_json:
        click.echo(json.dumps({"entries": len(written), "faults": list(map(asdict, faults))}, ensure_ascii=False))
    else:
        click.echo("".join(f"{fault}\n" for fault in faults), nl=False)
        click.echo(f"{len(written)} entries, {len(faults)} faults", err=bool(faults))
    sys.exit(1 if faults else 0)


@kb.command(name="list", epilog="Exit codes: 0 listed, 2 wrong use.")
@_JSON
@_FOLDER
def list_(as_json: bool, folder: Path | None) -> None:
    """List all entries: id, title."""
    known = shelf.opened(folder)
    _list(known, known.entries, as_json)


@kb.command(epilog="Exit codes: 0 shown, 2 wrong use, or there is no such entry.")
@click.argument("name", metavar="ID", shell_complete=shelf.ids)
@_JSON
@_FOLDER
def show(name: str, as_json: bool, folder: Path | None) -> None:
    """Show one entry. ID is a code (131047) or an id (meta/131047)."""
    entry = _find(name, shelf.opened(folder))
    if as_json:
        click.echo(entry.model_dump_json(indent=2))
        return
    card.echo(card.card(entry))


@kb.command(epilog="Exit codes: 0 found, 1 nothing found, 2 wrong use.")
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True)
@_JSON
@_FOLDER
def search(words: tuple[str, ...], limit: int, as_json: bool, folder: Path | None) -> None:
    """Find entries by any words, best first."""
    known = shelf.opened(folder)
    found = [name for name, _ in known.search(" ".join(words), limit)]
    _list(known, found, as_json)
    sys.exit(0 if found else 1)


@kb.command(epilog="Exit codes: 0 printed, 2 wrong use.")
def schema() -> None:
    """Print the JSON Schema of an entry, for editors."""
    click.echo(json.dumps(Entry.model_json_schema(), indent=2))


def _list(known: knowledge.Knowledge, names: Iterable[str], as_json: bool) -> None:
    entries = [known.entries[name] for name in names]
    if as_json:
        told = [{"id": one.id, "title": one.title, "codes": one.codes, "topic": one.topic} for one in entries]
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for entry in entries:
        click.echo(f"{entry.id:<28} {entry.title}")


def _find(name: str, known: knowledge.Knowledge) -> Entry:
    if found := known.named(name):
        return found
    near = ", ".join(id for id, _ in known.search(name, 3))
    raise click.UsageError(f"There is no entry {name!r}." + (f" Perhaps: {near}." if near else ""))
