"""What the database and the thread say of each press: read from outside, while the bot runs or lies dead."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from bot.standin import Workspace, plain

# The table of what waits for its time.
_WAITING = "dues"


@dataclass(frozen=True, slots=True)
class Seen:
    """One press as the database has it."""

    id: str
    outcome: str | None
    repeats: str | None
    steps: Sequence[tuple[str, str, Mapping[str, Any]]]
    """Name, state and data, in the order in which they were taken."""
    waits: str | None = None
    """`schedule` or `follow`."""

    @property
    def states(self) -> tuple[str, ...]:
        return tuple(state for _, state, _ in self.steps)

    def named(self, start: str) -> tuple[str, ...]:
        """The states of the steps whose name starts so."""
        return tuple(state for name, state, _ in self.steps if name.startswith(start))

    @property
    def is_accepted(self) -> bool:
        return any(data.get("message_id") for _, _, data in self.steps)


@dataclass(frozen=True, slots=True)
class Shown:
    """The thread of one failed message."""

    card: str | None = None
    """The `ts` of the card."""
    presses: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Press → its messages as people read them; there is to be one."""
    places: Mapping[str, str] = field(default_factory=dict)
    """Press → the `ts` of its newest message."""
    buttons: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """`ts` → the buttons below it."""


Query = Callable[[str, Sequence[str]], Sequence[tuple[Any, ...]]]
"""SQL with `?` for each value → its rows."""


@contextmanager
def asking(database: Path | str) -> Iterator[Query]:
    """A SQLite file, or the URL of a PostgreSQL."""
    if isinstance(database, str):
        with psycopg.connect(database) as db:
            yield lambda sql, values: db.execute(sql.replace("?", "%s").encode(), values).fetchall()
    else:
        with closing(sqlite3.connect(database, timeout=10)) as file:
            yield lambda sql, values: file.execute(sql, values).fetchall()


def presses(database: Path | str, channels: Sequence[str]) -> dict[str, list[Seen]]:
    """Channel → its presses, oldest first. A database that is not there yet has none."""
    found: dict[str, list[Seen]] = {channel: [] for channel in channels}
    marks = ",".join("?" * len(channels))
    if not channels or (isinstance(database, Path) and not database.exists()):
        return found
    with asking(database) as ask:
        query = f"SELECT channel, id, outcome, repeats FROM presses WHERE channel IN ({marks}) ORDER BY pressed_at"  # noqa: S608 - placeholders
        for channel, *press in ask(query, channels):
            found[channel].append(Seen(*press, _steps(ask, press[0]), _waits(ask, press[0])))
    return found


def thread(workspace: Workspace, channel: str, ts: str) -> Shown:
    """What stands below a message now."""
    card, said, places, buttons = None, {}, {}, {}
    for message in workspace.thread(channel, ts)[1:]:
        kind = _kind(message)
        buttons[message["ts"]] = frozenset(_buttons(message))
        if kind.startswith("retry/"):
            press = kind.removeprefix("retry/")
            said.setdefault(press, []).append(plain(message))
            places[press] = message["ts"]
        elif "remedy.retry" in buttons[message["ts"]]:
            card = message["ts"]
    return Shown(card, said, places, buttons)


def _steps(ask: Query, press: str) -> list[tuple[str, str, Mapping[str, Any]]]:
    rows = ask("SELECT name, state, data FROM steps WHERE press = ? ORDER BY at, name", [press])
    return [(name, state, json.loads(data) if isinstance(data, str) else data) for name, state, data in rows]


def _waits(ask: Query, press: str) -> str | None:
    rows = ask(f"SELECT kind FROM {_WAITING} WHERE press = ?", [press])  # noqa: S608 - our own name
    return str(rows[0][0]) if rows else None


def mark(message: Mapping[str, Any]) -> tuple[str, str] | None:
    """Card and kind of a message of the bot's; None for anybody else's."""
    metadata = message.get("metadata") or {}
    metadata = json.loads(metadata) if isinstance(metadata, str) else metadata
    told = metadata.get("event_payload") or {}
    return (str(told.get("card", "")), str(told["kind"])) if "kind" in told else None


def _kind(message: Mapping[str, Any]) -> str:
    return (mark(message) or ("", ""))[1]


def _buttons(message: Mapping[str, Any]) -> list[str]:
    rows = [block["elements"] for block in message.get("blocks") or [] if block["type"] == "actions"]
    return [str(element["action_id"]) for row in rows for element in row]
