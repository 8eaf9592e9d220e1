"""How a command ends that cannot go on: in a sentence, and with a code that is promised."""

import json
import sys
from typing import NoReturn

import click


def fail(says: str, code: int = 1) -> NoReturn:
    """Say why on stderr, and end with this code."""
    tell_a_program(click.get_current_context(silent=True), says)
    click.echo(says, err=True)
    sys.exit(code)


class CannotGoOn(click.ClickException):
    """What ends a command, for who may also want to catch it. Knows the command, as click's own UsageError does."""

    def __init__(self, says: str) -> None:
        super().__init__(says)
        self.ctx = click.get_current_context(silent=True)


def tell_a_program(ctx: click.Context | None, says: str) -> None:
    """Who asked for JSON gets it on stdout in any case: `{"error": …}`."""
    if ctx and ctx.params.get("as_json"):
        click.echo(json.dumps({"error": says}, ensure_ascii=False))
