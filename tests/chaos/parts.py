"""One failed message in the hands of one person, who clicks what stands there until nothing is left to click."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random
from types import MappingProxyType
from typing import Final

from bot.standin import StandinError
from tests.chaos.scenarios import ANYWAY, CANCEL, CHECK, DECK, FORM, NO_FAULT, NOW, RETRY, SCENARIOS, UNCLEAR, Scenario
from tests.chaos.town import Bot, seconds
from tests.chaos.witness import Seen, Shown

# Who sees nothing happen clicks again after this long.
_IMPATIENT_AFTER = 1.5
# How often an unclear send stays unclear because others wrote to the same person.
_OTHERS_SEND = 0.4
_BEGUN = ("check/", "send/")


def _begun(presses: Sequence[Seen]) -> bool:
    return any(press.outcome or any(press.named(start) for start in _BEGUN) for press in presses)


def _looks(presses: Sequence[Seen]) -> int:
    return sum(len(press.named("follow/")) + max(len(press.named("search/")) - 1, 0) for press in presses)


# What is wanted, and how often → whether the database says that it was heard.
_HEARD: Final[Mapping[str, Callable[[Sequence[Seen], int], bool]]] = MappingProxyType(
    {
        RETRY: lambda presses, _: bool(presses),
        FORM: lambda presses, _: bool(presses),
        NOW: lambda presses, _: _begun(presses),
        CANCEL: lambda presses, _: _begun(presses),
        CHECK: lambda presses, times: _looks(presses) >= times,
        ANYWAY: lambda presses, _: any(press.repeats for press in presses),
    }
)


@dataclass(slots=True, eq=False)
class Part:
    """What was cast for it, and what was clicked so far."""

    name: str
    fault: str
    channel: str
    to: tuple[str, ...]
    user: str
    begins: float
    """Seconds after the first card of the round."""
    others: int = 0
    """Messages to each recipient that somebody else sent: what is found then proves nothing."""
    ts: str = ""
    clicked: Counter[str] = field(default_factory=Counter)
    acknowledged: Counter[str] = field(default_factory=Counter)
    at: dict[str, float] = field(default_factory=dict)
    busy: "Future[None] | None" = None

    @property
    def scenario(self) -> Scenario:
        return SCENARIOS[self.name]

    def want(self, presses: Sequence[Seen]) -> str | None:
        """What is still to be clicked."""
        times: Counter[str] = Counter()
        for wanted in self.scenario.wants:
            times[wanted] += 1
            if not _HEARD[wanted](presses, times[wanted]):
                return wanted
        return None

    def place(self, want: str | None, presses: Sequence[Seen], shown: Shown) -> str | None:
        """The `ts` of the message with the wanted button; None when it does not stand there."""
        if want in (RETRY, FORM):
            return shown.card
        ts = shown.places.get(presses[-1].id) if presses else None
        return ts if ts and want in shown.buttons[ts] else None

    def click(self, bot: Bot, pool: ThreadPoolExecutor, want: str, place: str) -> None:
        """Begin to click, unless that was done a moment ago."""
        if (self.busy and not self.busy.done()) or seconds() - self.at.get(want, 0.0) < _IMPATIENT_AFTER:
            return
        self.at[want] = seconds()
        self.clicked[want] += 1
        self.busy = pool.submit(self._click, bot, want, place)

    @property
    def lost(self) -> int:
        """Repeats of a first click that was acknowledged: the process died before it had claimed, or was slow."""
        return max(0, self.acknowledged[RETRY] + self.acknowledged[FORM] - 1)

    def _click(self, bot: Bot, want: str, place: str) -> None:
        people, view = bot.people, bot.workspace.view(self.user)
        try:
            if want == FORM and view is not None:
                answer = people.submit_view(self.user, view["id"], {"body": f"Mended for {self.to[0]}"})
            else:
                answer = people.click(self.user, self.channel, place, RETRY if want == FORM else want)
        except StandinError:  # it was edited away under the finger
            return
        self.acknowledged[want] += answer.acknowledged and not (want == FORM and view is None)


def cast(bot: Bot, dice: Random, label: str, first: int, size: int, deck: list[str]) -> list[Part]:
    """The parts of one round; `first` numbers the first recipient, `deck` is used up and filled again."""
    names = dice.choices(list(SCENARIOS), [one.weight for one in SCENARIOS.values()], k=size)
    parts = []
    for number, name in enumerate(names):
        scenario = SCENARIOS[name]
        to = tuple(f"1555{first + one:07d}" for one in range(scenario.recipients))
        first += len(to)
        fault = dice.choice(UNCLEAR) if scenario.unclear else _drawn(deck, dice)
        channel = bot.workspace.add_channel(f"{label}p{number}")
        parts.append(Part(name, fault, channel, to, f"person{number}", dice.uniform(0, 0.5)))
        _order(bot, dice, parts[-1])
        if scenario.unclear and dice.random() < _OTHERS_SEND:
            _others_send(bot, parts[-1])
    return parts


def _others_send(bot: Bot, part: Part) -> None:
    """The customer's own system writes to the same people at the same time, twice: which is whose cannot be told."""
    ledger, part.others = bot.sandbox.ledger, 2
    for to in part.to * part.others:
        ledger.add_sent(to, "text", ledger.keys[0], "100000000000001", None)


def _drawn(deck: list[str], dice: Random) -> str:
    if not deck:
        deck += dice.sample(DECK, len(DECK))
    return deck.pop()


def _order(bot: Bot, dice: Random, part: Part) -> None:
    if part.fault != NO_FAULT:
        times = 1 if part.scenario.unclear else dice.choice((1, 1, 2, None))
        for to in part.to:
            bot.sandbox.fault(part.fault, to=to, times=times, seconds=dice.choice((0.3, 2.0)))
