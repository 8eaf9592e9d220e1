"""What the listeners share: everything that a running bot consists of but Bolt itself."""

from dataclasses import dataclass

from bot.duties import Duties
from bot.knowledge import Knowledge
from bot.settings import Settings
from bot.store import Store
from bot.thread import Thread


@dataclass(frozen=True, slots=True)
class House:
    """One bot."""

    settings: Settings
    knowledge: Knowledge
    store: Store
    thread: Thread
    duties: Duties

    @property
    def can_act(self) -> bool:
        """There is a WaConnect account to act with."""
        return self.settings.waconnect_api_key is not None

    def is_watched(self, team: str, channel: str) -> bool:
        """What was said in the channel overrules the settings."""
        said = self.store.watches.get(team, channel)
        return channel in self.settings.waerror_alert_channels if said is None else said
