"""What waits is a row: taken up once, taken off once, and a thousand of them cost no thread."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from bot.duties.delivering import looks
from bot.duties.dues import DuesLoop
from bot.store import Due, Quiet, Store, new_press

REQUEST = {"endpoint": "messages/text", "body": {"to": "15551234567", "body": "Hi"}}
NOW = datetime.now(UTC)


def test_a_due_is_leased_once(store: Store) -> None:
    """Two processes that see it due do not both take it up; one that died lets it become due again."""
    store.dues.add(Due("p", "follow", NOW - timedelta(seconds=1)))
    (first,), (second,) = store.dues.due(NOW, 9), store.dues.due(NOW, 9)
    assert store.dues.lease(first, 60)
    assert not store.dues.lease(second, 60)
    assert store.dues.due(datetime.now(UTC), 9) == ()
    assert store.dues.due(datetime.now(UTC) + timedelta(minutes=2), 9)


def test_of_several_who_take_it_off_one_hears_so(store: Store) -> None:
    """And what is put off after that stays off."""
    store.dues.add(Due("p", "follow", NOW))
    assert not store.dues.add(Due("p", "follow", NOW))
    assert [store.dues.remove("p"), store.dues.remove("p")] == [True, False]
    store.dues.put_off("p", 1)
    assert store.dues.next_at() is None


def test_a_thousand_followed_messages_share_a_few_threads(store: Store) -> None:
    """And each is looked at."""
    looked: set[str] = set()
    done = threading.Event()

    def look(due: Due) -> None:
        looked.add(due.press)
        store.dues.remove(due.press)
        if len(looked) == 1000:
            done.set()

    for n in range(1000):
        store.dues.add(Due(f"p{n}", "follow", NOW))
    before = threading.active_count()
    loop = DuesLoop(store)
    loop.start({"follow": look})
    try:
        assert done.wait(60)
        assert threading.active_count() - before <= 10
    finally:
        loop.stop(10)


def test_a_deed_that_fails_stops_no_other(store: Store) -> None:
    """It is taken up again when its lease is over."""
    done = threading.Event()
    store.dues.add(Due("bad", "schedule", NOW - timedelta(seconds=9)))
    store.dues.add(Due("good", "follow", NOW))
    loop = DuesLoop(store)
    loop.start({"schedule": lambda due: 1 / 0, "follow": lambda due: done.set()})  # type: ignore[arg-type, dict-item]
    try:
        assert done.wait(60)
    finally:
        loop.stop(10)
    assert store.dues.find("bad") is not None


def test_looks_grow_and_end() -> None:
    """Quick at first, never more than five minutes apart, and no longer than the settings say."""
    pauses = list(looks(86_400))
    assert sum(pauses) == pytest.approx(86_400)
    assert pauses[:3] == [1.0, 1.5, 2.25]
    assert max(pauses) == 300
    assert len(pauses) < 320


def test_of_two_presses_to_one_recipient_one_may_write(store: Store) -> None:
    """Of different messages too; only a keyed hash of the recipient is kept."""
    mine, other = (new_press("c", "C1", "1.2", user, REQUEST) for user in ("U1", "U2"))
    assert store.presses.claim("a", mine, quiet=60) is None
    near = store.presses.claim("b", other, quiet=60)
    assert isinstance(near, Quiet)
    assert near.press.user == "U1"
    assert store.presses.claim("b", other, quiet=0) is None
    another = new_press("c", "C1", "1.2", "U3", REQUEST, "staging")
    assert store.presses.claim("c", another, quiet=60) is None  # another account's recipient is another


def test_of_many_who_write_to_one_recipient_at_once_one_may(store: Store) -> None:
    """The database decides."""
    start, results = threading.Barrier(8), []

    def press(n: int) -> None:
        mine = new_press("c", "C1", "1.2", f"U{n}", REQUEST)
        start.wait()
        results.append(store.presses.claim(f"claim {n}", mine, quiet=60))

    threads = [threading.Thread(target=press, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(one is None for one in results) == 1
    assert sum(isinstance(one, Quiet) for one in results) == 7


def test_a_scheduled_press_begins_or_is_cancelled_once(store: Store) -> None:
    """Whoever takes it off the dues decides; a quiet period leaves it there."""
    mine, other = (new_press("c", "C1", "1.2", user, REQUEST) for user in ("U1", "U2"))
    store.presses.claim("a", mine, due_at=NOW + timedelta(days=1))
    assert store.presses.claim("b", other, quiet=60) is None
    assert isinstance(store.presses.fire(mine.id, 60), Quiet)
    assert store.dues.find(mine.id) is not None
    assert store.presses.fire(mine.id, 0) is True
    assert store.presses.fire(mine.id, 0) is False
    assert not store.presses.cancel(mine.id, "U0ANA")


def test_what_waits_says_so_from_the_moment_it_waits(store: Store) -> None:
    """Whoever takes up what is due may be quicker than whoever claimed it, and shows it once an hour."""
    mine, due_at = new_press("c", "C1", "1.2", "U1", REQUEST), NOW + timedelta(days=1)
    assert store.presses.claim("a", mine, due_at=due_at, because="Meta says no") is None
    (step,) = store.presses.steps(mine.id)
    assert (step.name, step.state) == ("schedule", "scheduled")
    assert step.data == {"due": due_at.isoformat(), "because": "Meta says no"}


def test_a_stale_button_leaves_what_is_followed_alone(store: Store) -> None:
    """*Cancel* and *Send now* of a message that Slack shows as it was: by now it was sent."""
    press = new_press("c", "C1", "1.2", "U1", REQUEST)
    store.presses.claim("a", press)
    store.dues.add(Due(press.id, "follow", NOW))
    assert not store.presses.cancel(press.id, "U0ANA")
    assert store.presses.fire(press.id, 0) is False
    assert store.dues.find(press.id) is not None
    assert store.presses.find(press.id).outcome is None


def test_a_press_of_unclear_fate_is_repeated_once(store: Store) -> None:
    """The new one holds the claim, and never frees it for a plain press."""
    first = new_press("c", "C1", "1.2", "U1", REQUEST)
    store.presses.claim("a", first)
    assert store.presses.repeat(first.id, "U2", 0) is None  # not unclear yet
    store.presses.end(first.id, "unknown")
    second = store.presses.repeat(first.id, "U2", 0)
    assert not isinstance(second, Quiet)
    assert second is not None
    assert (second.repeats, second.user, second.request) == (first.id, "U2", first.request)
    assert store.presses.repeat(first.id, "U3", 0) is None
    store.presses.end(second.id, "refused")
    holder = store.presses.claim("a", new_press("c", "C1", "1.2", "U4", REQUEST))
    assert getattr(holder, "id", None) == second.id
    assert not store.presses.reopen(first.id, "unknown")


def test_a_message_belongs_to_one_press(store: Store) -> None:
    """And one that failed to none."""
    first, second = (new_press("c", "C1", "1.2", "U1", REQUEST, failed_id=failed) for failed in ("wamid.F", None))
    store.presses.claim("a", first)
    store.presses.claim("b", second)
    assert store.presses.adopt(first.id, "wamid.1")
    assert store.presses.adopt(first.id, "wamid.1")
    assert not store.presses.adopt(second.id, "wamid.1")
    assert not store.presses.adopt(first.id, "wamid.F")
    assert store.presses.of_others(first.id, ["wamid.1", "wamid.2", "wamid.F"]) == {"wamid.F"}
    assert store.presses.of_others(second.id, ["wamid.1", "wamid.2", "wamid.F"]) == {"wamid.1", "wamid.F"}
