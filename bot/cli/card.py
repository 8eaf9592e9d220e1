"""A diagnosis in the terminal: the answer before the evidence, one line a thought, nothing personal.

Written with click alone: importing rich would take as long as finding the answer.
"""

import os
import shutil
import textwrap
from collections.abc import Iterator

import click

from bot.diagnosis.entries import Entry
from bot.diagnosis.masking import mask_number
from bot.diagnosis.values import Diagnosis, Match, Sighting
from bot.diagnosis.verdicts import in_words
from bot.diagnosis.wording import second_line, weighed

_WIDEST, _NARROWEST = 110, 40  # longer lines are hard to read; shorter ones are no lines
_LABEL = 8  # columns
_CAN_RETRY = {"now": "green", "after_wait": "green", "after_fix": "yellow", "never": "red"}
_TOLD = 2  # pieces of evidence in the last line; --why shows all


def show(diagnosis: Diagnosis, why: bool) -> None:
    """Prints a card for each match, or the nearest candidates."""
    echo("\n\n".join(_parts(diagnosis, why)))


def echo(text: str) -> None:
    """Colours go to a terminal only, and not to somebody who set NO_COLOR (no-color.org)."""
    click.echo(text, color=False if os.environ.get("NO_COLOR") else None)


def card(entry: Entry, match: Match | None = None, why: bool = False) -> str:
    """All that is known about an entry, and what a paste says of it."""
    heading = click.style(_wrapped(f"{entry.label} · {entry.title}"), fg="cyan", bold=True)
    second = _wrapped(second_line(entry))
    about = click.style(second, fg="yellow") if entry.no_longer_emitted else click.style(second, dim=True)
    footer = click.style(_wrapped(_footer(entry, match, why)), dim=True)
    evidence = [_evidence(match)] if match and why else []
    return "\n".join([heading, about, *_rows(entry, match), *evidence, footer])


def _parts(diagnosis: Diagnosis, why: bool) -> Iterator[str]:
    if diagnosis.answered:
        yield from (card(match.entry, match, why) for match in diagnosis.matches)
        if diagnosis.near:
            yield "Or perhaps:\n" + _nearest(diagnosis.near, why)
    elif diagnosis.matches:
        hint = click.style(_wrapped("waerror kb show CODE tells all about one."), dim=True)
        yield f"I do not recognise this. Nearest:\n{_nearest(diagnosis.matches, why)}\n{hint}"
    else:
        yield "I do not recognise this."


def _rows(entry: Entry, match: Match | None) -> Iterator[str]:
    cause = match.cause if match else None
    yield _row("Why", cause.cause if cause else entry.cause)
    if entry.check_first:
        yield _row("First", entry.check_first)
    for number, step in enumerate((cause and cause.resolution) or entry.resolution, 1):
        yield _row("Do" if number == 1 else "", f"{number}. {step}", hang=len(f"{number}. "))
    for source in entry.disagreement:
        yield _row("Differs" if source.differs else "Trusted", f"{source.name}: {source.says}")
    yield _row("Then", in_words(entry.verdict), colour=_CAN_RETRY[entry.verdict.can_retry])
    if match and (seen := _seen(match.sighting)):
        yield _row("Seen", seen)


def _evidence(match: Match) -> str:
    """Each piece, and whether it spoke for the entry or against it; strongest first."""
    told = (": ".join(weighed(piece)) for piece in match.why)
    return "\n".join(_row("" if number else "Because", piece, hang=2) for number, piece in enumerate(told))


def _footer(entry: Entry, match: Match | None, why: bool) -> str:
    checked = f"checked {entry.checked}"
    if not match:
        return checked
    told = "" if why else f": {', '.join(match.why[:_TOLD])}"
    return f"{match.confidence}{told} · {checked}"


def _seen(sighting: Sighting) -> str:
    parts = {
        "HTTP": sighting.http_status,
        "subcode": sighting.subcode,
        "to": mask_number(sighting.recipient) if sighting.recipient else None,
        "trace": sighting.fbtrace_id,
    }
    return " · ".join(f"{name} {value}" for name, value in parts.items() if value is not None)


def _nearest(matches: tuple[Match, ...], why: bool) -> str:
    column = max(len(match.entry.label) for match in matches) + 2
    return "\n".join(
        _candidate(match, column) + (f"\n{_evidence(match)}" if why and match.why else "") for match in matches
    )


def _candidate(match: Match, column: int) -> str:
    label, told = match.entry.label.ljust(column), f"({match.confidence})"
    lines = _wrapped(f"{label}{match.entry.title}  {told}", hang=column)
    return click.style(label, bold=True) + lines.removeprefix(label).removesuffix(told) + click.style(told, dim=True)


def _row(label: str, text: str, hang: int = 0, colour: str | None = None) -> str:
    """The label in its column, the text beside it; coloured line by line, so that no pager loses it."""
    first, *others = textwrap.wrap(text, _width() - _LABEL, subsequent_indent=" " * hang) or [""]
    first, *others = (click.style(line, fg=colour) if colour else line for line in (first, *others))
    return "\n".join([click.style(label.ljust(_LABEL), bold=True) + first, *(" " * _LABEL + line for line in others)])


def _wrapped(text: str, hang: int = 0) -> str:
    return textwrap.fill(text, _width(), subsequent_indent=" " * hang)


def _width() -> int:
    return max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size().columns))
