"""`waerror doctor`: is all set up right, and what is to be done? Beside a running bot as well: it only reads."""

import json
import os
import sys
from collections.abc import Iterator
from typing import Any

import click

from bot import __version__
from bot.desk.findings import LEVELS, Examination, Level, failed, in_short, to_do
from bot.doctor import examine
from bot.doctor.patient import read
from bot.telemetry import set_up_logging

_SIGNS: dict[Level, tuple[str, str]] = {
    "good": ("✓", "green"),
    "skipped": ("–", "bright_black"),
    "warning": ("!", "yellow"),
    "error": ("✗", "red"),
}
_LABEL = 13  # columns


@click.command(epilog="Exit codes: 0 nothing is broken, 1 something is, 2 wrong use.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object.")
def command(as_json: bool) -> None:
    """Look at settings, Slack, WaConnect, database and knowledge, and list what to do.

    Nothing is changed, sent or posted, so it may run beside the bot.
    """
    set_up_logging("CRITICAL")  # what it finds is printed, not logged
    found = examine(read())
    lines = [json.dumps(as_object(found), ensure_ascii=False)] if as_json else _lines(found)
    for line in lines:
        click.echo(line, color=False if os.environ.get("NO_COLOR") else None)
    sys.exit(1 if failed(found) else 0)


def as_object(found: Examination) -> dict[str, Any]:
    """Fields may be added; none is renamed or taken away."""
    rows = [(one.check, finding) for one in found for finding in one.findings]
    return {
        "waerror": __version__,
        "ok": not failed(found),
        "counts": {level: sum(finding.level == level for _, finding in rows) for level in LEVELS},
        "findings": [
            {"check": check, "level": finding.level, "what": finding.what, "do": finding.do} for check, finding in rows
        ],
        "to_do": list(to_do(found)),
    }


def _lines(found: Examination) -> Iterator[str]:
    for one in found:
        for number, finding in enumerate(one.findings):
            sign, colour = _SIGNS[finding.level]
            label = one.check if number == 0 else ""
            yield f"{click.style(sign, fg=colour, bold=True)} {label:<{_LABEL}}{_printable(finding.what)}"
    yield ""
    does = to_do(found)
    yield click.style("To do" if does else "Nothing to do.", bold=True)
    yield from (f"{number:>3}. {_printable(do)}" for number, do in enumerate(does, 1))
    yield click.style(f"\n{in_short(found)}", dim=True)


def _printable(text: str) -> str:
    """One line that cannot move the cursor or change a colour: names of channels are other people's."""
    return "".join(sign for sign in " ".join(text.split()) if sign.isprintable())
