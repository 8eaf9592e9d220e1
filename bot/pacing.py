"""We write as fast as Slack allows and no faster: one post a second a channel, fifty edits a minute a workspace.

Who waits in `wait` goes before who asks with `take`: a person asked, and nobody waits for a header.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic, sleep
from types import MappingProxyType

from bot.store import Turns

_A_MOMENT = 0.05
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
        self._waiting: Counter[str] = Counter()

    def take(self, what: str, where: str = "") -> float:
        """0.0 when a turn was taken; else the seconds until it is worth asking again."""
        return _A_MOMENT if self._waiting[f"{what}/{where}"] else self._take(what, where)

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
        """Until a turn was taken; False when that takes too long."""
        key, end = f"{what}/{where}", monotonic() + self._longest_wait
        self._waiting[key] += 1
        try:
            while seconds := self._take(what, where):
                if monotonic() + seconds > end:
                    return False
                sleep(seconds)
            return True
        finally:
            self._waiting[key] -= 1

    def _take(self, what: str, where: str) -> float:
        return self.take_of(f"{what}/{where}", LIMITS[what])
