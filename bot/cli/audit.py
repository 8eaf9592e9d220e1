"""`waerror audit`: who did what, with which result, from the bot's database, also while the bot runs.

It only reads. A workspace's record is shown alone: where there are several, one must be named.
"""

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.cli import config
from bot.cli.ending import fail
from bot.store import Deed
from bot.store.audit import Audit, RecordUnreadable, reading

_FIELDS = ("at", "user", "what", "result", "account", "channel", "card", "press", "detail")
_UNITS = {"m": 60, "h": 3_600, "d": 86_400}
# A spreadsheet runs a cell that begins so; the apostrophe makes it text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class _Since(click.ParamType[datetime]):
    """`24h`, `90m`, `7d`, or a day such as `2026-11-01`, in UTC."""

    name = "when"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        ago = re.fullmatch(r"(\d{1,6})([mhd])", str(value))
        try:
            if ago:
                return datetime.now(UTC) - timedelta(seconds=int(ago[1]) * _UNITS[ago[2]])
            day = datetime.fromisoformat(str(value))
        except (ValueError, OverflowError):
            self.fail("expected such as 24h, 90m, 7d, or a day such as 2026-11-01", param, ctx)
        return day.astimezone(UTC) if day.tzinfo else day.replace(tzinfo=UTC)


@click.command(epilog="Exit codes: 0 shown, 1 the record cannot be read, 2 wrong use.")
@click.option("--since", type=_Since(), help="Only what is newer: 24h, 90m, 7d, or a day such as 2026-11-01 (UTC).")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True, help="At most so many.")
@click.option("--team", help="The workspace, where the record has several.")
@click.option("--csv", "as_csv", is_flag=True, help="Write CSV.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON array.")
def command(since: datetime | None, limit: int, team: str | None, as_csv: bool, as_json: bool) -> None:
    """Show who did what, with which result, newest first.

    Reads the bot's database (WAERROR_DATABASE_URL), also while the bot runs.
    """
    if as_csv and as_json:
        raise click.UsageError("--csv or --json, not both.")
    settings = config.or_end()
    try:
        with reading(settings.waerror_database_url) as record:
            deeds = record.recent(team or _only_team(record), since, limit)
    except RecordUnreadable as error:
        fail(str(error))
    write = _as_csv if as_csv else _as_json if as_json else _as_table
    write(deeds)


def _only_team(record: Audit) -> str:
    teams = record.teams()
    if len(teams) > 1:
        fail(f"The record has several workspaces: {', '.join(teams)}. Say which with --team.")
    return teams[0] if teams else ""


def _as_table(deeds: Sequence[Deed]) -> None:
    if not deeds:
        click.echo("Nothing is recorded.")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("when (UTC)", "who", "where", "what"):
        table.add_column(name, overflow="fold", no_wrap=name == "when (UTC)")
    for deed in deeds:
        at, user, what, result, account, channel, _, _, detail = _cells(deed)
        done = ": ".join(part for part in (what, result) if part)
        told = " · ".join(part for part in (done, detail) if part)
        table.add_row(*map(Text, (at, user, f"{account} {channel}".strip(), told)))
    Console(highlight=False).print(table)


def _as_csv(deeds: Sequence[Deed]) -> None:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_FIELDS)
    writer.writerows([_inert(cell) for cell in _cells(deed)] for deed in deeds)
    click.echo(out.getvalue(), nl=False)


def _as_json(deeds: Sequence[Deed]) -> None:
    rows = [dict(zip(_FIELDS, (deed.at.isoformat(), *list(_cells(deed))[1:]), strict=True)) for deed in deeds]
    click.echo(json.dumps(rows, ensure_ascii=False))


def _cells(deed: Deed) -> Iterator[str]:
    """In the order of _FIELDS, each on one line and without control characters: a terminal would obey them."""
    for name in _FIELDS:
        value = f"{deed.at:%Y-%m-%d %H:%M:%S}" if name == "at" else str(getattr(deed, name))
        yield re.sub(r"[\x00-\x1f\x7f-\x9f\s]+", " ", value)


def _inert(cell: str) -> str:
    return f"'{cell}" if cell.lstrip().startswith(_FORMULA) else cell
