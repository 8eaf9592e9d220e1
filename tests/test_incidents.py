"""What incidents promise, without Slack: states, when a header is edited, and counting on a real database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa

from bot.desk import Affected, Alert, Cause
from bot.desk.durations import read_duration
from bot.desk.incidents import CHANGES, REACTIONS, STATES, edit_due, note_due
from bot.pacing import Pacing
from bot.store import Counted, Heard, Mute, Store, new_press
from bot.store.turns import Turns
from bot.vault import Vault, key_beside
from bot.views.rate import rate

NOW = datetime(2026, 11, 23, 9, 14, tzinfo=UTC)
WINDOW = timedelta(hours=1)
LATER = datetime(2036, 11, 23, tzinfo=UTC)
CAUSE = Cause("meta/131047", 0, "default")


def alert(n: int = 1, to: str = "15551234567", channel: str = "C1", cause: Cause = CAUSE) -> Alert:
    """The nth post of a channel."""
    named = (Affected("recipient", to, f"••••{to[-4:]}"), Affected("source", "Grafana", "Grafana"))
    ts = f"1795430000.{n:06}"
    return Alert(f"T1/{channel}/{ts}", "T1", channel, ts, f"(#131047) to {to}", cause, named, f"message:wamid.{n}")


def see(store: Store, one: Alert, at: datetime = NOW) -> Counted:
    (counted,) = store.counting.see([Heard(one, False)], WINDOW, at)
    assert isinstance(counted, Counted)
    return counted


def test_every_state_has_a_reaction_and_a_way_out() -> None:
    """No state is a dead end, and each can be seen in the channel."""
    assert REACTIONS.keys() == set(STATES)
    assert {state for change in CHANGES.values() for state in change.offered_in} == set(STATES)
    assert len(set(REACTIONS.values())) == len(STATES)


@pytest.mark.parametrize(
    ("changed_at", "last_seen", "drawn_at", "state_at", "due"),
    [
        (0, 0, 10, 20, 20),  # somebody pressed: at once
        (0, 0, -100, -200, 1),  # the alerts have paused for a second
        (0, 0, -2, -200, 3),  # it was edited two seconds ago: not again within five
        (-29.5, 0, -100, -200, 0.5),  # it never settles: after half a minute all the same
    ],
)
def test_when_a_header_is_edited(
    changed_at: float, last_seen: float, drawn_at: float, state_at: float, due: float
) -> None:
    """Seconds from now."""
    times = (NOW + timedelta(seconds=seconds) for seconds in (changed_at, last_seen, drawn_at, state_at))
    assert edit_due(*times, 1.0) == NOW + timedelta(seconds=due)


@pytest.mark.parametrize(
    ("count", "noted", "due"), [(1, 1, None), (9, 1, None), (10, 1, 10), (99, 10, None), (5_000, 10, 1_000)]
)
def test_round_numbers_are_said_once(count: int, noted: int, due: int | None) -> None:
    """Ten, a hundred, a thousand; what was passed over is not said afterwards."""
    assert note_due(count, noted) == due


@pytest.mark.parametrize(
    ("text", "lasts"),
    [
        ("", timedelta()),
        ("2h", timedelta(hours=2)),
        ("90 min", timedelta(minutes=90)),
        ("1W", timedelta(weeks=1)),
        ("soon", None),
        ("0h", None),
        ("999w", None),
        ("1h; drop table", None),
    ],
)
def test_how_people_write_a_stretch_of_time(text: str, lasts: timedelta | None) -> None:
    """Zero where nothing is said, None where it is not understood."""
    assert read_duration(text) == lasts


def test_an_alert_is_counted_once(store: Store) -> None:
    """However often Slack delivers it."""
    first = see(store, alert())
    assert first.is_first
    assert store.counting.see([Heard(alert(), False)], WINDOW, NOW) == [None]
    second = see(store, alert(2, "15559876543"))
    assert (second.incident, second.is_first) == (first.incident, False)
    one = store.incidents.find(first.incident, "T1")
    assert one
    assert (one.count, one.root) == (2, "1795430000.000001")
    assert store.sightings.named(one.id)["recipient"].count == 2
    assert store.sightings.named(one.id)["source"].shown == ("Grafana",)


def test_side_by_side_they_are_one_incident_and_each_is_counted(store: Store) -> None:
    """Ten threads, each alert delivered twice."""
    start = Barrier(10)

    def deliver(thread: int) -> None:
        start.wait()
        for n in range(20):
            store.counting.see([Heard(alert(1 + n + 20 * (thread // 2)), False)], WINDOW, NOW)

    threads = [Thread(target=deliver, args=[n]) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (one,) = store.incidents.live("T1")
    assert one.count == 100
    assert sum(store.sightings.rate(one.id, 0).values()) == 100
    assert one.root == "1795430000.000001"


@pytest.mark.parametrize(
    "other",
    [
        alert(2, channel="C2"),
        replace(alert(2), cause=replace(CAUSE, entry="meta/131026")),
        replace(alert(2), cause=replace(CAUSE, part=1)),
        replace(alert(2), cause=replace(CAUSE, account="staging")),
        replace(alert(2), team="T2"),
    ],
    ids=["channel", "error", "cause", "account", "workspace"],
)
def test_what_tells_two_incidents_apart(store: Store, other: Alert) -> None:
    """Workspace, channel, error, the one of its causes that the text proves, and account."""
    first = see(store, alert())
    assert see(store, other).incident != first.incident


def test_the_window_begins_anew_with_each_alert(store: Store) -> None:
    """Fifty-nine minutes after the last it goes on, sixty-one minutes after it another begins."""
    first = see(store, alert(1))
    assert see(store, alert(2), NOW + timedelta(minutes=59)).incident == first.incident
    assert see(store, alert(3), NOW + timedelta(minutes=118)).incident == first.incident
    later = see(store, alert(4), NOW + timedelta(minutes=179))
    assert later.is_first
    old = store.incidents.find(first.incident, "T1")
    assert old
    assert (old.state, old.state_why, old.current) == ("resolved", "quiet", False)


def test_a_twin_is_the_first_of_its_cause_in_another_channel(store: Store) -> None:
    """The third points to the first as well, not to the second; another workspace's is nobody's twin."""
    first = see(store, alert(1))
    found = [store.incidents.find(see(store, alert(1, channel=name)).incident) for name in ("C2", "C3")]
    assert [one and one.twin for one in found] == [first.incident] * 2
    stranger = see(store, replace(alert(9), key="T2/C9/1.2", team="T2", channel="C9"))
    assert store.incidents.find(stranger.incident).twin is None  # type: ignore[union-attr]


@pytest.mark.on_sqlite
def test_numbers_are_not_readable_in_the_file(store: Store, tmp_path: Path) -> None:
    """Counted by a pseudonym, shown by the last four digits, the text sealed."""
    see(store, alert())
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("waerror.db*"))
    assert b"15551234567" not in stored
    assert "••••4567".encode() in stored


def test_another_workspace_neither_sees_nor_changes_it(store: Store) -> None:
    """Ids lead nowhere from elsewhere."""
    one = see(store, alert()).incident
    assert store.incidents.find(one, "T2") is None
    assert store.incidents.change(one, "T2", "resolved", "U1", NOW) is None
    assert store.incidents.live("T2") == ()


def test_a_change_that_is_none_is_told(store: Store) -> None:
    """Two press *I'm on it*: the second takes over, the same one again changes nothing."""
    one = see(store, alert()).incident
    assert store.incidents.change(one, "T1", "owned", "U1", NOW)
    assert store.incidents.change(one, "T1", "owned", "U1", NOW) is None
    assert store.incidents.change(one, "T1", "owned", "U2", NOW)
    assert store.incidents.change(one, "T1", "resolved", "U1", NOW)
    assert store.incidents.change(one, "T1", "resolved", "U2", NOW) is None


def test_time_passes(store: Store) -> None:
    """Naps and mutes end, quiet incidents are resolved, what somebody has just opened again is not."""
    one = see(store, alert()).incident
    store.incidents.change(one, "T1", "snoozed", "U1", NOW, NOW + WINDOW)
    assert store.incidents.pass_time(NOW + WINDOW / 2, WINDOW) == 0
    assert store.incidents.pass_time(NOW + 2 * WINDOW, WINDOW) == 1
    assert store.incidents.find(one).state == "open"  # type: ignore[union-attr]
    assert store.incidents.pass_time(NOW + 2 * WINDOW, WINDOW) == 0
    assert store.incidents.pass_time(NOW + 4 * WINDOW, WINDOW) == 1
    assert store.incidents.find(one).state_why == "quiet"  # type: ignore[union-attr]


@pytest.mark.on_sqlite
def test_what_is_asked_all_the_time_goes_by_what_is_current(store: Store) -> None:
    """Incidents that are over are kept, and cost neither a new alert nor the look once a second anything."""
    see(store, alert(1))
    asked: list[tuple[str, object]] = []
    sa.event.listen(store._engine, "before_cursor_execute", lambda *told: asked.append((told[2], told[3])))
    see(store, alert(2))
    store.incidents.pass_time(NOW, WINDOW)
    told = [one for one in asked if one[0].startswith(("UPDATE incidents", "SELECT incidents"))]
    assert len(told) == 2
    with store._engine.connect() as db:
        for sql, values in told:
            plan = [row[3] for row in db.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)]
            assert "one_current_incident_a_cause" in plan[0], (sql, plan)


def test_a_mute_ends_and_is_its_channels_own(store: Store) -> None:
    """Two hours, this channel, this error."""
    store.mutes.set("T1", "C1", Mute(CAUSE.entry, "U1", NOW + timedelta(hours=2)))
    states = [
        store.incidents.find(see(store, one, at).incident).state  # type: ignore[union-attr]
        for one, at in (
            (alert(1), NOW),
            (alert(1, channel="C2"), NOW),
            (replace(alert(2), cause=replace(CAUSE, entry="meta/131026")), NOW),
            (alert(3), NOW + timedelta(hours=5)),
        )
    ]
    assert states == ["muted", "open", "open", "open"]
    assert store.mutes.of("T1", "C1", NOW + timedelta(hours=3)) == ()


def test_it_is_resolved_when_every_message_was_sent_again_and_arrived(store: Store) -> None:
    """Not when one is missing, not when one is unknown; an alert that names no message is never made good."""
    one = see(store, alert(1)).incident
    see(store, alert(2))
    for n, outcome in ((1, "delivered"), (2, "unknown")):
        press = new_press(one, "C1", "1.2", "U1", {"endpoint": "messages/text", "body": {}})
        store.presses.claim(f"message:wamid.{n}", press)
        store.presses.end(press.id, outcome)
        assert not store.incidents.made_good(one, NOW)
    store.presses.end(press.id, "read")
    assert store.incidents.made_good(one, NOW)
    assert store.incidents.find(one).state_why == "retry"  # type: ignore[union-attr]
    silent = replace(alert(3), channel="C2", key="T1/C2/3", claim=None)
    assert not store.incidents.made_good(see(store, silent).incident, NOW)


def test_an_edited_alert_leaves_nothing_behind(store: Store) -> None:
    """Its count, its recipient and its minute go with it."""
    one = see(store, alert(1)).incident
    see(store, alert(2, "15559876543"))
    moved = replace(alert(2, "15559876543"), cause=replace(CAUSE, entry="meta/131053"))
    other = store.counting.correct(moved.key, moved, WINDOW, NOW)
    assert other
    assert other.is_first
    assert [store.incidents.find(id).count for id in (one, other.incident)] == [1, 1]  # type: ignore[union-attr]
    assert store.sightings.named(one)["recipient"].shown == ("••••4567",)
    assert sum(store.sightings.rate(one, 0).values()) == 1
    assert store.counting.correct(moved.key, None, WINDOW, NOW) is None
    assert store.incidents.find(other.incident).state_why == "edited"  # type: ignore[union-attr]


def test_turns_are_never_more_than_the_limit_in_any_stretch(store: Store) -> None:
    """Also across a restart: they are rows, not a clock in memory."""
    clock = [1000.0]
    turns = Turns(store._engine, lambda: clock[0])
    taken = []
    for _ in range(400):
        if not turns.take("edit/", 5, 10.0):
            taken.append(clock[0])
        clock[0] += 0.25
    assert len(taken) > 45
    assert all(later - earlier >= 10.0 for earlier, later in zip(taken, taken[5:], strict=False))
    assert Turns(store._engine, lambda: taken[-1]).take("edit/", 5, 10.0) > 0


def test_who_waits_goes_before_who_asks(store: Store) -> None:
    """A person's answer is not overtaken by headers; a wait that is too long is given up."""
    pacing = Pacing(store.turns, 1.0, longest_wait=0.2)
    assert pacing.take("post", "C1") == 0.0
    assert not pacing.wait("post", "C1")
    assert pacing.take("post", "C2") == 0.0
    assert Pacing(store.turns, 0.0, 0.2).take("post", "C1") == 0.0


@pytest.mark.parametrize(
    ("by_minute", "first", "last", "bars", "stretch"),
    [
        ({100: 1}, 100, 100, None, None),
        ({100: 1, 101: 8}, 100, 101, "▂█", "a minute"),
        ({100: 4, 103: 2}, 100, 103, "█▁▁▅", "a minute"),
        ({0: 7, 99: 7}, 0, 99, "█" + "▁" * 18 + "█", "5 minutes"),
    ],
)
def test_a_rate_is_a_row_of_bars(
    by_minute: dict[int, int], first: int, last: int, bars: str | None, stretch: str | None
) -> None:
    """The newest last, at most twenty, the highest full; nothing where there is nothing to compare."""
    found = rate(by_minute, first, last)
    assert (found and found.bars, found and found.stretch) == (bars, stretch)


def test_a_database_of_an_earlier_release_is_brought_up_to_date(tmp_path: Path) -> None:
    """What was said in channels is kept; a second start changes nothing more."""
    url = f"sqlite:///{tmp_path}/old.db"
    engine = sa.create_engine(url)
    with engine.begin() as db:
        db.execute(sa.text("CREATE TABLE watches (team TEXT, channel TEXT, watched BOOLEAN, user TEXT)"))
        db.execute(sa.text("INSERT INTO watches VALUES ('T1', 'C1', 1, 'U1'), ('T1', 'C2', 0, 'U1')"))
    engine.dispose()
    for _ in range(2):
        store = Store(url, Vault(key_beside(tmp_path / "old.db")))
        assert store.channels.watched("T1") == {"C1": "on", "C2": "off"}
        store.close()


def test_an_old_alert_keeps_its_count_and_loses_its_text(store: Store) -> None:
    """Its card too, unless the incident is still hit; a done item of the queue loses its sample and stays done."""
    first = see(store, alert(1))
    see(store, alert(2), NOW + timedelta(minutes=10))
    done = store.queue.add("T1", "an error of nobody's, code 999", "unmatched")
    store.queue.set_status(done, "done")
    assert [store.cards.forget_before(NOW + timedelta(minutes=5)), store.cards.forget_before(LATER)] == [0, 1]
    assert [store.sightings.forget_before(LATER), store.sightings.forget_before(LATER)] == [2, 0]
    assert [store.queue.forget_before(LATER), store.queue.forget_before(LATER)] == [1, 0]
    kept = store.incidents.find(first.incident)
    assert kept is not None
    assert kept.count == 2
    assert store.sightings.named(kept.id)["recipient"].count == 1
    (item,) = store.queue.named(done)
    assert (item.sample, item.status) == ("", "done")
