"""The process is killed at random moments and keeps its promises; and the counters would tell if it did not."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.chaos import crew, judging, many, rounds, town
from tests.chaos.judging import BUSY, FALSE, OPEN, TWICE
from tests.chaos.scenarios import ANYWAY
from tests.chaos.witness import Seen, Shown

RUNS, SEED = 20, 131049
DONE = Shown(presses={"p": ["accepted\nDone: delivered"]}, places={"p": "1"}, buttons={"1": frozenset()})
SENT = ("send/1", "accepted", {"message_id": "wamid.1"})


@pytest.mark.timeout(900)
def test_killed_twenty_times_it_keeps_its_promises() -> None:
    """Nothing sent twice, nothing without an end, no card left on *sending*; most kills fall before the end."""
    tally = crew.run(RUNS, SEED)
    assert tally.reports == []
    assert tally.is_good
    assert tally.kills == RUNS
    assert tally.between >= RUNS // 4, tally.kills_at
    assert tally.messages


@pytest.mark.timeout(900)
def test_a_bulk_retry_that_is_killed_keeps_its_promises() -> None:
    """A third of its messages with a fault. How many of the kills it lives to see depends on the machine."""
    found = many.run(120, 3, SEED)
    assert found.is_good, found.report
    assert found.kills
    assert found.sent > 60
    assert found.outcomes.total() == 120


@pytest.mark.timeout(900)
def test_what_is_forged_is_counted(tmp_path: Path) -> None:
    """A second message in the ledger, and a press whose outcome is gone: the same eyes that found nothing see them."""
    with town.opened(tmp_path, rounds.PEOPLE) as bot:
        bot.spawn()
        bot.connected()
        played = rounds.play(bot, Random(1), "r0", 0, ["none"] * rounds.PEOPLE, 1)  # noqa: S311 - a die
        assert rounds.audit(bot, played) == []
        part = next(part for part, presses in rounds.outcomes(bot, played.parts) if not judging.confirmed(presses))
        for _ in range(2):
            bot.sandbox.ledger.add_sent(part.to[0], "text", bot.sandbox.ledger.keys[0], "1", None)
        assert (part, TWICE) in {(one, counter) for one, (counter, _) in rounds.audit(bot, played)}
        bot.kill()
        with closing(sqlite3.connect(bot.database)) as db, db:
            db.execute("UPDATE presses SET outcome = NULL")
        assert {part.channel for part, (counter, _) in rounds.audit(bot, played) if counter == OPEN} == {
            part.channel for part in played.parts
        }


def press(outcome: str | None, *steps: tuple[str, str, Mapping[str, Any]], **more: Any) -> Seen:
    return Seen(more.pop("id", "p"), outcome, more.pop("repeats", None), steps or (SENT,), **more)


@pytest.mark.parametrize(
    ("presses", "says", "sent", "counters"),
    [
        ([press("delivered")], "Done:", 1, []),
        ([press("delivered")], "Done:", 2, [TWICE]),
        ([press("delivered")], "Done:", 0, [FALSE]),
        ([press("refused")], "Refused:", 1, [FALSE]),
        ([press("unknown")], "Unknown:", 1, []),
        ([press("unknown")], "Unknown:", 0, []),
        ([press(None)], "I am following it", 1, [OPEN]),
        ([], "", 0, [OPEN]),
        ([press("unknown", ("search/2", "searching", {}))], "Unknown:", 0, [OPEN]),
        ([press("delivered")], "sending …\nDone:", 1, [BUSY]),
        ([press("delivered")], "I am following it", 1, [BUSY]),
        ([press("cancelled")], "Scheduled … It then is sent by itself.", 0, [BUSY]),
    ],
)
def test_each_broken_promise_has_its_counter(presses: list[Seen], says: str, sent: int, counters: list[str]) -> None:
    """Alone, from what the database, the thread and the ledger hold."""
    shown = Shown(presses={"p": [says]})
    assert [counter for counter, _ in judging.problems(presses, shown, sent)] == counters


def test_a_press_is_shown_once() -> None:
    """A second message for it, or none, is as wrong as one that is left behind."""
    for said in ([], ["Done:", "Done:"]):
        shown = Shown(presses={"p": said})
        assert [counter for counter, _ in judging.problems([press("delivered")], shown, 1)] == [BUSY]


def test_a_second_message_is_allowed_to_a_person_who_confirmed_it() -> None:
    """One for each that was sent anyway; the first one's message must then say so."""
    both = [press("unknown"), press("delivered", id="q", repeats="p")]
    shown = Shown(presses={"p": ["Unknown:"], "q": ["Done:"]})
    assert judging.problems(both, shown, 2) == []
    assert [counter for counter, _ in judging.problems(both, shown, 3)] == [TWICE]
    offered = Shown(shown.card, shown.presses, {"p": "1"}, {"1": frozenset({ANYWAY})})
    assert [counter for counter, _ in judging.problems(both, offered, 2)] == [BUSY]


@pytest.mark.parametrize(
    ("presses", "moment"),
    [
        ([], "before the claim"),
        ([press(None, ("check/account", "checking_account", {}))], "claimed"),
        ([press(None, ("schedule", "scheduled", {}), waits="schedule")], "scheduled"),
        ([press(None, ("send/1", "sending", {}))], "sending"),
        ([press(None, ("send/1", "refused", {"again_in": 2}))], "refused, to be tried again"),
        ([press(None, ("send/1", "unknown", {}))], "fate unclear, looking"),
        ([press("unknown", ("search/2", "searching", {}))], "fate unclear, looking"),
        ([press(None)], "accepted"),
        ([press(None, waits="follow")], "following"),
        ([press("failed")], "ended, not yet shown"),
        ([press("delivered")], "ended"),
    ],
)
def test_the_moment_of_a_kill_is_told_from_the_database(presses: list[Seen], moment: str) -> None:
    """By the newest press, and by what the thread had shown of it."""
    assert judging.moment(presses, DONE) == moment
    assert moment in judging.MOMENTS
