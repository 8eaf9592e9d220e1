"""The parts of a bulk retry: what becomes of each message, how hard an account is asked, who works on a run."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot import desk, knowledge
from bot.accounts import Account, Accounts
from bot.desk.bulk import Candidate, Plan, candidate, dry_run
from bot.duties.brakes import Brakes, Standing
from bot.knowledge import Knowledge
from bot.store import Bulk, BulkRow, Press, Store, new_bulk
from bot.vault import Vault
from bot.views.bulk import csv_of
from bot.waconnect.client import Probe
from bot.waconnect.payloads import OutboundRequest

NOW = datetime(2026, 11, 25, 9, 14, tzinfo=UTC)
SENT = 'POST /api/messages/text {"to": "15551234567", "body": "Your order left"} → '
REQUEST = OutboundRequest("messages/text", {"to": "15551234567", "body": "Your order left"})


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return knowledge.load()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(f"sqlite:///{tmp_path}/bulk.db", Vault(Fernet.generate_key().decode()))


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        (f"{SENT} 429 (#130429) Rate limit hit", "safe"),
        (f"{SENT} 400 (#131047) Re-engagement message", "fix"),
        (f"{SENT} 400 (#131049) healthy ecosystem engagement", "wait"),
        (f"{SENT} 400 (#131050) User has stopped receiving marketing messages", "pointless"),
        ("WaConnect send failed: 429 (#130429) Rate limit hit", "no_request"),
        ('POST /api/messages/text {"to": "15551234567"} → 429 (#130429) Rate limit hit', "fix"),
        ("good morning", "pointless"),
    ],
)
def test_an_alert_alone_says_what_becomes_of_its_message(text: str, plan: Plan, known: Knowledge) -> None:
    """Only what can be sent as it is, now, is safe."""
    given = desk.answer(text, "alert", known, True)
    assert candidate("k", given, given.account, NOW, NOW).plan == plan


def test_a_wait_that_is_over_is_no_wait(known: Knowledge) -> None:
    """A day after it failed it may be sent."""
    given = desk.answer(f"{SENT} 400 (#131049) healthy ecosystem engagement", "alert", known, True)
    assert candidate("k", given, "", NOW - timedelta(days=2), NOW).plan == "safe"


def test_another_accounts_message_is_left_alone(known: Knowledge) -> None:
    """The run acts with the incident's account alone."""
    given = replace(desk.answer(f"{SENT} 429 (#130429) Rate limit hit", "alert", known, True), account="staging")
    assert candidate("k", given, "production", NOW, NOW).plan == "elsewhere"


def test_what_is_known_of_a_message_decides() -> None:
    """Arrived, in other hands, told before: each is counted once, in the order of the alerts."""
    several = [Candidate(str(n), "safe", claim, REQUEST) for n, claim in enumerate("abcad")]
    run = dry_run([*several, Candidate("5", "fix", "e")], frozenset("b"), frozenset("c"), untold=7)
    assert [one.plan for one in run.candidates] == ["safe", "arrived", "held", "same", "safe", "fix"]
    assert [one.claim for one in run.safe] == ["a", "d"]
    assert dict(run.counts) == {"safe": 2, "fix": 1, "arrived": 1, "held": 1, "same": 1, "no_request": 7}


def brakes(*outcomes: str) -> Brakes:
    answers = iter(outcomes)
    return Brakes(lambda _: Probe(next(answers), 0.1, "a word"), 1.0)  # type: ignore[arg-type]


def test_an_account_is_asked_for_less_when_it_refuses_for_load() -> None:
    """As long as it names, and twice as long with each refusal; other accounts go on."""
    brake = brakes()
    brake.heard("a", 0.0, 5.0)
    assert 4.9 < brake.left("a") <= 5.0
    assert brake.left("b") == 0.0
    for step in (1, 2, 4, 8, 16, 32, 60, 60):
        brake.heard("b", float("inf"), 0.1)
        assert step - 0.1 < brake.left("b") <= step
    brake.heard("b", float("inf"), None)
    brake.heard("b", float("inf"), 0.1)
    assert brake.left("b") <= 1.0


def test_many_refusals_of_one_moment_count_once() -> None:
    """What left before the brake was put on tells nothing new: neither a refusal nor a success."""
    brake = brakes()
    brake.heard("a", 0.0, 1.0)
    for again_in in (1.0, None, 1.0):
        brake.heard("a", 0.0, again_in)
    assert brake.left("a") <= 1.0
    brake.heard("a", float("inf"), 1.0)
    assert brake.left("a") > 1.9


def test_a_good_account_is_asked_once_in_a_while_and_a_bad_one_says_why() -> None:
    """A probe a message would double the load."""
    brake = brakes("key_invalid", "good")
    assert brake.standing("a") == Standing(False, "the account is not good: a word")
    assert [brake.standing("a").good for _ in range(3)] == [True] * 3
    assert Brakes(lambda _: None, 1.0).standing("gone").why == "there is no account gone any more"


def test_an_account_that_does_not_answer_is_asked_a_few_times() -> None:
    """A person is asked only when it stays away; nothing is sent meanwhile."""
    brake = Brakes(lambda _: Probe("unreachable", 0.1, "no answer"), 0.0)
    assert [brake.standing("a") for _ in range(5)] == [Standing(False)] * 5
    assert brake.standing("a") == Standing(False, "the account is not good: no answer")
    patient = brakes("unreachable", "good")
    assert [patient.standing("a"), patient.standing("a")] == [Standing(False)] * 2  # it is not asked at once again
    assert 0.5 < patient.left("a") <= 1.0


def made(store: Store, count: int = 3) -> Bulk:
    bulk = new_bulk("T1", "1f" * 12, ("C1", "1.2"), "main", "U0ANA", count, "running")
    assert store.bulks.make(bulk, ((f"claim-{n}", REQUEST, None) for n in range(count)))
    return bulk


def test_one_process_works_on_a_run(store: Store) -> None:
    """Another takes it when the first has not been heard of, or gives it back."""
    bulk = made(store)
    assert store.bulks.lease(bulk.id, "one", 60) == "taken"
    assert store.bulks.lease(bulk.id, "one", 60) == "kept"
    assert store.bulks.lease(bulk.id, "two", 60) is None
    store.bulks.release("one")
    assert store.bulks.lease(bulk.id, "two", -1) == "taken"
    assert store.bulks.lease(bulk.id, "one", 60) == "taken"


def test_a_message_is_taken_once(store: Store) -> None:
    """In order; what was taken and not noted is known after a crash, with the press that it had."""
    bulk = made(store)
    first, second = store.bulks.take(bulk.id, 2)
    assert (first.claim, second.claim) == ("claim-0", "claim-1")
    store.bulks.note(first, "sent")
    assert [one.press for one in store.bulks.under_way(bulk.id)] == [second.press]
    assert [one.claim for one in store.bulks.take(bulk.id, 9)] == ["claim-2"]
    assert store.bulks.owns(second.press)
    assert not store.bulks.owns("another")


@pytest.mark.parametrize("outcome", ["refused", "delivered", None])
def test_a_press_that_is_claimed_again_after_a_crash_is_known(store: Store, outcome: str | None) -> None:
    """Also when it has ended, and holds its claim no more."""
    press = Press(
        "p1", "1f" * 12, "C1", "1.2", "U0ANA", {"endpoint": "messages/text", "body": {"to": "15551234567"}}, NOW
    )
    assert store.presses.claim("claim", press) is None
    if outcome:
        store.presses.end(press.id, outcome)
    again = store.presses.claim("claim", press)
    assert isinstance(again, Press)
    assert (again.id, again.outcome) == ("p1", outcome)


def test_a_run_is_told_of_until_the_last_outcome_is_known(store: Store) -> None:
    """Also when its table was posted before."""
    bulk = made(store, 1)
    (item,) = store.bulks.take(bulk.id, 1)
    press = Press(item.press, bulk.incident, "C1", "1.2", "U0ANA", item.request, NOW)
    assert store.presses.claim(item.claim, press) is None
    store.bulks.note(item, "sent")
    assert store.bulks.change(bulk.id, "T1", "done", ("running",))
    store.bulks.tell(bulk.id)
    assert store.bulks.tally(bulk.id) == {"following": 1}
    assert [one.id for one in store.bulks.live()] == [bulk.id]
    store.presses.end(item.press, "delivered")
    assert store.bulks.tally(bulk.id) == {"delivered": 1}
    assert store.bulks.live() == ()


def test_a_run_changes_from_the_states_that_are_named(store: Store) -> None:
    """Who comes too late changes nothing; another run may begin when it has ended."""
    bulk = made(store)
    again = new_bulk("T1", bulk.incident, ("C1", "1.2"), "main", "U0BEN", 1, "running")
    assert not store.bulks.make(again, [("x", REQUEST, None)])
    assert not store.bulks.change(bulk.id, "T2", "stopped", ("running",))
    assert store.bulks.change(bulk.id, "T1", "stopped", ("running",))
    assert not store.bulks.change(bulk.id, "T1", "running", ("paused",))
    assert store.bulks.make(again, [("x", REQUEST, None)])


def test_old_requests_are_forgotten(store: Store) -> None:
    """The outcomes stay; a run that nobody approved ends."""
    bulk = made(store, 2)
    assert store.bulks.forget_before(datetime.now(UTC) + timedelta(days=1)) == 2
    assert store.bulks.of_incident(bulk.incident, "T1") is None
    assert [(row.outcome, row.request) for row in store.bulks.rows(bulk.id)] == [("waiting", {}), ("waiting", {})]
    assert len(csv_of(store.bulks.rows(bulk.id)).splitlines()) == 3


def test_the_table_shows_no_number_and_holds_no_formula() -> None:
    """What WaConnect says of a failure may begin like one."""
    rows = [
        BulkRow(1, "delivered", {"endpoint": "messages/text", "body": {"to": "15551234567", "body": "hi"}}, "", NOW),
        BulkRow(2, "refused", {"endpoint": "messages/text", "body": {"to": "15557654321"}}, "=HYPERLINK(1)", None),
    ]
    first, second = csv.DictReader(io.StringIO(csv_of(rows)))
    assert first == {
        "number": "1",
        "recipient": "••••4567",
        "kind": "text",
        "outcome": "delivered",
        "why": "",
        "at": "2026-11-25T09:14:00Z",
    }
    assert (second["recipient"], second["why"], second["at"]) == ("••••4321", "'=HYPERLINK(1)", "")


def test_an_account_that_is_not_there_any_more_has_no_message_of_its_own(known: Knowledge) -> None:
    """Nothing is sent from another in its place."""
    terms = desk.Terms(Accounts((Account("main", "k", "https://x.test/api/"),)), home="gone")  # type: ignore[arg-type]
    given = desk.answer(f"{SENT} 429 (#130429) Rate limit hit", "alert", known, True, terms)
    assert candidate("k", given, "gone", NOW, NOW).plan == "pointless"
