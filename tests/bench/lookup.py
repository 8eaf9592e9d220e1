"""An alert looked up and counted among a million sightings, against the same among a thousand."""

import gc
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from cryptography.fernet import Fernet

from bot.desk import Affected, Alert, Cause
from bot.store import Heard, Incident, Store
from bot.store.counting import minute
from bot.vault import Vault
from bot.views.rate import stretch_of
from tests.bench.clock import milliseconds, percentile
from tests.bench.report import Finding, at_most

_SMALL, _LARGE = 1_000, 1_000_000
_TIMES, _RATIO = 300, 2.0
_SPREAD = timedelta(days=30)
_LONG = 10_000
"""Sightings of the largest incidents; a quarter of all in the small database, which has one such."""
_USUAL = 12
"""Sightings of an incident that is neither."""
_LIVE = 40
"""Incidents that are current, shown and true: what a round has to look through, in both databases."""
_CHANNELS, _ENTRIES, _NUMBERS = 20, 60, 2_000
_TEAM, _SEED = "T1", 5
_WINDOW = timedelta(hours=1)
_INCIDENT = """INSERT INTO incidents
    (id, team, channel, entry, part, account, current, state, state_at, root, quiet, late, first_seen, last_seen,
     count, version, drawn, changed_at, drawn_at, answered_at, marked, noted)
    VALUES (?, 'T1', ?, ?, 0, 'default', ?, ?, ?, ?, 0, 0, ?, ?, ?, 1, 1, ?, ?, ?, ?, 1000000)"""


def bench() -> Iterator[Finding]:
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        stores = {count: built(Path(folder) / f"{count}.db", count) for count in (_SMALL, _LARGE)}
        spent = time.perf_counter() - start
        try:
            yield finding(compared({count: store for count, (store, _) in stores.items()}, _ids(stores)), spent)
        finally:
            for store, _ in stores.values():
                store.close()


def built(file: Path, count: int) -> tuple[Store, str]:
    """A database with so many sightings of the last 30 days, and the id of its largest incident that is live."""
    store = Store(f"sqlite:///{file}", Vault(Fernet.generate_key().decode()))
    now, dice = datetime.now(UTC), random.Random(_SEED)  # noqa: S311 - the same each time
    with closing(sqlite3.connect(file)) as db:
        db.execute("PRAGMA synchronous=OFF")
        sizes = list(_sizes(count, dice))
        largest = ""
        for number, size in enumerate(sizes):
            live = number < _LIVE
            ago = timedelta() if live else _SPREAD * dice.random() + timedelta(hours=2)
            id = _incident(db, number, size, now - ago, live, dice)
            largest = largest or id
        db.commit()
        db.execute("ANALYZE")
        db.commit()
    return store, largest


def _sizes(count: int, dice: random.Random) -> Iterator[int]:
    """The first incidents are the live ones; a few are very large, most are small."""
    left = count
    while left > 0:
        size = min(left, _LONG if dice.random() < 0.01 and count > _LONG else int(dice.paretovariate(0.9)) % 2_000 + 1)
        if left == count:
            size = min(_LONG, count // 4)
        yield size
        left -= size


def _incident(db: sqlite3.Connection, number: int, size: int, last: datetime, live: bool, dice: random.Random) -> str:
    id, first = uuid4().hex[:24], last - timedelta(seconds=min(size * 3, 86_400))
    channel, entry = f"C{number % _CHANNELS}", f"meta/{number // _CHANNELS % _ENTRIES}"
    stamps = [_stamp(at) for at in (first, last)]
    state = "open" if live else "resolved"
    row = (
        id,
        channel,
        entry,
        live,
        state,
        stamps[0],
        f"{first.timestamp():.6f}",
        *stamps,
        size,
        stamps[1],
        stamps[1],
        stamps[1],
        state,
    )
    db.execute(_INCIDENT, row)
    step = (last - first) / size
    keys = [f"{_TEAM}/{channel}/{first.timestamp():.0f}.{number:05}{n:06}" for n in range(size)]
    rows = [(key, id, _stamp(first + n * step), b"x" * 200, "[]") for n, key in enumerate(keys)]
    db.executemany("INSERT INTO sightings (key, incident, at, sealed, affected) VALUES (?, ?, ?, ?, ?)", rows)
    named = [(id, "recipient", f"{value:024}", f"••••{value:04}", 1) for value in range(min(size, _NUMBERS))]
    db.executemany("INSERT INTO affected VALUES (?, ?, ?, ?, ?)", named)
    minutes = {minute(first + n * step) for n in range(0, size, max(1, size // 1_440))}
    db.executemany("INSERT INTO ticks VALUES (?, ?, ?)", [(id, one, size // len(minutes) + 1) for one in minutes])
    return id


def _stamp(at: datetime) -> str:
    """As SQLAlchemy writes it."""
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")


def _ids(stores: Mapping[int, tuple[Store, str]]) -> dict[int, str]:
    return {count: id for count, (_, id) in stores.items()}


def _alert(number: int) -> Alert:
    """One more of a live incident."""
    which = number % _LIVE
    ts, to = f"{time.time():.6f}{number:03}", f"1555{number % _NUMBERS:07}"
    cause = Cause(f"meta/{which // _CHANNELS}", 0, "default")
    channel = f"C{which % _CHANNELS}"
    named = (Affected("recipient", to, f"••••{to[-4:]}"),)
    return Alert(f"{_TEAM}/{channel}/{ts}", _TEAM, channel, ts, "(#131047) Re-engagement message", cause, named, None)


def _ways(store: Store, largest: str, old: Alert) -> Mapping[str, Callable[[int], object]]:
    """What is timed. The agenda is asked while everything is shown as it is, which is what it mostly finds."""
    now, most = datetime.now(UTC), store.incidents.find(largest)
    usual = min(store.incidents.live(_TEAM), key=lambda one: abs(one.count - _USUAL))
    assert most is not None
    return {
        "nothing to draw (agenda)": lambda _: store.incidents.pending(now - timedelta(days=2)),
        "figures of a usual card": lambda _: _figures(store, usual),
        "figures of the largest card": lambda _: _figures(store, most),
        "cards lately in a channel": lambda n: store.incidents.lately(_TEAM, f"C{n % _CHANNELS}", now - _WINDOW),
        "a new alert, counted": lambda n: store.counting.see([Heard(_alert(n), True)], _WINDOW, datetime.now(UTC)),
        "a known alert, left alone": lambda _: store.counting.see([Heard(old, True)], _WINDOW, datetime.now(UTC)),
    }


def _figures(store: Store, one: Incident) -> object:
    first, last = minute(one.first_seen), minute(one.last_seen)
    return store.sightings.named(one.id), store.sightings.rate(one.id, first, stretch_of(first, last))


def compared(
    stores: Mapping[int, Store], largest: Mapping[int, str], times: int = _TIMES
) -> dict[str, dict[int, list[float]]]:
    """Way → sightings → milliseconds. The databases take turns, so that a busy moment does not hit one alone."""
    old = replace(_alert(0), ts="1.0")
    ways = {count: _ways(store, largest[count], old) for count, store in stores.items()}
    for store in stores.values():
        store.counting.see([Heard(old, True)], _WINDOW, datetime.now(UTC))
        for id in [one.id for one in store.incidents.pending(datetime.now(UTC) - timedelta(days=2))]:
            store.incidents.note(id, drawn=10**9)
    gc.collect()
    found: dict[str, dict[int, list[float]]] = {}
    for name in next(iter(ways.values())):
        found[name] = {count: [] for count in stores}
        for number in range(times):
            for count in stores:
                found[name][count].append(milliseconds(lambda: ways[count][name](number)))  # noqa: B023 - called at once
    return found


def finding(found: Mapping[str, Mapping[int, list[float]]], spent: float) -> Finding:
    rows, goals = [], []
    for name, by in found.items():
        small, large = (statistics.median(by[count]) for count in sorted(by))
        p99s = [f"{percentile(by[count], 0.99):.3f}" for count in sorted(by)]
        rows.append([name, f"{small:.3f}", p99s[0], f"{large:.3f}", p99s[1], f"{large / small:.2f}"])
        goals.append(at_most(f"{name}: a thousand times the sightings, median", large / small, _RATIO, " times"))
    goals.append(at_most("both databases built", spent, 60.0, " s"))
    columns = [
        "way",
        *(f"{what} of {count:,}" for count in sorted(next(iter(found.values()))) for what in ("median ms", "p99")),
    ]
    note = f"{_TIMES} calls each, the databases taking turns; both have {_LIVE} live incidents."
    return Finding("Looking alerts up", [*columns, "median ×"], rows, goals, note)
