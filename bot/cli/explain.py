"""`waerror explain`: the diagnosis of a text, for people, for scripts (`--json`) and for many texts (`--jsonl`)."""

import json
import sys
import time
from collections.abc import Iterator

import click

from bot.cli import bar, card, shelf
from bot.diagnosis import diagnose
from bot.diagnosis.told import record
from bot.diagnosis.values import Mode
from bot.knowledge import Knowledge

NO_MATCH = 1


@click.command(epilog="Exit codes: 0 answered, 1 nothing sure enough, 2 wrong use.")
@click.argument("text", required=False)
@click.option("--json", "as_json", is_flag=True, help="Write the diagnosis as JSON.")
@click.option(
    "--jsonl", is_flag=True, help='Read lines {"id", "text"}, write lines {"id", "answered", "entries", "ms"}.'
)
@click.option(
    "--mode",
    type=click.Choice(["ask", "alert"]),
    default="ask",
    show_default=True,
    help="ask: a person wants to know, so the nearest are named too. alert: only what is sure.",
)
@click.option("--why", is_flag=True, help="Show all of the evidence, for and against.")
def explain(text: str | None, as_json: bool, jsonl: bool, mode: Mode, why: bool) -> None:
    """Explain the error in TEXT, or in standard input where TEXT is '-'.

    TEXT is a code, a payload, a log line, a sentence: whatever there is.
    """
    if jsonl:
        _lines(mode)
        return
    paste = shelf.stdin_text() if text == "-" else text or ""
    if not paste.strip():
        raise click.UsageError("There is no text to explain. Pass it, or '-' to read standard input.")
    diagnosis = diagnose(paste, shelf.opened(), mode)
    if as_json:
        click.echo(json.dumps(record(diagnosis), ensure_ascii=False))
    else:
        card.show(diagnosis, why)
    sys.exit(0 if diagnosis.answered else NO_MATCH)


def _lines(mode: Mode) -> None:
    """A line that cannot be read ends the run: a batch with holes would be taken for a whole one."""
    knowledge = shelf.opened()
    with bar.counted(sys.stdin.buffer, "explained", prints=True) as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                for answer in _answer(number, line, knowledge, mode):
                    click.echo(answer)


def _answer(number: int, line: bytes, knowledge: Knowledge, mode: Mode) -> Iterator[str]:
    try:
        asked = json.loads(line.decode("utf-8-sig", errors="replace"))
        name, text = asked["id"], asked["text"]
        if not isinstance(text, str):
            raise TypeError
    except (ValueError, TypeError, KeyError, RecursionError):
        raise click.UsageError(f'Line {number} of the input is not {{"id": …, "text": "…"}}.') from None
    start = time.perf_counter()
    diagnosis = diagnose(text, knowledge, mode)
    spent = (time.perf_counter() - start) * 1000
    entries = [match.entry.id for match in (*diagnosis.matches, *diagnosis.near)]
    told = {"id": name, "answered": diagnosis.answered, "entries": entries, "ms": round(spent, 3)}
    yield json.dumps(told, ensure_ascii=False)
