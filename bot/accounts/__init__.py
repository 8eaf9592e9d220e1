"""Which WaConnect account a channel or a number belongs to. Values only; `loading` makes them of settings and file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import SecretStr


@dataclass(frozen=True, slots=True)
class Account:
    """One account of WaConnect."""

    name: str
    api_key: SecretStr
    base_url: str
    default_region: str | None = None
    """ISO 3166 alpha-2: where a number without a country code is from."""
    channels: frozenset[str] = frozenset()
    """Ids of the Slack channels that belong to it."""
    numbers: Mapping[str, str] = field(default_factory=dict)
    """Its sending numbers, digits only (`phoneNumberId` or number), and what people call each."""
    team: str | None = None
    """The id of the only Slack workspace that it serves; None for every one."""
    first_channel: str | None = None
    """The one that is written first: what it tells by itself stands there."""


@dataclass(frozen=True, slots=True)
class Accounts:
    """All that the bot may act with; none is a bot that explains only."""

    all: tuple[Account, ...] = ()
    """The first serves the channels that name none."""

    @property
    def several(self) -> bool:
        return len(self.all) > 1

    def of_team(self, team: str) -> "Accounts":
        """Those that serve a workspace; of the others nothing is known there."""
        return Accounts(tuple(one for one in self.all if one.team in (None, team)))

    def of_channel(self, channel: str) -> Account | None:
        """The channel's own, else the first; None only when there is none at all."""
        return self.own_of_channel(channel) or next(iter(self.all), None)

    def own_of_channel(self, channel: str) -> Account | None:
        """The account that names this channel."""
        return next((one for one in self.all if channel in one.channels), None)

    def by_name(self, name: str) -> Account | None:
        return next((one for one in self.all if one.name == name), None)

    def naming(self, number: str) -> Account | None:
        """The account with this sending number, however it is written."""
        wanted = digits(number)
        return next((one for one in self.all if wanted in one.numbers), None)

    def named_in(self, text: str, but: str | None = None) -> tuple[Account, ...]:
        """The accounts one of whose numbers stands in the text; `but`: a number that is the recipient's there."""
        return tuple(
            one for one in self.all if any(number != but and _stands_in(number, text) for number in one.numbers)
        )


NO_ACCOUNTS = Accounts()


def digits(number: str) -> str:
    return re.sub(r"[^0-9]", "", number)


def _stands_in(number: str, text: str) -> bool:
    """Whole, with or without the signs that people group digits with."""
    return re.search(r"(?<!\d)" + r"[ ().-]{0,2}".join(number) + r"(?!\d)", text) is not None
