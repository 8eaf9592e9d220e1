"""`waerror run`: the bot."""

import sys
from typing import NoReturn

import click
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from slack_sdk.errors import SlackApiError

from bot.app import AlreadyRunning
from bot.app import run as run_bot
from bot.settings import Settings, missing
from bot.telemetry import set_up_logging
from bot.vault import VaultError


@click.command(name="run")
def command() -> None:
    """Run the bot over Socket Mode until SIGTERM.

    Settings come from the environment or from .env; .env.example describes each. Exit codes: 0 stopped,
    1 Slack refused the tokens or another bot runs on the same file, 2 a setting is missing or wrong.
    """
    settings = _settings()
    set_up_logging(settings.waerror_log_level)
    try:
        run_bot(settings)
    except SlackApiError as error:
        _fail(1, f"Slack refused the bot token: {error.response['error']}. Check SLACK_BOT_TOKEN.")
    except (AlreadyRunning, VaultError) as error:
        _fail(1, str(error))


def _settings() -> Settings:
    try:
        settings = Settings()
    except ValidationError as error:
        _fail(2, "\n".join(["These settings are wrong:", *map(_fault, error.errors())]))
    needed = [f"  {need.name}\n      {need.where}" for need in missing(settings)]
    if needed:
        _fail(2, "\n".join(["waerror run needs, in the environment or in .env:", *needed]))
    return settings


def _fault(error: ErrorDetails) -> str:
    where = ".".join(str(part) for part in error["loc"]) if error["loc"] else "settings"
    return f"  {where.upper()}: {error['msg']}"


def _fail(code: int, says: str) -> NoReturn:
    click.echo(says, err=True)
    sys.exit(code)
