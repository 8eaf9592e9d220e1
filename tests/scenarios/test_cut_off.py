"""What a person decided and a crash cut off between the database and the thread is made good by the next process."""

import pytest

from bot.store import Press
from bot.waconnect.sandbox import Sandbox
from tests.scenarios.conftest import SUPPORT, OpenTown, Town
from tests.scenarios.sends import A_DAY, TO, posts, press

pytestmark = pytest.mark.on_both


def test_a_cancelled_retry_is_shown_as_cancelled(open_town: OpenTown) -> None:
    """Its message said that it will be sent, with buttons: it must not stay so."""
    with open_town(waerror_pace=1, drain=False) as town:
        ts, _ = press(town, A_DAY)
        town.reply(SUPPORT, ts, "Scheduled")
        assert town.house.store.presses.cancel(newest(town), "U0BEN")
    with open_town(workspace=town.workspace, waerror_pace=1, drain=False) as again:
        again.house.duties.resume()
        shown = again.reply(SUPPORT, ts, "Cancelled:", "cancelled by @U0BEN")
        assert "Send now" not in shown


def test_a_press_that_was_sent_anyway_is_shown_so_and_the_new_one_is_sent(open_town: OpenTown) -> None:
    """Once; the old one's message has no buttons left."""
    sandbox = Sandbox(pace_seconds=0.1)
    with open_town(sandbox, waerror_pace=0) as town:
        ts = unclear(town)
        assert isinstance(town.house.store.presses.repeat(newest(town), "U0BEN", 0), Press)
    with open_town(sandbox, town.workspace) as again:
        again.house.duties.resume()
        again.reply(SUPPORT, ts, "Sent anyway by @U0BEN", "Done:")
        shown = again.reply(SUPPORT, ts, "Retry by @U0ANA", "sent anyway by @U0BEN")
        assert "may duplicate" not in shown
        assert len(sandbox.sent) == 1


def test_a_look_that_was_asked_for_is_made(open_town: OpenTown) -> None:
    """Else nobody could ask for another for ten minutes."""
    sandbox = Sandbox(pace_seconds=0.1)
    with open_town(sandbox, waerror_pace=0) as town:
        ts = unclear(town)
        assert town.house.store.presses.begin_step(newest(town), "search/2", "searching", user="U0BEN")
    with open_town(sandbox, town.workspace, waerror_pace=0) as again:
        again.house.duties.resume()
        again.reply(SUPPORT, ts, "Unknown:", "asked by @U0BEN")
        assert len(posts(again)) == 1


def test_following_again_goes_on_however_often_it_is_cut_off(open_town: OpenTown) -> None:
    """It was opened again and not yet followed; the next process follows it, each time."""
    sandbox = Sandbox(pace_seconds=1e9)
    with open_town(sandbox, waerror_pace=0, waerror_follow_seconds=3) as town:
        ts, _ = press(town)
        town.reply(SUPPORT, ts, "Still not delivered")
        press_id = newest(town)
    for _ in range(2):
        with open_town(sandbox, town.workspace, waerror_pace=0, waerror_follow_seconds=3) as again:
            presses = again.house.store.presses
            assert presses.reopen(press_id, "undelivered")
            again.house.duties.resume()
            again.workspace.wait_for(lambda: presses.find(press_id).outcome == "undelivered")  # noqa: B023
    assert len(sandbox.sent) == 1


def newest(town: Town) -> str:
    """The press that was made last."""
    calls = [call for call in town.workspace.calls_of("chat.postMessage") if "metadata" in call.args]
    kinds = [str(call.args["metadata"]) for call in calls]
    (*_, last) = [kind for kind in kinds if "retry/" in kind]
    return last.partition("retry/")[2][:32]


def unclear(town: Town) -> str:
    """A press whose fate is unclear; the message that it was pressed for."""
    town.sandbox.fault("reset", to=TO)
    ts, _ = press(town)
    town.reply(SUPPORT, ts, "Unknown:")
    return ts
