"""A diagnosis in the terminal: the answer before the evidence, one line a thought, nothing personal."""

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.table import Table

from bot.diagnosis.entries import Entry
from bot.diagnosis.masking import mask_number
from bot.diagnosis.values import Diagnosis, Match, Sighting
from bot.diagnosis.verdicts import in_words

_WIDEST = 110  # longer lines are hard to read
_FIXED_BY = {
    "integration": "fixed by your integration",
    "waconnect-admin": "fixed by WaConnect's administrator",
    "meta-business": "fixed in Meta Business settings",
    "recipient": "fixed by the recipient",
    "nobody": "nobody can fix it",
}
_FAMILY = {"meta": "Meta", "waconnect": "WaConnect", "onpremises": "On-premises API (retired)"}


def show(diagnosis: Diagnosis, why: bool) -> None:
    """Prints a card for each match, or the nearest candidates."""
    console = Console(highlight=False)
    console.width = min(console.width, _WIDEST)
    if not diagnosis.answered:
        console.print(_nothing(diagnosis, why))
        return
    for number, match in enumerate(diagnosis.matches):
        console.print(*([""] if number else []), card(match.entry, match, why), sep="\n")
    if diagnosis.near:
        console.print("", "Or perhaps:", _rows(diagnosis.near, why), sep="\n")


def card(entry: Entry, match: Match | None = None, why: bool = False) -> RenderableType:
    """All that is known about an entry, and what a paste says of it."""
    rows = Table.grid(padding=(0, 1))
    rows.add_column(style="bold", no_wrap=True, min_width=7)
    rows.add_column(overflow="fold")
    cause = match.cause if match else None
    rows.add_row("Why", escape(cause.cause if cause else entry.cause))
    if entry.check_first:
        rows.add_row("First", escape(entry.check_first))
    for number, step in enumerate((cause and cause.resolution) or entry.resolution, 1):
        rows.add_row("Do" if number == 1 else "", escape(f"{number}. {step}"))
    for source in entry.disagreement:
        rows.add_row("Differs" if source.differs else "Trusted", escape(f"{source.name}: {source.says}"))
    rows.add_row("Then", escape(in_words(entry.verdict)))
    if match and (seen := _seen(match.sighting)):
        rows.add_row("Seen", escape(seen))
    return Group(_heading(entry), rows, f"[dim]{escape(_footer(entry, match, why))}[/]")


def _heading(entry: Entry) -> str:
    status = f" · HTTP {entry.http[0]}" if entry.http and entry.codes else ""
    line = f"{_FAMILY[entry.family]} · {entry.topic}{status} · {_FIXED_BY[entry.fixed_by]}"
    retired = f"\n[yellow]No longer sent: {escape(entry.no_longer_emitted)}[/]" if entry.no_longer_emitted else ""
    return f"[bold cyan]{escape(entry.label)} · {escape(entry.title)}[/]\n[dim]{escape(line)}[/]{retired}"


def _footer(entry: Entry, match: Match | None, why: bool) -> str:
    checked = f"checked {entry.checked}"
    if not match:
        return checked
    told = match.why if why else match.why[:2]
    parted = "\n  " if why else ", "
    return f"{match.confidence}:{parted if why else ' '}{parted.join(told)}{chr(10) if why else ' · '}{checked}"


def _seen(sighting: Sighting) -> str:
    parts = {
        "HTTP": sighting.http_status,
        "subcode": sighting.subcode,
        "to": mask_number(sighting.recipient) if sighting.recipient else None,
        "trace": sighting.fbtrace_id,
    }
    return " · ".join(f"{name} {value}" for name, value in parts.items() if value is not None)


def _nothing(diagnosis: Diagnosis, why: bool) -> RenderableType:
    if not diagnosis.matches:
        return "I do not recognise this."
    hint = "[dim]waerror kb show CODE tells all about one.[/]"
    return Group("I do not recognise this. Nearest:", _rows(diagnosis.matches, why), hint)


def _rows(matches: tuple[Match, ...], why: bool) -> Table:
    rows = Table.grid(padding=(0, 2))
    for match in matches:
        told = "; ".join(match.why) if why else match.confidence
        rows.add_row(f"[bold]{escape(match.entry.label)}[/]", escape(match.entry.title), escape(told))
    return rows
