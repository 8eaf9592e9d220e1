"""Counts over the whole run, also where several workers share it, and told at its end.

`tried` counts hostile inputs by kind; `tests/leaks.py` counts what it searched. A leak that was found fails the run,
also where the test that brought it to light passed.
"""

from collections import Counter
from typing import Any

import pytest

HOSTILE: Counter[str] = Counter()
"""Hostile inputs that were tried, by kind."""
SEARCHED: Counter[str] = Counter()
"""Texts that left the bot and were searched, by where they went."""
LEAKS: list[str] = []
"""What was found in them."""
FOR: Counter[str] = Counter()
"""What they were searched for: secrets and numbers."""


def tried(kind: str, times: int = 1) -> None:
    HOSTILE[kind] += times


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A worker has ended: its counts are added to ours."""
    told = getattr(node, "workeroutput", {}).get("tally")
    if told:
        for counter, found in zip((HOSTILE, SEARCHED, FOR), told["counts"], strict=True):
            counter.update(found)
        LEAKS.extend(told["leaks"])


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["tally"] = {"counts": [dict(one) for one in (HOSTILE, SEARCHED, FOR)], "leaks": LEAKS}
    elif LEAKS:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """One line each."""
    write = terminalreporter.write_line
    if HOSTILE:
        kinds = ", ".join(f"{kind} {times:,}" for kind, times in sorted(HOSTILE.items()))
        write(f"{HOSTILE.total():,} hostile inputs were tried: {kinds}")
    if SEARCHED:
        where = ", ".join(f"{name} {times:,}" for name, times in sorted(SEARCHED.items()))
        what = ", ".join(f"{times:,} {name}" for name, times in sorted(FOR.items()))
        write(f"{SEARCHED.total():,} texts were searched for {what}: {len(LEAKS)} hits ({where})")
    for leak in LEAKS[:20]:
        write(f"LEAK {leak}", red=True)
