"""`waerror demo`: a workspace in the browser with the real bot, or a story in the terminal; on this machine only."""

import click

from bot.cli.ending import fail
from bot.demo.browser import open_workspace
from bot.demo.process import BotFailed
from bot.demo.story import play
from bot.standin import StandinError


@click.command(
    epilog="Exit codes: 0 it was ended, or the story is told, 1 the bot did not do its part, or the port is taken, "
    "2 wrong use."
)
@click.option("--port", default=0, metavar="PORT", help="Where the page is served; a free port when left out.")
@click.option("--story", is_flag=True, help="Play a story in the terminal instead, and end.")
def command(port: int, story: bool) -> None:
    """Open a workspace in the browser: Slack and WaConnect are stood in for on loopback, the bot is the real one."""
    try:
        if story:
            play()
        else:
            open_workspace(port, click.echo)
    except OSError as error:
        fail(f"Port {port} cannot be used: {error.strerror}.")
    except (BotFailed, StandinError, AssertionError) as error:
        fail(f"\nThe demo failed: {error}")
