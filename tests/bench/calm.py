"""On a quiet day: from a paste to its answer, and a command's acknowledgement while WaConnect hangs."""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from logging import ERROR, getLogger
from pathlib import Path

from bot.standin.values import Json
from bot.waconnect.sandbox import DEMO_KEY, Sandbox
from bot.waconnect.sandbox import serve as serve_sandbox
from tests.bench.alerts import CAUSES, posts
from tests.bench.clock import percentile
from tests.bench.corpus import ROOT
from tests.bench.machine import Machine, running, team
from tests.bench.report import Finding, at_least, at_most

# A channel is written to once a second at most, so each paste has a channel of its own.
_PASTES, _COMMANDS, _HANGING = 120, 120, 20
_PAUSE, _LONGEST = 0.1, 10.0
_MEDIAN, _P99, _ACK = 60.0, 300.0, 100.0
_HANGS = 60.0
ECHO = (sys.executable, "-m", "tests.bench.echo")


@dataclass(frozen=True, slots=True)
class Spent:
    """Milliseconds."""

    alerts: Sequence[float]
    mentions: Sequence[float]
    commands: Sequence[float]
    hanging: int = 0
    """Presses that waited for WaConnect meanwhile."""


def bench() -> Iterator[Finding]:
    getLogger("waitress.queue").setLevel(ERROR)  # calls that hang are what is wanted
    sandbox = Sandbox()
    waconnect, url = serve_sandbox(sandbox)
    with waconnect:
        key = {"WACONNECT_BASE_URL": url, "WACONNECT_API_KEY": DEMO_KEY}
        ours = measured((), key, _PASTES, _COMMANDS, sandbox)
    echo = measured(ECHO, {"PYTHONPATH": str(ROOT)}, _PASTES, _COMMANDS)
    yield finding(ours, echo)


def measured(
    command: Sequence[str], env: Mapping[str, str], pastes: int, commands: int, sandbox: Sandbox | None = None
) -> Spent:
    """The same for any app; only ours has buttons to press."""
    watched, asked = ([f"{kind}-{number}" for number in range(pastes)] for kind in ("alerts", "team"))
    workspace = team([*watched, *asked])
    env = {"WAERROR_ALERT_CHANNELS": ",".join(list(workspace.channels)[:pastes])} | dict(env)
    with tempfile.TemporaryDirectory() as folder, running(workspace, Path(folder), command, env) as machine:
        channels = list(workspace.channels)
        alerts = [_alert(machine, number, channels[number]) for number in range(pastes)]
        cards = [_mention(machine, number, channels[pastes + number]) for number in range(pastes)]
        hanging = _hang(machine, sandbox, cards) if sandbox else 0
        spent = [_command(machine, number, channels[pastes]) for number in range(commands)]
    return Spent([1000 * _span(card) for card in alerts], [1000 * _span(card) for card in cards], spent, hanging)


def _alert(machine: Machine, number: int, channel: str) -> Json:
    (post,) = posts(1, [channel], [list(CAUSES)[number % len(CAUSES)]], number)
    return _reply(machine, channel, machine.people.post_as_app(channel, post.app, **post.content))


def _mention(machine: Machine, number: int, channel: str) -> Json:
    says = list(CAUSES.values())[number % len(CAUSES)]
    to = random.Random(number).randrange(10**6)  # noqa: S311 - the same each time
    text = f'@waerror POST /api/messages/text {{"to": "15550{to:06}", "body": "Hi"}} failed: {says}'
    return _reply(machine, channel, machine.people.say("ana", channel, text))


def _reply(machine: Machine, channel: str, ts: str) -> Json:
    """The answer below a message, once it stands there."""
    time.sleep(_PAUSE)

    def found() -> Json | None:
        stored = machine.workspace.stored[channel].values()
        return next((one for one in stored if one["ts"] != ts and one.get("thread_ts") == ts), None)

    reply = machine.workspace.wait_for(found, _LONGEST, "an answer")
    assert reply is not None
    return {**reply, "channel": channel}


def _span(reply: Json) -> float:
    """Both stamps are the stand-in's clock at the moment when the message stood there."""
    return float(reply["ts"]) - float(reply["thread_ts"])


def _hang(machine: Machine, sandbox: Sandbox, cards: Sequence[Json]) -> int:
    """Presses that ask a WaConnect that does not answer; how many."""
    sandbox.fault("not-sent-silent", times=None, seconds=_HANGS)
    able = [card for card in cards if "remedy.recheck" in str(card["blocks"])][:_HANGING]
    for card in able:
        assert machine.people.click("ana", card["channel"], card["ts"], "remedy.recheck").acknowledged
    return len(able)


def _command(machine: Machine, number: int, channel: str) -> float:
    code = list(CAUSES)[number % len(CAUSES)].removeprefix("meta/")
    answer = machine.people.command("ana", channel, "/waerror", code)
    time.sleep(_PAUSE / 4)
    return 1000 * answer.seconds if answer.acknowledged and answer.seconds is not None else _LONGEST * 1000


def finding(ours: Spent, echo: Spent) -> Finding:
    kinds = {"alert to answer": "alerts", "mention to answer": "mentions", "command acknowledged": "commands"}
    rows = [_row(name, getattr(ours, kind), getattr(echo, kind)) for name, kind in kinds.items()]
    goals = [
        goal
        for name, spent in (("alert to answer", ours.alerts), ("mention to answer", ours.mentions))
        for goal in (
            at_most(f"{name}, median", statistics.median(spent), _MEDIAN, " ms"),
            at_most(f"{name}, p99", percentile(spent, 0.99), _P99, " ms"),
        )
    ]
    goals += [
        at_least("presses that hang meanwhile", ours.hanging, _HANGING),
        at_most(
            f"command acknowledged while {ours.hanging} calls hang, p99", percentile(ours.commands, 0.99), _ACK, " ms"
        ),
    ]
    columns = ["span", "median ms", "p99 ms", "worst ms", "of", "an empty Bolt app: median", "p99", "median ×"]
    note = f"Pauses of {_PAUSE:g} s. WaConnect hangs while commands are typed."
    return Finding("A quiet day", columns, rows, goals, note)


def _row(name: str, ours: Sequence[float], echo: Sequence[float]) -> list[str]:
    middle, base = statistics.median(ours), statistics.median(echo)
    shown = [middle, percentile(ours, 0.99), max(ours)]
    return [
        name,
        *(f"{value:.1f}" for value in shown),
        str(len(ours)),
        f"{base:.1f}",
        f"{percentile(echo, 0.99):.1f}",
        f"{middle / base:.1f}",
    ]
