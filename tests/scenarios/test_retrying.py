"""A retry sends at most once, waits while it must, and ends on proof. The sandbox's ledger is the witness."""

import json
import re
from typing import Any

import pytest

from bot.standin import plain
from bot.store import new_press
from bot.waconnect.sandbox import Sandbox
from tests.scenarios.conftest import ALERTS, PRIVATE, SUPPORT, OpenTown, Town, finished
from tests.scenarios.rest import at_rest
from tests.scenarios.sends import PASTE, REQUEST, TO, paste, posts, retried

ALERT = json.dumps(
    {
        "waconnect": {
            "endpoint": "messages/text",
            "request": REQUEST,
            "status": 429,
            "response": {"success": False, "error": "(#130429) Rate limit hit"},
        }
    }
)


@pytest.mark.on_both
def test_a_retry_ends_on_proof(town: Town) -> None:
    """While WaConnect is rate limited it waits, sends once, and says delivered when WaConnect says so."""
    town.sandbox.fault("130429", to=TO, times=2)
    timeline = retried(town, "Done:")
    assert timeline.index("refused: 130429") < timeline.index("trying again in")
    assert timeline.index("accepted") < timeline.index("delivered")
    assert "@U0ANA" in timeline
    assert "••••4567" in timeline
    assert len(town.sandbox.sent) == 1


def test_an_alert_in_the_documented_form_can_be_retried(town: Town) -> None:
    """The request comes from the alert itself."""
    ts = town.people.post_as_app(ALERTS, "notify", text=ALERT)
    card = town.reply_ts(ALERTS, ts, "Retry message")
    town.people.click("ben", ALERTS, card, "remedy.retry")
    town.reply(ALERTS, ts, "Done:")
    (sent,) = town.sandbox.sent
    assert (sent.to, sent.kind) == (TO, "text")


@pytest.mark.on_both
def test_many_clicks_send_once(town: Town) -> None:
    """However often and by whomever; the others are told who was first."""
    _, card = paste(town)
    for who in ("ana", "ben", "ana", "ben", "ben"):
        town.people.click(who, SUPPORT, card, "remedy.retry")

    def told() -> list[str]:
        return [plain(one) for who in ("ana", "ben") for one in town.workspace.ephemerals(who)]

    town.workspace.wait_for(lambda: len(told()) == 4, what="a word for all but the first")
    assert all("taken care of" in one for one in told())
    town.workspace.wait_for(lambda: town.house.store.presses.open() == () or None)
    assert len(town.sandbox.sent) == 1


@pytest.mark.on_both
def test_the_same_failed_message_in_two_threads_is_sent_once(town: Town) -> None:
    """The claim is on the message, not on the card."""
    retried(town, "Done:")
    _, card = paste(town)
    town.people.click("ben", SUPPORT, card, "remedy.retry")
    town.workspace.wait_for(lambda: town.workspace.ephemerals("ben"))
    assert re.search("ended as: (delivered|read)", town.whisper("ben"))
    assert len(town.sandbox.sent) == 1


def test_a_definite_refusal_is_diagnosed_and_frees_the_claim(town: Town) -> None:
    """In the same thread, and the next press may try again."""
    town.sandbox.fault("131026", to=TO)
    ts, card = paste(town)
    town.people.click("ana", SUPPORT, card, "remedy.retry")
    timeline = town.reply(SUPPORT, ts, "Refused:")
    assert "131026 · Message undeliverable" in timeline
    assert town.sandbox.sent == ()
    town.people.click("ana", SUPPORT, card, "remedy.retry")
    town.reply(SUPPORT, ts, "Done:")
    assert len(town.sandbox.sent) == 1


def test_a_refusal_of_the_platform_is_tried_again(town: Town) -> None:
    """WaConnect's own JSON with a 500 says that nothing was sent."""
    town.sandbox.fault("internal-server-error", to=TO, times=1)
    timeline = retried(town, "Done:")
    assert "refused: HTTP 500 Internal server error" in timeline
    assert len(town.sandbox.sent) == 1


def test_a_rate_limit_that_stays_ends_as_refused(open_town: OpenTown) -> None:
    """After the settings' number of attempts; nothing was sent, and it may be tried again."""
    with open_town(waerror_retry_attempts=3, waerror_pace=0) as town:
        town.sandbox.fault("130429", to=TO, times=None)
        retried(town, "Refused:")
        assert len(posts(town)) == 3
        assert town.sandbox.sent == ()


@pytest.mark.on_both
def test_retry_after_is_honoured(open_town: OpenTown) -> None:
    """WaConnect's own wish goes before our back-off; one that is too long ends the press."""
    with open_town() as town:
        town.sandbox.fault("130429", to=TO, retry_after=7)
        assert "trying again in 7 seconds" in retried(town, "Done:")
    with open_town() as town:
        town.sandbox.fault("130429", to="15557654321", retry_after=86_400)
        timeline = retried(town, "Refused:", text=PASTE.replace(TO, "15557654321"))
        assert "trying again" not in timeline


def test_a_late_failure_is_shown_and_diagnosed(town: Town) -> None:
    """Accepted is not delivered."""
    town.sandbox.fault("late-failure", to=TO, code=131049)
    timeline = retried(town, "Failed:")
    assert "accepted" in timeline
    assert "131049" in timeline


def test_a_message_that_is_never_delivered_says_so(open_town: OpenTown) -> None:
    """Instead of silence, after the time that the settings give it."""
    with open_town(Sandbox(pace_seconds=1e9), waerror_follow_seconds=20, waerror_pace=0) as town:
        assert "Still not delivered" in retried(town, "Still not delivered")


def test_waconnect_cannot_be_reached(open_town: OpenTown) -> None:
    """Nothing left for it, so nothing was sent, and it may be tried again."""
    with open_town(waconnect_base_url="http://127.0.0.1:9/api/") as town:
        assert "nothing was sent" in retried(town, "Not sent:")


@pytest.mark.on_both
def test_slack_is_away_and_the_message_is_sent_all_the_same(town: Town) -> None:
    """Sending matters more than showing; the thread catches up."""
    ts, card = paste(town)
    town.workspace.fail_next("chat.postMessage", "fatal_error", times=1)
    town.people.click("ana", SUPPORT, card, "remedy.retry")
    town.reply(SUPPORT, ts, "Done:")
    assert town.workspace.failures == []
    assert len(town.sandbox.sent) == 1


@pytest.mark.on_both
def test_a_crash_between_the_note_and_the_answer_ends_as_unknown(town: Town) -> None:
    """The step is run again after a restart; its note is there and its result is not, so it does not send."""
    press = claimed(town)
    town.house.store.presses.begin_step(press, "send/1", "sending")
    town.house.duties.retrying.begin(press)
    town.workspace.wait_for(lambda: town.house.store.presses.open() == () or None)
    assert town.house.store.presses.find(press).outcome == "unknown"
    assert posts(town) == []


@pytest.mark.on_both
def test_a_crash_between_the_claim_and_the_workflow_is_made_good(open_town: OpenTown) -> None:
    """The next start finds a press without an outcome and begins it."""
    sandbox = Sandbox(pace_seconds=0.1)
    with open_town(sandbox) as town:
        claimed(town)
    with open_town(sandbox) as again:
        again.house.duties.resume()
        again.workspace.wait_for(lambda: again.house.store.presses.open() == () or None)
        assert len(sandbox.sent) == 1


@pytest.mark.on_both
def test_a_workflow_begun_twice_runs_once(town: Town) -> None:
    """Its id is the press."""
    press = claimed(town)
    for _ in range(3):
        town.house.duties.retrying.begin(press)
    finished(f"retry:{press}")
    town.house.duties.retrying.begin(press)
    at_rest(town)
    town.workspace.wait_for(lambda: town.house.store.presses.open() == () or None)
    assert len(town.sandbox.sent) == 1


def test_a_retry_that_an_unforeseen_error_ends_is_ended_and_shown_at_once(town: Town) -> None:
    """Not only at the next start. It was noted as leaving, so it may have been sent, and that is what it says."""
    press = claimed(town, request={"endpoint": "messages/text", "body": {**REQUEST, "extra": float("nan")}})
    town.house.duties.retrying.begin(press)
    finished(f"retry:{press}")
    assert town.house.store.presses.find(press).outcome == "unknown"
    (message,) = [plain(one) for one in town.workspace.messages(SUPPORT) if "Retry by" in plain(one)]
    assert "went wrong on my side" in message
    assert posts(town) == []


def test_a_request_of_another_release_is_not_sent(town: Town) -> None:
    """The endpoint is one that this release does not know; the press ends in words."""
    press = claimed(town, request={"endpoint": "messages/of-another-release", "body": REQUEST})
    town.house.duties.retrying.begin(press)
    finished(f"retry:{press}")
    assert town.house.store.presses.find(press).outcome == "not_sent"
    assert "another release" in " ".join(map(plain, town.workspace.messages(SUPPORT)))


def claimed(town: Town, request: dict[str, Any] | None = None) -> str:
    """A press as the listener leaves it, before its workflow begins."""
    ts = town.people.say("ana", SUPPORT, "a thread")
    press = new_press("c" * 24, SUPPORT, ts, "U0ANA", request or {"endpoint": "messages/text", "body": REQUEST})
    assert town.house.store.presses.claim("message:wamid.1", press) is None
    return press.id


def test_a_retry_from_a_private_answer_is_shown_in_the_channel(town: Town) -> None:
    """Nobody else sees that card, but everybody sees who sends what."""
    town.people.command("ana", SUPPORT, "/waerror", PASTE)
    ts = town.workspace.ephemerals("ana")[-1]["ts"]
    town.people.click("ana", SUPPORT, ts, "remedy.retry")
    town.workspace.wait_for(lambda: "Done:" in " ".join(map(plain, town.workspace.messages(SUPPORT))))
    assert len(town.sandbox.sent) == 1


def test_where_the_bot_may_not_post_the_person_is_told_directly(town: Town) -> None:
    """A private channel that it is not in."""
    town.people.command("ana", PRIVATE, "/waerror", PASTE)
    ts = town.workspace.ephemerals("ana")[-1]["ts"]
    town.people.click("ana", PRIVATE, ts, "remedy.retry")
    town.workspace.wait_for(lambda: "Done:" in " ".join(map(plain, town.workspace.messages("@ana"))))
    assert len(town.workspace.messages("@ana")) == 1
    assert len(town.sandbox.sent) == 1
