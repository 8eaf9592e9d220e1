"""The crew: each worker has its own Slack, WaConnect, database and bot, and plays rounds until its kills are done."""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from queue import Empty, Queue
from random import Random

from bot.cli import bar
from tests.chaos import judging, rounds, town
from tests.chaos.judging import COUNTERS

# The rounds of one worker are numbered from a multiple of this.
_ROUNDS = 1_000


@dataclass(slots=True)
class Tally:
    """What was counted, of one worker or of all."""

    kills: int = 0
    rounds: int = 0
    lives: int = 0
    kills_at: Counter[str] = field(default_factory=Counter)
    """Moment → kills that caught at least one press there."""
    presses_at: Counter[str] = field(default_factory=Counter)
    between: int = 0
    """Kills that caught at least one press between its claim and its end."""
    played: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    posts: int = 0
    messages: int = 0
    confirmed: int = 0
    """Second messages that a person confirmed with *Send anyway*."""
    lost_clicks: int = 0
    complaints: Counter[str] = field(default_factory=Counter)
    """Errors in the log, by event."""
    wrong: Counter[str] = field(default_factory=Counter)
    """The counters that must be 0."""
    reports: list[str] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def is_good(self) -> bool:
        return not any(self.wrong[counter] for counter in COUNTERS)


def run(runs: int, seed: int, workers: int = 2) -> Tally:
    """So many kills, shared out among the workers."""
    shares = [runs // workers + (number < runs % workers) for number in range(workers)]
    total, spawned = Tally(), get_context("spawn")
    with spawned.Manager() as manager, ProcessPoolExecutor(workers, mp_context=spawned) as pool:
        killed = manager.Queue()
        jobs = [pool.submit(work, seed, number, share, killed.put) for number, share in enumerate(shares)]
        with bar.counted(_kills(jobs, killed, runs), "killed", of=runs) as seen:
            for _ in seen:
                pass
        for job in jobs:
            total.add(job.result())
    return total


def _kills(jobs: Sequence[Future[Tally]], killed: "Queue[int]", runs: int) -> Iterator[int]:
    """One for each kill, as it is done, until all are or no worker is left."""
    done = 0
    while done < runs and not all(job.done() for job in jobs):
        with suppress(Empty):
            more = killed.get(timeout=1)
            yield from range(done, done + more)
            done += more


def work(seed: int, worker: int, kills: int, told: Callable[[int], None] = lambda _: None) -> Tally:
    """One worker's rounds. `told`: hears of each round's kills."""
    with tempfile.TemporaryDirectory() as folder, town.opened(Path(folder), rounds.PEOPLE) as bot:
        tally, deck, played, recipients = Tally(), list[str](), list[rounds.Round](), 0
        bot.spawn()
        bot.connected()
        while tally.kills < kills:
            number = worker * _ROUNDS + len(played)
            dice = Random(f"{seed}/{number}")  # noqa: S311 - a die, not a secret
            one = rounds.play(bot, dice, f"r{number}", recipients, deck, kills - tally.kills)
            played.append(one)
            told(len(one.kills))
            recipients += sum(len(part.to) for part in one.parts)
            _count(tally, one)
        _sum_up(tally, bot, played, seed)
    return tally


def _count(tally: Tally, played: rounds.Round) -> None:
    tally.rounds += 1
    tally.kills += len(played.kills)
    for kill in played.kills:
        tally.kills_at.update(kill.moments.keys())
        tally.presses_at.update(kill.moments)
        tally.between += bool(judging.BETWEEN & kill.moments.keys())
    tally.played.update(part.name for part in played.parts)
    tally.faults.update(part.fault for part in played.parts)
    tally.faults.update([f"{played.status_fault} (reading)"] if played.status_fault else [])
    tally.lost_clicks += sum(part.lost for part in played.parts)


def _sum_up(tally: Tally, bot: town.Bot, played: list[rounds.Round], seed: int) -> None:
    """Everything once more at the end: what was sent later than its round is found here."""
    sent = Counter(message.to for message in bot.sandbox.sent)
    tally.lives, tally.messages, tally.complaints = bot.lives, len(bot.sandbox.sent), bot.complaints()
    tally.posts = sum(call.method == "POST" for call in bot.sandbox.calls)
    for one in played:
        wrong = one.problems or rounds.audit(bot, one)
        tally.wrong.update(counter for _, (counter, _) in wrong)
        if wrong:
            tally.reports.append(_told(one, wrong, seed, one.tail or bot.tail()))
        for part, presses in rounds.outcomes(bot, one.parts):
            tally.outcomes.update(press.outcome or "none" for press in presses)
            twice = [sent[to] - part.others - 1 for to in part.to]
            tally.confirmed += sum(max(0, min(more, judging.confirmed(presses))) for more in twice)
            tally.messages -= part.others * len(part.to)


def _told(played: rounds.Round, wrong: list[tuple[rounds.Part, judging.Problem]], seed: int, tail: str) -> str:
    lines = [f"seed {seed}, round {played.label}, killed at {[dict(kill.moments) for kill in played.kills]}"]
    lines += [f"  {part.name}, fault {part.fault}: {counter}: {says}" for part, (counter, says) in wrong]
    return "\n".join([*lines, "the end of its log:", tail])
