"""Logs are JSON lines, and nothing secret or personal is in one, whoever wrote it."""

import json
import subprocess
import sys
from typing import Any

import pytest

KEY, TOKEN, NUMBER = "wba_topsecretkey", "xoxb-1234-topsecret", "+52 1 55 5123 4567"
SECRETS = f"{KEY} {TOKEN} {NUMBER}"
# What a program does after `set_up_logging`; each leaves one line, of this level.
DEEDS = [
    ('report("a.thing", text=secrets)', "info"),
    ('trouble("a.thing", text=secrets)', "warning"),
    ('report("a.thing", deep={"list": [secrets, {"key": secrets}]})', "info"),
    ('report("a.thing", error=ValueError(secrets))', "info"),
    ('logging.getLogger("a.library").warning("sent %s", secrets)', "warning"),
    ('logging.getLogger("dbos").error(secrets)', "error"),
    ("warnings.warn(secrets, UserWarning)", "warning"),
    ('fails(lambda error: trouble("a.thing", exc_info=error))', "warning"),
    ('fails(lambda error: logging.getLogger("a.library").exception("it failed"))', "error"),
    ("thread = threading.Thread(target=die); thread.start(); thread.join()", "warning"),
]
PROGRAM = """
import logging, threading, warnings
from bot.telemetry import report, set_up_logging, trouble

def die():
    raise ValueError(secrets)

def fails(log):
    try:
        die()
    except ValueError as error:
        log(error)

secrets = {secrets!r}
set_up_logging({level!r})
{deeds}
"""


def logged(*deeds: str, level: str = "INFO") -> str:
    """What a program of its own writes to stderr; logging is set up once a process."""
    program = PROGRAM.format(secrets=SECRETS, level=level, deeds="\n".join(deeds))
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    return done.stderr


@pytest.fixture(scope="module")
def lines() -> list[dict[str, Any]]:
    """One line a deed."""
    return [json.loads(line) for line in logged(*(deed for deed, _ in DEEDS)).splitlines()]


def test_every_line_is_json_with_name_level_and_time(lines: list[dict[str, Any]]) -> None:
    """Also those of libraries, of warnings and of threads that die."""
    assert [line["level"] for line in lines] == [level for _, level in DEEDS]
    assert all({"event", "timestamp"} <= line.keys() for line in lines)
    assert all(line["timestamp"].endswith("Z") for line in lines)


@pytest.mark.parametrize("n", range(len(DEEDS)), ids=[deed for deed, _ in DEEDS])
def test_nothing_secret_is_in_a_line(lines: list[dict[str, Any]], n: int) -> None:
    """Not in a field of any depth, not in an exception, not in a traceback; what is left says where it was."""
    line = json.dumps(lines[n], ensure_ascii=False)
    assert "topsecret" not in line
    assert "5123" not in line
    assert "wba_••••" in line
    assert "••••4567" in line


def test_an_exception_comes_with_its_traceback(lines: list[dict[str, Any]]) -> None:
    """A masked one is still one."""
    for line in lines[-3:]:
        assert "in die" in line["exception"]
        assert "ValueError" in line["exception"]


def test_numbers_stay_numbers() -> None:
    """Durations and counts can be reckoned with."""
    (line,) = map(
        json.loads, logged('report("a.thing", seconds=0.25, entries=286, can_act=True, entry=None)').splitlines()
    )
    assert (line["seconds"], line["entries"], line["can_act"], line["entry"]) == (0.25, 286, True, None)


@pytest.mark.parametrize(
    ("level", "seen"),
    [("DEBUG", ["ours", "ours that matters"]), ("INFO", ["ours", "ours that matters"]), ("ERROR", [])],
)
def test_the_level_is_for_our_own_events(level: str, seen: list[str]) -> None:
    """Libraries log whole requests, and with them messages, at DEBUG and INFO: those are never shown."""
    deeds = ['report("ours")', 'trouble("ours that matters")', *(
        f'logging.getLogger("{name}").{how}("a whole request")'
        for name in ("slack_sdk.web.base_client", "httpx", "slack_bolt", "sqlalchemy.engine")
        for how in ("debug", "info")
    )]  # fmt: skip
    assert [json.loads(line)["event"] for line in logged(*deeds, level=level).splitlines()] == seen
