"""What this Python brings: its version, the packages that waerror names, and those that only some set-ups need."""

import re
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata

from bot import __version__
from bot.desk.findings import Finding, broken, good
from bot.doctor.patient import Patient
from bot.settings import Settings

_NAME = re.compile(r"[A-Za-z0-9._-]+")
_AGAIN = "Install waerror again: make .venv/ready."


@dataclass(frozen=True, slots=True)
class _Optional:
    """A package that is needed by some settings only."""

    package: str
    needed: Callable[[Settings], bool]
    for_: str


_OPTIONAL = (
    _Optional("psycopg", lambda s: s.waerror_database_url.startswith("postgresql"), "a PostgreSQL database"),
    _Optional("tzdata", lambda s: sys.platform == "win32" and s.digest is not None, "time zones on Windows"),
)


def look(patient: Patient) -> Iterator[Finding]:
    found = [*_lacking(), *_optional(patient.settings), *_sqlite()]
    python = ".".join(map(str, sys.version_info[:3]))
    yield from found or [good(f"waerror {__version__}, Python {python}, SQLite {sqlite3.sqlite_version}")]


def _lacking() -> Iterator[Finding]:
    """What `pip` would have installed; `extra ==` marks what is asked for by name."""
    for requirement in metadata.requires("waerror") or ():
        name = _NAME.match(requirement)
        if name and "extra ==" not in requirement and not _is_there(name[0]):
            yield broken(f"the package {name[0]} is not installed", _AGAIN)


def _optional(settings: Settings) -> Iterator[Finding]:
    for one in _OPTIONAL:
        if one.needed(settings) and not _is_there(one.package):
            yield broken(f"{one.package} is not installed, and {one.for_} needs it", f"pip install {one.package}")


def _sqlite() -> Iterator[Finding]:
    """The knowledge base searches with FTS5."""
    with sqlite3.connect(":memory:") as db:
        options = {row[0] for row in db.execute("PRAGMA compile_options")}
    db.close()
    if "ENABLE_FTS5" not in options:
        yield broken("this Python's SQLite has no FTS5", "Use a Python whose SQLite has FTS5, as python.org's.")


def _is_there(package: str) -> bool:
    try:
        metadata.version(package)
    except metadata.PackageNotFoundError:
        return False
    return True
