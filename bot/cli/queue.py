"""`waerror kb queue`, `draft` and `done`: what waits to be learned, beside a running bot and without launching one.

What people pasted is hostile in a terminal too: of a sample only printable characters on one line are shown.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot import knowledge
from bot.cli import config
from bot.cli.ending import fail
from bot.settings import Settings

if TYPE_CHECKING:  # who only reads the knowledge does not pay for a database
    from bot.store import Item, Store

_SHORT = 8  # of an id: enough for a thousand items
_NARROWEST, _WIDEST = 60, 160


@click.command(name="queue", epilog="Exit codes: 0 listed, 1 the bot's database cannot be read, and why, 2 wrong use.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object a line.")
@click.option("--all", "with_done", is_flag=True, help="Also those that are done.")
def queue(as_json: bool, with_done: bool) -> None:
    """List the errors that nothing explained, or that a person corrected, the most seen first."""
    with _opened() as store:
        items = store.queue.all(with_done)
        for line in map(_as_json, items) if as_json else _rows(items):
            click.echo(line)


@click.command(name="draft", epilog="Exit codes: 0 written, 1 not, and why, 2 wrong use.")
@click.argument("name", metavar="ID")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the file goes, as FAMILY/NAME.toml; the project's knowledge/ without it.",
)
@click.option("--stdout", is_flag=True, help="Only print it; nothing is written or marked.")
def draft(name: str, folder: Path | None, stdout: bool) -> None:
    """Write the knowledge file of one item: its draft, or a skeleton that a person fills."""
    from bot.cli.drafting import drafted

    with _opened() as store:
        item = _found(store, name)
        if item.to_entry and not item.draft:
            fail(f"It was corrected to {item.to_entry}, which is known. Add what it says to that entry's `says`.")
        made = drafted(item, datetime.now(UTC).date())
        if stdout:
            click.echo(made.text, nl=False)
        else:
            file = _written((folder or knowledge.find()) / f"{made.id}.toml", made.text)
            store.queue.set_status(item.id, "drafted")
            click.echo(f"{file} is written. Look it over, then: waerror kb lint{_folder(folder)}")
        if made.by_hand:
            click.echo(f"Nobody taught it, so a person must fill: {', '.join(made.by_hand)}.", err=True)


@click.command(name="done", epilog="Exit codes: 0 closed, 1 not, and why, 2 wrong use.")
@click.argument("name", metavar="ID")
def done(name: str) -> None:
    """Close one item: it is not listed again, however often it is seen."""
    with _opened() as store:
        item = _found(store, name)
        store.queue.set_status(item.id, "done")
        click.echo(f"{item.id[:_SHORT]} is done.")


@contextmanager
def _opened() -> Iterator["Store"]:
    """The bot's database, which must be there. Whatever is wrong with it is a sentence."""
    from bot.store import Store
    from bot.store.engines import Unreadable, in_words
    from bot.vault import Vault, VaultError

    settings, key = _where()
    try:
        store = Store(settings.waerror_database_url, Vault(key))
        try:
            yield store
        finally:
            store.close()
    except VaultError as wrong:
        fail(f"{wrong}.".replace("..", "."))
    except Unreadable as wrong:
        if settings.on_postgres:
            fail(f"WAERROR_DATABASE_URL: {in_words(wrong)}.")
        fail(f"{settings.database_file} cannot be read: {wrong.__cause__ or type(wrong).__name__}.")


def _where() -> tuple[Settings, str]:
    """Which database, and the key that opens it."""
    settings = config.or_end()
    file, own = settings.database_file, settings.waerror_secret_key
    if settings.on_postgres and own:
        return settings, own.get_secret_value()
    if not file.is_file():
        fail(f"There is no database at {file}: the bot has not run here yet, or WAERROR_DATABASE_URL names another.")
    beside = file.with_name(f"{file.name}.key")
    if own is None and not beside.is_file():
        fail(f"There is no key for {file}: set WAERROR_SECRET_KEY, or put the key into {beside}.")
    return settings, own.get_secret_value() if own else beside.read_text().strip()


def _found(store: "Store", name: str) -> "Item":
    items = store.queue.named(name) if name else ()
    if len(items) != 1:
        wrong = "More than one item begins with" if items else "There is no item"
        fail(f"{wrong} {name!r}. `waerror kb queue --all` lists them.")
    return items[0]


def _written(file: Path, text: str) -> Path:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as new:
            new.write(text)
    except FileExistsError:
        fail(f"{file} is there already; nothing was written. Edit it, or move it away first.")
    except OSError as wrong:
        fail(f"{file} cannot be written: {wrong.strerror}.")
    return file


def _folder(folder: Path | None) -> str:
    return f" --folder {folder}" if folder else ""


def _rows(items: "tuple[Item, ...]") -> Iterator[str]:
    if not items:
        yield "Nothing waits to be learned."
        return
    yield f"{'id':<{_SHORT}}  {'kind':<9} {'count':>6}  {'last seen':<16}  {'draft':<5}  sample"
    for item in items:
        taught = "yes" if item.draft else "no"
        row = f"{item.id[:_SHORT]}  {item.kind:<9} {item.count:>6}  {item.last_at:%Y-%m-%d %H:%M}  {taught:<5}  "
        yield row + _clipped(_printable(f"{_correction(item)}{item.sample}"), _width() - len(row))


def _correction(item: "Item") -> str:
    return f"({item.from_entry} → {item.to_entry or 'something else'}) " if item.kind == "corrected" else ""


def _printable(text: str) -> str:
    """One line that cannot move the cursor, change a colour or turn the writing round."""
    return "".join(sign for sign in " ".join(text.split()) if sign.isprintable())


def _clipped(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _width() -> int:
    return max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size().columns))


def _as_json(item: "Item") -> str:
    told = {name: getattr(item, name) for name in ("id", "team", "kind", "status", "count")}
    told |= {"first_at": item.first_at.isoformat(), "last_at": item.last_at.isoformat()}
    told |= {"from": item.from_entry, "to": item.to_entry, "draft": item.draft is not None, "sample": item.sample}
    return json.dumps(told, ensure_ascii=True)  # a terminal may be reading
