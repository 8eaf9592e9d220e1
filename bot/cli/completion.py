"""`waerror completion SHELL`: the script that makes a shell complete commands, options, entries and accounts.

The script asks `waerror` itself, so it stays right when a command is added.
"""

import click
from click.shell_completion import get_completion_class

VARIABLE = "_WAERROR_COMPLETE"
# Where each shell looks by itself; the last is what to run in it afterwards.
PLACES = {
    "bash": "~/.local/share/bash-completion/completions/waerror",
    "zsh": '"${fpath[1]}/_waerror"',
    "fish": "~/.config/fish/completions/waerror.fish",
}


@click.command(
    epilog="\b\n"
    + "\n".join(f"waerror completion {shell} > {place}" for shell, place in PLACES.items())
    + "\n\n\b\nThen open a new shell.\n\nExit codes: 0 printed, 2 wrong use."
)
@click.argument("shell", type=click.Choice(sorted(PLACES)))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the script that makes SHELL complete waerror's commands."""
    complete = get_completion_class(shell)
    if complete is None:  # pragma: no cover - click knows all of PLACES
        raise click.UsageError(f"There is no completion for {shell}.")
    made = complete(ctx.find_root().command, {}, "waerror", VARIABLE)
    click.echo(made.source_template % made.source_vars())
