"""The Home tab, the commands' lists and the digest: empty, usual and overlong, they are what Slack takes."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bot import desk, knowledge
from bot.desk import Cause
from bot.desk.incidents import STATES
from bot.knowledge import Knowledge
from bot.standin import plain
from bot.standin.blocks import checked_view, faults_of
from bot.store import Health, Incident, Lengths, Mute, Opened, Period, Top, Unanswered
from bot.views import commands, digest, home, listing
from bot.views.chart import Course, course, hours
from bot.views.home import MOST_BLOCKS

SHARED = Path(os.environ.get("WAERROR_SHARED", Path(__file__).parent.parent.parent / "shared"))
NOW = datetime(2026, 11, 23, 9, 14, tzinfo=UTC)
HOSTILE = "<!channel> <@U0ANA> <https://evil.test|ok> & *x* wba_secretsecret +1 555 123 4567 " + "x" * 5000
ADDRESS = "https://standin.slack.com/"
DAY = Period(NOW - timedelta(days=1), NOW)
WEEK = Period(NOW - timedelta(days=7), NOW)
ABOUT = home.About("0.1.0", "4a2716863bb4", date(2026, 11, 23), 286)
MUTE = Mute("meta/131047", "U0ANA", NOW)
INCIDENT = Incident(
    id="a" * 24,
    team="T1",
    channel="C0ALERTS",
    cause=Cause("meta/131047", 0, "default"),
    current=True,
    state="open",
    state_by="U0ANA",
    state_why=None,
    state_at=NOW,
    until=NOW,
    root="1795430000.000100",
    quiet=False,
    late=False,
    first_seen=NOW,
    last_seen=NOW,
    count=14,
    twin=None,
    version=1,
    drawn=1,
    changed_at=NOW,
    drawn_at=NOW,
    answered_at=NOW,
    marked="open",
    noted=10,
    reopened=0,
    reopened_told=0,
)
FOREIGN = replace(INCIDENT, cause=Cause(HOSTILE[:60], 0, HOSTILE), count=10**9)
TOP = Top("meta/131047", "default", 42, 3, 2, 30, False)


@dataclass(frozen=True, slots=True)
class Waiting:
    """As an item of the queue."""

    sample: str
    count: int
    last_at: datetime


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return knowledge.load()


def trend(tops: int, period: Period = DAY) -> home.Trend:
    counts = tuple(range(int((period.until - period.since) / timedelta(hours=hours(period)))))
    shown = course("Alerts in the last 7 days (UTC)", period, counts, UTC)
    return home.Trend("the last 7 days", [replace(TOP, account=HOSTILE if tops > 1 else "default")] * tops, shown)


def homes() -> Iterator[tuple[str, home.Home]]:
    empty = home.Home((), (), (trend(0), trend(0)), (), (), ABOUT, ADDRESS)
    yield "empty", empty
    yield (
        "usual",
        replace(
            empty,
            incidents=[replace(INCIDENT, state=state) for state in STATES],
            healths=[home.Checked("default", Health("default", NOW, "good", 0.2, {"sent": 3}))],
            trends=[trend(1), trend(1, WEEK)],
            unmatched=[Waiting("code 999999 failed", 3, NOW)],
            channels=[home.Watched("C0ALERTS", "on", [("b" * 24, MUTE)]), home.Watched("C0QUIET", "quiet")],
        ),
    )
    muted = [("b" * 24, replace(MUTE, entry=HOSTILE[:60], until=None))] * 40
    yield (
        "overlong",
        replace(
            empty,
            incidents=[FOREIGN] * 200,
            healths=[home.Checked(HOSTILE, Health(HOSTILE, NOW, "refused", 0.2, {"failed": 10**12}))] * 30,
            trends=[trend(5), trend(5, WEEK)],
            unmatched=[Waiting(HOSTILE, 10**9, NOW)] * 40,
            channels=[home.Watched("C0ALERTS", "channel", muted)] * 40,
            says="Somebody was quicker: it is owned by <@U0BEN>.",
            unread=12,
        ),
    )


def messages(known: Knowledge) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Every list and digest."""
    for name, found in {"none": [], "one": [INCIDENT], "many": [FOREIGN] * 200}.items():
        yield f"incidents {name}", commands.incidents(found, "C0ALERTS", known, ADDRESS)[0]
        yield f"incidents {name}, more", commands.incidents(found, "C0OTHER", known, ADDRESS, more_comes=True)[0]
    for tops in (0, 1, 5):
        yield f"top {tops}", commands.top(trend(tops, WEEK), known)[0]
    yield "search nothing", commands.search("", (), known)[0]
    yield "search in vain", commands.search(HOSTILE, (), known)[0]
    yield "search", commands.search(HOSTILE, [*known.entries][:8], known)[0]
    turns = {"posts here": 1, "edits": 50}
    state = commands.State(ABOUT, NOW, True, NOW, 3, 1, turns, 123_456_789)
    yield "status", commands.status(state)[0]
    yield "status at first", commands.status(replace(state, connected=None, heard_at=None, size=0))[0]
    yield "about", commands.about(ABOUT, known)[0]
    for name, shown in digests():
        for charts in (True, False):
            yield f"digest {name} {charts}", digest.digest(shown, known, charts, "digest-T1-20261123T0914")


def digests() -> Iterator[tuple[str, digest.Digest]]:
    none, some = Lengths(0), Lengths(9, timedelta(seconds=0.4), timedelta(minutes=14))
    line = trend(1).course
    bare = digest.Digest("day", DAY, False, 0, 0, (), (), Opened(0, none, none), {"delivered": 1}, (), (), line)
    yield "bare", bare
    usual = replace(bare, alerts=42, alerts_before=30, tops=[TOP], new=[("meta/131026", "default")])
    usual = replace(usual, opened=Opened(9, some, some), unanswered=[Unanswered("meta/131026", "default", 1, 4)])
    yield "usual", usual
    yield (
        "overlong",
        replace(
            usual,
            word="week",
            period=WEEK,
            late=True,
            tops=[replace(TOP, entry=HOSTILE, account=HOSTILE)] * 5,
            new=[(HOSTILE, HOSTILE)] * 10,
            retries=dict.fromkeys(("delivered", "read", "failed", "refused", "not_sent", "unknown", HOSTILE), 10**9),
            unanswered=[Unanswered(HOSTILE, HOSTILE, 10**9, 10**9)] * 5,
            unmatched=[Waiting(HOSTILE, 10**9, NOW)] * 5,
        ),
    )


def schema(part: str | None = None) -> jsonschema.Draft202012Validator:
    path = SHARED / "schemas" / "slack-block-kit.schema.json"
    if not path.is_file():
        pytest.skip(f"Block Kit's schema is not at {path}: set WAERROR_SHARED to the folder that has schemas/")
    whole = json.loads(path.read_text())
    return jsonschema.Draft202012Validator({**whole["$defs"][part], "$defs": whole["$defs"]} if part else whole)


@pytest.mark.parametrize("charts", [True, False])
def test_every_home_is_what_slack_takes(known: Knowledge, charts: bool) -> None:
    """At most 100 blocks, unique ids, each marked as ours; by the schema and by the stand-in."""
    check = schema("home_view")
    for name, shown in homes():
        view = home.home(shown, known, charts)
        assert len(view["blocks"]) <= MOST_BLOCKS, name
        ids = [block["block_id"] for block in view["blocks"]]
        assert len(set(ids)) == len(ids), name
        assert all(id.startswith(desk.OUR_BLOCKS) for id in ids), name
        assert [error.message[:200] for error in check.iter_errors(view)] == [], name
        checked_view(view, "home")


def test_the_overlong_home_loses_nothing_at_its_end(known: Knowledge) -> None:
    """What is left out is counted, section by section, and the last line is still there."""
    shown = plain(home.home(dict(homes())["overlong"], known, charts=True))
    for count in (200 - home.MOST_INCIDENTS, 40 - home.MOST_CHANNELS, 40 - home.MOST_UNMATCHED):
        assert f"and {count} more" in shown
    assert "Left out: 12 channels" in shown
    assert "286 errors known" in shown.splitlines()[-1]


def test_every_list_and_digest_is_what_slack_takes(known: Knowledge) -> None:
    """At most 50 blocks and 12,000 characters; by the schema and by the stand-in."""
    check = schema()
    for name, blocks in messages(known):
        assert 1 <= len(blocks) <= 50, name
        assert len(json.dumps(blocks)) <= 12_000, name
        assert all(block["block_id"].startswith(desk.OUR_BLOCKS) for block in blocks), name
        assert [error.message[:200] for error in check.iter_errors(blocks)] == [], name
        assert list(faults_of(blocks, "message", "/blocks")) == [], name


def test_nothing_from_outside_pings_links_or_shows_a_secret(known: Knowledge) -> None:
    """Names of accounts, samples and entries of another release are text."""
    shown = [json.dumps(blocks, ensure_ascii=False) for _, blocks in messages(known)]
    shown += [json.dumps(home.home(one, known, True), ensure_ascii=False) for _, one in homes()]
    for text in shown:
        for harmful in ("<!channel>", "<https://evil", "wba_secret", "555 123"):
            assert harmful not in text


def test_a_short_list_of_incidents_counts_what_it_leaves_out(known: Knowledge) -> None:
    """However many there are, the count is right."""
    blocks, says = commands.incidents([INCIDENT] * 30, "C0ALERTS", known, ADDRESS)
    assert says == "30 open incidents here, 0 in your other channels"
    assert f"and {30 - commands.MOST_INCIDENTS} more" in plain({"blocks": blocks})


@pytest.mark.parametrize(
    ("alerts", "before", "is_new", "says"),
    [(42, 30, False, "▲ 12"), (27, 30, False, "▼ 3"), (5, 5, False, "as before"), (5, 0, True, "new")],
)
def test_the_change_is_against_the_period_before(alerts: int, before: int, is_new: bool, says: str) -> None:
    """New is what was never seen before, not what was away for a day."""
    assert listing.change(replace(TOP, alerts=alerts, before=before, is_new=is_new)) == says


def test_every_search_result_opens_as_it_says(known: Knowledge) -> None:
    """A code that two errors share opens only one of them, so the other is opened by its id."""
    for name in known.entries:
        found = known.named(commands.opens(name, known))
        assert found is not None
        assert found.id == name


def test_a_chart_has_no_more_points_than_slack_takes() -> None:
    """A day by two hours, a week by half days; labels are wall-clock times of the place."""
    assert (hours(DAY), hours(WEEK)) == (2, 12)
    assert hours(Period(NOW - timedelta(days=7, hours=1), NOW)) == 24
    assert hours(Period(NOW - timedelta(hours=23), NOW)) == 2
    shown = course("Alerts", DAY, tuple(range(12)), UTC)
    assert shown.labels[:2] == ("09:14", "11:14")
    assert shown.stretch == "2 hours"
    long: Course = course("Alerts", Period(NOW - timedelta(days=60), NOW), tuple(range(60)), UTC)
    assert len(long.labels) == len(long.counts) == 20
    assert long.counts[-1] == 59
    assert long.labels[-1] == "Sun 22 09:14"
