"""What bots on one database promise each other: who lives, who draws, who is alone with something, whose turn it is.

Two stores on one database are two bots. On SQLite there is one, and the promises hold between its threads.
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa

from bot.desk import Affected, Alert, Cause
from bot.pacing import Pacing
from bot.store import Counted, Due, Heard, Store, new_press
from bot.store.schema import STEPS
from bot.vault import Vault
from tests.conftest import OpenStore
from tests.postgres import KEY, Server

REQUEST = {"endpoint": "messages/text", "body": {"to": "15551234567", "body": "Hi"}}
WINDOW = timedelta(hours=1)


def bots(open_store: OpenStore) -> tuple[Store, Store]:
    """Two, or the one that a SQLite file may have, twice."""
    one = open_store()
    return one, open_store() if one.is_shared else one


def alert(ts: str, entry: str = "meta/131047", channel: str = "C1") -> Alert:
    named = (Affected("recipient", "15551234567", "••••4567"),)
    return Alert(f"T1/{channel}/{ts}", "T1", channel, ts, "(#131047)", Cause(entry, 0, "default"), named, None)


def test_who_says_nothing_for_long_is_buried_once(store: Store) -> None:
    """And hears of it when it speaks again; nobody buries itself."""
    store.replicas.join("a", "1.0")
    store.replicas.join("b", "1.1")
    assert [(one.id, one.version) for one in store.replicas.all()] == [("a", "1.0"), ("b", "1.1")]
    assert store.replicas.bury("a", 60.0) == ()
    assert store.replicas.bury("a", -1.0) == ("b",)
    assert store.replicas.bury("a", -1.0) == ()
    assert store.replicas.beat("a")
    assert not store.replicas.beat("b")


def test_who_leaves_is_not_waited_for(store: Store) -> None:
    """It has ended what it was at."""
    store.replicas.join("a", "1.0")
    store.replicas.leave("a")
    assert store.replicas.bury("b", 3_600.0) == ("a",)


def test_what_a_dead_bot_was_at_is_due_at_once(store: Store) -> None:
    """What the living are at stays theirs."""
    store.dues.add(Due("p", "follow", datetime.now(UTC)))
    (due,) = store.dues.due(datetime.now(UTC), 9)
    assert store.dues.lease(due, 600)
    assert store.dues.free([store.me]) == 0
    assert store.dues.due(datetime.now(UTC), 9) == ()
    assert store.dues.free([]) == 1
    assert [one.press for one in store.dues.due(datetime.now(UTC), 9)] == ["p"]


def test_one_at_a_time_holds_a_name(open_store: OpenStore) -> None:
    """Whoever holds it may ask again; another waits, and is told when it takes too long."""
    one, other = bots(open_store)
    held, found = threading.Event(), []

    def hold() -> None:
        with one.locks.held("card", 30.0) as mine, one.locks.held("card", 30.0) as again:
            found.append((mine, again))
            held.set()
            with ThreadPoolExecutor(1) as pool:
                found.append(pool.submit(lambda: entered("card", 0.05)).result())
                found.append(pool.submit(lambda: entered("another", 30.0)).result())

    def entered(name: str, seconds: float) -> bool:
        with other.locks.held(name, seconds) as mine:
            return mine

    hold()
    assert found == [(True, True), False, True]
    assert entered("card", 30.0)


@pytest.mark.on_postgres
def test_one_of_several_leads(open_store: OpenStore) -> None:
    """Until it resigns, or its connection is gone."""
    one, other = open_store(), open_store()
    mine, theirs = one.lead("drawing"), other.lead("drawing")
    assert [mine.is_mine(), theirs.is_mine(), mine.is_mine()] == [True, False, True]
    assert other.lead("something else").is_mine()
    mine.resign()
    assert theirs.is_mine()
    assert not mine.is_mine()
    theirs.resign()
    mine.resign()


def test_who_books_a_turn_is_not_overtaken(open_store: OpenStore) -> None:
    """In whichever process the others ask; what is too far off is not booked."""
    turns, others = (store.turns for store in bots(open_store))
    assert turns.book("post/C1", 1, 400.0, 0.0) == 0.0
    booked = others.book("post/C1", 1, 400.0, 5_000.0)
    assert booked is not None
    assert 0.0 < booked <= 400.0
    assert turns.take("post/C1", 1, 400.0) > 400.0
    assert turns.book("post/C1", 1, 400.0, 100.0) is None
    assert turns.take("post/C2", 1, 400.0) == 0.0


def test_two_bots_keep_to_one_limit(open_store: OpenStore) -> None:
    """However many threads ask at once, one in a stretch is one in a stretch, which here is long."""
    pacings = [Pacing(store.turns, 600.0, 0.2) for store in bots(open_store)]
    start = Barrier(8)

    def ask(number: int) -> float:
        start.wait()
        return pacings[number % 2].take("post", "C1")

    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(ask, range(8)))
    assert waits.count(0.0) == 1


def test_an_alert_that_two_bots_get_is_counted_once(open_store: OpenStore) -> None:
    """Slack delivers again what it thinks is lost, to another one; different alerts of a cause are one incident."""
    stores = bots(open_store)
    start, at = Barrier(8), datetime.now(UTC)

    def see(number: int) -> list[object]:
        start.wait()
        together = [alert("1.1"), alert(f"2.{number}"), alert("3.1", channel="C2"), alert(f"4.{number}", channel="C2")]
        together = together[::-1] if number % 2 else together
        return list(stores[number % 2].counting.see([Heard(one, True) for one in together], WINDOW, at))

    with ThreadPoolExecutor(8) as pool:
        came = [one for some in pool.map(see, range(8)) for one in some]
    assert sum(one is None for one in came) == 2 * 7
    assert sum(isinstance(one, Counted) and one.is_first for one in came) == 2
    first, second = sorted(stores[0].incidents.live("T1"), key=lambda one: one.channel)
    assert (first.count, second.count) == (9, 9)
    assert {first.twin, second.twin} in ({None, first.id}, {None, second.id})


def test_a_press_is_repeated_by_one_of_two_bots(open_store: OpenStore) -> None:
    """*Send anyway*, pressed at both at once; and not while somebody looks for the message again."""
    stores = bots(open_store)
    press = new_press("card", "C1", "1.2", "U1", REQUEST)
    stores[0].presses.claim("message:wamid.1", press)
    stores[0].presses.end(press.id, "unknown")
    start = Barrier(4)

    def repeat(number: int) -> object:
        start.wait()
        if number == 3:
            return stores[1].presses.reopen(press.id, "unknown") or None
        return stores[number % 2].presses.repeat(press.id, f"U{number}", 0.0)

    with ThreadPoolExecutor(4) as pool:
        came = list(pool.map(repeat, range(4)))
    assert sum(one is not None for one in came) == 1


def test_notes_that_come_together_have_numbers_of_their_own(open_store: OpenStore) -> None:
    """None is lost."""
    stores = bots(open_store)
    start = Barrier(6)

    def add(number: int) -> bool:
        start.wait()
        return stores[number % 2].notes.add("T1", "meta/1", "U1", str(number))

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(add, range(6)))
    assert sorted(note.number for note in stores[0].notes.of("T1", "meta/1")) == [1, 2, 3, 4, 5, 6]


def test_a_post_does_not_leave_when_its_note_is_no_longer_open(store: Store) -> None:
    """Who slept between note and POST was taken for dead, and another one has looked for the message."""
    press = new_press("card", "C1", "1.2", "U1", REQUEST)
    store.presses.claim("message:wamid.1", press)
    store.presses.begin_step(press.id, "send/1", "sending")
    assert store.presses.leaves(press.id, "send/1")
    store.presses.end_step(press.id, "send/1", "unknown")
    assert not store.presses.leaves(press.id, "send/1")


@pytest.mark.on_postgres
def test_several_that_start_together_make_the_tables_once(postgres_server: Server) -> None:
    """One does it and the others wait; a step is taken once."""
    postgres_server.run("CREATE DATABASE fresh")
    start = Barrier(4)

    def open_() -> Store:
        start.wait()
        return Store(postgres_server.url("fresh"), Vault(KEY))

    try:
        with ThreadPoolExecutor(4) as pool:
            stores = [future.result() for future in [pool.submit(open_) for _ in range(4)]]
        with stores[0]._engine.connect() as db:
            assert set(db.scalars(sa.text("SELECT name FROM schema_steps"))) == set(STEPS)
        for store in stores:
            store.close()
    finally:
        postgres_server.run("DROP DATABASE fresh WITH (FORCE)")


@pytest.mark.on_postgres
def test_a_later_release_brings_a_database_on_postgres_up_to_date(open_store: OpenStore) -> None:
    """What it lacks is added once, while an older bot may still write."""
    store = open_store()
    with store._engine.begin() as db:
        db.execute(sa.text("ALTER TABLE dues DROP COLUMN leased_by"))
        db.execute(sa.text("DELETE FROM schema_steps WHERE name = 'dues.leased_by'"))
    later = open_store()
    assert later.dues.add(Due("p", "follow", datetime.now(UTC)))
    assert later.dues.lease(later.dues.due(datetime.now(UTC), 1)[0], 1.0)
