"""The hooks that `waerror.toml` names. Every fault is told at once, and no fault tells a secret.

The file says where a secret is, never the secret. A hook without one is a fault, and not an open door.
"""

import re
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_core import ErrorDetails

from bot.accounts import Accounts
from bot.accounts.loading import AccountsError, read_file, refuse
from bot.accounts.secrets import VARIABLE, from_environment, from_file
from bot.intake.hooks import WATCH, Hook, Hooks
from bot.intake.sources import SOURCES
from bot.settings import SHORTEST_SECRET, Settings

# It is a part of an address.
_NAME = r"[a-z0-9][a-z0-9_-]{0,30}"
_CHANNEL = r"^[CG][A-Z0-9]{2,}$"
_WORDS = {
    "source": f"must be one of {', '.join(SOURCES)}",
    "secret": "the secret itself never stands in this file; name its variable (secret_env) or its file (secret_file)",
    "secret_env": "must be the name of an environment variable in capitals, never the secret",
    "verify_env": "must be the name of an environment variable in capitals, never the token",
    "channel": "must be Slack's id of a channel, such as C0ALERTS",
    "channels": "must be a list of Slack's channel ids, such as C0ALERTS",
    "unexplained": "must be post or drop",
    "team": "must be Slack's id of a workspace, such as T0123ABCD",
}


class _Written(BaseModel):
    """One hook as the file has it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    secret_env: str | None = Field(None, pattern=VARIABLE)
    secret_file: str | None = None
    channel: str = Field(pattern=_CHANNEL)
    channels: tuple[str, ...] = ()
    unexplained: Literal["post", "drop"] = "post"
    account: str = ""
    team: str = Field("", pattern=r"^([TE][A-Z0-9]{2,})?$")
    verify_env: str | None = Field(None, pattern=VARIABLE)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.secret_env is None) == (self.secret_file is None):
            raise ValueError("needs one of secret_env and secret_file")
        if self.verify_env and not (self.source in SOURCES and SOURCES[self.source].challenges):
            raise ValueError("verify_env is Meta's alone")
        return self


def load(settings: Settings, accounts: Accounts) -> Hooks:
    """The hooks by name; none when the file names none. AccountsError."""
    path = Path(settings.waerror_config)
    tables = read_file(settings).get("alerts", {})
    if not isinstance(tables, dict):
        refuse(path, ["alerts: expected [alerts.NAME]"])
    reader = _Reader(path.parent, accounts)
    found = {name: reader.hook(name, table) for name, table in tables.items()}
    if reader.faults:
        refuse(path, reader.faults)
    return {name: hook for name, hook in found.items() if hook}


def watches(settings: Settings, accounts: Accounts) -> Hooks:
    """Where the failed messages of each account are shown; none unless they are looked for. AccountsError."""
    if not settings.waerror_watch_seconds:
        return {}
    only = settings.waerror_alert_channels if len(settings.waerror_alert_channels) == 1 else ()
    found = {}
    for one in accounts.all:
        channel = one.first_channel or settings.waerror_watch_channel or next(iter(only), None)
        if channel is None:
            says = f"WAERROR_WATCH_SECONDS: the account {one.name} names no channel, so set WAERROR_WATCH_CHANNEL."
            raise AccountsError(says)
        found[WATCH + one.name] = Hook(
            WATCH + one.name, "waconnect", SecretStr(""), channel, account=one.name, team=one.team or ""
        )
    return found


class _Reader:
    """Reads one hook after the other, and collects what is wrong with them."""

    def __init__(self, folder: Path, accounts: Accounts) -> None:
        self.faults: list[str] = []
        self._folder = folder
        self._accounts = accounts

    def hook(self, name: str, table: Any) -> Hook | None:
        """None where that is a fault."""
        if not re.fullmatch(_NAME, name):
            self.faults.append(f"alerts.{name}: a name is of small letters, digits, - and _, at most 31")
        try:
            written = _Written.model_validate({"source": name, **table} if isinstance(table, dict) else table)
        except ValidationError as error:
            self.faults += dict.fromkeys(_fault(name, one) for one in error.errors())
            return None
        self._check(name, written)
        return Hook(
            name,
            written.source,
            self._secret(name, written),
            written.channel,
            frozenset(written.channels),
            written.unexplained,
            written.account,
            written.team,
            self._verify(name, written.verify_env),
        )

    def _check(self, name: str, written: _Written) -> None:
        if written.source not in SOURCES:
            self.faults.append(f"alerts.{name}.source: {_WORDS['source']}")
        if not all(re.fullmatch(_CHANNEL, channel) for channel in written.channels):
            self.faults.append(f"alerts.{name}.channels: {_WORDS['channels']}")
        if written.account and self._accounts.by_name(written.account) is None:
            self.faults.append(f"alerts.{name}.account: there is no account of this name")

    def _secret(self, name: str, written: _Written) -> SecretStr:
        if written.secret_env:
            return self._strong(f"{name}.secret_env", *from_environment(written.secret_env))
        return self._strong(f"{name}.secret_file", *from_file(self._folder, written.secret_file or ""))

    def _verify(self, name: str, variable: str | None) -> SecretStr | None:
        return self._strong(f"{name}.verify_env", *from_environment(variable)) if variable else None

    def _strong(self, field: str, secret: str, else_: str) -> SecretStr:
        if not secret:
            self.faults.append(f"alerts.{field}: {else_}")
        elif not re.fullmatch(rf"[!-~]{{{SHORTEST_SECRET},}}", secret):
            self.faults.append(f"alerts.{field}: needs {SHORTEST_SECRET} characters and more, without spaces")
        return SecretStr(secret)


def _fault(name: str, error: ErrorDetails) -> str:
    field = str(error["loc"][0]) if error["loc"] else ""
    if error["type"] == "extra_forbidden" and field not in _WORDS:
        return f"alerts.{name}.{field}: is not known; a hook has {', '.join(_Written.model_fields)}"
    says = _WORDS.get(field) or error["msg"].removeprefix("Value error, ")
    return ".".join(["alerts", name, *([field] if field else [])]) + f": {says}"
