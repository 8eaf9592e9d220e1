"""`waerror demo`: a story with the real bot, on this machine only."""

import sys

import click

from bot.demo.stage import BotFailed
from bot.demo.story import play
from bot.standin import StandinError


@click.command(epilog="Exit codes: 0 the bot did all that the story waits for, 1 it did not, 2 wrong use.")
def command() -> None:
    """Play a story: Slack and WaConnect are stood in for on loopback, the bot is the real one."""
    try:
        play()
    except (BotFailed, StandinError, AssertionError) as error:
        click.echo(f"\nThe demo failed: {error}", err=True)
        sys.exit(1)
