"""A real PostgreSQL for tests, started from the machine's own programs in a folder that goes with it.

Reached by a socket in that folder and by nothing else; it need not survive a crash, so it writes nothing through.
Each test gets a database of its own, copied from one that has our tables.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
from dbos import DBOS

from bot.duties import SCHEMA
from bot.store import Store
from bot.vault import Vault

# Where Debian keeps them, which is in nobody's PATH.
_ELSEWHERE = "/usr/lib/postgresql/*/bin"
# It refuses to run as root.
_SERVANTS = ("postgres", "nobody")
_HURRIED = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=300"
_WITHIN = "60"  # seconds
KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


@dataclass(slots=True)
class Server:
    """PostgreSQL, running."""

    folder: Path
    programs: Path
    numbers: Iterator[int] = field(default_factory=count)

    def url(self, database: str) -> str:
        return f"postgresql://waerror@/{database}?host={self.folder}"

    def run(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as db:
            db.execute(statement.encode())

    def make_template(self) -> None:
        self.run("CREATE DATABASE template_waerror")
        Store(self.url("template_waerror"), Vault(KEY)).close()
        DBOS.migrate(self.url("template_waerror"), schema=SCHEMA)

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of a new one with our tables, which is gone afterwards."""
        name = f"test_{next(self.numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE template_waerror")
        try:
            yield self.url(name)
        finally:
            self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def start(self) -> None:
        """Returns when it takes connections."""
        self.control("start", "-l", self.folder / "log", "-o", f"-k {self.folder} -h '' {_HURRIED}")

    def stop(self) -> None:
        """Whoever is connected is cut off; what was promised is written."""
        self.control("stop", "-m", "fast")

    def control(self, *what: str | Path) -> None:
        """`pg_ctl`, which waits until it is done."""
        command = [self.programs / "pg_ctl", "-D", self.folder / "data", "-t", _WITHIN, "-w", *what]
        done = subprocess.run(command, capture_output=True, check=False, cwd=self.folder, **_as_servant())
        if done.returncode:
            raise RuntimeError(f"{done.stderr.decode()}\n{(self.folder / 'log').read_text('utf-8')}")


def programs() -> Path | None:
    """The folder of `postgres` and `initdb`; None where there is none."""
    there = [Path(found).parent for found in (shutil.which("postgres"), shutil.which("initdb")) if found]
    newest = sorted(Path("/").glob(_ELSEWHERE.lstrip("/")), key=lambda path: int(path.parent.name.split(".")[0]))
    return next((path for path in [*there, *reversed(newest)] if (path / "initdb").exists()), None)


@contextmanager
def served() -> Iterator[Server]:
    """A server with a template of our tables. RuntimeError where PostgreSQL is not installed, or does not start."""
    found = programs()
    if found is None:
        raise RuntimeError("PostgreSQL is not installed")
    with tempfile.TemporaryDirectory(prefix="waerror-pg-") as name:
        folder = Path(name)
        if servant := _servant():
            os.chown(folder, servant.pw_uid, servant.pw_gid)
        made = [found / "initdb", "-D", folder / "data", "-U", "waerror", "-A", "trust", "--no-sync", "-E", "UTF8"]
        subprocess.run([*made, "--locale=C"], check=True, capture_output=True, cwd=folder, **_as_servant())
        server = Server(folder, found)
        server.start()
        try:
            server.make_template()
            yield server
        finally:
            server.stop()


def _servant() -> "pwd.struct_passwd | None":
    if os.geteuid() != 0:
        return None
    known = {one.pw_name: one for one in pwd.getpwall()}
    return next(known[name] for name in _SERVANTS if name in known)


def _as_servant() -> dict[str, object]:
    servant = _servant()
    return {"user": servant.pw_uid, "group": servant.pw_gid, "extra_groups": []} if servant else {}
