"""What the listeners share: everything that a running bot consists of but Bolt itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from bot.accounts import Accounts
from bot.desk import Me, Terms
from bot.desk.rights import somebody_may
from bot.duties import Duties
from bot.duties.heart import Heart
from bot.groups import UserGroups
from bot.intake.hooks import Hooks
from bot.knowledge import Knowledge
from bot.metrics import Metrics
from bot.settings import Settings
from bot.store import Store
from bot.thread import Thread
from bot.waconnect.client import WaConnect
from bot.workspaces import Workspaces


class Pulse:
    """Since when the bot runs, whether it is connected, and when it last heard anything."""

    def __init__(self) -> None:
        self.since = datetime.now(UTC)
        self.heard_at: datetime | None = None
        self.is_connected: Callable[[], bool] | None = None
        self.silent_for: Callable[[], float] | None = None
        self.refusal: str | None = None
        """Where there is no Socket Mode: what Slack said to our last call, in its own word; None when it was well."""

    def hear(self) -> None:
        self.heard_at = datetime.now(UTC)

    @property
    def connected(self) -> bool | None:
        """None where there is no Socket Mode."""
        return self.is_connected() if self.is_connected else None

    @property
    def silent(self) -> float:
        """Seconds in which the socket gave no sign; 0 where there is none."""
        return self.silent_for() if self.silent_for else 0.0


@dataclass(frozen=True, slots=True)
class House:
    """One bot."""

    settings: Settings
    knowledge: Knowledge
    store: Store
    thread: Thread
    duties: Duties
    accounts: Accounts
    waconnect: Mapping[str, WaConnect]
    """The way to WaConnect for each account, by its name."""
    workspaces: Workspaces
    groups: UserGroups
    team: str
    """The workspace that is spoken of; before anybody asked, that of the settings' token, or none."""
    me: Me
    heart: Heart
    pulse: Pulse = field(default_factory=Pulse)
    hooks: Hooks = field(default_factory=dict)
    """Who may post alerts over HTTP, by name."""
    metrics: Metrics = field(default_factory=Metrics)

    def of(self, team: str) -> "House":
        """As it is for one workspace: with its accounts, its people, and its own token to speak with."""
        return replace(
            self,
            team=team,
            accounts=self.accounts.of_team(team),
            thread=self.thread.of(team),
            groups=self.groups.of(team),
        )

    @property
    def can_act(self) -> bool:
        """There is a WaConnect account to act with."""
        return bool(self.accounts.all)

    def home(self, channel: str) -> str:
        """The name of the account that serves a channel; empty when there is none."""
        return Terms(self.accounts).home_of(channel)

    def terms(self, home: str) -> Terms:
        """What the desk must know beside a paste. `home`: the account of its channel."""
        return Terms(self.accounts, may_reveal=somebody_may("reveal", self.settings)).at(home)

    def region(self, account: str) -> str | None:
        """Where a number without a country code is from, of the account or else of the settings."""
        found = self.accounts.by_name(account)
        return (found and found.default_region) or self.settings.waconnect_default_region
