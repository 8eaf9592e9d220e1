"""`waerror run`: the bot."""

import logging
import os
import sys
from typing import NoReturn
from urllib.error import URLError

import click
from slack_sdk.errors import SlackApiError

from bot.accounts.loading import AccountsError
from bot.app import CannotStart, Deaf, TakenForDead
from bot.app import run as run_bot
from bot.cli import config
from bot.knowledge import KnowledgeError
from bot.settings import Settings
from bot.telemetry import set_up_logging, trouble
from bot.vault import VaultError
from bot.web.server import CannotServe


@click.command(
    name="run",
    epilog="Exit codes: 0 stopped, 1 it cannot run, and says why, 2 a setting is missing or wrong, "
    "3 Slack was not heard any more, or the other bots took this one for dead: start it again.",
)
@click.option("--http", is_flag=True, help="Slack's requests come over HTTP, to /slack/events on PORT.")
def command(http: bool) -> None:
    """Run the bot until SIGTERM, over Socket Mode unless told or set otherwise.

    Settings come from the environment or from .env; .env.example describes each.
    """
    settings = config.for_the_bot(**({"waerror_http": True} if http else {}))
    set_up_logging(settings.waerror_log_level)
    try:
        run_bot(settings)
    except AccountsError as error:
        config.fail(str(error))
    except (Deaf, TakenForDead) as error:
        click.echo(str(error), err=True)
        _leave(3)
    except Exception as error:  # noqa: BLE001 - a person never sees a raw exception
        click.echo(_why(error, settings), err=True)
        _leave(1)
    _leave(0)


def _why(error: Exception, settings: Settings) -> str:
    match error:
        case CannotStart() | CannotServe() | VaultError() | KnowledgeError():
            return str(error)
        case SlackApiError():
            name = "SLACK_APP_TOKEN" if "apps.connections" in error.response.api_url else "SLACK_BOT_TOKEN"
            return f"Slack refused {name}: {error.response['error']}. Check it at api.slack.com/apps."
        case URLError() | TimeoutError():
            return f"Slack cannot be reached at {settings.slack_api} ({error}). Check the network and SLACK_API_URL."
        case _:
            trouble("bot.failed", exc_info=error)
            return f"waerror cannot run: {type(error).__name__}. The log line bot.failed, above, has the rest."


def _leave(code: int) -> NoReturn:
    """End now. Python would wait for the threads in which DBOS follows retries, and they sleep for minutes.

    Nothing is lost with them: each note was committed before its deed, as the tests that `kill -9` show.
    """
    logging.shutdown()
    sys.stderr.flush()
    os._exit(code)
