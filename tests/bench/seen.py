"""What came of alerts: counted in the bot's database, and shown in the stand-in, with the moment of every call."""

import json
import math
import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from bot.standin import Workspace
from bot.standin.values import Call, Json

_TIMES = re.compile(r"\*([\d,]+) times\*")
# What is quiet, such as the error that the bot sends itself, is shown to nobody.
_BY_CAUSE = "SELECT channel, entry, sum(count) FROM incidents WHERE NOT quiet GROUP BY channel, entry"
_ALERTS = "SELECT count(*) FROM sightings JOIN incidents ON id = incident WHERE NOT quiet"
_UNSHOWN = """
    SELECT count(*) FROM incidents
    WHERE NOT quiet AND (version > drawn OR answered_at IS NULL OR marked <> state OR count >= 10 * noted)"""


@dataclass(frozen=True, slots=True)
class Card:
    """One card, and each count that it showed: when, and how many."""

    channel: str
    thread: str
    shown: Sequence[tuple[float, int]]

    def right_since(self, count: int) -> float:
        """Since when it shows this count, and nothing else; inf when it does not."""
        since = math.inf
        for at, one in reversed(self.shown):
            if one != count:
                break
            since = at
        return since


@dataclass(frozen=True, slots=True)
class Written:
    """When the bot wrote, in seconds since 1970; posts by channel."""

    posts: Mapping[str, Sequence[float]]
    edits: Sequence[float]
    reactions: Sequence[float]
    refused: int


def counted(database: Path) -> tuple[dict[tuple[str, str], int], int]:
    """Alerts by channel and entry, and sightings that belong to an incident."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
        found = db.execute(
            "SELECT channel, entry, sum(count) FROM incidents WHERE NOT quiet GROUP BY channel, entry"
        ).fetchall()
        (sightings,) = db.execute(
            "SELECT count(*) FROM sightings JOIN incidents ON id = incident WHERE NOT quiet"
        ).fetchone()
    return {(channel, entry): count for channel, entry, count in found}, sightings


def pending(database: Path) -> int:
    """Incidents that are not shown as they are."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
        return int(db.execute(_UNSHOWN).fetchone()[0])


def cards(workspace: Workspace) -> list[Card]:
    """Every card of an incident that stands in the workspace."""
    shown = _shown(workspace.calls)
    return [
        Card(channel, message["thread_ts"], shown[_card(message)] + shown.get(f"{channel}/{message['ts']}", []))
        for channel, stored in workspace.stored.items()
        for message in stored.values()
        if _card(message)
    ]


def _shown(calls: Iterable[Call]) -> dict[str, list[tuple[float, int]]]:
    """By the card's id (posted) or by its place (edited)."""
    found: dict[str, list[tuple[float, int]]] = {}
    for call in calls:
        if call.error is None and call.method in ("chat.postMessage", "chat.update"):
            place = f"{call.args['channel']}/{call.args.get('ts')}"
            key = _card({"metadata": _parsed(call.args.get("metadata"))}) or place
            found.setdefault(key, []).append((call.at, _count(_parsed(call.args.get("blocks")) or [])))
    return found


def _parsed(value: object) -> object:
    return json.loads(value) if isinstance(value, str) else value


def _count(blocks: list[Json]) -> int:
    """The header's count: its first block says it."""
    told = _TIMES.search(blocks[0].get("text", {}).get("text", "")) if blocks else None
    return int(told[1].replace(",", "")) if told else 1


def _card(message: Json) -> str:
    payload = (message.get("metadata") or {}).get("event_payload") or {}
    return str(payload["card"]) if payload.get("kind") == "card" else ""


def written(calls: Sequence[Call]) -> Written:
    taken = [call for call in calls if call.error is None]
    posts: dict[str, list[float]] = {}
    for call in taken:
        if call.method == "chat.postMessage":
            posts.setdefault(str(call.args["channel"]), []).append(call.at)
    edits = [call.at for call in taken if call.method == "chat.update"]
    reactions = [call.at for call in taken if call.method.startswith("reactions.")]
    return Written(posts, edits, reactions, len(calls) - len(taken))


def most_within(times: Sequence[float], seconds: float) -> int:
    """The most of them in any stretch of so many seconds."""
    first, most = 0, 0
    for number, at in enumerate(times):
        while times[first] <= at - seconds:
            first += 1
        most = max(most, number - first + 1)
    return most


def smallest_gap(series: Iterable[Sequence[float]]) -> float:
    return min((later - at for times in series for at, later in pairwise(times)), default=math.inf)
