"""Which workspaces the bot is in, and with which token it speaks in each.

The simple way is one token in the settings: whatever workspace is named, that token is meant. With a client id the
bot is installed in more of them, and what is not installed is not spoken to (NotInstalled).
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from time import monotonic
from typing import Any

from slack_sdk import WebClient

from bot.desk import Me
from bot.settings import Settings
from bot.slack import slack
from bot.slack_errors import CannotPost, ThreadError, speaking
from bot.store import Installation, Store, Token
from bot.telemetry import report, trouble
from bot.vault import VaultError

# Another process may have removed or renewed an installation: what was read is believed for so long, in seconds.
_BELIEVED = 15.0
# A token is renewed so long before it expires (Slack: after twelve hours), and by one at a time.
_BEFOREHAND = timedelta(hours=2)
_RENEWING_LASTS = timedelta(minutes=1)


class NotInstalled(CannotPost):
    """The bot is not, or no longer, in this workspace."""

    def __init__(self) -> None:
        super().__init__("not_installed")


@dataclass(frozen=True, slots=True)
class Workspace:
    """The bot in one workspace, and the way to speak there."""

    team: str
    me: Me
    address: str
    client: WebClient


class Workspaces:
    """All of them; safe to share between threads."""

    def __init__(self, settings: Settings, store: Store, own: Workspace | None) -> None:
        """`own`: the one of the settings' token."""
        self._settings = settings
        self._installed = store.installations
        self._own = own
        self._open = settings.slack_client_id is not None
        self._kept: dict[str, tuple[float, Workspace | None]] = {}
        self._locks: defaultdict[str, Lock] = defaultdict(Lock)

    @property
    def teams(self) -> tuple[str, ...]:
        """Their ids."""
        installed = tuple(filter(self._may, self._installed.teams())) if self._open else ()
        return tuple(dict.fromkeys(((self._own.team,) if self._own else ()) + installed))

    def has(self, team: str) -> bool:
        return self._find(team) is not None

    def of(self, team: str) -> Workspace:
        """NotInstalled."""
        found = self._find(team)
        if found is None:
            raise NotInstalled
        return found

    def client(self, team: str) -> WebClient:
        """NotInstalled."""
        return self.of(team).client

    def save(self, one: Installation) -> None:
        self._installed.save(one)
        self._forget(one.team)
        report("workspace.installed", team=one.team)

    def remove(self, team: str) -> bool:
        """False when it was not there."""
        removed = self._installed.remove(team)
        self._forget(team)
        if removed:
            report("workspace.removed", team=team)
        return removed

    def _find(self, team: str) -> Workspace | None:
        if self._own and (not self._open or team == self._own.team):
            return self._own
        until, kept = self._kept.get(team, (0.0, None))
        if until >= monotonic():
            return kept
        with self._locks[team]:  # one reads, and renews; who waited sees what it found
            until, kept = self._kept.get(team, (0.0, None))
            if until < monotonic():
                kept = self._read(team)
                self._kept[team] = (monotonic() + _BELIEVED, kept)
        return kept

    def _read(self, team: str) -> Workspace | None:
        try:
            one = self._installed.find(team) if self._open and self._may(team) else None
        except VaultError:  # one that cannot be opened must not keep the others from being served
            trouble("workspace.not_opened", team=team)
            return None
        if one is None:
            return None
        if one.token.expires_at and one.token.expires_at - _BEFOREHAND < datetime.now(UTC):
            one = self._renewed(one)
        client = slack(self._settings, one.token.value)
        return Workspace(team, Me(one.bot_user, one.bot), one.address, client)

    def _may(self, team: str) -> bool:
        """One that the settings do not name any more is not served."""
        allowed = self._settings.waerror_teams
        return not allowed or team in allowed

    def _renewed(self, one: Installation) -> Installation:
        """With a new token; with the old one while another renews it, or Slack does not."""
        if not one.token.renews or not self._installed.lease(one.team, datetime.now(UTC) + _RENEWING_LASTS):
            return one
        now = self._installed.find(one.team)
        if now is None or now.token != one.token:  # another bot renewed it before we had the lease
            self._installed.release(one.team)
            return now or one
        try:
            told = exchange(self._settings, grant_type="refresh_token", refresh_token=one.token.renews)
            self._installed.renew(one.team, token_of(told))
        except ThreadError as error:
            trouble("workspace.token_not_renewed", team=one.team, error=str(error))
            return one
        report("workspace.token_renewed", team=one.team)
        return self._installed.find(one.team) or one

    def _forget(self, team: str) -> None:
        self._kept.pop(team, None)


def exchange(settings: Settings, **grant: str) -> Mapping[str, Any]:
    """What Slack gives for a code, or for what renews a token. ThreadError."""
    id, secret = settings.slack_client_id or "", settings.slack_client_secret
    with speaking():
        told = slack(settings, None).oauth_v2_access(
            client_id=id, client_secret=secret.get_secret_value() if secret else "", **grant
        )
    given: Mapping[str, Any] = told.data  # type: ignore[assignment]
    return given


def token_of(told: Mapping[str, Any]) -> Token:
    """The bot's token in Slack's answer."""
    seconds = told.get("expires_in")
    expires_at = datetime.now(UTC) + timedelta(seconds=int(seconds)) if seconds else None
    return Token(str(told["access_token"]), told.get("refresh_token"), expires_at)
