"""*Retry all…*: looked at first, sent at a pace, each once, and stopped when somebody says so."""

import csv
import io
import json
from collections import Counter
from typing import Any

from bot.standin import plain
from bot.waconnect.sandbox import Sandbox
from tests.scenarios.conftest import ALERTS, OpenTown, Town
from tests.scenarios.sends import posts, told
from tests.scenarios.test_incidents import alert

LIMIT = "(#130429) Rate limit hit"


def sent(to: str, error: str = LIMIT) -> str:
    """An alert that holds the request that failed."""
    body = json.dumps({"to": to, "body": f"Your order {to[-4:]} left"})
    return f"POST /api/messages/text\n{body}\n\n400 " + json.dumps({"success": False, "error": error})


def storm(town: Town, count: int, error: str = LIMIT) -> str:
    """So many failed messages, each to somebody else; the first of them."""
    first = alert(town, sent("15550000000", error))
    for number in range(1, count):
        town.people.post_as_app(ALERTS, "Alertmanager", sent(f"1555000{number:04}", error))
    town.reply(ALERTS, first, f"{count} times since")
    return first


def asked(town: Town, first: str, who: str = "ana") -> dict[str, Any]:
    """The form with the dry run."""
    card = town.reply_ts(ALERTS, first, "Sending again")
    if view := town.workspace.view(who):
        town.people.close_view(who, view["id"])
    assert town.people.click(who, ALERTS, card, "incident.bulk").acknowledged
    return town.workspace.wait_for(lambda: looked(town, who), what="a dry run") or {}


def looked(town: Town, who: str) -> dict[str, Any] | None:
    view = town.workspace.view(who)
    return view if view and "Looking at" not in shown(view) else None


def shown(view: dict[str, Any]) -> str:
    return plain({"blocks": view["blocks"]})


def begun(town: Town, first: str, who: str = "ana") -> str:
    """The run was asked for; its message."""
    asked(town, first, who)
    assert submitted(town, who).acknowledged
    return run_ts(town, first)


def submitted(town: Town, who: str) -> Any:
    view = town.workspace.view(who)
    assert view
    return town.people.submit_view(who, view["id"])


def run_ts(town: Town, first: str) -> str:
    return town.reply_ts(ALERTS, first, "messages from")


def press(town: Town, ts: str, pick: str, who: str = "ana") -> None:
    assert town.people.click(who, ALERTS, ts, f"bulk.{pick}").acknowledged


def over(town: Town, first: str, *words: str) -> str:
    return town.reply(ALERTS, first, "messages from", *words)


def arrived(town: Town) -> Counter[str]:
    return Counter(message.to for message in town.sandbox.sent)


def delivered(rows: Counter[str]) -> int:
    """A message that was looked at late is read by then."""
    return rows["delivered"] + rows["read"]


def outcomes(town: Town, first: str) -> list[dict[str, str]]:
    """The table of outcomes that was posted in the thread."""

    def file() -> str:
        messages = town.workspace.thread(ALERTS, first)
        files = [one for message in messages for one in message.get("files") or ()]
        return files[-1]["id"] if files else ""

    found = town.workspace.files[town.workspace.wait_for(file, what="a table of outcomes")]
    return list(csv.DictReader(io.StringIO(found["content"].decode())))


def test_each_message_is_sent_once_and_the_outcomes_are_told(town: Town) -> None:
    """A dry run, a bar, a table; numbers by their last four digits."""
    first = storm(town, 30)
    assert "30 can be sent again safely" in shown(asked(town, first))
    assert not posts(town)
    assert submitted(town, "ana").acknowledged
    assert "by @U0ANA" in over(town, first, "All sent", "30 of 30", "30 delivered")
    assert arrived(town) == Counter({f"1555000{number:04}": 1 for number in range(30)})
    rows = outcomes(town, first)
    assert [row["number"] for row in rows] == [str(number) for number in range(1, 31)]
    assert {row["outcome"] for row in rows} <= {"delivered", "read"}
    assert rows[7]["recipient"] == "••••0007"
    assert "1555000" not in json.dumps(rows) + "".join(town.replies(ALERTS, first))


def test_messages_of_a_run_have_no_timelines_of_their_own(town: Town) -> None:
    """Thirty messages are one message in the thread."""
    first = storm(town, 12)
    begun(town, first)
    over(town, first, "All sent", "12 delivered")
    outcomes(town, first)
    assert len([reply for reply in town.settled(ALERTS, first) if "Sending again" in reply or "Done:" in reply]) == 1


def test_the_incident_ends_when_every_message_arrived(town: Town) -> None:
    """As it does when they are retried one by one."""
    first = storm(town, 5)
    begun(town, first)
    town.reply(ALERTS, first, "Resolved", "every message was sent again and arrived")


def test_the_dry_run_tells_what_cannot_be_sent(town: Town) -> None:
    """Further alerts of one message, messages without a request, and what arrived since."""
    first = storm(town, 3)
    town.people.post_as_app(ALERTS, "Alertmanager", sent("15550000001", LIMIT))
    town.people.post_as_app(ALERTS, "Alertmanager", f"WaConnect POST /api/messages/text 429 {LIMIT}")
    town.reply(ALERTS, first, "5 times since")
    assert town.people.click("ben", ALERTS, town.reply_ts(ALERTS, first, "Sending again"), "remedy.retry").acknowledged
    town.reply(ALERTS, first, "by @U0BEN", "Done:")
    said = shown(asked(town, first))
    assert "5 alerts" in said
    assert "2 can be sent again safely" in said
    assert "1 have arrived already" in said
    assert "1 are further alerts" in said
    assert "1 have no stored request" in said


def test_what_must_be_fixed_first_is_not_sent(town: Town) -> None:
    """The form can only be closed."""
    view = asked(town, storm(town, 3, "(#131047) Re-engagement message"))
    assert "3 must be fixed first" in shown(view)
    assert not view.get("submit")


def test_what_cannot_be_helped_has_no_button(town: Town) -> None:
    """A verdict of never."""
    first = storm(town, 3, "(#131050) User has stopped receiving marketing messages")
    message = town.workspace.message(ALERTS, town.reply_ts(ALERTS, first, "3 times"))
    assert "incident.bulk" not in json.dumps(message["blocks"])


def test_it_can_be_paused_resumed_and_stopped(open_town: OpenTown) -> None:
    """What was not sent stays unsent, and the table says so."""
    with open_town(waerror_bulk_per_second=1, waerror_pace=0.2, waerror_approve_above=100) as town:  # five a second
        first = storm(town, 100)  # long enough to be stopped, however late somebody comes to it
        assert "at most 5 a second: about 20 s" in shown(asked(town, first))
        ts = begun(town, first)
        over(town, first, "Sending again", "being sent")
        press(town, ts, "pause")
        over(town, first, "Paused")
        town.workspace.settle()
        count = len(posts(town))
        assert 0 < count < 100
        press(town, ts, "resume", "ben")
        town.workspace.wait_for(lambda: len(posts(town)) > count + 1)
        press(town, ts, "stop")
        over(town, first, "Stopped")
        rows = Counter(row["outcome"] for row in outcomes(town, first))
        assert delivered(rows) == len(town.sandbox.sent) < 100
        assert delivered(rows) + rows["waiting"] + rows["cancelled"] == 100
        assert set(arrived(town).values()) == {1}


def test_a_large_one_waits_for_a_second_person(open_town: OpenTown) -> None:
    """Not the one who asked, and it says who can."""
    with open_town(waerror_approve_above=3) as town:
        first = storm(town, 4)
        assert "a second person must approve" in shown(asked(town, first))
        assert submitted(town, "ana").acknowledged
        over(town, first, "Waits for a second person", "Everybody in the channel may approve")
        ts = run_ts(town, first)
        press(town, ts, "approve", "ana")
        told(town, "ana", "you asked for it yourself")
        assert not posts(town)
        press(town, ts, "approve", "ben")
        over(town, first, "All sent", "approved by @U0BEN", "4 delivered")
        deeds = town.house.store.audit.recent(town.house.team)
        assert {("approve", "U0BEN"), ("bulk", "U0ANA")} <= {(deed.what, deed.user) for deed in deeds}


def test_who_may_not_is_told_who_can(open_town: OpenTown) -> None:
    """Nothing opens."""
    with open_town(waerror_may_bulk="U0BEN") as town:
        first = storm(town, 3)
        card = town.reply_ts(ALERTS, first, "Sending again")
        assert town.people.click("ana", ALERTS, card, "incident.bulk").acknowledged
        told(town, "ana", "Only @U0BEN may send many messages again")
        assert town.workspace.view("ana") is None
        ts = begun(town, first, "ben")
        before = len(town.whispers("ana"))
        press(town, ts, "stop", "ana")
        town.told("ana", "Only @U0BEN", after=before)


def test_an_incident_has_one_run_at_a_time(open_town: OpenTown) -> None:
    """The second is told who began the first."""
    with open_town(waerror_approve_above=0) as town:
        first = storm(town, 3)
        begun(town, first)
        card = town.reply_ts(ALERTS, first, "3 times since")
        assert town.people.click("ben", ALERTS, card, "incident.bulk").acknowledged
        told(town, "ben", "under way already", "@U0ANA")


def test_a_bad_account_pauses_it(town: Town) -> None:
    """It says why; somebody mends the account and resumes."""
    first = storm(town, 3)
    asked(town, first)
    town.sandbox.account(enabled=False)
    assert submitted(town, "ana").acknowledged
    over(town, first, "Paused", "the account is not good")
    assert not posts(town)
    town.sandbox.account(enabled=True)
    press(town, run_ts(town, first), "resume")
    over(town, first, "All sent", "3 delivered")


def test_a_refusal_for_load_slows_the_run_and_loses_nothing(town: Town) -> None:
    """What was refused is sent again when WaConnect wants it."""
    first = storm(town, 12)
    town.sandbox.fault("130429", times=6, retry_after=2, endpoint="messages/text")
    begun(town, first)
    over(town, first, "All sent", "12 delivered")
    assert len(posts(town)) == 18
    assert set(arrived(town).values()) == {1}


def test_what_fails_is_told_with_its_reason(town: Town) -> None:
    """A refusal for good, and a failure after it was accepted."""
    first = storm(town, 3)
    town.sandbox.fault("131026", to="15550000001")
    town.sandbox.fault("late-failure", to="15550000002", code=131049)
    begun(town, first)
    over(town, first, "1 delivered · 1 refused · 1 failed after they were accepted")
    told_of = {row["recipient"]: (row["outcome"], row["why"]) for row in outcomes(town, first)}
    assert told_of["••••0001"] == ("refused", "131026 Message undeliverable")
    assert told_of["••••0002"][0] == "failed"
    assert told_of["••••0002"][1].startswith("131049 ")


def test_what_is_unclear_is_looked_for_again_when_somebody_asks(open_town: OpenTown) -> None:
    """It was not sent again; its record came late."""
    with open_town(waerror_search_looks=1) as town:
        first = storm(town, 3)
        town.sandbox.fault("reset", to="15550000001")
        begun(town, first)
        over(town, first, "All sent", "2 delivered · 1 of unknown fate, not sent again")
        ledger = town.sandbox.ledger
        ledger.add_sent("15550000001", "text", ledger.keys[0], "100000000000001", None)
        press(town, run_ts(town, first), "check")
        told(town, "ana", "Looking for 1 of them")
        over(town, first, "3 delivered")
        assert len(posts(town)) == 3


def test_what_is_found_and_arrives_late_is_counted_all_the_same(open_town: OpenTown) -> None:
    """The table was posted long ago; the run's message still tells how it ended."""
    sandbox = Sandbox(pace_seconds=1_000)
    with open_town(sandbox, waerror_search_looks=1) as town:
        first = storm(town, 3)
        sandbox.fault("reset", to="15550000001")
        begun(town, first)
        town.workspace.wait_for(lambda: len(posts(town)) == 3)
        sandbox.advance(5_000)
        over(town, first, "2 delivered · 1 of unknown fate, not sent again")
        outcomes(town, first)
        sandbox.ledger.add_sent("15550000001", "text", sandbox.ledger.keys[0], "100000000000001", None)
        press(town, run_ts(town, first), "check")
        over(town, first, "2 delivered · 1 accepted, not yet delivered")
        sandbox.advance(5_000)
        over(town, first, "3 delivered")


def test_a_message_that_arrived_meanwhile_is_not_sent(town: Town) -> None:
    """Its status is read before."""
    first = storm(town, 3)
    begun(town, first)
    over(town, first, "All sent", "3 delivered")
    assert "3 have arrived already" in shown(asked(town, first))


def test_a_restart_goes_on_where_it_was(open_town: OpenTown) -> None:
    """Nothing is lost, nothing is sent twice."""
    with open_town(waerror_bulk_per_second=1, waerror_pace=0.5, drain=False) as town:  # two a second
        workspace, sandbox = town.workspace, town.sandbox
        first = storm(town, 30)
        begun(town, first)
        workspace.wait_for(lambda: len(sandbox.sent) > 5)
    assert len(sandbox.sent) < 30
    with open_town(sandbox, workspace) as town:
        over(town, first, "All sent", "30 delivered")
        assert arrived(town) == Counter({f"1555000{number:04}": 1 for number in range(30)})


def test_another_workspace_finds_no_run(open_town: OpenTown) -> None:
    """Ids are looked up with their workspace."""
    with open_town(waerror_approve_above=0) as town:  # so it waits, and does not end meanwhile
        begun(town, storm(town, 2))
        bulks = town.house.store.bulks
        (run,) = bulks.live()
        assert bulks.find(run.id, run.team) is not None
        assert bulks.find(run.id, "T0OTHER") is None
        assert bulks.of_incident(run.incident, "T0OTHER") is None
        assert not bulks.change(run.id, "T0OTHER", "stopped", ("asked",))
        assert bulks.change(run.id, run.team, "stopped", ("asked",))


def test_the_history_says_who_did_what(town: Town) -> None:
    """For the one who asks."""
    first = storm(town, 2)
    card = town.reply_ts(ALERTS, first, "2 times since")
    assert town.people.click("ana", ALERTS, card, "incident.history").acknowledged
    told(town, "ana", "Nothing was done about this yet")
    begun(town, first)
    over(town, first, "All sent")
    assert town.people.click("ben", ALERTS, card, "incident.history").acknowledged
    told(town, "ben", "History", "@U0ANA retried many")
