"""The figures, on a real database: what they count, in which workspace, and that they go by an index."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.desk import Alert, Cause
from bot.store import Counted, Heard, Lengths, Period, Store, new_press
from bot.store.digests import LEASE
from bot.vault import Vault, key_beside

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DAY = Period(NOON - timedelta(days=1), NOON)
WINDOW = timedelta(hours=1)


def see(store: Store, at: datetime, entry: str = "meta/131047", channel: str = "C1", team: str = "T1") -> str:
    """One alert at a time; the id of its incident."""
    ts = f"{at.timestamp():.6f}"
    cause = Cause(entry, 0, "default")
    alert = Alert(f"{team}/{channel}/{ts}", team, channel, ts, "text", cause, (), None)
    (counted,) = store.counting.see([Heard(alert, False)], WINDOW, at)
    assert isinstance(counted, Counted)
    return counted.incident


def test_top_causes_are_compared_with_the_period_before(store: Store) -> None:
    """Alerts, incidents and channels of the period; alerts of the one before; what was never seen before is new."""
    for hours in (30, 29.5, 2, 1.5, 1):
        see(store, NOON - timedelta(hours=hours))
    see(store, NOON - timedelta(hours=3), channel="C2")
    see(store, NOON - timedelta(hours=5), "meta/131026")
    first, second = store.figures.top("T1", DAY)
    assert (first.entry, first.alerts, first.incidents, first.channels) == ("meta/131047", 4, 2, 2)
    assert (first.before, first.is_new) == (2, False)
    assert (second.entry, second.alerts, second.before, second.is_new) == ("meta/131026", 1, 0, True)
    assert store.figures.new("T1", DAY) == (("meta/131026", "default"),)
    assert store.figures.total("T1", DAY) == 5


def test_an_incident_that_goes_on_counts_in_each_period_with_what_came_in_it(store: Store) -> None:
    """It began yesterday; today's figure has today's alerts."""
    for minutes in (40, 20, -1, -30):
        see(store, DAY.since - timedelta(minutes=minutes))
    (top,) = store.figures.top("T1", DAY)
    assert (top.alerts, top.before, top.incidents) == (2, 2, 1)


def test_another_workspace_has_its_own_figures(store: Store) -> None:
    """Nothing of it shows."""
    see(store, NOON - timedelta(hours=1), team="T2")
    figures = store.figures
    assert figures.top("T1", DAY) == figures.new("T1", DAY) == figures.unanswered("T1", DAY) == ()
    assert figures.total("T1", DAY) == figures.opened("T1", DAY).count == figures.live("T1") == 0
    assert figures.live_channels("T1") == ()
    assert figures.live_channels("T2") == ("C1",)


def test_the_course_has_every_stretch(store: Store) -> None:
    """An hour without alerts is a 0."""
    for hours in (23.5, 23.4, 0.5):
        see(store, NOON - timedelta(hours=hours))
    assert store.figures.course("T1", DAY, 120) == (2, *[0] * 10, 1)
    assert len(store.figures.course("T1", DAY, 60)) == 24


def test_times_are_of_what_began_in_the_period(store: Store) -> None:
    """Median and nine in ten; what got no card is told apart."""
    for n in reversed(range(10)):
        at = NOON - timedelta(hours=2 * n + 1)
        id = see(store, at)
        if n < 9:
            store.incidents.note(id, answered_at=at + timedelta(seconds=n + 1))
    opened = store.figures.opened("T1", DAY)
    assert opened.count == 10
    assert opened.answered == Lengths(9, timedelta(seconds=5), timedelta(seconds=9))
    assert opened.resolved.count == 9  # each that fell quiet before the next began
    (unanswered,) = store.figures.unanswered("T1", DAY)
    assert (unanswered.entry, unanswered.incidents, unanswered.alerts) == ("meta/131047", 1, 1)


def test_retries_are_counted_by_their_outcome_in_their_workspace(store: Store) -> None:
    """By the card that they were pressed on."""
    for card, team, outcome in (("a" * 24, "T1", "delivered"), ("b" * 24, "T1", None), ("c" * 24, "T2", "failed")):
        store.cards.keep(card, team, "text", "ask")
        press = new_press(card, "C1", "1.2", "U1", {"endpoint": "messages/text", "body": {}})
        store.presses.claim(f"message:{card}", press)
        if outcome:
            store.presses.end(press.id, outcome)
    at = datetime.now(UTC)
    lately = Period(at - timedelta(hours=1), at + timedelta(hours=1))
    assert store.figures.retries("T1", lately) == {"delivered": 1, "under way": 1}
    assert store.figures.retries("T1", DAY.before) == {}


def test_a_quiet_database_has_empty_figures(store: Store) -> None:
    """No division by nothing."""
    assert store.figures.opened("T1", DAY).answered == Lengths(0)
    assert store.figures.course("T1", DAY, 60) == (0,) * 24


@pytest.mark.on_sqlite
def test_figures_go_by_an_index(store: Store, tmp_path: Path) -> None:
    """No table of alerts is read from end to end, however long the bot has run."""
    see(store, NOON - timedelta(hours=1))
    asked: list[tuple[str, object]] = []
    sa.event.listen(store._engine, "before_cursor_execute", lambda *told: asked.append((told[2], told[3])))
    figures = store.figures
    figures.top("T1", DAY)
    figures.new("T1", DAY)
    figures.total("T1", DAY)
    figures.course("T1", DAY, 60)
    figures.opened("T1", DAY)
    figures.unanswered("T1", DAY)
    figures.retries("T1", DAY)
    figures.live_channels("T1")
    figures.live("T1")
    with store._engine.connect() as db:
        for sql, values in list(asked):
            plan = [row[3] for row in db.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)]
            assert not [step for step in plan if step.startswith("SCAN") and "ticks" not in step], (sql, plan)
            assert not [step for step in plan if step == "SCAN ticks"], (sql, plan)


def test_a_digest_is_claimed_once_and_taken_up_after_a_crash(store: Store) -> None:
    """Ended, it is nobody's; claimed and not ended, it is the next one's after the lease."""
    digests = store.digests
    assert digests.is_first("T1")
    assert digests.claim("T1", NOON, NOON)
    assert not digests.is_first("T1")
    assert not digests.claim("T1", NOON, NOON + LEASE / 2)
    assert digests.claim("T1", NOON, NOON + LEASE)
    digests.end("T1", NOON, "posted")
    assert not digests.claim("T1", NOON, NOON + 3 * LEASE)
    assert digests.ended("T1", NOON) == "posted"
    assert digests.claim("T2", NOON, NOON)


def test_a_released_digest_may_be_claimed_at_once(store: Store) -> None:
    """Slack was away, and the one who tries next need not wait for the lease."""
    assert store.digests.claim("T1", NOON, NOON)
    store.digests.release("T1", NOON)
    assert store.digests.claim("T1", NOON, NOON)


def test_free_turns_are_counted_without_taking_one(store: Store) -> None:
    """For whoever asks how the bot is."""
    assert store.turns.left("edit/", 50, 60) == 50
    store.turns.take("edit/", 50, 60)
    assert store.turns.left("edit/", 50, 60) == store.turns.left("edit/", 50, 60) == 49


def test_an_older_database_gets_the_indexes(tmp_path: Path) -> None:
    """Its tables were made before them."""
    url, vault = f"sqlite:///{tmp_path}/waerror.db", Vault(key_beside(tmp_path / "waerror.db"))
    names = ("incidents_by_opening", "incidents_by_cause", "presses_by_time")
    older = Store(url, vault)
    with older._engine.begin() as db:
        for name in names:
            db.exec_driver_sql(f"DROP INDEX {name}")
        db.exec_driver_sql("DELETE FROM schema_steps WHERE name LIKE '% are found by %'")
    older.close()
    store = Store(url, vault)
    with store._engine.connect() as db:
        found = {row[0] for row in db.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'index'")}
    assert set(names) <= found
    store.close()
