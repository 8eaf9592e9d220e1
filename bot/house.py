"""What the listeners share: everything that a running bot consists of but Bolt itself."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.accounts import Accounts
from bot.desk import Terms
from bot.desk.rights import somebody_may
from bot.duties import Duties
from bot.groups import UserGroups
from bot.knowledge import Knowledge
from bot.settings import Settings
from bot.store import Store
from bot.thread import Thread
from bot.waconnect.client import WaConnect


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
    groups: UserGroups

    @property
    def can_act(self) -> bool:
        """There is a WaConnect account to act with."""
        return bool(self.accounts.all)

    def home(self, channel: str) -> str:
        """The name of the account that serves a channel; empty when there is none."""
        account = self.accounts.of_channel(channel)
        return account.name if account else ""

    def terms(self, home: str) -> Terms:
        """What the desk must know beside a paste.

        `home`: the account of its channel; a card of a release that knew one account names none.
        """
        return Terms(self.accounts, home or self.home(""), somebody_may("reveal", self.settings))

    def is_watched(self, team: str, channel: str) -> bool:
        """What was said in the channel overrules the settings."""
        said = self.store.watches.get(team, channel)
        return channel in self.settings.waerror_alert_channels if said is None else said
