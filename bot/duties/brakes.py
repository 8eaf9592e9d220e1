"""How hard an account may be asked: whether it is good, and how long WaConnect wants to be left alone.

One refusal for load slows every message of the account, not only the one that was refused: by what WaConnect names
(Retry-After), else doubling with each further refusal until one goes through. Messages that were on their way when
the brake was put on tell nothing new, so many refusals of one moment count once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from time import monotonic

from bot.waconnect.client import Probe

_GOOD_FOR = 30.0
_FIRST, _LONGEST = 1.0, 60.0
# So many unanswered probes, one after the other and ever later, are bad luck; one more is for a person to look at.
_MISSES = 5


@dataclass(slots=True)
class _Brake:
    """Of one account; the times are monotonic."""

    set_at: float = 0.0
    until: float = 0.0
    step: float = 0.0
    good_until: float = 0.0
    misses: int = 0
    """Probes in a row that were not answered."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether messages may leave for an account now."""

    good: bool
    why: str | None = None
    """What a person must mend; None when it is good, or may become so by itself."""


_GOOD, _WAIT = Standing(True), Standing(False)


class Brakes:
    """By account. `probe` asks WaConnect; None where there is no such account any more."""

    def __init__(self, probe: Callable[[str], Probe | None], pace: float) -> None:
        self._probe = probe
        self._pace = pace
        self._lock = Lock()
        self._brakes: dict[str, _Brake] = {}

    def left(self, account: str) -> float:
        """Seconds until the account may be asked again; 0.0 is now."""
        return max(0.0, self._of(account).until - monotonic())

    def heard(self, account: str, left_at: float, again_in: float | None) -> None:
        """What came of a message that left then: again in so many seconds, or None when load is no matter."""
        brake = self._of(account)
        with self._lock:
            if left_at < brake.set_at:
                return
            if again_in is None:
                brake.step = 0.0
                return
            brake.step = min(max(2 * brake.step, _FIRST), _LONGEST)
            brake.set_at = monotonic()
            brake.until = brake.set_at + max(again_in, brake.step) * self._pace

    def standing(self, account: str) -> Standing:
        """Whether the account is good; asked again every half minute. One that does not answer is asked a few times."""
        brake = self._of(account)
        if brake.good_until > monotonic():
            return _GOOD
        if self.left(account):
            return _WAIT
        probe = self._probe(account)
        if probe is None:
            return Standing(False, f"there is no account {account} any more")
        if probe.outcome == "unreachable" and brake.misses < _MISSES:
            brake.misses += 1
            self.heard(account, monotonic(), 0.0)
            return _WAIT
        brake.misses = 0
        if probe.outcome != "good":
            return Standing(False, f"the account is not good: {probe.detail}")
        brake.good_until = monotonic() + _GOOD_FOR
        return _GOOD

    def _of(self, account: str) -> _Brake:
        with self._lock:
            return self._brakes.setdefault(account, _Brake())
