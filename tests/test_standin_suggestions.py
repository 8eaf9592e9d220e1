"""Menus whose options the app gives: it is asked as Slack asks, and only what it offered can be chosen."""

from collections.abc import Iterator
from typing import Any

import pytest

from bot.standin import Ack, Envelope, NoSuchControl, Patience, People, Workspace, messages
from bot.standin.api.views import show

Json = dict[str, Any]


def words(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def option(value: str) -> Json:
    return {"text": words(value.title()), "value": value}


FRUIT: Json = {"type": "external_select", "action_id": "fruit", "min_query_length": 2}
FRUITS: Json = {"type": "multi_external_select", "action_id": "fruits", "min_query_length": 0}
MODAL: Json = {
    "type": "modal",
    "title": words("Lunch"),
    "submit": words("Send"),
    "blocks": [
        {"type": "input", "block_id": "one", "label": words("Fruit"), "element": FRUIT},
        {"type": "input", "block_id": "many", "label": words("More"), "element": FRUITS, "optional": True},
    ],
}
CARD: list[Json] = [{"type": "actions", "elements": [FRUIT | {"initial_option": option("plum")}]}]


class Kitchen:
    """An app that offers what it is told to offer."""

    def __init__(self) -> None:
        self.heard: list[Json] = []
        self.offers: Json = {"options": [option("apple"), option("apricot")]}
        self.workspace = Workspace(patience=Patience(ack=30))
        self.workspace.add_user("ana")
        self.workspace.add_channel("kitchen")
        self.workspace.answer_with(self.hear)
        self.people = People(self.workspace)

    def hear(self, envelope: Envelope) -> Ack:
        self.heard.append(envelope.payload)
        return Ack(True, self.offers if envelope.payload["type"] == "block_suggestion" else None)

    def open(self) -> str:
        with self.workspace.changed:
            return str(show(self.workspace, "U0ANA", MODAL)["id"])


@pytest.fixture
def kitchen() -> Iterator[Kitchen]:
    made = Kitchen()
    yield made
    made.workspace.close()


def test_the_app_is_asked_in_slacks_shape_and_its_option_is_sent(kitchen: Kitchen) -> None:
    """With what was typed, the view and no trigger; the choice comes back word for word as it was offered."""
    view = kitchen.open()
    answer = kitchen.people.suggest("ana", "fruit", "ap")
    assert (answer.error, answer.payload) == (None, kitchen.offers)
    [asked] = kitchen.heard
    assert (asked["type"], asked["action_id"], asked["block_id"]) == ("block_suggestion", "fruit", "one")
    assert (asked["value"], asked["container"], asked["view"]["id"]) == (
        "ap",
        {"type": "view", "view_id": view},
        view,
    )
    assert "trigger_id" not in asked
    assert "response_url" not in asked
    kitchen.people.submit_view("ana", view, {"fruit": "apricot"})
    assert kitchen.heard[1]["view"]["state"]["values"]["one"]["fruit"] == {
        "type": "external_select",
        "selected_option": option("apricot"),
    }


def test_options_may_come_in_groups_and_several_may_be_chosen(kitchen: Kitchen) -> None:
    """What was offered to one question stays chosen while another is asked."""
    view = kitchen.open()
    kitchen.people.suggest("ana", "fruit", "ap")
    kitchen.offers = {"option_groups": [{"label": words("Berries"), "options": [option("currant")]}]}
    kitchen.people.suggest("ana", "fruits", "")
    kitchen.offers = {"options": [option("melon")]}
    kitchen.people.suggest("ana", "fruits", "m")
    kitchen.people.submit_view("ana", view, {"fruit": "apple", "fruits": ["currant", "melon"]})
    chosen = kitchen.heard[-1]["view"]["state"]["values"]["many"]["fruits"]["selected_options"]
    assert chosen == [option("currant"), option("melon")]


def test_only_what_was_offered_in_this_place_can_be_chosen(kitchen: Kitchen) -> None:
    """A person cannot make options up, nor take those of another window."""
    kitchen.open()
    kitchen.people.suggest("ana", "fruit", "ap")
    second = kitchen.open()
    with pytest.raises(NoSuchControl, match="does not offer 'apple'"):
        kitchen.people.submit_view("ana", second, {"fruit": "apple"})


def test_a_client_asks_once_enough_is_typed(kitchen: Kitchen) -> None:
    """The element says from how many characters on; a menu with fixed options is never asked about."""
    kitchen.open()
    with pytest.raises(NoSuchControl, match="once 2 characters"):
        kitchen.people.suggest("ana", "fruit", "a")
    assert kitchen.heard == []


@pytest.mark.parametrize(
    ("offers", "says"),
    [
        ({"options": [{"text": words("No value")}]}, "missing required field: value"),
        ({"options": [option(str(number)) for number in range(101)]}, "no more than 100 items allowed"),
        ({"text": "here you are"}, "neither `options` nor `option_groups` came"),
    ],
    ids=["no value", "too many", "no options"],
)
def test_what_slack_would_not_show_is_not_offered(kitchen: Kitchen, offers: Json, says: str) -> None:
    """The person is told, and nothing can be chosen."""
    view = kitchen.open()
    kitchen.offers = offers
    assert says in (kitchen.people.suggest("ana", "fruit", "ap").error or "")
    with pytest.raises(NoSuchControl, match="does not offer"):
        kitchen.people.submit_view("ana", view, {"fruit": "apple"})


def test_nothing_found_is_an_answer(kitchen: Kitchen) -> None:
    """No options at all is no fault."""
    kitchen.open()
    kitchen.offers = {"options": []}
    assert kitchen.people.suggest("ana", "fruit", "zz").error is None


def test_a_menu_in_a_message_asks_too_and_keeps_what_it_held_at_first(kitchen: Kitchen) -> None:
    """The payload says which message; the first choice need not be offered again."""
    channel = kitchen.workspace.channels["C0KITCHEN"]
    author = messages.bot_author(kitchen.workspace)
    ts = messages.post(kitchen.workspace, channel, author, {"blocks": CARD})["ts"]
    kitchen.workspace.settle()
    kitchen.heard.clear()
    kitchen.people.suggest("ana", "fruit", "ap", "#kitchen", ts)
    kitchen.people.click("ana", "#kitchen", ts, "fruit", "apple")
    kitchen.people.click("ana", "#kitchen", ts, "fruit", "plum")
    asked, first, second = kitchen.heard
    assert (asked["container"]["message_ts"], asked["channel"]["id"], asked["message"]["ts"]) == (ts, "C0KITCHEN", ts)
    assert first["actions"][0]["selected_option"] == option("apple")
    assert second["actions"][0]["selected_option"] == option("plum")


def test_a_submission_brings_response_urls_for_the_channels_that_ask_for_one(kitchen: Kitchen) -> None:
    """What is posted there stands in the chosen channel."""
    menu = {"type": "conversations_select", "action_id": "where", "response_url_enabled": True}
    field = {"type": "input", "block_id": "to", "label": words("Where?"), "element": menu}
    with kitchen.workspace.changed:
        view = show(kitchen.workspace, "U0ANA", MODAL | {"blocks": [field]})["id"]
    kitchen.people.submit_view("ana", view, {"where": "C0KITCHEN"})
    [given] = kitchen.heard[-1]["response_urls"]
    assert given | {"response_url": ""} == {
        "block_id": "to",
        "action_id": "where",
        "channel_id": "C0KITCHEN",
        "response_url": "",
    }
    assert given["response_url"].startswith(f"{kitchen.workspace.url}/response/")
