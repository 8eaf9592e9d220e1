"""WaConnect and the database for a command, beside a bot that may be running: plain calls, and no workflow is begun.

A second process that launched the workflows would take over what the bot is doing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import click

from bot.accounts import Account
from bot.app import CannotStart, store_of, waconnect_of
from bot.cli.ending import CannotGoOn
from bot.settings import Settings
from bot.store import Store
from bot.telemetry import set_up_logging, trouble
from bot.vault import VaultError
from bot.waconnect.client import WaConnect


@dataclass(frozen=True, slots=True)
class Opened:
    """What a command acts with."""

    settings: Settings
    account: Account
    waconnect: WaConnect
    store: Store


@contextmanager
def waconnect(settings: Settings, account: Account) -> Iterator[WaConnect]:
    """The way to the account. Whatever goes wrong inside is said in words."""
    set_up_logging("ERROR")  # what happens is printed for the person, not logged
    try:
        with waconnect_of(account, settings) as found:
            yield found
    except (CannotStart, VaultError) as error:
        raise CannotGoOn(str(error)) from error
    except click.ClickException:
        raise
    except Exception as error:
        trouble("command.failed", exc_info=error)
        raise CannotGoOn(f"{type(error).__name__}. Nothing more is known; the database may be away.") from error


@contextmanager
def opened(settings: Settings, account: Account) -> Iterator[Opened]:
    """The account and the bot's database."""
    with waconnect(settings, account) as client:
        store = store_of(settings)
        try:
            yield Opened(settings, account, client, store)
        finally:
            store.close()
