"""Who is looked at. What several checks want to know is asked once, when the first of them asks."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from http.client import HTTPException
from typing import Any

from pydantic import SecretStr, ValidationError
from pydantic_core import ErrorDetails
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.accounts import Accounts
from bot.accounts.loading import AccountsError, load
from bot.intake.hooks import Hooks
from bot.intake.loading import load as load_hooks
from bot.intake.loading import watches
from bot.settings import Settings
from bot.slack import slack
from bot.store.condition import Condition, condition

NAMES = frozenset(name.upper() for name in Settings.model_fields)
CHANNEL = re.compile(r"[CG][A-Z0-9]{2,}")
# What a call to Slack can raise beside Slack's own no.
AWAY = (SlackClientError, HTTPException, OSError)


# How pydantic speaks of what it was given, and how we do.
_WORDS = {"Input should": "must", "String should match pattern": "must match", "must be a valid": "must be a"}


@dataclass(frozen=True, slots=True)
class Fault:
    """A setting that cannot be used."""

    name: str
    says: str


@dataclass(frozen=True, slots=True)
class Greeting:
    """Slack's answer to auth.test, or why there is none."""

    who: Mapping[str, Any]
    headers: Mapping[str, str]
    """Names in lower case; there are some when Slack refused as well."""
    asked_at: datetime
    error: str = ""
    """Slack's own word, or what kept us from Slack; empty when it went well."""

    @property
    def answered(self) -> bool:
        return bool(self.headers)

    @property
    def date(self) -> datetime | None:
        """What time it is at Slack."""
        try:
            return parsedate_to_datetime(self.headers["date"])
        except (KeyError, ValueError):
            return None


class Patient:
    """A bot as it is set up. `connected`: of one that runs in this process, whether it hears Slack."""

    def __init__(
        self,
        settings: Settings,
        faults: tuple[Fault, ...] = (),
        connected: bool | None = None,
        accounts: Accounts | None = None,
    ) -> None:
        """`accounts`: those that a running bot has, whatever the file says by now."""
        self.settings = settings
        self._accounts = accounts
        self.faults = faults
        self.connected = connected

    @cached_property
    def slack(self) -> WebClient:
        return self.client(self.tokens[0])

    def client(self, token: str) -> WebClient:
        """Asks once: a doctor that waits for Slack's patience tells nothing."""
        made = slack(self.settings, token)
        made.retry_handlers.clear()
        return made

    @cached_property
    def swapped(self) -> bool:
        """Each token is where the other belongs."""
        bot, app = (_secret(token) for token in (self.settings.slack_bot_token, self.settings.slack_app_token))
        return bot.startswith("xapp-") and app.startswith("xoxb-")

    @property
    def tokens(self) -> tuple[str, str]:
        """The bot's and the app's, empty for none; put right when they are swapped, so that the rest is looked at."""
        bot, app = (_secret(token) for token in (self.settings.slack_bot_token, self.settings.slack_app_token))
        return (app, bot) if self.swapped else (bot, app)

    @cached_property
    def greeting(self) -> Greeting:
        now = datetime.now(UTC)
        try:
            answer = self.slack.auth_test()
            return Greeting(dict(answer.data), _lowered(answer.headers), now)  # type: ignore[arg-type]
        except SlackApiError as error:
            return Greeting({}, _lowered(error.response.headers), now, str(error.response.get("error") or "no reason"))
        except AWAY as error:
            return Greeting({}, {}, now, type(error).__name__)

    @cached_property
    def accounts(self) -> Accounts:
        """AccountsError."""
        return load(self.settings) if self._accounts is None else self._accounts

    @cached_property
    def hooks(self) -> Hooks:
        """Who may post to us, and where what WaConnect tells of is shown. AccountsError."""
        return {**load_hooks(self.settings, self.accounts), **watches(self.settings, self.accounts)}

    @cached_property
    def condition(self) -> Condition:
        return condition(self.settings.waerror_database_url)

    @cached_property
    def channels(self) -> tuple[str, ...]:
        """Every channel that is read or written to by itself."""
        team = self.greeting.who.get("team_id")
        said = {channel: watch for of, channel, watch in self.condition.watches if of == team}
        ids = {*self.settings.waerror_alert_channels, *(id for id, watch in said.items() if watch != "off")}
        ids -= {id for id, watch in said.items() if watch == "off"}
        also = (self.settings.waerror_digest_channel if self.settings.digest else None,)
        return tuple(sorted(id for id in {*ids, *also} if id and CHANNEL.fullmatch(id)))

    @cached_property
    def posted(self) -> tuple[str, ...]:
        """The other channels, in which only what comes by webhooks or from WaConnect's list is shown."""
        mine = ("", self.greeting.who.get("team_id"))
        try:
            hooks = [hook for hook in self.hooks.values() if hook.team in mine]
        except AccountsError:  # told by the check of the alerts
            return ()
        return tuple(sorted({id for hook in hooks for id in (hook.channel, *hook.more_channels)} - {*self.channels}))


def read() -> Patient:
    """The settings of this machine, read forgivingly: each that is wrong is a fault, and counts as not set."""
    faults: list[Fault] = []
    instead: dict[str, Any] = {}
    for _ in NAMES:
        try:
            return Patient(Settings(**instead), tuple(faults))
        except ValidationError as error:
            found = [_fault(one) for one in error.errors(include_input=False)]
            new = [one for one in found if one.name.lower() not in instead]
            if not new:
                break
            faults += new
            instead |= {one.name.lower(): Settings.model_fields[one.name.lower()].default for one in new}
    return Patient(Settings.model_construct(), tuple(faults))


def _fault(error: ErrorDetails) -> Fault:
    """Whose fault it is. A rule between several names the one to change first in its sentence."""
    says = error["msg"].removeprefix("Value error, ")
    for theirs, ours in _WORDS.items():
        says = says.replace(theirs, ours)
    inside = [word for word in says.replace(",", " ").split() if word in NAMES]
    name = str(error["loc"][0]).upper() if error["loc"] else next(iter(inside), "WAERROR_CONFIG")
    return Fault(name, says.removeprefix(f"{name} "))


def _secret(token: SecretStr | None) -> str:
    return token.get_secret_value() if token else ""


def _lowered(headers: Any) -> dict[str, str]:
    return {str(name).lower(): str(value[0] if isinstance(value, list) else value) for name, value in headers.items()}
