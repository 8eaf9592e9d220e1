"""A round: failed messages, clicks and faults; the process is killed once to three times and then left in peace."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random

from tests.chaos import judging, witness
from tests.chaos.judging import Problem
from tests.chaos.parts import Part, cast
from tests.chaos.scenarios import UNCLEAR
from tests.chaos.town import Bot, seconds

PEOPLE = 6
"""Most parts of one round."""
_GLANCE = 0.03
_CARDS_WITHIN = 60.0
# After the last start, without faults: every wait of the settings together, on a busy machine, is a fraction of it.
_COMES_TO_ITS_END_WITHIN = 90.0
_KILLS = (1, 1, 2, 2, 3)


@dataclass(frozen=True, slots=True)
class Kill:
    """What was under way when the process died: moment → how many presses stood there."""

    moments: Mapping[str, int]


@dataclass(slots=True)
class Round:
    """What was played, and what came of it."""

    label: str
    parts: list[Part]
    kills: list[Kill] = field(default_factory=list)
    status_fault: str | None = None
    """What the reads of statuses and records met with."""
    problems: list[tuple[Part, Problem]] = field(default_factory=list)
    tail: str = ""
    """The end of the log, where something was wrong."""


@dataclass(frozen=True, slots=True)
class Sight:
    """One part as it stands."""

    part: Part
    presses: Sequence[witness.Seen]
    shown: witness.Shown

    def problems(self, sent: Counter[str]) -> list[Problem]:
        """`sent`: recipient → messages in the ledger."""
        counts = [sent[to] - self.part.others for to in self.part.to]
        return list(dict.fromkeys(one for n in counts for one in judging.problems(self.presses, self.shown, n)))


def play(bot: Bot, dice: Random, label: str, first: int, deck: list[str], most_kills: int) -> Round:
    """The bot runs before and after. `most_kills` is what is left to do."""
    played = Round(label, cast(bot, dice, label, first, dice.randint(3, PEOPLE), deck))
    if dice.random() < 0.3:
        played.status_fault = dice.choice(UNCLEAR)
        bot.sandbox.fault(played.status_fault, endpoint="status", times=dice.randint(1, 4), seconds=0.3)
    pasted(bot, played.parts)
    with ThreadPoolExecutor(PEOPLE) as pool:
        for _ in range(min(dice.choice(_KILLS), most_kills)):
            _lives(bot, pool, played, dice)
            bot.kill()
            played.kills.append(_what_was_under_way(bot, played.parts))
            bot.spawn(WAERROR_FOLLOW_SECONDS=dice.choice(("4", "86400")))
        bot.connected()
        bot.sandbox.clear_faults()
        comes_to_its_end(bot, pool, played)
    return played


def audit(bot: Bot, played: Round) -> list[tuple[Part, Problem]]:
    """What is wrong with it now."""
    sent = Counter(message.to for message in bot.sandbox.sent)
    return [(sight.part, problem) for sight in _sights(bot, played.parts) for problem in sight.problems(sent)]


def outcomes(bot: Bot, parts: Sequence[Part]) -> Iterator[tuple[Part, Sequence[witness.Seen]]]:
    """The presses of each part."""
    presses = witness.presses(bot.database, [part.channel for part in parts])
    return ((part, presses[part.channel]) for part in parts)


def pasted(bot: Bot, parts: Sequence[Part], within: float = _CARDS_WITHIN) -> None:
    """Each failed message is shown to the bot, and has its card."""
    for part in parts:
        if view := bot.workspace.view(part.user):
            bot.people.close_view(part.user, view["id"])
        paste = part.scenario.paste(part.to, f"Order {part.to[0]} left the warehouse")
        part.ts = bot.people.say(part.user, part.channel, f"@{bot.workspace.app.bot_name} {paste}")

    def answered() -> bool:
        return all(witness.thread(bot.workspace, part.channel, part.ts).card for part in parts)

    bot.workspace.wait_for(answered, within, "a card for each")
    for part in parts:
        part.begins += seconds()


def _lives(bot: Bot, pool: ThreadPoolExecutor, played: Round, dice: Random) -> None:
    """Until the moment to die: while people click, or while the new process still takes up what it finds."""
    if not bot.is_connected and dice.random() < 0.3:
        bot.nap(dice.uniform(0.7, 1.8))
        return
    bot.connected()
    # At any moment, or about when a POST leaves: there the windows are short, and a mistake is dear.
    end, after_post = seconds() + dice.uniform(0.05, 1.2), dice.choice((None, dice.uniform(0, 0.15)))
    bot.sandbox.posting.clear()
    while seconds() < end:
        if after_post is not None and bot.sandbox.posting.is_set():
            end, after_post = seconds() + after_post, None
        clicked(bot, pool, played.parts)
        bot.nap(min(_GLANCE, max(0.0, end - seconds())))


def clicked(bot: Bot, pool: ThreadPoolExecutor, parts: Sequence[Part]) -> list[Sight]:
    """Each clicks what stands there; gives the parts in which there is nothing left to click."""
    idle = []
    for sight in _sights(bot, [part for part in parts if part.begins <= seconds()]):
        part, want = sight.part, sight.part.want(sight.presses)
        place = part.place(want, sight.presses, sight.shown)
        if want and place:
            part.click(bot, pool, want, place)
        else:
            idle.append(sight)
    return idle


def _what_was_under_way(bot: Bot, parts: Sequence[Part]) -> Kill:
    clicked = _sights(bot, [part for part in parts if part.clicked])
    return Kill(Counter(judging.moment(sight.presses, sight.shown) for sight in clicked))


def comes_to_its_end(
    bot: Bot, pool: ThreadPoolExecutor, played: Round, within: float = _COMES_TO_ITS_END_WITHIN
) -> None:
    """Until nothing is left to click and nothing is wrong; what is still wrong after a long while stays wrong."""
    end = seconds() + within
    while True:
        idle = clicked(bot, pool, played.parts)
        sent = Counter(message.to for message in bot.sandbox.sent)
        wrong = [(sight.part, problem) for sight in idle for problem in sight.problems(sent)]
        if (len(idle) == len(played.parts) and not wrong) or seconds() > end:
            break
        bot.nap(_GLANCE)
    if seconds() > end:
        played.problems, played.tail = wrong or audit(bot, played), bot.tail()


def _sights(bot: Bot, parts: Sequence[Part]) -> list[Sight]:
    presses = witness.presses(bot.database, [part.channel for part in parts])
    return [Sight(part, presses[part.channel], witness.thread(bot.workspace, part.channel, part.ts)) for part in parts]
