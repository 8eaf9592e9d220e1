"""`python -m tests.chaos [--runs N] [--seed N] [--short]`: exit code 1 when a counter that must be 0 is not."""

import sys
import time
from collections import Counter
from collections.abc import Iterator
from random import SystemRandom

import click

from tests.bench.report import Finding, Goal, show
from tests.chaos import crew, many
from tests.chaos.judging import COUNTERS, MOMENTS
from tests.chaos.scenarios import SCENARIOS

_SHORT = 20
# A bulk retry: messages, and kills at most.
_FEW, _MANY = (60, 3), (1_000, 20)
# Columns of a table of counts.
_ACROSS = 4


@click.command()
@click.option("--runs", default=200, show_default=True, help="How often the process is killed.")
@click.option("--seed", type=int, help="The dice of an earlier run.")
@click.option("--short", is_flag=True, help=f"{_SHORT} runs.")
@click.option("--workers", default=3, show_default=True, help="How many bots at a time.")
def main(runs: int, seed: int | None, short: bool, workers: int) -> None:
    """Kill the real process at random moments, and count what must never happen."""
    seed = SystemRandom().randrange(10**6) if seed is None else seed
    click.echo(f"seed {seed}")
    began = time.monotonic()
    tally = crew.run(_SHORT if short else runs, seed, workers)
    took = time.monotonic() - began
    bulk = many.run(*(_FEW if short else _MANY), seed)
    show([*findings(tally, took), in_bulk(bulk)])
    for report in (*tally.reports, bulk.report):
        click.echo(f"\n{report}" if report else "", err=True, nl=bool(report))
    sys.exit(not (tally.is_good and bulk.is_good))


def in_bulk(found: many.Run) -> Finding:
    """The table of the bulk retry."""
    goals = [Goal(f"{counter} = 0", str(found.wrong[counter]), not found.wrong[counter]) for counter in COUNTERS]
    return Finding("In bulk", ("", "found"), list(many.rows(found).items()), goals)


def findings(tally: crew.Tally, took: float) -> Iterator[Finding]:
    """The tables."""
    yield Finding(
        "Kills by what was under way",
        ("the press was", "kills that caught one there", "presses caught"),
        [(moment, str(tally.kills_at[moment]), str(tally.presses_at[moment])) for moment in MOMENTS],
        note=f"{tally.between} of {tally.kills} kills caught at least one press between its claim and its end.",
    )
    yield Finding("Pressed", ("scenario", "failed messages"), [(name, str(tally.played[name])) for name in SCENARIOS])
    yield _counts("Faults", tally.faults)
    yield _counts("Outcomes", tally.outcomes)
    yield Finding(
        "In all",
        ("", "count"),
        [
            ("runs (kills)", str(tally.kills)),
            ("rounds", str(tally.rounds)),
            ("processes started", str(tally.lives)),
            ("POSTs that reached WaConnect", str(tally.posts)),
            ("messages in its ledger, others’ left out", str(tally.messages)),
            ("second messages that a person confirmed (*Send anyway*)", str(tally.confirmed)),
            ("first clicks repeated after an acknowledgement (lost, or slow)", str(tally.lost_clicks)),
            ("errors in the log", ", ".join(f"{name} {n}" for name, n in tally.complaints.items()) or "0"),
            ("seconds", f"{took:.0f}"),
        ],
        [Goal(f"{counter} = 0", str(tally.wrong[counter]), not tally.wrong[counter]) for counter in COUNTERS],
    )


def _counts(title: str, counts: Counter[str]) -> Finding:
    cells = [cell for name, count in sorted(counts.items()) for cell in (name, str(count))]
    cells += [""] * (-len(cells) % (2 * _ACROSS))
    rows = [cells[start : start + 2 * _ACROSS] for start in range(0, len(cells), 2 * _ACROSS)]
    return Finding(title, ("", "count") * _ACROSS, rows)


if __name__ == "__main__":
    main(prog_name="python -m tests.chaos")
