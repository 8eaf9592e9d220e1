"""The benchmarks that drive the real bot: what they count is what happened."""

from math import isfinite
from pathlib import Path

import pytest

from bot.standin.values import Call
from tests.bench import calm, lookup, seen, storm
from tests.bench.alerts import CAUSES, SHAPES, posts
from tests.bench.machine import running, team


def test_a_small_storm_runs_to_its_end(tmp_path: Path) -> None:
    """Sixty alerts of three causes in two channels: all are counted, and each cause has one card that says so."""
    with running(team(["one", "two"]), tmp_path, env={"WAERROR_PACE": "0.1"}) as machine:
        alerts = posts(60, tuple(machine.workspace.channels), tuple(CAUSES)[:3])
        found = storm.storm(machine, alerts, 100)
    assert found.total == sum(found.counted.values()) == found.sightings == 60
    assert {key: len(stamps) for key, stamps in found.sent.items()} == found.counted
    assert (len(found.cards), found.alone) == (6, 6)
    assert None not in found.acks
    assert len(found.acks) >= 60
    assert all(map(isfinite, found.rights))
    assert found.peak > 20
    missed = [goal.says for goal in storm.finding(found).goals if not goal.reached]
    assert [says for says in missed if not says.startswith(("posts of", "acknowledged", "counts right"))] == []


def test_every_shape_is_among_the_alerts() -> None:
    """The same each time, spread evenly over causes and channels."""
    some = posts(240, ["C1", "C2"])
    assert some == posts(240, ["C1", "C2"])
    assert {(post.cause, post.channel) for post in some} == {(cause, c) for cause in CAUSES for c in ("C1", "C2")}
    assert {frozenset(post.content) for post in some} == {
        frozenset({name}) for name in ("text", "attachments", "blocks")
    }
    assert len(SHAPES) == 5


def test_what_stands_within_a_stretch_of_time_is_counted() -> None:
    """A stretch is as long as it says: what stands at its other end is outside."""
    assert seen.most_within([0.0, 1.0, 1.9, 2.5], 1.0) == 2
    assert seen.most_within([0.0, 1.0], 1.0) == 1
    assert seen.most_within([], 1.0) == 0
    assert seen.smallest_gap([[0.0, 1.0, 1.25], [0.5]]) == 0.25


def test_a_count_is_right_from_the_moment_when_it_stays_so() -> None:
    """A card that was right once and then wrong is right only when it is so again."""
    card = seen.Card("C1", "1.0", [(1.0, 1), (2.0, 7), (3.0, 8), (4.0, 7)])
    assert card.right_since(7) == 4.0
    assert card.right_since(8) == float("inf")


def test_refused_calls_are_no_posts() -> None:
    calls = [Call("chat.postMessage", {"channel": "C1"}, 1.0), Call("chat.postMessage", {"channel": "C1"}, 2.0, "x")]
    assert seen.written(calls) == seen.Written({"C1": [1.0]}, [], [], 1)


@pytest.mark.parametrize("command", [(), calm.ECHO], ids=["ours", "echo"])
def test_a_quiet_day_is_measured_the_same_for_both(command: tuple[str, ...]) -> None:
    env = {"PYTHONPATH": str(Path(__file__).parents[1])}
    spent = calm.measured(command, env, 2, 2)
    assert (len(spent.alerts), len(spent.mentions), len(spent.commands)) == (2, 2, 2)
    assert all(one > 0 for one in (*spent.alerts, *spent.mentions, *spent.commands))


def test_both_databases_hold_what_was_asked_for(tmp_path: Path) -> None:
    """What is looked up finds something: a live incident is joined, and its figures are there."""
    stores = {count: lookup.built(tmp_path / f"{count}.db", count) for count in (300, 3_000)}
    found = lookup.compared({n: s for n, (s, _) in stores.items()}, {n: id for n, (_, id) in stores.items()}, 3)
    for count, (store, largest) in stores.items():
        _, sightings = seen.counted(tmp_path / f"{count}.db")
        assert sightings == count + 1 + 3  # one known alert, three new ones
        assert store.sightings.named(largest)["recipient"].count >= 75
        store.close()
    assert all(len(times) == 3 for by in found.values() for times in by.values())
