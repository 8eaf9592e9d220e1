"""A send that got no clear answer is looked for. Found, it is followed; not found, a person decides, once."""

import re
from threading import Event
from typing import Any

import pytest

from bot.store import new_press
from bot.waconnect.sandbox import Sandbox
from tests.scenarios.conftest import SUPPORT, OpenTown, Town
from tests.scenarios.rest import at_rest, click_if_there
from tests.scenarios.sends import PASTE, REQUEST, TO, paste, posts, press, retried, told

pytestmark = pytest.mark.on_both

LOST = ["not-sent-silent", "reset", "gateway-502", "gateway-504"]
TAKEN = ["timeout", "sent-then-silent", "sent-then-reset", "sent-then-gateway-502", "sent-then-gateway-504",
         "rubbish-json", "slow-body"]  # fmt: skip


@pytest.fixture
def town(open_town: OpenTown) -> object:
    """WaConnect has time. Where it matters not how an answer gets lost, the line breaks, which takes none."""
    with open_town(waerror_pace=0.01) as town:
        yield town


@pytest.fixture
def hasty(open_town: OpenTown) -> object:
    """Silences are cut short: long enough for every answer that does come, short enough to be waited for."""
    with open_town(waerror_pace=0.01, waconnect_timeout_seconds=4.0) as town:
        yield town


@pytest.mark.parametrize("fault", TAKEN)
def test_what_waconnect_took_without_saying_so_is_found_and_followed(hasty: Town, fault: str) -> None:
    """One record to the same number since the attempt can only be it: one message, and proof in the end."""
    hasty.sandbox.fault(fault, to=TO, seconds=60)
    timeline = retried(hasty, "Done:")
    assert timeline.index("no clear answer") < timeline.index("found it: accepted as") < timeline.index("delivered")
    hasty.workspace.wait_for(lambda: posts(hasty), what="the end of the call")
    assert len(posts(hasty)) == len(hasty.sandbox.sent) == 1


@pytest.mark.parametrize("fault", LOST)
def test_what_is_not_found_is_never_sent_again_by_itself(hasty: Town, fault: str) -> None:
    """It may be sent all the same; the timeline says so, and asks. Another press is refused."""
    hasty.sandbox.fault(fault, to=TO, seconds=60)
    ts, card = press(hasty)
    timeline = hasty.reply(SUPPORT, ts, "Unknown:", "Check again", "Send anyway (may duplicate)…")
    assert "no message to this number since" in timeline
    hasty.people.click("ben", SUPPORT, card, "remedy.retry")
    told(hasty, "ben", "ended as: unknown")
    hasty.workspace.wait_for(lambda: posts(hasty), what="the end of the call")
    assert len(posts(hasty)) == 1
    assert hasty.sandbox.sent == ()


def test_a_record_that_comes_late_is_found_by_checking_again(town: Town) -> None:
    """The records could not be read at first; somebody looks again, and the press goes on to its proof."""
    town.sandbox.fault("sent-then-reset", to=TO)
    unreadable(town)
    ts, _ = press(town)
    town.reply(SUPPORT, ts, "Unknown:", "records could not be read")
    town.sandbox.clear_faults()
    town.people.click("ben", SUPPORT, timeline_ts(town, ts), "press.check")
    timeline = town.reply(SUPPORT, ts, "Done:", "found it")
    assert "asked by @U0BEN" in timeline
    assert "Send anyway" not in timeline
    assert len(town.sandbox.sent) == 1


def test_many_who_check_again_look_once(open_town: OpenTown) -> None:
    """The second, whichever of them that is, is told that it is being looked for."""
    sandbox = Held(pace_seconds=0.1)
    with open_town(sandbox, waerror_pace=0.01, waconnect_timeout_seconds=30.0) as town:
        sandbox.fault("reset", to=TO)
        ts, _ = press(town)
        town.reply(SUPPORT, ts, "Check again")
        before, old = len(searches(town)), timeline_ts(town, ts)
        sandbox.reads.clear()
        for who in ("ana", "ben"):
            click_if_there(town, who, SUPPORT, old, "press.check")
        town.workspace.wait_for(lambda: "looked for already" in town.whisper("ana") + town.whisper("ben"))
        sandbox.reads.set()
        at_rest(town)
        assert len(searches(town)) == before + 5
        assert len(town.replies(SUPPORT, ts)) == 2


def test_several_records_prove_nothing(town: Town) -> None:
    """The customer's system sent to the same person at the same time: which is ours cannot be told."""
    town.sandbox.fault("sent-then-reset", to=TO)
    ts, card = paste(town)
    town.sandbox.ledger.add_sent(TO, "text", town.sandbox.ledger.keys[0], "100000000000001", None)
    town.people.click("ana", SUPPORT, card, "remedy.retry")
    timeline = town.reply(SUPPORT, ts, "Unknown:")
    assert "may be it or may not" in timeline
    assert "found it" not in timeline


@pytest.mark.parametrize(("to", "kind"), [("15557654321", "text"), (TO, "image")])
def test_another_message_is_not_taken_for_it(town: Town, to: str, kind: str) -> None:
    """To somebody else, or of another kind."""
    town.sandbox.fault("reset", to=TO)
    ts, card = paste(town)
    town.sandbox.advance(20)  # by its clock, it comes after the attempt
    town.sandbox.ledger.add_sent(to, kind, town.sandbox.ledger.keys[0], "100000000000001", None)
    town.people.click("ana", SUPPORT, card, "remedy.retry")
    assert "found it" not in town.reply(SUPPORT, ts, "Unknown:")


def test_a_message_that_is_known_from_elsewhere_is_not_taken_for_it(town: Town) -> None:
    """An earlier retry's message to the same person is that retry's."""
    retried(town, "Done:")
    town.sandbox.fault("reset", to=TO)
    ts, _ = press(town, PASTE.replace("warehouse", "harbour"))
    town.reply(SUPPORT, ts, "Unknown:")
    assert len(town.sandbox.sent) == 1


def test_sent_anyway_it_is_sent_once_however_many_click(town: Town) -> None:
    """A new attempt in the same thread; the first one's message says so and has no buttons left."""
    town.sandbox.fault("reset", to=TO)
    ts, card = press(town)
    town.reply(SUPPORT, ts, "Send anyway")
    old = timeline_ts(town, ts)
    for who in ("ben", "ana", "ben"):  # whoever of them is first
        click_if_there(town, who, SUPPORT, old, "press.anyway")
    timeline = town.reply(SUPPORT, ts, "Sent anyway by @U0", "Done:")
    assert "accepted" in timeline
    first = town.reply(SUPPORT, ts, "Retry by @U0ANA", "sent anyway by @U0")
    assert "Send anyway (may" not in first
    at_rest(town)
    assert len(town.replies(SUPPORT, ts)) == 3
    assert len(town.sandbox.sent) == 1
    town.people.click("ana", SUPPORT, card, "remedy.retry")
    assert re.search("ended as: (delivered|read)", told(town, "ana", "ended as:"))


def test_the_dialog_says_to_whom_and_that_it_may_arrive_twice(town: Town) -> None:
    """Nobody sends anyway by one careless click."""
    town.sandbox.fault("reset", to=TO)
    ts, _ = press(town)
    town.reply(SUPPORT, ts, "Send anyway")
    message = next(one for one in town.workspace.thread(SUPPORT, ts) if one["ts"] == timeline_ts(town, ts))
    (button,) = [e for b in message["blocks"] if b["type"] == "actions" for e in b["elements"] if "confirm" in e]
    assert "twice" in button["confirm"]["text"]["text"]
    assert "••••4567" in button["confirm"]["text"]["text"]


def test_sent_anyway_and_refused_the_first_attempt_is_still_unclear(town: Town) -> None:
    """So a plain press is not free to send it a third time; only *Send anyway* is offered again."""
    town.sandbox.fault("reset", to=TO)
    ts, card = press(town)
    town.reply(SUPPORT, ts, "Send anyway")
    town.sandbox.fault("131026", to=TO)
    town.people.click("ben", SUPPORT, timeline_ts(town, ts), "press.anyway")
    second = town.reply(SUPPORT, ts, "Sent anyway by @U0BEN", "Refused:")
    assert "may have arrived all the same" in second
    town.people.click("ana", SUPPORT, card, "remedy.retry")
    told(town, "ana", "ended as: refused")
    assert town.sandbox.sent == ()
    town.people.click("ana", SUPPORT, timeline_ts(town, ts, "Sent anyway by"), "press.anyway")
    town.reply(SUPPORT, ts, "Sent anyway by @U0ANA", "Done:")
    assert len(town.sandbox.sent) == 1


def test_a_message_that_was_not_delivered_is_followed_again_when_asked(open_town: OpenTown) -> None:
    """*Check again* after "still not delivered": it was accepted, so nothing is sent."""
    sandbox = Sandbox(pace_seconds=1000)
    with open_town(sandbox, waerror_follow_seconds=20, waerror_pace=0) as town:
        ts, _ = press(town)
        town.reply(SUPPORT, ts, "Still not delivered", "Check again")
        sandbox.advance(5000)
        town.people.click("ben", SUPPORT, timeline_ts(town, ts), "press.check")
        town.reply(SUPPORT, ts, "Done:", "followed again, asked by @U0BEN")
        assert len(sandbox.sent) == 1


def test_a_button_of_another_card_leads_nowhere(town: Town) -> None:
    """The press is looked up by its card and its workspace."""
    _, card = paste(town)
    mine = new_press("f" * 24, SUPPORT, "1.2", "U0ANA", {"endpoint": "messages/text", "body": REQUEST})
    town.house.store.presses.claim("x", mine)
    assert town.house.store.presses.of_card(mine.id, "a" * 24) is None
    assert town.house.store.presses.of_card(None, "f" * 24) is None
    assert town.house.store.presses.of_card(mine.id, "f" * 24) == mine
    town.house.store.presses.end(mine.id, "not_sent")
    assert card


class Held(Sandbox):
    """Its records are read when `reads` is set."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.reads = Event()
        self.reads.set()

    def _answered(self, environ: Any) -> Any:
        if environ["PATH_INFO"] == "/api/status":
            self.reads.wait(60)
        return super()._answered(environ)


def timeline_ts(town: Town, ts: str, word: str = "Retry by") -> str:
    return town.reply_ts(SUPPORT, ts, word)


def unreadable(town: Town) -> None:
    """The list of records cannot be read, the account probe can: it is the first read."""
    town.sandbox.fault("late-failure", endpoint="status")
    town.sandbox.fault("internal-server-error", endpoint="status", times=None)


def searches(town: Town) -> list[object]:
    return [call for call in town.sandbox.calls if call.path == "/api/status"]
