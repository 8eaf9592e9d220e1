"""The command `waerror`. A command is a row of a table and is imported when it is called, not before."""

from importlib import import_module
from typing import Any

import click
from click.shell_completion import CompletionItem

from bot import __version__
from bot.cli.ending import CannotGoOn, tell_a_program

COMMANDS = {
    "explain": ("bot.cli.explain:explain", "Explain the error in a text."),
    "run": ("bot.cli.run:command", "Run the bot."),
    "doctor": ("bot.cli.doctor:command", "Look whether all is set up right, and list what to do."),
    "manifest": ("bot.cli.manifest:command", "Show the app's manifest for Slack."),
    "status": ("bot.cli.status:command", "Tell what became of a message."),
    "retry": ("bot.cli.retry:command", "Send a failed message again, once."),
    "audit": ("bot.cli.audit:command", "Show who did what, with which result."),
    "sandbox": ("bot.cli.sandbox:command", "Serve a WaConnect to develop against."),
    "demo": ("bot.cli.demo:command", "Try the real bot in the browser, on this machine."),
    "about": ("bot.cli.about:command", "Tell the version, what is known, and how often it is right."),
    "completion": ("bot.cli.completion:command", "Print the script that completes commands in a shell."),
    "mcp": ("bot.cli.mcp:command", "Serve the knowledge to a coding assistant (MCP)."),
    "kb": ("bot.cli.kb:kb", "Read, check and grow the knowledge files."),
}


class _Lazy(click.Group):
    """A group that knows its commands' names and first sentences, and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[str]]:
        """Out of the table: asking each command for its help would import the whole bot for one Tab."""
        named = [CompletionItem(name, help=COMMANDS[name][1]) for name in self.list_commands(ctx)]
        return [one for one in named if one.value.startswith(incomplete)] + click.Command.shell_complete(
            self, ctx, incomplete
        )

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.UsageError, CannotGoOn) as error:
            tell_a_program(error.ctx, error.format_message())
            raise

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="waerror")
def main() -> None:
    """Explains WaConnect's errors, in Slack and in the terminal."""
