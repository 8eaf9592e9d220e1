"""The accounts that settings and `waerror.toml` name. Every fault is told at once, and no fault tells a key.

The file says where a key is, never the key: it is read, copied and committed by more people than an environment is.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails

from bot.accounts import Account, Accounts, digits
from bot.accounts.secrets import VARIABLE, from_environment, from_file
from bot.diagnosis.masking import mask
from bot.settings import Settings

# What people type after `/waerror account`.
_NAME = r"^[a-z0-9][a-z0-9_-]{0,30}$"
_OWN_KEY = "WACONNECT_API_KEY"
_TABLES = frozenset({"accounts", "alerts"})  # the second is read by `bot/intake/loading.py`
_NEVER_THE_KEY = "the key itself never stands in this file; name its variable (api_key_env) or its file (api_key_file)"
# A field, and what it must be, in place of pydantic's words for a pattern or a type.
_WORDS: Mapping[str, str] = {
    "api_key": _NEVER_THE_KEY,
    "key": _NEVER_THE_KEY,
    "api_key_env": "must be the name of an environment variable in capitals, never the key",
    "base_url": "must look like https://app.waconnect.me/api/",
    "default_region": "must be a country in two capital letters, such as MX",
    "channels": "must be a list of Slack's channel ids, such as C0ALERTS",
    "team": "must be the id of a Slack workspace, such as T0ORDERS",
    "numbers": "must be sending numbers with a label each, such as 109876543210987 = Orders",
    "default": "must be true or false",
}


class AccountsError(ValueError):
    """The accounts cannot be used as they are written; the message names every fault."""

    @property
    def faults(self) -> list[str]:
        """Each by itself, without the line above them that names the file."""
        heading, *faults = str(self).splitlines()
        return [fault.strip() for fault in faults] or [heading]


class _Written(BaseModel):
    """One account as the file has it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    api_key_env: str | None = Field(None, pattern=VARIABLE)
    api_key_file: str | None = None
    base_url: str | None = Field(None, pattern=r"^https?://[^\s/?#]+(/[^\s?#]*)?$")
    default_region: str | None = Field(None, pattern=r"^[A-Z]{2}$")
    channels: tuple[str, ...] = ()
    team: str | None = Field(None, pattern=r"^[TE][A-Z0-9]{2,}$")
    numbers: dict[str, str] = {}
    default: bool = False

    @field_validator("channels")
    @classmethod
    def _ids(cls, channels: tuple[str, ...]) -> tuple[str, ...]:
        if all(re.fullmatch(r"[CDG][A-Z0-9]{2,}", channel) for channel in channels):
            return channels
        raise ValueError

    @field_validator("numbers")
    @classmethod
    def _labelled(cls, numbers: dict[str, str]) -> dict[str, str]:
        if all(re.fullmatch(r"\+?[\d ().-]{6,40}", number) and label.strip() for number, label in numbers.items()):
            return {digits(number): label.strip()[:40] for number, label in numbers.items()}
        raise ValueError


def load(settings: Settings) -> Accounts:
    """The accounts, the one that serves other channels first. AccountsError."""
    path = Path(settings.waerror_config)
    raw = read_file(settings)
    tables = raw.get("accounts", {})
    if raw.keys() - _TABLES or not isinstance(tables, dict):
        refuse(path, [f"{', '.join(sorted(raw.keys() - _TABLES)) or 'accounts'}: expected [accounts.NAME]"])
    reader = _Reader(settings, path.parent)
    found = [reader.account(name, table) for name, table in tables.items()]
    own = None if reader.takes_own_key else _own(settings)
    faults = [*reader.faults, *_between(reader.written, own)]
    if faults:
        refuse(path, faults)
    accounts = [account for account in (own, *found) if account]
    chosen = next((name for name, written in reader.written.items() if written.default), None)
    return Accounts(tuple(sorted(accounts, key=lambda account: account.name != chosen)))


def _own(settings: Settings) -> Account | None:
    """The account of the settings. The file may take its key for an account of its own, and so give it more."""
    key = settings.waconnect_api_key
    return Account("default", key, settings.waconnect_base_url) if key else None


def read_file(settings: Settings) -> dict[str, Any]:
    """The tables of `waerror.toml`; none when it is absent and nobody named it. AccountsError."""
    path = Path(settings.waerror_config)
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        if "waerror_config" in settings.model_fields_set:
            raise AccountsError(f"WAERROR_CONFIG: there is no file {path}.") from None
        return {}
    except OSError as error:
        raise AccountsError(f"WAERROR_CONFIG: {path} cannot be read ({error.strerror}).") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        # `from None`: the foreign exception holds the whole file, and a key may stand in it by mistake.
        where = re.search(r"\(at .*?\)", str(error))
        raise AccountsError(f"{path} is not TOML {where[0] if where else '(UTF-8)'}.") from None


def refuse(path: Path, faults: list[str]) -> NoReturn:
    """AccountsError with every fault, and nothing in it that looks like a secret."""
    raise AccountsError("\n".join([f"{path} cannot be used:", *(f"  {mask(one)}" for one in faults)]))


class _Reader:
    """Reads one account after the other, and collects what is wrong with them."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.faults: list[str] = []
        self.written: dict[str, _Written] = {}
        self.takes_own_key = False
        self._settings = settings
        self._folder = folder

    def account(self, name: str, table: Any) -> Account | None:
        if not re.fullmatch(_NAME, name):
            self.faults.append(f"accounts.{name}: a name is of small letters, digits, - and _, at most 31")
        try:
            written = self.written[name] = _Written.model_validate(table)
        except ValidationError as error:
            self.faults += dict.fromkeys(_fault(name, one) for one in error.errors())
            written = _Written()
        key = self._key(name, table) if isinstance(table, dict) else ""
        base, numbers = written.base_url or self._settings.waconnect_base_url, written.numbers
        channels, first = frozenset(written.channels), next(iter(written.channels), None)
        return Account(
            name, SecretStr(key), base, written.default_region, channels, numbers, written.team, first_channel=first
        )

    def _key(self, name: str, table: Mapping[str, Any]) -> str:
        """The key; empty where that is a fault."""
        given = table.keys() & {"api_key_env", "api_key_file", "api_key", "key"}
        if len(given) != 1:
            self.faults.append(f"accounts.{name}: needs one of api_key_env and api_key_file")
        elif given == {"api_key_env"} and re.fullmatch(VARIABLE, str(table["api_key_env"])):
            return self._checked(name, "api_key_env", *self._from_environment(str(table["api_key_env"])))
        elif given == {"api_key_file"}:
            return self._checked(name, "api_key_file", *from_file(self._folder, str(table["api_key_file"])))
        return ""

    def _checked(self, name: str, field: str, key: str, else_: str) -> str:
        if not re.fullmatch(r"[!-~]+", key):
            self.faults.append(f"accounts.{name}.{field}: {else_}")
        return key

    def _from_environment(self, variable: str) -> tuple[str, str]:
        """The key, and what to say should it be none."""
        if variable == _OWN_KEY and self._settings.waconnect_api_key:
            self.takes_own_key = True
            return self._settings.waconnect_api_key.get_secret_value(), ""
        return from_environment(variable)


def _fault(name: str, error: ErrorDetails) -> str:
    field = str(error["loc"][0]) if error["loc"] else ""
    if error["type"] == "extra_forbidden" and field not in _WORDS:
        return f"accounts.{name}.{field}: is not known; an account has {', '.join(_Written.model_fields)}"
    return ".".join(["accounts", name, *([field] if field else [])]) + f": {_WORDS.get(field) or error['msg']}"


def _between(written: Mapping[str, _Written], own: Account | None) -> Iterator[str]:
    """What no single account shows."""
    for kind in ("channels", "numbers"):
        for value, times in Counter(value for one in written.values() for value in getattr(one, kind)).items():
            if times > 1:
                names = " and ".join(name for name, one in written.items() if value in getattr(one, kind))
                yield f"{kind}: {value} belongs to {names}; it can belong to one"
    defaults = [name for name, one in written.items() if one.default]
    if len(defaults) > 1:
        yield f"default: {' and '.join(defaults)} both claim it; one can have it"
    if own and own.name in written:
        yield f"accounts.{own.name}: {_OWN_KEY} makes an account of this name too; let it use that key, or rename it"
