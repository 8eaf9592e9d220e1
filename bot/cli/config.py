"""The settings of a command; what is missing or wrong is said in words, and the command ends with 2."""

from typing import NoReturn

import click
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.accounts import Account, Accounts
from bot.accounts.loading import AccountsError, load
from bot.cli import ending
from bot.missing import missing
from bot.settings import Settings


class SettingsWrong(Exception):
    """What is missing or wrong in the settings, in words."""


def for_the_bot(**options: bool) -> Settings:
    """With all that the bot cannot run without. `options` of the command win over what is set."""
    settings = or_end(**options)
    needed = [f"  {need.name}\n      {need.where}" for need in missing(settings)]
    if needed:
        fail("\n".join(["waerror run needs, in the environment or in .env:", *needed]))
    return settings


def or_end(**options: bool) -> Settings:
    """As they are; what is wrong ends the command."""
    try:
        return read(**options)
    except SettingsWrong as wrong:
        fail(str(wrong))


def for_an_account(name: str | None) -> tuple[Settings, Account]:
    """With the WaConnect account to act with. `name`: which, where there are several."""
    try:
        return account_of(name)
    except SettingsWrong as wrong:
        fail(str(wrong))


def account_of(name: str | None) -> tuple[Settings, Account]:
    """The same for who must not end with it. Raises SettingsWrong."""
    settings = read()
    try:
        accounts = load(settings)
    except AccountsError as error:
        raise SettingsWrong(str(error)) from error
    if not accounts.all:
        raise SettingsWrong(
            "This needs WACONNECT_API_KEY (wba_…, from WaConnect's administrator), in the environment or in .env."
        )
    if name is None and accounts.several:
        raise SettingsWrong(f"There are several accounts. Say --account with one of: {_names(accounts)}.")
    found = accounts.by_name(name) if name else accounts.all[0]
    if found is None:
        raise SettingsWrong(f"There is no account {name}. There are: {_names(accounts)}.")
    return settings, found


def account_names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """For a shell that completes; none where the settings are wrong."""
    try:
        return [one.name for one in load(read()).all if one.name.startswith(incomplete)]
    except (SettingsWrong, AccountsError):
        return []


def _names(accounts: Accounts) -> str:
    return ", ".join(account.name for account in accounts.all)


def read(**options: bool) -> Settings:
    """The settings. Raises SettingsWrong, which names every fault."""
    try:
        return Settings(**options)  # type: ignore[arg-type]  # pydantic reads the rest from the environment
    except ValidationError as error:
        raise SettingsWrong("\n".join(["These settings are wrong:", *map(_fault, error.errors())])) from error


def _fault(error: ErrorDetails) -> str:
    """The sentence about several settings names them itself."""
    where, says = ".".join(map(str, error["loc"])).upper(), error["msg"].removeprefix("Value error, ")
    return f"  {where}: {says}" if where else f"  {says}"


def fail(says: str) -> NoReturn:
    """Say what is missing or wrong, and end with 2."""
    ending.fail(says, 2)
