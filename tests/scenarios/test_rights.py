"""Who may: a person without the right is told who has it, and what Slack does not tell lets nobody through."""

import json
from contextlib import AbstractContextManager
from typing import Any

import pytest

from tests.scenarios.conftest import SUPPORT, OpenTown, Town, inhabited
from tests.scenarios.sends import told

TO = "15551234567"
REQUEST = {"to": TO, "body": "Your order left, key wba_topsecret"}
PASTE = (
    f'POST /api/messages/text\n{json.dumps(REQUEST)}\n\n429 {{"success": false, "error": "(#130429) Rate limit hit"}}'
)
BARE = "130429 rate limit from whatsapp"


def card(town: Town, text: str = PASTE) -> tuple[str, str]:
    ts = town.people.say("ana", SUPPORT, f"@waerror {text}")
    return ts, town.reply_ts(SUPPORT, ts, "Sending again")


def oncall(open_town: OpenTown, **settings: Any) -> AbstractContextManager[Town]:
    """Ana is on call."""
    workspace = inhabited()
    workspace.add_usergroup("oncall", ("ana",))
    return open_town(workspace=workspace, **settings)


def test_who_may_not_retry_is_told_who_may(open_town: OpenTown) -> None:
    """Nothing is sent; the one who may is let through."""
    with oncall(open_town, waerror_may_retry="S0ONCALL,U0EVA") as town:
        ts, reply = card(town)
        town.people.click("ben", SUPPORT, reply, "remedy.retry")
        says = told(town, "ben", "Only", "may send a message again")
        assert "S0ONCALL" in says
        assert "U0EVA" in says
        assert town.sandbox.sent == ()
        town.people.click("ana", SUPPORT, reply, "remedy.retry")
        town.reply(SUPPORT, ts, "Done:")
        assert len(town.sandbox.sent) == 1


def test_slack_does_not_tell_and_nobody_is_let_through(open_town: OpenTown) -> None:
    """In words, once for each who asks; the next press asks Slack again."""
    with oncall(open_town, waerror_may_retry="S0ONCALL") as town:
        ts, reply = card(town)
        town.workspace.fail_next("usergroups.users.list", "fatal_error")
        town.people.click("ana", SUPPORT, reply, "remedy.retry")
        told(town, "ana", "Slack does not tell me who is in")
        assert town.sandbox.sent == ()
        town.people.click("ana", SUPPORT, reply, "remedy.retry")
        town.reply(SUPPORT, ts, "Done:")


def test_a_group_that_does_not_exist_lets_nobody_through(open_town: OpenTown) -> None:
    """A typo in the setting opens no door."""
    with open_town(waerror_may_retry="S0NOBODY") as town:
        _, reply = card(town)
        town.people.click("ana", SUPPORT, reply, "remedy.retry")
        told(town, "ana", "Slack does not tell me")
        assert town.sandbox.sent == ()


def test_slack_is_asked_once_in_a_while(open_town: OpenTown) -> None:
    """A busy night does not use up Slack's patience."""
    with oncall(open_town, waerror_may_retry="S0ONCALL") as town:
        _, reply = card(town)
        for times in (1, 2, 3):
            town.people.click("ben", SUPPORT, reply, "remedy.retry")
            town.workspace.wait_for(lambda n=times: len(town.workspace.ephemerals("ben")) == n)
        assert len(town.workspace.calls_of("usergroups.users.list")) == 1


def test_the_form_is_not_opened_for_who_may_not(open_town: OpenTown) -> None:
    """They are told at the press, not after they filled it in."""
    with open_town(waerror_may_retry="U0ANA") as town:
        _, reply = card(town, BARE)
        town.people.click("ben", SUPPORT, reply, "remedy.retry")
        told(town, "ben", "Only")
        assert town.workspace.view("ben") is None


def test_a_form_is_refused_when_the_right_is_gone(open_town: OpenTown) -> None:
    """The right is looked at again when it is submitted; the refusal replaces the form, and mentions work in it."""
    with oncall(open_town, waerror_may_retry="S0ONCALL", waerror_groups_seconds=0) as town:
        _, reply = card(town, BARE)
        town.people.click("ana", SUPPORT, reply, "remedy.retry")
        view = town.workspace.wait_for(lambda: town.workspace.view("ana"))
        town.workspace.add_usergroup("oncall", ("ben",))
        town.people.submit_view("ana", view["id"], {"to": "12025550123", "body": "Hi"})
        town.workspace.wait_for(lambda: "may send a message again" in str(town.workspace.view("ana")))
        assert "<!subteam^S0ONCALL>" in str(town.workspace.view("ana"))
        assert town.sandbox.sent == ()


def test_nobody_is_offered_what_nobody_may_see(town: Town) -> None:
    """By default the button is absent."""
    ts, _ = card(town)
    assert "Reveal" not in town.reply(SUPPORT, ts, "Sending again")


def test_reveal_shows_number_and_body_to_one_person_and_is_recorded(open_town: OpenTown) -> None:
    """With keys masked; nobody else sees it, and the thread stays as it is."""
    with open_town(waerror_may_reveal="U0ANA") as town:
        ts, reply = card(town)
        before = town.settled(SUPPORT, ts)
        town.people.click("ana", SUPPORT, reply, "card.reveal")
        says = told(town, "ana", TO, "Your order")
        assert "topsecret" not in says
        assert town.settled(SUPPORT, ts) == before
        assert town.workspace.ephemerals("ben") == []
        (deed,) = [deed for deed in town.house.store.audit.recent("T0STANDIN") if deed.what == "reveal"]
        assert (deed.user, deed.channel) == ("U0ANA", SUPPORT)


def test_reveal_is_refused_with_who_can(open_town: OpenTown) -> None:
    """And the refusal is recorded."""
    with open_town(waerror_may_reveal="U0ANA") as town:
        _, reply = card(town)
        town.people.click("ben", SUPPORT, reply, "card.reveal")
        says = told(town, "ben", "Only", "may see numbers and bodies")
        assert TO not in says
        (deed,) = town.house.store.audit.recent("T0STANDIN")
        assert (deed.what, deed.result, deed.user) == ("refused", "reveal", "U0BEN")


@pytest.mark.parametrize("text", ["130429 rate limit from whatsapp", "131047"])
def test_a_card_without_number_and_body_has_nothing_to_reveal(open_town: OpenTown, text: str) -> None:
    """So there is no button."""
    with open_town(waerror_may_reveal="channel") as town:
        ts, _ = card(town, text)
        assert "Reveal" not in town.reply(SUPPORT, ts, "Sending again")
