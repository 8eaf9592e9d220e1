"""`python -m tests.bench [NAME …] [--write]`: a benchmark is a row."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module

import click

from tests.bench.report import Finding, show

BENCHMARKS: Mapping[str, str] = {
    "accuracy": "how often it is right, silent and rightly sure",
    "robustness": "the same texts fenced, escaped, buried, cut, misspelled",
    "described": "each description left out in turn and asked for",
    "hostile": "the worst texts of 40,000 characters",
    "cold": "a whole process against two imports",
    "calm": "from a paste to its answer, and a command while WaConnect hangs",
    "storm": "10,000 alerts at 500 a second",
    "webhooks": "alerts posted over HTTP, acknowledged once they are stored",
    "bulk": "a thousand messages sent again, against the pace of the setting",
    "lookup": "an alert counted among a million others",
    "page": "the page of `make demo`: its weight, and the time to it and to a card",
    "speed": "against rapidfuzz and FTS5, and with ten times the entries",
}


@click.command(epilog="; ".join(f"{name}: {says}" for name, says in BENCHMARKS.items()))
@click.argument("names", nargs=-1, type=click.Choice(list(BENCHMARKS)))
@click.option("--write", is_flag=True, help="Write the accuracy into bot/accuracy.json and docs/recognition.md.")
def main(names: tuple[str, ...], write: bool) -> None:
    """Measure. Without a NAME: everything. The figures say what is reached; the exit code does not."""
    show(_run(names or tuple(BENCHMARKS)))
    if write:
        from tests.bench import written

        click.echo("\n".join(written.write()))


def _run(names: Iterable[str]) -> Iterator[Finding]:
    for name in names:
        bench: Callable[[], Iterable[Finding]] = import_module(f"tests.bench.{name}").bench
        yield from bench()


if __name__ == "__main__":
    main(prog_name="python -m tests.bench")
