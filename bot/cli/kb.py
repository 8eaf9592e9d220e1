"""`waerror kb`: the knowledge files, listed, shown, searched, checked, and what waits to become one."""

import json
import sys
from pathlib import Path

import click

from bot import knowledge
from bot.cli import card, queue, shelf
from bot.diagnosis.entries import Entry

_FOLDER = click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Another folder than the project's knowledge/.",
)


@click.group()
def kb() -> None:
    """Read and check the knowledge files, and learn what is not yet in them."""


for waiting in (queue.queue, queue.draft, queue.done):
    kb.add_command(waiting)


@kb.command()
@_FOLDER
def lint(folder: Path | None) -> None:
    """Name every fault of every file, as FILE:LINE: FAULT. Exit code 1 when there is one."""
    written, faults = knowledge.read(folder or knowledge.find())
    for fault in faults:
        click.echo(str(fault))
    told = f"{len(written)} entries, {len(faults)} faults"
    click.echo(told, err=bool(faults))
    sys.exit(1 if faults else 0)


@kb.command(name="list")
@_FOLDER
def list_(folder: Path | None) -> None:
    """List all entries: id, title."""
    for entry in shelf.opened(folder).entries.values():
        click.echo(f"{entry.id:<28} {entry.title}")


@kb.command()
@click.argument("name", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Write the entry as JSON.")
@_FOLDER
def show(name: str, as_json: bool, folder: Path | None) -> None:
    """Show one entry. ID is a code (131047) or an id (meta/131047)."""
    entry = _find(name, shelf.opened(folder))
    if as_json:
        click.echo(entry.model_dump_json(indent=2))
        return
    card.echo(card.card(entry))


@kb.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True)
@_FOLDER
def search(words: tuple[str, ...], limit: int, folder: Path | None) -> None:
    """Find entries by any words, best first. Exit code 1 when there is none."""
    known = shelf.opened(folder)
    found = known.search(" ".join(words), limit)
    for name, _ in found:
        click.echo(f"{name:<28} {known.entries[name].title}")
    sys.exit(0 if found else 1)


@kb.command()
def schema() -> None:
    """Print the JSON Schema of an entry, for editors."""
    click.echo(json.dumps(Entry.model_json_schema(), indent=2))


def _find(name: str, known: knowledge.Knowledge) -> Entry:
    if found := known.named(name):
        return found
    near = ", ".join(id for id, _ in known.search(name, 3))
    raise click.UsageError(f"There is no entry {name!r}." + (f" Perhaps: {near}." if near else ""))
