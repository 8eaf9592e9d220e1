"""A bulk retry of a thousand messages with the default settings: its pace against the setting, each message once."""

import itertools
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bot.settings import Settings
from bot.standin import plain
from bot.waconnect.sandbox import DEMO_KEY, Sandbox
from bot.waconnect.sandbox import serve as serve_sandbox
from tests.bench.machine import Machine, running, team
from tests.bench.report import Finding, at_least, at_most, exactly
from tests.chaos.scenarios import AT_ONCE

_MESSAGES = 1_000
_RATE: int = Settings.model_fields["waerror_bulk_per_second"].default
_OFF = 0.05
_COUNTED_WITHIN, _ENDS_WITHIN = 120.0, 2 * _MESSAGES / _RATE
_GAP = 2.0
# A clock that is read when the call arrives, not when it left.
_JITTER = 0.05


def bench() -> Iterator[Finding]:
    sandbox = Sandbox(pace_seconds=0.5)
    waconnect, url = serve_sandbox(sandbox)
    env = {"WACONNECT_BASE_URL": url, "WACONNECT_API_KEY": DEMO_KEY, "WAERROR_APPROVE_ABOVE": str(_MESSAGES)}
    with (
        tempfile.TemporaryDirectory() as folder,
        waconnect,
        running(team(["outage"]), Path(folder), env=env) as machine,
    ):
        first = _alerts(machine)
        _begin(machine, first)
        _wait(machine, first, "All sent", _ENDS_WITHIN)
        yield _finding(machine, sandbox, first)


def _alerts(machine: Machine) -> str:
    stamps = [
        machine.people.post_as_app("outage", "Alertmanager", AT_ONCE((f"1555{n:07d}",), f"Order {n} left"))
        for n in range(_MESSAGES)
    ]
    _wait(machine, stamps[0], f"{_MESSAGES:,} times", _COUNTED_WITHIN)
    return stamps[0]


def _begin(machine: Machine, first: str) -> None:
    people, workspace = machine.people, machine.workspace
    card = next(m["ts"] for m in workspace.thread("outage", first)[1:] if "times since" in plain(m))
    people.click("ana", "outage", card, "incident.bulk")
    workspace.wait_for(lambda: (workspace.view("ana") or {}).get("submit"), 30, "the dry run")
    people.submit_view("ana", (workspace.view("ana") or {})["id"])


def _wait(machine: Machine, first: str, words: str, seconds: float) -> None:
    thread = machine.workspace.thread
    machine.workspace.wait_for(lambda: any(words in plain(m) for m in thread("outage", first)[1:]), seconds, words)


def _finding(machine: Machine, sandbox: Sandbox, first: str) -> Finding:
    at = sorted(call.at for call in sandbox.calls if call.method == "POST")
    pace = (len(at) - 1) / (at[-1] - at[0])
    most = max(sum(start <= other < start + 1.0 for other in at) for start in at[:: _RATE // 2])
    times = Counter(Counter(message.to for message in sandbox.sent).values())
    run = next(m["ts"] for m in machine.workspace.thread("outage", first)[1:] if "messages from" in plain(m))
    edits = [call.at for call in machine.workspace.calls_of("chat.update") if call.args.get("ts") == run]
    gap = min(later - sooner for sooner, later in itertools.pairwise(edits))
    rows = [
        ["messages a second, set · achieved", f"{_RATE} · {pace:.2f}"],
        ["POSTs in the fullest second", str(most)],
        ["edits of the bar · smallest gap, s", f"{len(edits)} · {gap:.2f}"],
        ["memory of the bot, peak, MB", f"{machine.peak():.0f}"],
    ]
    goals = [
        at_least("pace against the setting", pace / _RATE, 1 - _OFF),
        at_most("pace against the setting", pace / _RATE, 1 + _OFF),
        exactly("recipients that got one message", times[1], _MESSAGES),
        exactly("messages sent", len(sandbox.sent), _MESSAGES),
        at_least("seconds between two edits of the bar", gap + _JITTER, _GAP),
    ]
    return Finding(
        f"Bulk retry: {_MESSAGES:,} messages",
        ["figure", "found"],
        rows,
        goals,
        f"It took {time.strftime('%M:%S', time.gmtime(at[-1] - at[0]))}.",
    )
