"""A whole process that answers once, against one that only imports: what a person waits for in the terminal."""

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.bench.clock import milliseconds
from tests.bench.corpus import ROOT
from tests.bench.report import Finding, at_most

_TIMES, _LIMIT = 15, 60
_GOAL = 4.0
_OURS, _BASELINE = "waerror explain 132000", "import rapidfuzz, pydantic"


def _command() -> list[str]:
    """The installed command, or the module where it is not installed."""
    installed = Path(sys.executable).with_name("waerror")
    return [str(installed)] if installed.exists() else [sys.executable, "-m", "bot.cli"]


def bench() -> Iterator[Finding]:
    with tempfile.TemporaryDirectory() as cache:
        commands: Mapping[str, Sequence[str]] = {
            _OURS: [*_command(), "explain", "132000"],
            _BASELINE: [sys.executable, "-c", _BASELINE],
            "python alone": [sys.executable, "-c", "pass"],
        }
        first = _run(commands[_OURS], cache)
        spent: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(_TIMES):
            for name, command in commands.items():
                spent[name].append(_run(command, cache))
    yield _finding({name: (min(times), statistics.median(times)) for name, times in spent.items()}, first)


def _finding(figures: Mapping[str, tuple[float, float]], first: float) -> Finding:
    base = figures[_BASELINE]
    ratios = {name: (least / base[0], middle / base[1]) for name, (least, middle) in figures.items()}
    rows = [
        [name, *(f"{value:.0f}" for value in figures[name]), *(f"{value:.2f}" for value in ratios[name])]
        for name in figures
    ]
    least, middle = ratios[_OURS]
    goals = [
        at_most("cold start, fastest", least, _GOAL, " times"),
        at_most("cold start, median", middle, _GOAL, " times"),
    ]
    note = f"{_TIMES} runs of each in turn. The very first, which also compiles the knowledge: {first:.0f} ms."
    return Finding("Cold start", ["process", "min ms", "median ms", "min ×", "median ×"], rows, goals, note)


def _run(command: Sequence[str], cache: str) -> float:
    """The pipe tells the moment when the process ends; waiting for the process with a limit would only ask often."""

    def whole() -> None:
        subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=ROOT, env=env, timeout=_LIMIT)

    # An installed program has its bytecode, whatever this shell says about writing it.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    env["WAERROR_CACHE_DIR"] = cache
    return milliseconds(whole)
