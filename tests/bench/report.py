"""What a benchmark found, as frozen values, and how it is printed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

_WIDTH = 120  # the same in a terminal, a file and a build's log


@dataclass(frozen=True)
class Goal:
    """Something that was meant to be so, and whether it is."""

    says: str
    found: str
    reached: bool


@dataclass(frozen=True)
class Finding:
    """One table of figures."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    goals: Sequence[Goal] = ()
    note: str = ""


def at_least(what: str, value: float, goal: float) -> Goal:
    return Goal(f"{what} ≥ {goal:g}", f"{value:.4g}", value >= goal)


def at_most(what: str, value: float, goal: float, unit: str = "") -> Goal:
    return Goal(f"{what} ≤ {goal:g}{unit}", f"{value:.3g}{unit}", value <= goal)


def exactly(what: str, value: int, goal: int) -> Goal:
    return Goal(f"{what}: {goal:,}", f"{value:,}", value == goal)


def show(findings: Iterable[Finding]) -> None:
    """Prints each as it comes, then which goals are not reached."""
    console = Console(width=_WIDTH, highlight=False)
    goals: list[Goal] = []
    for finding in findings:
        console.print(f"\n[bold]{finding.title}[/]", _table(finding), sep="\n")
        if finding.note:
            console.print(f"[dim]{finding.note}[/]")
        for goal in finding.goals:
            console.print(_line(goal), markup=False)
        goals += finding.goals
    missed = [goal for goal in goals if not goal.reached]
    if goals:
        console.print(f"\n[bold]{len(goals) - len(missed)} of {len(goals)} goals reached[/]")
    for goal in missed:
        console.print(_line(goal), markup=False)


def _table(finding: Finding) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for number, column in enumerate(finding.columns):
        table.add_column(column, justify="right" if number else "left", overflow="fold", no_wrap=not number)
    for row in finding.rows:
        table.add_row(*row)
    return table


def _line(goal: Goal) -> str:
    return f"  {'reached    ' if goal.reached else 'NOT reached'}  {goal.says}: {goal.found}"
