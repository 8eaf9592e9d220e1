"""`waerror kb site OUT`: the error reference as plain files, to open from a disk or to put on any web server."""

import json
from pathlib import Path

import click

from bot.cli import bar, shelf
from bot.cli.ending import fail

# Names what was written, so that the next time exactly that is replaced; and says that the folder is ours.
MANIFEST = ".waerror-site"


@click.command(name="site", epilog="Exit codes: 0 written, 1 not, and why, 2 wrong use.")
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Another folder than the project's knowledge/.",
)
def command(out: Path, folder: Path | None) -> None:
    """Write the error reference as a site into the folder OUT: a page an entry, with search, without network.

    OUT must be new, empty, or written by this command before.
    """
    from bot import site  # who lists entries does not pay for templates

    pages = tuple(site.pages(shelf.opened(folder)))
    try:
        before = _before(out)
        with bar.counted(pages, "written") as written:
            for page in written:
                _write(out / page.path, page.text)
        _write(out / MANIFEST, json.dumps([page.path for page in pages]))
        for gone in before - {page.path for page in pages}:
            (out / gone).unlink(missing_ok=True)
    except OSError as wrong:
        fail(f"{wrong.filename or out} cannot be written: {wrong.strerror}.")
    click.echo(f"{len(pages)} files are written. Open {out / 'index.html'}")


def _before(out: Path) -> set[str]:
    """What stands there from the last time. Another's folder is left alone."""
    manifest = out / MANIFEST
    if not manifest.is_file():
        if out.exists() and any(out.iterdir()):
            fail(f"{out} has other files in it. Choose a new folder: what is written may replace files.")
        return set()
    try:
        names = {str(name) for name in json.loads(manifest.read_text("utf-8"))}
    except (ValueError, TypeError):
        fail(f"{manifest} is not as this command wrote it. Choose a new folder, or delete this one.")
    return {name for name in names if (out / name).resolve().is_relative_to(out.resolve())}


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
