"""What the listeners share: everything that a running bot consists of but Bolt itself."""

from dataclasses import dataclass

from bot.desk import Me
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
    team: str
    """The workspace that the bot's token belongs to."""
    me: Me

    @property
    def can_act(self) -> bool:
        """There is a WaConnect account to act with."""
        return self.settings.waconnect_api_key is not None
