"""The digest stands in its channel once, at the hour that people planned, and only when there is something to say."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from bot.desk import Alert, Cause
from bot.schedule import read_schedule
from bot.standin import Workspace, plain
from bot.store import Heard
from bot.store.digests import LEASE
from tests.scenarios.conftest import SUPPORT, OpenTown, Town

TEAM = "T0STANDIN"
DAILY = {"waerror_digest": "daily 09:00 Europe/Madrid", "waerror_digest_channel": SUPPORT}
SCHEDULE = read_schedule("daily 09:00 Europe/Madrid") or pytest.fail("no schedule")
# The bot's own clock owes nothing for the time before it was switched on; the stories tell of next week, so that it may
# strike nine while they are told.
DUE = SCHEDULE.next(datetime.now(UTC) + timedelta(days=7))
SOON = timedelta(seconds=1)


def seen(town: Town, entry: str, at: datetime, times: int = 1, quiet: bool = False) -> None:
    for n in range(times):
        ts = f"{at.timestamp() + n:.6f}"
        alert = Alert(f"{TEAM}/C0ALERTS/{ts}", TEAM, "C0ALERTS", ts, "text", Cause(entry, 0, "default"), (), None)
        town.house.store.counting.see([Heard(alert, False, quiet)], timedelta(hours=1), at)


def tick(town: Town, now: datetime) -> datetime:
    """As the process does when it wakes, with the time as a value."""
    return town.house.duties.digesting.tick(TEAM, now)


def begun(town: Town) -> Town:
    """The bot was started before, so it owes the next digest."""
    town.workspace.wait_for(lambda: not town.house.store.digests.is_first(TEAM))
    return town


def posted(workspace: Workspace) -> list[str]:
    return [plain(message) for message in workspace.messages(SUPPORT)]


def test_a_digest_tells_what_is_new_what_came_most_and_what_became_of_it(open_town: OpenTown) -> None:
    """With the change against the period before, a chart, and what got no card."""
    with open_town(**DAILY) as town:
        begun(town)
        seen(town, "meta/131047", DUE - timedelta(hours=30), 5)
        seen(town, "meta/131047", DUE - timedelta(hours=5), 2)
        seen(town, "meta/131026", DUE - timedelta(hours=3), 4, quiet=True)
        assert tick(town, DUE + SOON) == SCHEDULE.next(DUE)
        (text,) = posted(town.workspace)
        assert "Errors of the last day" in text
        assert "6 alerts (▲ 1) in 2 new incidents, 1 cause never seen before" in text
        assert "Never seen before\n• 131026" in text
        assert "1. 131026 · Message undeliverable: 4 alerts in 1 incident, 1 channel · new" in text
        assert "2. 131047 · Re-engagement message: 2 alerts in 1 incident, 1 channel · ▼ 3" in text
        assert "(Alerts (Europe/Madrid))" in text
        assert "Without an answer: 131026" in text
        assert "Late" not in text


def test_a_digest_is_posted_once_although_the_bot_restarts(open_town: OpenTown) -> None:
    """Two ticks, a restart and another tick: one message."""
    with open_town(**DAILY) as town:
        begun(town)
        seen(town, "meta/131047", DUE - timedelta(hours=5))
        tick(town, DUE + SOON)
        tick(town, DUE + 2 * SOON)
        workspace = town.workspace
    with open_town(workspace=workspace, **DAILY) as again:
        tick(again, DUE + timedelta(minutes=10))
        assert len(posted(workspace)) == 1


def test_two_bots_on_one_database_post_one_digest(open_town: OpenTown) -> None:
    """Both wake when it is due, and one has the claim."""
    with open_town(**DAILY) as town:
        begun(town)
        seen(town, "meta/131047", DUE - timedelta(hours=5))
        with ThreadPoolExecutor(4) as bots:
            list(bots.map(lambda _: tick(town, DUE + SOON), range(4)))
        assert len(posted(town.workspace)) == 1


def test_a_crash_between_claim_and_post_loses_no_digest(open_town: OpenTown) -> None:
    """After the lease it is taken up; a second bot meanwhile leaves it alone."""
    with open_town(**DAILY) as town:
        begun(town)
        seen(town, "meta/131047", DUE - timedelta(hours=5))
        assert town.house.store.digests.claim(TEAM, DUE, DUE)  # by a process that then died
        assert tick(town, DUE + SOON) < DUE + LEASE
        assert posted(town.workspace) == []
        tick(town, DUE + LEASE)
        assert len(posted(town.workspace)) == 1


def test_a_crash_between_post_and_note_posts_no_second_one(open_town: OpenTown) -> None:
    """What the dead process posted is found by its metadata."""
    with open_town(**DAILY) as town:
        begun(town)
        seen(town, "meta/131047", DUE - timedelta(hours=5))
        tick(town, DUE + SOON)
        mark, store = f"digest-{TEAM}-{DUE:%Y%m%dT%H%M}", town.house.store
        store.cards.forget_reply(mark, "digest")
        store.cards.begin_reply(mark, "digest", SUPPORT, "")
        store.digests.end(TEAM, DUE, None)  # type: ignore[arg-type]
        tick(town, DUE + LEASE + SOON)
        assert len(posted(town.workspace)) == 1
        assert store.digests.ended(TEAM, DUE) == "posted"


def test_nothing_to_say_nothing_posted(open_town: OpenTown) -> None:
    """The row says so, and it is not looked at again."""
    with open_town(**DAILY) as town:
        begun(town)
        assert tick(town, DUE + SOON) == SCHEDULE.next(DUE)
        assert posted(town.workspace) == []
        assert town.house.store.digests.ended(TEAM, DUE) == "skipped"


def test_a_digest_that_fell_into_a_downtime_is_posted_late_and_says_so(open_town: OpenTown) -> None:
    """Up to half a day; it tells of its own period, not of the time since."""
    with open_town(**DAILY) as town:
        begun(town)
        seen(town, "meta/131047", DUE - timedelta(hours=5))
        seen(town, "meta/131026", DUE + timedelta(hours=5))
        tick(town, DUE + timedelta(hours=6))
        (text,) = posted(town.workspace)
        assert "Late: I was away when it was due." in text
        assert "131026" not in text


def test_a_digest_that_is_too_late_is_no_news(open_town: OpenTown) -> None:
    """More than half a day: nothing is posted."""
    with open_town(**DAILY) as town:
        begun(town)
        seen(town, "meta/131047", DUE - timedelta(hours=5))
        tick(town, DUE + timedelta(hours=13))
        assert posted(town.workspace) == []
        assert town.house.store.digests.ended(TEAM, DUE) == "skipped"


def test_who_switches_digests_on_gets_none_for_the_time_before(open_town: OpenTown) -> None:
    """The first that is posted is the first that falls due while the bot knows of it."""
    hour_ago = datetime.now(UTC) - timedelta(hours=1)
    with open_town() as town:
        seen(town, "meta/131047", hour_ago - timedelta(hours=5))
        workspace = town.workspace
    with open_town(workspace=workspace, **DAILY | {"waerror_digest": f"daily {hour_ago:%H:%M} UTC"}) as town:
        begun(town)
        assert posted(workspace) == []


def test_slack_is_away_and_the_digest_comes_a_minute_later(open_town: OpenTown) -> None:
    """The claim is given back."""
    with open_town(**DAILY) as town:
        begun(town)
        seen(town, "meta/131047", DUE - timedelta(hours=5))
        town.workspace.fail_next("chat.postMessage", status=503)
        assert tick(town, DUE + SOON) == DUE + SOON + timedelta(minutes=1)
        tick(town, DUE + SOON + timedelta(minutes=1))
        assert len(posted(town.workspace)) == 1


def test_a_channel_that_refuses_the_digest_is_not_asked_again(open_town: OpenTown) -> None:
    """The log says so; the next digest is tried again."""
    with open_town(**DAILY) as town:
        begun(town)
        seen(town, "meta/131047", DUE - timedelta(hours=5))
        town.workspace.fail_next("chat.postMessage", "is_archived", times=5)
        tick(town, DUE + SOON)
        tick(town, DUE + timedelta(hours=1))
        assert len(town.workspace.calls_of("chat.postMessage")) == 1
        assert town.house.store.digests.ended(TEAM, DUE) == "refused"


def test_slack_refuses_the_chart_and_the_digest_has_bars_of_text(open_town: OpenTown) -> None:
    """One message all the same."""
    with open_town(**DAILY) as town:
        begun(town)
        seen(town, "meta/131047", DUE - timedelta(hours=5))
        town.workspace.fail_next("chat.postMessage", "invalid_blocks")
        tick(town, DUE + SOON)
        (text,) = posted(town.workspace)
        assert "2 hours a bar" in text


def test_without_a_schedule_nothing_is_due(town: Town) -> None:
    """`off` is the default."""
    tick(town, DUE + SOON)
    assert town.house.store.digests.is_first(TEAM)


@pytest.mark.parametrize(
    ("plan", "now", "last", "next_"),
    [
        # Madrid: clocks go forward on 29 March 2026 and back on 25 October 2026.
        ("daily 09:00 Europe/Madrid", "2026-03-28T12:00", "2026-03-28T08:00", "2026-03-29T07:00"),
        ("daily 09:00 Europe/Madrid", "2026-03-29T07:00", "2026-03-29T07:00", "2026-03-30T07:00"),
        ("daily 09:00 Europe/Madrid", "2026-10-24T12:00", "2026-10-24T07:00", "2026-10-25T08:00"),
        ("daily 02:30 Europe/Madrid", "2026-03-29T00:00", "2026-03-28T01:30", "2026-03-29T01:30"),
        ("daily 02:30 Europe/Madrid", "2026-10-25T01:00", "2026-10-25T00:30", "2026-10-26T01:30"),
        ("weekly mon 09:00 America/Mexico_City", "2026-11-24T00:00", "2026-11-23T15:00", "2026-11-30T15:00"),
        ("weekly Monday 9:00 America/Mexico_City", "2026-11-23T14:59", "2026-11-16T15:00", "2026-11-23T15:00"),
    ],
)
def test_nine_in_the_morning_stays_nine_in_the_morning(plan: str, now: str, last: str, next_: str) -> None:
    """Also across a change of the clocks; an hour that is skipped is an hour later, one that comes twice is one."""
    schedule = read_schedule(plan)
    assert schedule is not None
    at, before, after = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (now, last, next_))
    assert (schedule.last(at), schedule.next(at)) == (before, after)
    assert schedule.before(after) == before


def test_a_day_of_23_hours_has_its_digest_and_loses_no_alert(open_town: OpenTown) -> None:
    """The period runs from one nine o'clock to the next, not 24 hours back."""
    due = SCHEDULE.last(datetime(2027, 3, 28, 12, tzinfo=UTC))  # clocks go forward
    with open_town(**DAILY) as town:
        begun(town)
        seen(town, "meta/131047", due - timedelta(hours=22, minutes=59))
        seen(town, "meta/131026", due - timedelta(hours=23, minutes=1))
        tick(town, due + SOON)
        (text,) = posted(town.workspace)
        assert "1 alert (as the day before)" in text
