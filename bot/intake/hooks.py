"""A hook is one address that somebody may post to: a source, its secret, and the channel where its alerts are shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import SecretStr

from bot.intake.sources import SOURCES, Source

# No address begins so: what WaConnect's list of failures brings comes by no address.
WATCH = "watch:"
Unexplained = Literal["post", "drop"]


@dataclass(frozen=True, slots=True)
class Hook:
    """One `[alerts.NAME]` of the configuration: `POST /alerts/NAME`."""

    name: str
    source: str
    """A name of SOURCES."""
    secret: SecretStr
    channel: str
    """Slack's id of the channel."""
    more_channels: frozenset[str] = frozenset()
    """Which other channels a request may name with `?channel=`."""
    unexplained: Unexplained = "post"
    """What becomes of an alert that no entry explains."""
    account: str = ""
    """The WaConnect account that its alerts are about; empty: the one of the channel."""
    verify: SecretStr | None = None
    """What Meta sends with its challenge."""

    @property
    def kind(self) -> Source:
        return SOURCES[self.source]

    @property
    def label(self) -> str:
        """What people read: `Grafana`, or `Grafana (payments)` for one with a name of its own."""
        name = self.name.removeprefix(WATCH)
        return self.kind.label if name == self.source else f"{self.kind.label} ({name})"

    def place(self, wished: str | None) -> str | None:
        """The channel for a request; None when it wishes for one that it may not have."""
        if not wished:
            return self.channel
        return wished if wished == self.channel or wished in self.more_channels else None


Hooks = Mapping[str, Hook]
"""By name."""
