"""What the listeners share: everything that a running bot consists of but Bolt itself."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.desk import Me
from bot.duties import Duties
from bot.knowledge import Knowledge
from bot.settings import Settings
from bot.store import Store
from bot.thread import Thread


class Pulse:
    """Since when the bot runs, whether it is connected, and when it last heard anything."""

    def __init__(self) -> None:
        self.since = datetime.now(UTC)
        self.heard_at: datetime | None = None
        self.is_connected: Callable[[], bool] | None = None

    def hear(self) -> None:
        self.heard_at = datetime.now(UTC)

    @property
    def connected(self) -> bool | None:
        """None where there is no Socket Mode."""
        return self.is_connected() if self.is_connected else None


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
    pulse: Pulse = field(default_factory=Pulse)

    @property
    def can_act(self) -> bool:
        """There is a WaConnect account to act with."""
        return self.settings.waconnect_api_key is not None
