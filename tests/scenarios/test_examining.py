"""How the bot is, asked in Slack; and the synthetic error that it sends itself to find out."""

import json
import re
import threading
from datetime import UTC, datetime

from bot.doctor import CHECKS
from bot.store import Period
from bot.web import app as web
from tests.scenarios.conftest import ALERTS, OpenTown, Town
from tests.test_manifest import SCOPES

TEAM = "T0STANDIN"


def asked(town: Town, *words: str) -> str:
    """`/waerror health`, and the answer that has these words."""
    return town.asked("ana", ALERTS, "health", *words)


def test_health_tells_one_person_how_all_is(town: Town) -> None:
    """What changes while the bot runs, checked now, and seen by nobody else."""
    town.workspace.scopes = SCOPES
    posted = len(town.workspace.messages(ALERTS))
    says = asked(town, "good", "knowledge")
    assert [check.name for check in CHECKS if check.live and check.name not in says] == []
    assert "we are in #alerts" in says
    assert "default: key valid, account active" in says
    does = re.findall(r"^\d+\. .*", says, re.MULTILINE)
    assert [do for do in does if "answers take seconds" not in do] == []  # as on a machine that stood still
    assert len(town.workspace.messages(ALERTS)) == posted


def test_health_says_what_to_do(open_town: OpenTown) -> None:
    """The broken first, numbered."""
    with open_town(waerror_alert_channels=f"{ALERTS},C0PRIVATE", waconnect_api_key="wba_wrong") as town:
        says = asked(town, "To do", "broken")
        assert re.search(r"^\d+\. ", says, re.MULTILINE)
        assert "1. Type /invite @waerror in the channel C0PRIVATE" in says
        assert "2. Ask WaConnect's administrator for the API key" in says


def test_a_synthetic_error_goes_the_whole_way_and_nobody_sees_it(town: Town) -> None:
    """Counted, diagnosed, drawn, brought to Slack by a durable workflow, and in no figure of the workspace."""
    before = town.workspace.calls_of("blocks.validate")
    one = town.house.duties.care.trying.once(TEAM)
    assert (one.failed, town.house.duties.care.trying.last) == ("", one)
    assert one.seconds > 0
    (call,) = town.workspace.calls_of("blocks.validate")[len(before) :]
    assert "Re-engagement message" in json.dumps(call.args)
    assert not town.workspace.calls_of("chat.postMessage")
    today = Period(one.at, datetime.now(UTC))
    assert town.house.store.figures.total(TEAM, today) == 0
    assert town.house.store.figures.live(TEAM) == 0
    assert town.house.store.figures.total("synthetic", today) == 0  # it was taken out again
    assert town.house.store.synthetics.last(TEAM) == one
    assert "the last synthetic error took" in asked(town, "the last synthetic error")
    shown = web(town.house).test_client().get("/metrics").get_data(as_text=True)
    assert f"waerror_synthetic_seconds {one.seconds}" in shown
    assert "waerror_synthetic_failed 0.0" in shown


def test_many_synthetic_errors_leave_no_heap(town: Town) -> None:
    """One incident of no alerts, however long the bot runs."""
    for _ in range(3):
        assert town.house.duties.care.trying.once(TEAM).failed == ""
    assert town.house.store.figures.live("synthetic") == 0
    with town.house.store.figures._engine.connect() as db:
        rows = {
            table: db.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()  # noqa: S608
            for table in ("incidents", "sightings", "ticks", "affected")
        }
    assert rows == {"incidents": 1, "sightings": 0, "ticks": 0, "affected": 0}


def test_in_a_channel_of_its_own_it_is_one_message_that_is_edited(open_town: OpenTown) -> None:
    """It says that it is no error, and its buttons do nothing."""
    with open_town(waerror_synthetic_channel="C0SUPPORT") as town:
        for _ in range(2):
            assert town.house.duties.care.trying.once(TEAM).failed == ""
        (shown,) = town.workspace.messages("C0SUPPORT")
        assert "Not an error." in json.dumps(shown["blocks"])
        assert len(town.workspace.calls_of("chat.update")) == 1
        town.people.click("ana", "C0SUPPORT", shown["ts"], "remedy.recheck")
        town.workspace.wait_for(lambda: "too old" in town.whisper("ana"))
        assert town.settled("C0SUPPORT", shown["ts"]) == []


def test_what_slack_refuses_is_a_failure_with_its_name(town: Town) -> None:
    """Kept and shown: who is on call learns of it before people do."""
    town.workspace.fail_next("blocks.validate", "invalid_blocks")
    one = town.house.duties.care.trying.once(TEAM)
    assert one.failed == "slack: invalid_blocks"
    assert "did not come through (slack: invalid_blocks" in asked(town, "To do")
    assert town.house.duties.care.trying.once(TEAM).failed == ""


def test_one_that_another_process_began_is_nobodys_measure(town: Town) -> None:
    """After a crash its workflow is run to its end, and is not judged."""
    trying = town.house.duties.care.trying
    trying.deliver("0123456789ab", TEAM)
    assert trying.last is None
    assert town.house.store.synthetics.last(TEAM) is None


def test_it_is_sent_when_the_bot_starts(open_town: OpenTown) -> None:
    """And again after the setting's seconds; 0 switches it off."""
    with open_town(waerror_synthetic_seconds=600) as town:
        town.house.duties.care.trying.start(lambda: (TEAM,))
        last = town.workspace.wait_for(lambda: town.house.duties.care.trying.last)
        assert last.failed == ""
        assert "synthetic" in {thread.name for thread in threading.enumerate()}
    with open_town(waerror_synthetic_seconds=0) as town:
        town.house.duties.care.trying.start(lambda: (TEAM,))
        assert "synthetic" not in {thread.name for thread in threading.enumerate()}
