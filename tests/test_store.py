"""The promises of the store, on a real database."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest

from bot.desk import Affected, Alert, Cause, Question
from bot.store import CLAIM_LASTS, Counted, Deed, Ear, Health, Heard, Reply, Store, new_press
from bot.store.channels import MOST_ECHOES
from bot.vault import Vault
from tests.conftest import OpenStore
from tests.postgres import KEY

QUESTION = Question("T1/C1/1.2", "T1", "C1", "1.2", "ask", "why 131047 for 15551234567?", "U1")
REQUEST = {"endpoint": "messages/text", "body": {"to": "15551234567", "body": "Hi"}}


def test_a_question_stays_until_it_is_answered(store: Store) -> None:
    """Kept, it is open; answered, what was asked is gone, and it is never open again."""
    assert store.questions.keep(QUESTION)
    assert store.questions.find(QUESTION.key) == QUESTION
    assert store.questions.open() == (QUESTION.key,)
    store.questions.close(QUESTION.key)
    assert store.questions.find(QUESTION.key) is None
    assert store.questions.open() == ()
    assert not store.questions.keep(QUESTION)


def test_a_question_delivered_twice_before_its_answer_is_open_once(store: Store) -> None:
    """The first delivery may have died, so the second must be allowed to begin the answer."""
    assert store.questions.keep(QUESTION)
    assert store.questions.keep(QUESTION)
    assert store.questions.open() == (QUESTION.key,)


def test_it_survives_the_process(store: Store, open_store: OpenStore) -> None:
    """Another process on the same database with the same key finds it."""
    store.questions.keep(QUESTION)
    assert open_store().questions.find(QUESTION.key) == QUESTION


@pytest.mark.on_sqlite
def test_what_people_wrote_is_not_readable_in_the_file(store: Store, tmp_path: Path) -> None:
    """Questions, pastes and requests are sealed."""
    store.questions.keep(QUESTION)
    store.cards.keep("a" * 24, "T1", "paste with 15551234567", "ask")
    store.presses.claim("message:wamid.1", new_press("a" * 24, "C1", "1.2", "U1", REQUEST))
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("waerror.db*"))
    assert b"15551234567" not in stored


def test_a_card_is_found_in_its_own_workspace_only(store: Store) -> None:
    """Ids from another workspace lead nowhere."""
    store.cards.keep("a" * 24, "T1", "131047", "alert")
    found = store.cards.find("a" * 24, "T1")
    assert found is not None
    assert (found.text, found.mode) == ("131047", "alert")
    assert store.cards.find("a" * 24, "T2") is None


def test_a_reply_is_new_once(store: Store) -> None:
    """Not new and without `ts` is the trace of a crash; deleted, it may be posted anew."""
    assert store.cards.begin_reply("card", "card", "C1", "1.2")[1]
    reply, new = store.cards.begin_reply("card", "card", "C1", "1.2")
    assert (reply.ts, new) == (None, False)
    store.cards.end_reply("card", "card", "C1", "1.3")
    assert store.cards.begin_reply("card", "card", "C1", "1.2")[0].ts == "1.3"
    assert store.cards.standing("card", "card") == Reply("C1", "1.2", "1.3")
    assert store.cards.standing("card", "account") is None
    store.cards.forget_reply("card", "card")
    assert store.cards.begin_reply("card", "card", "C1", "1.2")[1]


def test_of_many_who_press_at_once_one_holds_the_claim(store: Store) -> None:
    """The database decides, not the order in which threads happen to run."""
    start, holders = Barrier(8), []

    def press(user: str) -> None:
        mine = new_press("card", "C1", "1.2", user, REQUEST)
        start.wait()
        holders.append((user, store.presses.claim("message:wamid.1", mine)))

    threads = [Thread(target=press, args=(f"U{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (winner,) = [user for user, holder in holders if holder is None]
    assert {holder.user for _, holder in holders if holder} == {winner}


@pytest.mark.parametrize(
    ("outcome", "freed"),
    [
        (None, False),
        ("delivered", False),
        ("read", False),
        ("unknown", False),
        ("undelivered", False),
        ("refused", True),
        ("not_sent", True),
        ("failed", True),
    ],
)
def test_only_proof_that_nothing_arrived_frees_a_claim(store: Store, outcome: str | None, freed: bool) -> None:
    """Everything else could mean that the message is on its way."""
    first = new_press("card", "C1", "1.2", "U1", REQUEST)
    store.presses.claim("message:wamid.1", first)
    if outcome:
        store.presses.end(first.id, outcome)
    second = new_press("card", "C1", "1.2", "U2", REQUEST)
    assert (store.presses.claim("message:wamid.1", second) is None) is freed


def test_a_claim_with_an_outcome_ends_after_a_day_and_one_without_does_not(store: Store) -> None:
    """The same text to the same person tomorrow is a new occasion; a retry under way is not over."""
    first = new_press("card", "C1", "1.2", "U1", REQUEST)
    later = replace(new_press("card", "C1", "1.2", "U2", REQUEST), pressed_at=first.pressed_at + 2 * CLAIM_LASTS)
    store.presses.claim("request:1", first)
    assert store.presses.claim("request:1", later) is not None
    store.presses.end(first.id, "delivered")
    soon = replace(new_press("card", "C1", "1.2", "U3", REQUEST), pressed_at=first.pressed_at + timedelta(hours=1))
    assert store.presses.claim("request:1", soon) is not None
    assert store.presses.claim("request:1", later) is None


def test_a_step_is_begun_once(store: Store) -> None:
    """The second begin tells that the first may have died in it; the result is written over the beginning."""
    press = new_press("card", "C1", "1.2", "U1", REQUEST)
    store.presses.claim("message:wamid.1", press)
    assert store.presses.begin_step(press.id, "send/1", "sending")
    assert not store.presses.begin_step(press.id, "send/1", "sending")
    store.presses.end_step(press.id, "send/1", "accepted", message_id="wamid.2")
    (step,) = store.presses.steps(press.id)
    assert (step.name, step.state, step.data) == ("send/1", "accepted", {"message_id": "wamid.2"})


def test_an_open_press_is_one_without_an_outcome(store: Store) -> None:
    """After a restart these are begun again."""
    press = new_press("card", "C1", "1.2", "U1", REQUEST)
    store.presses.claim("message:wamid.1", press)
    assert store.presses.open() == (press.id,)
    store.presses.end(press.id, "delivered")
    assert store.presses.open() == ()
    assert store.presses.find(press.id).outcome == "delivered"


def test_pastes_and_requests_are_forgotten_in_time(store: Store) -> None:
    """A card is then unknown, a press has no request; what is younger stays."""
    store.cards.keep("a" * 24, "T1", "131047", "alert")
    press = new_press("a" * 24, "C1", "1.2", "U1", REQUEST)
    store.presses.claim("message:wamid.1", press)
    store.presses.end(press.id, "delivered")
    store.questions.keep(QUESTION)
    store.questions.close(QUESTION.key)
    nouns = (store.cards, store.presses, store.questions)
    assert [noun.forget_before(press.pressed_at - timedelta(hours=1)) for noun in nouns] == [0, 0, 0]
    later = press.pressed_at + timedelta(hours=1)
    assert [noun.forget_before(later) for noun in nouns] == [1, 1, 1]
    assert [noun.forget_before(later) for noun in nouns] == [0, 0, 0]
    assert store.cards.find("a" * 24, "T1") is None
    assert store.presses.find(press.id).request == {}
    with pytest.raises(ValueError, match="endpoint"):
        _ = store.presses.find(press.id).outbound
    assert store.questions.keep(QUESTION)


def test_an_open_press_is_never_forgotten(store: Store) -> None:
    """It is still to be sent, or still followed."""
    press = new_press("a" * 24, "C1", "1.2", "U1", REQUEST)
    store.presses.claim("message:wamid.1", press)
    assert store.presses.forget_before(press.pressed_at + timedelta(days=999)) == 0
    assert store.presses.find(press.id).request == REQUEST


def test_a_forgotten_press_still_holds_its_claim(store: Store) -> None:
    """Whoever presses the same is told who was first."""
    first = new_press("a" * 24, "C1", "1.2", "U1", REQUEST)
    store.presses.claim("message:wamid.1", first)
    store.presses.end(first.id, "unknown")
    store.presses.forget_before(first.pressed_at + timedelta(hours=1))
    holder = store.presses.claim("message:wamid.1", new_press("a" * 24, "C1", "1.2", "U2", REQUEST))
    assert holder is not None
    assert holder.user == "U1"


def test_card_and_press_keep_their_account(store: Store) -> None:
    """Whose key is used does not change with the settings."""
    store.cards.keep("a" * 24, "T1", "131047", "alert", "staging")
    store.presses.claim("message:wamid.1", press := new_press("a" * 24, "C1", "1.2", "U1", REQUEST, "staging"))
    card = store.cards.find("a" * 24, "T1")
    assert card is not None
    assert card.account == store.presses.find(press.id).account == "staging"


def test_a_health_replaces_the_one_before_and_gives_it_back(store: Store) -> None:
    """A row a workspace and account."""
    at = datetime(2026, 11, 24, 9, 14, tzinfo=UTC)
    first = Health("production", at, "good", 0.2, {"failed": 3}, "131026 · Message undeliverable", at)
    second = Health("production", at, "key_invalid", 0.1)
    assert store.healths.keep("T1", first) is None
    assert store.healths.keep("T1", second) == first
    assert store.healths.last("T1") == (second,)
    assert store.healths.last("T2") == ()


@pytest.mark.on_sqlite
def test_a_database_of_an_older_release_gets_what_it_lacks(url: str, tmp_path: Path) -> None:
    """Its cards and presses have no account: theirs is the only one there was. It is done once."""
    vault = Vault(KEY)
    old = sqlite3.connect(tmp_path / "waerror.db")
    old.execute(
        "CREATE TABLE cards (id VARCHAR PRIMARY KEY, team VARCHAR, sealed BLOB, mode VARCHAR, created_at DATETIME)"
    )
    old.execute(
        "CREATE TABLE presses (id VARCHAR PRIMARY KEY, card VARCHAR, channel VARCHAR, thread VARCHAR, user VARCHAR, "
        "claim VARCHAR, holds BOOLEAN, sealed BLOB, pressed_at DATETIME, outcome VARCHAR)"
    )
    old.execute("CREATE TABLE watches (team VARCHAR, channel VARCHAR, watched BOOLEAN, user VARCHAR)")
    row = ("a" * 24, "T1", vault.seal("131047"), "ask", "2026-11-23 09:14:00.000000")
    old.execute("INSERT INTO cards VALUES (?, ?, ?, ?, ?)", row)
    old.commit()
    old.close()
    for _ in range(2):
        store = Store(url, vault)
        card = store.cards.find("a" * 24, "T1")
        assert card is not None
        assert (card.text, card.account) == ("131047", "")
        store.audit.note(Deed("T1", "U1", "watch"))
        store.close()


def test_what_is_said_in_a_channel_is_remembered(store: Store) -> None:
    """On, off, and never said are three things."""
    assert store.channels.watch("T1", "C1") is None
    store.channels.set_watch("T1", "C1", "on", "U1")
    assert store.channels.watch("T1", "C1") == "on"
    store.channels.set_watch("T1", "C1", "off", "U2")
    assert store.channels.watch("T1", "C1") == "off"
    assert store.channels.watch("T2", "C1") is None


@pytest.mark.on_sqlite
def test_an_older_database_gets_the_indexes_of_a_new_one(store: Store, url: str, tmp_path: Path) -> None:
    """SQLite makes indexes with their table only, so steps bring them; the queries of every round go by them."""
    store.close()
    indexes = "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name"
    with closing(sqlite3.connect(tmp_path / "waerror.db")) as db:
        new = db.execute(indexes).fetchall()
        db.executescript("DROP INDEX incidents_to_show; DROP INDEX affected_by_count")
        db.executescript("DELETE FROM schema_steps WHERE name LIKE '%index'")
    Store(url, Vault(KEY)).close()
    with closing(sqlite3.connect(tmp_path / "waerror.db")) as db:
        assert db.execute(indexes).fetchall() == new


WINDOW = timedelta(hours=1)


def alert(ts: str, entry: str = "meta/131047", channel: str = "C1") -> Alert:
    named = (Affected("recipient", "15551234567", "••••4567"),)
    return Alert(f"T1/{channel}/{ts}", "T1", channel, ts, "(#131047)", Cause(entry, 0, "default"), named, None)


def test_alerts_that_come_together_are_each_counted_once(store: Store) -> None:
    """Two of one cause, one of them delivered twice, and one of another: two incidents, and each first is told."""
    at = datetime.now(UTC)
    together = [alert("1.3"), alert("1.2"), alert("1.3"), alert("1.4", "meta/131026")]
    came = store.counting.see([Heard(one, True) for one in together], WINDOW, at)
    assert [isinstance(one, Counted) and one.is_first for one in came] == [True, False, False, True]
    assert came[2] is None
    assert store.counting.see([Heard(together[0], True)], WINDOW, at) == [None]
    assert store.counting.known([together[0].key, "T1/C1/9.9"]) == {together[0].key}
    live = {one.cause.entry: (one.count, one.root) for one in store.incidents.live("T1")}
    assert live == {"meta/131047": (2, "1.2"), "meta/131026": (1, "1.4")}
    assert {one.id: store.sightings.named(one.id)["recipient"].count for one in store.incidents.live("T1")} == {
        one.id: 1 for one in store.incidents.live("T1")
    }


def test_a_card_that_stands_stays_below_its_alert(store: Store) -> None:
    """An earlier alert that is counted later takes the card along only while it is not posted."""
    at = datetime.now(UTC)
    (first,) = store.counting.see([Heard(alert("1.5"), True)], WINDOW, at)
    assert isinstance(first, Counted)
    store.incidents.note(first.incident, answered_at=at)
    store.counting.see([Heard(alert("1.4"), True)], WINDOW, at)
    found = store.incidents.find(first.incident)
    assert found is not None
    assert (found.count, found.root) == (2, "1.5")


def test_a_bot_that_echoes_is_not_heard_and_people_are(store: Store) -> None:
    """One post of a bot after each of ours is a loop; several in one moment are alerts."""
    at = datetime.now(UTC)
    store.channels.read("T1", "C1", "0.1")
    heard: list[Counted | Ear | None] = []
    for number in range(MOST_ECHOES):
        at += timedelta(seconds=1)
        store.channels.wrote("C1", at.timestamp() - 0.1)
        heard += store.counting.see([Heard(alert(f"2.{number:02}"), True)], WINDOW, at)
    assert heard[-1] == Ear(deaf=True, just_now=True)
    pair = [Heard(alert("3.1"), True), Heard(alert("3.2"), False)]
    bot, person = store.counting.see(pair, WINDOW, at)
    assert bot == Ear(deaf=True, just_now=False)
    assert isinstance(person, Counted)


def test_what_is_said_of_a_channel_counts_at_once(store: Store) -> None:
    """How a channel is read is remembered for a second, but not past a change."""
    assert store.channels.watch("T1", "C1") is None
    store.channels.set_watch("T1", "C1", "quiet", "U1")
    assert store.channels.watch("T1", "C1") == "quiet"


def test_a_rate_is_summed_by_the_stretch(store: Store) -> None:
    """A long incident has many minutes and few bars."""
    start = datetime(2026, 11, 20, 9, 2, tzinfo=UTC)
    heard = [(alert(f"4.{n}"), start + timedelta(minutes=n)) for n in range(6)]
    came = [store.counting.see([Heard(one, True)], WINDOW, at)[0] for one, at in heard]
    assert isinstance(came[0], Counted)
    first = int(start.timestamp()) // 60
    assert store.sightings.rate(came[0].incident, first) == {first + n: 1 for n in range(6)}
    assert list(store.sightings.rate(came[0].incident, first, 5).values()) == [3, 3]


@pytest.mark.on_sqlite
def test_a_database_of_an_earlier_release_is_brought_up_to_date(url: str, tmp_path: Path) -> None:
    """Its presses are read as they were made, without what that release did not know."""
    store = Store(url, Vault(KEY))
    press = new_press("card", "C1", "1.2", "U1", REQUEST)
    store.presses.claim("message:wamid.1", press)
    store.close()
    with sqlite3.connect(tmp_path / "waerror.db") as db:
        db.execute("ALTER TABLE presses DROP COLUMN repeats")
        db.execute("DELETE FROM schema_steps WHERE name = 'presses.repeats'")
        db.execute("DROP TABLE dues")
    again = Store(url, Vault(KEY))
    assert again.presses.find(press.id) == press
    assert again.dues.next_at() is None
    again.close()
