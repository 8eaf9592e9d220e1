"""Before anything is sent: is the account good, did the message arrive after all, is the recipient left in peace."""

from collections.abc import Iterator

import pytest

from bot.waconnect.sandbox import DEMO_KEY, Sandbox
from tests.scenarios.conftest import SUPPORT, OpenTown, Town
from tests.scenarios.sends import PASTE, TO, posts, press, retried, told

SLOW = 60
"""Seconds for WaConnect: it answers in these stories, also where the machine stands still."""


@pytest.fixture
def town(open_town: OpenTown) -> Iterator[Town]:
    with open_town(waconnect_timeout_seconds=SLOW) as town:
        yield town


def test_the_timeline_shows_the_check_before_the_send(town: Town) -> None:
    """With its time, as every step."""
    timeline = retried(town, "Done:")
    assert timeline.index("account good") < timeline.index("accepted")


@pytest.mark.parametrize(
    ("trouble", "says"),
    [
        ({"revoked": True}, "does not accept this bot's API key"),
        ({"enabled": False}, "the account is disabled"),
    ],
)
def test_with_a_bad_account_nothing_is_sent(town: Town, trouble: dict[str, bool], says: str) -> None:
    """The claim is free again: once the account is good, the same press works."""
    town.sandbox.account(**trouble)  # type: ignore[arg-type]
    ts, card = press(town)
    assert says in town.reply(SUPPORT, ts, "Not sent:")
    assert posts(town) == []
    town.sandbox.ledger.set_account(DEMO_KEY, Sandbox().ledger.account(DEMO_KEY))
    town.people.click("ben", SUPPORT, card, "remedy.retry")
    town.reply(SUPPORT, ts, "Retry by @U0BEN", "Done:")
    assert len(town.sandbox.sent) == 1


@pytest.mark.parametrize("fault", ["gateway-502", "reset", "internal-server-error"])
def test_without_a_clear_answer_about_the_account_nothing_is_sent(town: Town, fault: str) -> None:
    """A send would have no better luck, and its fate would be unclear."""
    town.sandbox.fault(fault, endpoint="status")
    retried(town, "Not sent:")
    assert posts(town) == []


def test_a_message_that_was_delivered_meanwhile_is_not_sent_again(town: Town) -> None:
    """The proof stands in the thread, and a second press is told the same."""
    ts, card = press(town, about(town, "late delivery", steps=5))
    timeline = town.reply(SUPPORT, ts, "Already delivered", "nothing was sent: the message that failed was")
    assert "UTC" in timeline
    town.people.click("ben", SUPPORT, card, "remedy.retry")
    told(town, "ben", "already")
    assert posts(town) == []


def test_a_message_that_is_under_way_is_not_sent_again(open_town: OpenTown) -> None:
    """It may still arrive. Once it has failed, the next press may send."""
    with open_town(Sandbox(pace_seconds=1000), waconnect_timeout_seconds=SLOW) as town:
        ts, card = press(town, about(town, "still on its way", steps=0))
        town.reply(SUPPORT, ts, "Still under way", "pending at WaConnect")
        town.people.click("ben", SUPPORT, card, "remedy.retry")
        town.reply(SUPPORT, ts, "Retry by @U0BEN", "Still under way")
        assert posts(town) == []


def test_a_message_that_failed_is_sent_again(town: Town) -> None:
    """And so is one that WaConnect does not know."""
    ts, _ = press(town, about(town, "really failed", steps=5, fails_with=131026))
    town.reply(SUPPORT, ts, "may be sent again", "Done:")
    timeline = retried(town, "Done:", text=f"{PASTE.replace('warehouse', 'harbour')} wamid.HBgLMTU1NTEyMzQ1NjcVAgARGBI")
    assert "knows no message of this id" in timeline
    assert len(posts(town)) == 2


def test_when_the_status_cannot_be_read_nothing_is_sent(town: Town) -> None:
    """It may have been delivered."""
    message = about(town, "who knows", steps=5)
    town.sandbox.fault("gateway-504", endpoint="status/message")
    ts, _ = press(town, message)
    town.reply(SUPPORT, ts, "Not sent:", "could not be read")
    assert posts(town) == []


def test_two_messages_to_one_person_within_the_quiet_period_are_one(open_town: OpenTown) -> None:
    """Two alerts about two sends: the second person is told who was first and when."""
    with open_town(waerror_quiet_seconds=3600, waconnect_timeout_seconds=SLOW) as town:
        retried(town, "Done:")
        _, card = press(town, PASTE.replace("warehouse", "harbour"), who="ben")
        assert "UTC" in told(town, "ben", "@U0ANA sent to the same recipient")
        press(town, PASTE.replace(TO, "15557654321"), who="ben")
        town.workspace.wait_for(lambda: len(town.sandbox.sent) == 2)
        assert {sent.to for sent in town.sandbox.sent} == {TO, "15557654321"}
        assert card


def test_a_press_that_sent_nothing_leaves_no_quiet_period(open_town: OpenTown) -> None:
    """A definite refusal bothered nobody."""
    with open_town(waerror_quiet_seconds=3600, waconnect_timeout_seconds=SLOW) as town:
        town.sandbox.fault("131026", to=TO)
        ts, card = press(town)
        town.reply(SUPPORT, ts, "Refused:")
        town.people.click("ana", SUPPORT, card, "remedy.retry")
        town.reply(SUPPORT, ts, "Done:")
        assert len(town.sandbox.sent) == 1


def about(town: Town, text: str, steps: int, fails_with: int | None = None) -> str:
    """A paste about a message that WaConnect has; its life has gone on by this many steps."""
    ledger = town.sandbox.ledger
    sent = ledger.add_sent(TO, "text", ledger.keys[0], "100000000000001", fails_with)
    town.sandbox.advance(steps * 1000 if steps else 0)
    return PASTE.replace("warehouse", text) + f' {{"messageId": "{sent.id}"}}'
