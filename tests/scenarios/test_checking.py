"""Buttons that only read: is the account good, and what became of a message."""

from collections.abc import Callable

import pytest

from bot.waconnect.client import WaConnect
from bot.waconnect.payloads import OutboundRequest
from bot.waconnect.sandbox import DEMO_KEY, Sandbox
from tests.scenarios.conftest import ALERTS, LONG, SUPPORT, OpenTown, Town, silenced


def alert(town: Town, text: str = "send failed: (#130429) Rate limit hit") -> tuple[str, str]:
    """An alert, and the card below it."""
    ts = town.people.post_as_app(ALERTS, "Alertmanager", text=text)
    return ts, town.reply_ts(ALERTS, ts, "Sending again")


@pytest.mark.parametrize(
    ("trouble", "says"),
    [
        (lambda sandbox: None, "Account good"),
        (lambda sandbox: sandbox.account(revoked=True), "Key invalid"),
        (lambda sandbox: sandbox.account(enabled=False), "Account disabled"),
        (lambda sandbox: sandbox.fault("gateway-502", endpoint="status"), "Unreachable"),
    ],
    ids=["good", "revoked", "disabled", "gateway"],
)
def test_recheck_tells_what_is_wrong_with_the_account(
    town: Town, trouble: Callable[[Sandbox], None], says: str
) -> None:
    """The read-only probe, in the thread, with how long it took and when."""
    trouble(town.sandbox)
    rechecked(town, says)


def test_recheck_tells_that_waconnect_is_silent(open_town: OpenTown) -> None:
    """It is waited for as long as the setting says."""
    with open_town(waconnect_timeout_seconds=0.5) as town:
        town.sandbox.fault("not-sent-silent", endpoint="status", seconds=600)
        rechecked(town, "Unreachable")


def rechecked(town: Town, says: str) -> None:
    ts, card = alert(town)
    town.people.click("ana", ALERTS, card, "remedy.recheck")
    reply = town.reply(ALERTS, ts, says)
    assert "Last checked" in reply
    assert "took" in reply


def test_a_second_check_edits_the_first(town: Town) -> None:
    """The thread keeps one account line, and it is the newest."""
    ts, card = alert(town)
    town.people.click("ana", ALERTS, card, "remedy.recheck")
    town.reply(ALERTS, ts, "Account good")
    town.sandbox.account(enabled=False)
    town.people.click("ben", ALERTS, card, "remedy.recheck")
    town.reply(ALERTS, ts, "Account disabled")
    assert len(town.replies(ALERTS, ts)) == 2


def test_recheck_on_a_private_answer_stays_private(town: Town) -> None:
    """Nobody else sees that card."""
    town.people.command("ana", SUPPORT, "/waerror", "130429")
    ts = town.workspace.ephemerals("ana")[-1]["ts"]
    town.people.click("ana", SUPPORT, ts, "remedy.recheck")
    town.workspace.wait_for(lambda: "Account good" in town.whisper("ana"))
    assert town.workspace.messages(SUPPORT) == []


def test_status_shows_the_life_of_a_message(town: Town) -> None:
    """As a timeline, with the recipient masked."""
    message_id = sent_message(town)
    town.sandbox.advance(60)
    ts, card = alert(town, f"late receipt for {message_id}: (#130429) Rate limit hit")
    town.people.click("ana", ALERTS, card, "remedy.status")
    reply = town.reply(ALERTS, ts, "Now: read")
    assert "delivered" in reply
    assert "15551234567" not in reply


def test_a_failed_message_is_diagnosed_in_its_turn(town: Town) -> None:
    """WaConnect's record names Meta's code, and the card explains it."""
    town.sandbox.fault("late-failure", code=131026)
    message_id = sent_message(town)
    town.sandbox.advance(60)
    assert "failed" in town.asked("ana", SUPPORT, message_id, "131026 · Message undeliverable")


def test_an_unknown_message_says_so(town: Town) -> None:
    """WaConnect's 404 is explained."""
    says = town.asked("ana", SUPPORT, "wamid.HBgLMTU1NTEyMzQ1NjcVAgARGBI=", "could not be read")
    assert "Message not found" in says


def test_without_a_key_the_bot_explains_and_offers_nothing(open_town: OpenTown) -> None:
    """The card says which setting is missing."""
    with open_town(waconnect_api_key=None) as town:
        town.people.command("ana", SUPPORT, "/waerror", "130429")
        assert "WACONNECT_API_KEY" in town.whisper("ana")
        assert "Re-check" not in town.whisper("ana")


def test_a_button_from_another_time_answers_in_words(town: Town) -> None:
    """Its card is not in the database, or it is no button of this release."""
    element = {"type": "button", "text": {"type": "plain_text", "text": "Old"}, "value": '{"v":1,"card":"00000000"}'}
    for action_id in ("remedy.recheck", "remedy.status", "remedy.retry", "card.share", "entry.show.0", "remedy.dance"):
        blocks = [{"type": "actions", "elements": [{**element, "action_id": action_id}]}]
        ts = town.people.say("ben", SUPPORT, "old", blocks=blocks)
        before = len(town.workspace.ephemerals("ana"))
        assert town.people.click("ana", SUPPORT, ts, action_id).acknowledged
        town.workspace.wait_for(lambda n=before: len(town.workspace.ephemerals("ana")) > n)
        assert "too old" in town.whisper("ana")


def sent_message(town: Town) -> str:
    """A message that went out earlier, around the bot."""
    request = OutboundRequest("messages/text", {"to": "15551234567", "body": "Hi"})
    with WaConnect(town.house.settings.waconnect_base_url, DEMO_KEY, timeout_seconds=LONG) as waconnect:
        return waconnect.send(request).message_id


def test_acknowledgements_do_not_wait_for_waconnect(open_town: OpenTown) -> None:
    """Twenty checks hang, and a command is still acknowledged meanwhile."""
    with silenced(open_town) as town:
        _, card = alert(town)
        for _ in range(20):
            assert town.people.click("ana", ALERTS, card, "remedy.recheck").acknowledged
        assert town.people.command("ben", SUPPORT, "/waerror", "131047").acknowledged
