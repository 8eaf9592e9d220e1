"""The settings of a command; what is missing or wrong is said in words, and the command ends with 2."""

import sys
from typing import NoReturn

import click
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.accounts import Account, Accounts
from bot.accounts.loading import AccountsError, load
from bot.settings import Settings, missing


def for_the_bot(**options: bool) -> Settings:
    """With all that the bot cannot run without. `options` of the command win over what is set."""
    settings = _read(**options)
    needed = [f"  {need.name}\n      {need.where}" for need in missing(settings)]
    if needed:
        fail("\n".join(["waerror run needs, in the environment or in .env:", *needed]))
    return settings


def for_an_account(name: str | None) -> tuple[Settings, Account]:
    """With the WaConnect account to act with. `name`: which, where there are several."""
    settings = _read()
    try:
        accounts = load(settings)
    except AccountsError as error:
        fail(str(error))
    if not accounts.all:
        fail("This needs WACONNECT_API_KEY (wba_…, from WaConnect's administrator), in the environment or in .env.")
    if name is None and accounts.several:
        fail(f"There are several accounts. Say --account with one of: {_names(accounts)}.")
    found = accounts.by_name(name) if name else accounts.all[0]
    if found is None:
        fail(f"There is no account {name}. There are: {_names(accounts)}.")
    return settings, found


def _names(accounts: Accounts) -> str:
    return ", ".join(account.name for account in accounts.all)


def _read(**options: bool) -> Settings:
    try:
        return Settings(**options)  # type: ignore[arg-type]  # pydantic reads the rest from the environment
    except ValidationError as error:
        fail("\n".join(["These settings are wrong:", *map(_fault, error.errors())]))


def _fault(error: ErrorDetails) -> str:
    where = ".".join(str(part) for part in error["loc"]) if error["loc"] else "settings"
    return f"  {where.upper()}: {error['msg']}"


def fail(says: str) -> NoReturn:
    """Say what is missing or wrong, and end with 2."""
    click.echo(says, err=True)
    sys.exit(2)
