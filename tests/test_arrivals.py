"""What came by webhooks is kept once, and finds its place once; what is over is told apart from what still fires."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from bot.desk.alerts import Alert, Cause
from bot.duties.taking import Taking
from bot.intake import Arrived
from bot.intake.hooks import Hook
from bot.store import Arrival, Heard, Sorted, Store
from bot.vault import Vault

HOOK = Hook("generic", "generic", SecretStr("x" * 16), "C1")
HOUR = timedelta(hours=1)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(f"sqlite:///{tmp_path}/a.db", Vault(Fernet.generate_key().decode()))


def take(store: Store, *told: Arrived, hook: Hook = HOOK, is_past: bool = False) -> int:
    return Taking(store, lambda: None).take("T1", hook, "C1", told, is_past)


def counted(store: Store, one: Arrival) -> str:
    """Counts an arrival, as the triage does; its incident."""
    alert = Alert(one.sighting, "T1", "C1", None, "text", Cause("meta/131047", 0, "default"), (), None)
    store.counting.see([Heard(alert, True)], HOUR, datetime.now(UTC))
    return store.arrivals.incidents([one.sighting])[one.sighting]


def opened(store: Store, one: Arrival) -> str:
    """And notes where it belongs."""
    counted(store, one)
    store.plains.settle([Sorted(one.seq, store.arrivals.incidents([one.sighting])[one.sighting])], [], HOUR)
    return store.arrivals.incidents([one.sighting])[one.sighting]


def test_an_id_is_kept_once(store: Store) -> None:
    """By its id, in each hook for itself; what has no id is new each time."""
    other = Hook("other", "generic", SecretStr("x" * 16), "C1")
    assert take(store, Arrived("1", "a"), Arrived("1", "a"), Arrived("2", "b")) == 2
    assert take(store, Arrived("1", "a")) == 0
    assert take(store, Arrived("1", "a"), hook=other) == 1
    assert take(store, Arrived("", "a"), Arrived("", "a")) == 2
    assert [one.told.title for one in store.arrivals.next(10)] == ["a", "b", "a", "a", "a"]


def test_what_is_past_is_known_and_never_sorted(store: Store) -> None:
    """So that nobody is alarmed when it comes again."""
    assert take(store, Arrived("1", "a"), is_past=True) == 1
    assert store.arrivals.waiting() == 0
    assert take(store, Arrived("1", "a")) == 0


def test_a_message_shares_its_sighting_whoever_tells(store: Store) -> None:
    """Two arrivals, counted as one."""
    other = Hook("other", "meta", SecretStr("x" * 16), "C1")
    take(store, Arrived("1", "a", message_id="wamid.1"))
    take(store, Arrived("9", "b", message_id="wamid.1"), hook=other)
    first, second = store.arrivals.next(10)
    assert first.sighting == second.sighting
    assert opened(store, first)
    assert store.counting.known([second.sighting]) == {second.sighting}


def test_an_incident_ends_with_the_last_thing_that_fires(store: Store) -> None:
    """Not before; and what fires again after its end is not ended by it."""
    take(store, Arrived("1", "a", thing="x"), Arrived("2", "a", thing="y"))
    one, two = store.arrivals.next(10)
    incident = opened(store, one)
    assert opened(store, two) == incident
    take(store, Arrived("3", "a", thing="x", state="resolved"), Arrived("4", "a", thing="x"))
    over, again = store.arrivals.next(10)
    assert store.arrivals.over(over) == ({incident}, set())
    assert not store.incidents.ended(incident, datetime.now(UTC))
    take(store, Arrived("5", "a", thing="y", state="resolved"))
    assert store.arrivals.over(store.arrivals.next(10)[-1]) == ({incident}, set())
    assert store.incidents.ended(incident, datetime.now(UTC))
    found = store.incidents.find(incident)
    assert found is not None
    assert (found.state, found.state_why) == ("resolved", "source")
    assert store.arrivals.next(10)[1].key == again.key
    assert again.firing


def test_an_incident_knows_its_first_arrival_as_soon_as_it_counts_it(store: Store) -> None:
    """Who draws may come between the counting and the note of where the arrival belongs."""
    take(store, Arrived("1", "first"), Arrived("2", "second"))
    one, two = store.arrivals.next(10)
    incident = counted(store, one)
    counted(store, two)
    found = store.arrivals.origin(incident)
    assert found is not None
    assert found.told.title == "first"
    assert store.arrivals.origin("another") is None


def test_a_post_in_the_channel_keeps_an_incident_open(store: Store) -> None:
    """Nobody tells of its end."""
    take(store, Arrived("1", "a", thing="x"))
    (one,) = store.arrivals.next(10)
    incident = opened(store, one)
    posted = Alert("T1/C1/1.2", "T1", "C1", "1.2", "text", Cause("meta/131047", 0, "default"), (), None)
    store.counting.see([Heard(posted, True)], HOUR, datetime.now(UTC))
    take(store, Arrived("2", "a", thing="x", state="resolved"))
    store.arrivals.over(store.arrivals.next(10)[-1])
    assert not store.incidents.ended(incident, datetime.now(UTC))


def test_a_plain_post_is_one_a_shape_and_counted_once(store: Store) -> None:
    """A batch that was cut off and is sorted again changes nothing; after the window it is a new post."""
    take(store, Arrived("1", "Disk is full", thing="x"), Arrived("2", "Disk is full", thing="y"))
    batch = store.arrivals.next(10)
    for _ in range(2):
        store.plains.settle([], [(one, "p1") for one in batch], HOUR)
    plain = store.plains.find("p1")
    assert plain is not None
    assert (plain.count, plain.episode, plain.over, plain.told.title) == (2, 1, False, "Disk is full")
    assert [one.id for one in store.plains.pending(datetime.now(UTC) - HOUR)] == ["p1"]
    store.plains.note("p1", drawn=plain.version, posted_at=datetime.now(UTC))
    assert store.plains.pending(datetime.now(UTC) - HOUR) == ()
    assert store.plains.lately("T1", "C1", datetime.now(UTC) - HOUR) == 1
    take(store, Arrived("3", "Disk is full again"))
    store.plains.settle([], [(store.arrivals.next(10)[0], "p1")], timedelta(0))
    later = store.plains.find("p1")
    assert later is not None
    assert (later.count, later.episode, later.posted_at, later.told.title) == (1, 2, None, "Disk is full again")


def test_a_plain_post_is_over_with_the_last_thing_that_fires(store: Store) -> None:
    """And fires again with the next."""
    take(store, Arrived("1", "Disk is full", thing="x"), Arrived("2", "Disk is full", thing="y"))
    store.plains.settle([], [(one, "p1") for one in store.arrivals.next(10)], HOUR)
    for n, thing in enumerate(("x", "y")):
        take(store, Arrived(f"o{n}", "", thing=thing, state="resolved"))
        _, plains = store.arrivals.over(store.arrivals.next(10)[-1])
        store.plains.end(plains)
        plain = store.plains.find("p1")
        assert plain is not None
        assert plain.over == (thing == "y")


def test_what_is_old_is_forgotten_but_not_what_waits(store: Store) -> None:
    """The retention."""
    take(store, Arrived("1", "a"), Arrived("2", "b"))
    first, _ = store.arrivals.next(10)
    store.plains.settle([Sorted(first.seq)], [], HOUR)
    assert store.arrivals.forget_before(datetime.now(UTC) + HOUR) == 1
    assert store.arrivals.waiting() == 1
