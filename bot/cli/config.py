"""The settings of a command; what is missing or wrong is said in words, and the command ends with 2."""

import sys
from typing import NoReturn

import click
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.settings import Settings, missing


def for_the_bot() -> Settings:
    """With all that the bot cannot run without."""
    settings = _read()
    needed = [f"  {need.name}\n      {need.where}" for need in missing(settings)]
    if needed:
        _fail("\n".join(["waerror run needs, in the environment or in .env:", *needed]))
    return settings


def for_an_account() -> Settings:
    """With a WaConnect account to act with."""
    settings = _read()
    if settings.waconnect_api_key is None:
        _fail("This needs WACONNECT_API_KEY (wba_…, from WaConnect's administrator), in the environment or in .env.")
    return settings


def _read() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        _fail("\n".join(["These settings are wrong:", *map(_fault, error.errors())]))


def _fault(error: ErrorDetails) -> str:
    where = ".".join(str(part) for part in error["loc"]) if error["loc"] else "settings"
    return f"  {where.upper()}: {error['msg']}"


def _fail(says: str) -> NoReturn:
    click.echo(says, err=True)
    sys.exit(2)
