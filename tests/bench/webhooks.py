"""Alerts posted to /alerts/generic: how many a second the real bot stores before it acknowledges, and how soon."""

import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.bench.clock import percentile
from tests.bench.corpus import ROOT
from tests.bench.machine import Machine, running, team
from tests.bench.report import Finding, at_least, at_most, exactly
from tests.hooks import SECRET

_RATE, _P99 = 300.0, 250.0
_SECONDS = 20.0
# A sender that has so many requests under way is as impatient as any that we know.
_CONNECTIONS = 16
_LONGEST = 120.0
_TOML = '[alerts.generic]\nsecret_env = "HOOK_SECRET"\nchannel = "{channel}"\n'


@dataclass(frozen=True, slots=True)
class Posted:
    """What one run of the sender saw."""

    seconds: float
    spent: Sequence[float]
    """Milliseconds from request to answer, of those that were acknowledged."""
    refused: int

    @property
    def rate(self) -> float:
        return len(self.spent) / self.seconds


def bench() -> Iterator[Finding]:
    workspace = team(["alerts"])
    (channel,) = workspace.channels
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "waerror.toml").write_text(_TOML.format(channel=channel))
        more = {"HOOK_SECRET": SECRET, "PORT": "0", "WAERROR_ALERTS_PER_SECOND": "100000"}
        with running(workspace, Path(folder), env=more) as machine:
            steady = sent(machine, _RATE * 1.05, _SECONDS)
            flat_out = sent(machine, 0.0, _SECONDS / 2)
            total = len(steady.spent) + len(flat_out.spent)
            yield finding(steady, flat_out, total, *_sorted(machine, total))


def sent(machine: Machine, rate: float, seconds: float) -> Posted:
    """Posts so many a second, or as many as it takes (0), from another process."""
    told = (_url(machine), SECRET, str(rate), str(seconds), str(_CONNECTIONS))
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.poster", *told], cwd=ROOT, check=True, capture_output=True
    )
    return Posted(**json.loads(done.stdout))


def _url(machine: Machine) -> str:
    started = next(line for line in machine.log.splitlines() if '"bot.started"' in line)
    return f"http://127.0.0.1:{json.loads(started)['port']}/alerts/generic"


def _sorted(machine: Machine, total: int) -> tuple[Mapping[str, int], float]:
    """What the database has of it, and how long after the end everything was sorted."""
    ended = time.monotonic()
    with closing(sqlite3.connect(f"{machine.database.resolve().as_uri()}?mode=ro", uri=True)) as db:
        while time.monotonic() < ended + _LONGEST:
            if not db.execute("SELECT count(*) FROM arrivals WHERE sorted_at IS NULL").fetchone()[0]:
                break
            time.sleep(0.2)
        spent = time.monotonic() - ended
        asked = {"stored": "arrivals", "counted": "sightings", "incidents": "incidents"}
        return {name: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for name, table in asked.items()}, spent  # noqa: S608


def finding(steady: Posted, flat_out: Posted, total: int, found: Mapping[str, int], spent: float) -> Finding:
    rows = [
        _row(f"{_RATE:.0f} a second asked for", steady),
        _row("as many as it takes", flat_out),
        ["sorted and counted, s after the end", f"{spent:.1f}", "", "", ""],
    ]
    goals = [
        at_least("acknowledged a second", steady.rate, _RATE),
        at_most("acknowledged, p99", percentile(steady.spent, 0.99), _P99, " ms"),
        exactly("not acknowledged", steady.refused + flat_out.refused, 0),
        exactly("stored", found["stored"], total),
        exactly("counted", found["counted"], total),
    ]
    title = f"Webhooks: {total:,} alerts posted to /alerts/generic, 200 once each is stored"
    load = f"{os.cpu_count()} cores, their load over five minutes {os.getloadavg()[1]:.1f}"
    note = f"Bot and sender are two processes, {_CONNECTIONS} connections, {found['incidents']} incidents. {load}."
    return Finding(title, ["load", "a second", "p50 ms", "p99 ms", "worst ms"], rows, goals, note)


def _row(name: str, posted: Posted) -> list[str]:
    spent = posted.spent
    times = (statistics.median(spent), percentile(spent, 0.99), max(spent))
    return [name, f"{posted.rate:.0f}", *(f"{value:.1f}" for value in times)]
