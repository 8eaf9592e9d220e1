"""We write as fast as Slack allows and no faster: one post a second a channel, fifty edits a minute a workspace.

Who waits in `wait` has booked a turn, so nobody who asks with `take` overtakes: a person asked, and nobody waits for a
header. Turns are kept in the database, so all bots on it together keep to the limits.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from time import sleep
from types import MappingProxyType

from bot.store import Turns

# Between a turn and the call that it was taken for, time passes, and not always the same.
_MINUTE = 62.0


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` in any `seconds`."""

    most: int
    seconds: float


# https://docs.slack.dev/apis/web-api/rate-limits: posts by channel; chat.update and reactions.add are tier 3.
LIMITS: Mapping[str, Limit] = MappingProxyType(
    {"post": Limit(1, 1.0), "edit": Limit(50, _MINUTE), "react": Limit(50, _MINUTE)}
)


class Pacing:
    """Turns to write. `factor` stretches time; 0, for tests, asks nobody's patience."""

    def __init__(self, turns: Turns, factor: float, longest_wait: float) -> None:
        self._turns = turns
        self._factor = factor
        self._longest_wait = longest_wait

    def take(self, what: str, where: str = "") -> float:
        """0.0 when a turn was taken; else the seconds until it is worth asking again."""
        limit = LIMITS[what]
        return self._turns.take(f"{what}/{where}", limit.most, limit.seconds * self._factor) if self._factor else 0.0

    def take_of(self, key: str, limit: Limit) -> float:
        """The same of a limit that is not Slack's."""
        return self._turns.take(key, limit.most, limit.seconds * self._factor) if self._factor else 0.0

    def shortest(self, what: str) -> float:
        """Seconds between two turns."""
        return LIMITS[what].seconds / LIMITS[what].most * self._factor

    def left(self, what: str, where: str = "") -> int:
        """How many turns are free now."""
        return self._turns.left(f"{what}/{where}", LIMITS[what].most, LIMITS[what].seconds * self._factor)

    def wait(self, what: str, where: str = "") -> bool:
        """Until our turn; False when that would take too long."""
        limit = LIMITS[what]
        seconds = limit.seconds * self._factor
        wait = self._turns.book(f"{what}/{where}", limit.most, seconds, self._longest_wait) if self._factor else 0.0
        if wait is None:
            return False
        sleep(wait)
        return True
