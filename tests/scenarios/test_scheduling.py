"""What can only help later is scheduled: shown with the time left, sent by itself, cancelled or hurried by a person."""

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.waconnect.sandbox import Sandbox
from tests.scenarios.conftest import SUPPORT, OpenTown, Town
from tests.scenarios.rest import click_if_there
from tests.scenarios.sends import A_DAY, TO, form, paste, posts, press, retried, told

# A day becomes this fraction of it: a second or so.
SOON = 1 / 86_400


@pytest.fixture
def town(open_town: OpenTown) -> object:
    """A day is a day, and nobody waits for it."""
    with open_town(waerror_pace=1, drain=False) as town:
        yield town


def test_the_button_says_how_long_it_will_take(town: Town) -> None:
    """From the entry, and the dialog says what a press does."""
    ts, card = paste(town, A_DAY)
    assert "Retry in 24 h" in town.reply(SUPPORT, ts, "131049")
    message = town.workspace.message(SUPPORT, card)
    (button,) = [e for b in message["blocks"] if b["type"] == "actions" for e in b["elements"] if "confirm" in e]
    assert "24 h after the error was seen" in button["confirm"]["text"]["text"]
    assert "••••4567" in button["confirm"]["text"]["text"]


def test_a_press_schedules_and_sends_nothing_yet(town: Town) -> None:
    """The thread shows when, and how long that is from now; a second press is told who was first."""
    ts, card = press(town, A_DAY)
    timeline = town.reply(SUPPORT, ts, "scheduled for", "in about 24 hours", "Cancel", "Send now…")
    assert "UTC" in timeline
    town.people.click("ben", SUPPORT, card, "remedy.retry")
    told(town, "ben", "taken care of", "it is scheduled for")
    assert town.sandbox.calls == ()


def test_when_the_time_has_come_it_is_sent_by_itself(open_town: OpenTown) -> None:
    """Checked as any other, and followed to its proof."""
    with open_town(waerror_pace=SOON) as town:
        ts, _ = press(town, A_DAY)
        timeline = town.reply(SUPPORT, ts, "Done:")
        assert timeline.index("scheduled for") < timeline.index("its time has come") < timeline.index("accepted")
        assert "Cancel" not in timeline
        assert len(town.sandbox.sent) == 1


def test_a_restart_in_between_loses_nothing(open_town: OpenTown) -> None:
    """The next process fires it, once."""
    sandbox = Sandbox(pace_seconds=0.1)
    with open_town(sandbox, waerror_pace=1, drain=False) as town:
        ts, _ = press(town, A_DAY)
        town.reply(SUPPORT, ts, "Scheduled")
        workspace = town.workspace
    assert sandbox.sent == ()
    with open_town(sandbox, workspace, waerror_pace=0) as again:
        again.reply(SUPPORT, ts, "Done:", "its time has come")
        assert len(sandbox.sent) == 1
        assert len(again.replies(SUPPORT, ts)) == 2


def test_cancelled_it_is_never_sent_and_may_be_pressed_again(town: Town) -> None:
    """By anyone who may; the thread says who."""
    ts, card = press(town, A_DAY)
    timeline = town.reply_ts(SUPPORT, ts, "Scheduled")
    town.people.click("ben", SUPPORT, timeline, "press.cancel")
    shown = town.reply(SUPPORT, ts, "Cancelled:", "cancelled by @U0BEN")
    assert "Send now" not in shown
    assert posts(town) == []
    town.people.click("ana", SUPPORT, card, "remedy.retry")
    town.reply(SUPPORT, ts, "Scheduled", "Send now…")


def test_send_now_warns_and_sends_once(town: Town) -> None:
    """However many click; the dialog says why sooner may not help."""
    ts, _ = press(town, A_DAY)
    timeline = town.reply_ts(SUPPORT, ts, "Send now…")
    message = town.workspace.message(SUPPORT, timeline)
    (button,) = [e for b in message["blocks"] if b["type"] == "actions" for e in b["elements"] if "confirm" in e]
    assert "Sooner may not help. The wait has a reason:" in button["confirm"]["text"]["text"]
    for who in ("ben", "ana"):  # whoever of them is first
        click_if_there(town, who, SUPPORT, timeline, "press.now")
    sent = town.reply(SUPPORT, ts, "sent before its time by @U0", "accepted")
    assert sent.count("sent before its time") == 1
    assert len(posts(town)) == len(town.sandbox.sent) == 1


def test_of_a_cancel_and_a_send_now_one_wins(town: Town) -> None:
    """The database decides; the other is told that it is no longer possible."""
    ts, _ = press(town, A_DAY)
    town.reply(SUPPORT, ts, "Scheduled")
    (press_id,) = town.house.store.presses.open()
    duties = town.house.duties.retrying
    assert duties.cancel(press_id, "U0ANA")
    assert duties.send_now(press_id, "U0BEN") is False
    assert not duties.cancel(press_id, "U0BEN")
    assert town.house.store.presses.find(press_id).outcome == "cancelled"
    assert posts(town) == []


def test_cancelled_in_the_moment_when_it_is_due_it_is_not_sent(town: Town) -> None:
    """Who has just taken it up to send it hears from the database that it waits no longer."""
    ts, _ = press(town, A_DAY)
    town.reply(SUPPORT, ts, "Scheduled")
    (press_id,) = town.house.store.presses.open()
    (due,) = town.house.store.dues.due(far(), 9)
    retrying, begun = town.house.duties.retrying, list[str]()
    assert retrying.cancel(press_id, "U0BEN")
    retrying.waiting.count_down(replace(due, due_at=datetime.now(UTC) - timedelta(hours=1)), begun.append)
    assert begun == []
    assert "its time has come" not in town.reply(SUPPORT, ts, "Cancelled:")


def test_a_wait_that_is_over_is_no_wait(open_town: OpenTown) -> None:
    """Seen long ago, pressed today: it is sent at once."""
    with open_town() as town:
        ts, card = paste(town, A_DAY)
        backdate(town, days=2)
        town.people.click("ana", SUPPORT, card, "remedy.retry")
        timeline = town.reply(SUPPORT, ts, "Done:")
        assert "scheduled" not in timeline


def test_an_unknown_request_is_asked_for_and_then_scheduled(town: Town) -> None:
    """The form says when it will be sent, and its button says so too."""
    ts, view = form(town, "131049 from whatsapp to a customer")
    assert plain_text(view["submit"]) == "Schedule"
    assert "sooner cannot help" in str(view)
    assert town.people.submit_view("ana", view["id"], {"to": "12025550123", "body": "Hello"}).acknowledged
    again = town.workspace.view("ana")
    if again:  # a number that is in use is not asked about
        raise AssertionError(str(again))
    town.reply(SUPPORT, ts, "Scheduled", "in about 24 hours")
    assert posts(town) == []


def test_the_countdown_is_edited_sparingly(open_town: OpenTown) -> None:
    """Posted once and not touched again before an hour is over."""
    with open_town(waerror_pace=1, drain=False) as town:
        ts, _ = press(town, A_DAY)
        town.reply(SUPPORT, ts, "Scheduled")
        (due,) = town.house.store.dues.due(far(), 9)
        town.workspace.wait_for(lambda: town.house.store.dues.due(far(), 9)[0].next_at > soon())
        assert due.kind == "schedule"
        assert len(town.workspace.calls_of("chat.update")) <= 1


def test_a_quiet_period_puts_a_scheduled_retry_off(open_town: OpenTown) -> None:
    """Somebody has just written to the same person: it waits until that is over, and is not lost."""
    with open_town(waerror_pace=SOON, waerror_quiet_seconds=2) as town:
        other = A_DAY.replace("131049", "130429").replace("warehouse", "harbour")
        retried(town, "accepted", text=other)  # first: what is pressed at once is refused in a quiet period
        press(town, A_DAY)
        town.workspace.wait_for(lambda: len(town.sandbox.sent) == 2)
        assert {sent.to for sent in town.sandbox.sent} == {TO}


def far() -> datetime:
    return datetime.now(UTC) + timedelta(days=9)


def soon() -> datetime:
    return datetime.now(UTC) + timedelta(minutes=50)


def backdate(town: Town, days: int) -> None:
    """The error was seen that long ago."""
    database = town.house.settings.database_file
    with sqlite3.connect(database, timeout=60) as db:
        db.execute("UPDATE cards SET created_at = datetime(created_at, ?)", (f"-{days} days",))


def plain_text(text: dict[str, str]) -> str:
    return text["text"]


def test_slack_is_away_when_it_is_scheduled_and_the_thread_still_gets_it(open_town: OpenTown) -> None:
    """Not only at the next edit, an hour later."""
    with open_town(waerror_pace=1, drain=False) as town:
        ts, card = paste(town, A_DAY)
        town.workspace.fail_next("chat.postMessage", status=503, times=1)
        town.people.click("ana", SUPPORT, card, "remedy.retry")
        town.workspace.wait_for(lambda: town.workspace.failures == [])
        (press_id,) = town.house.store.presses.open()
        in_a_minute = datetime.now(UTC) + timedelta(minutes=1)
        town.workspace.wait_for(lambda: town.house.store.dues.due(in_a_minute, 9))
        town.house.store.dues.put_off(press_id, 0)  # half a minute is over
        town.reply(SUPPORT, ts, "Scheduled")
