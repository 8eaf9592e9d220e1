"""What other apps than ours need of the page: any command, global shortcuts, menus whose options the app gives."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from bot.standin import Ack, Envelope, Workspace, messages
from bot.standin.api.views import show
from bot.standin.page import Panel, Shortcut, serve_page
from tests.page.browser import Wall, window
from tests.patience import UNHURRIED

Json = dict[str, Any]


def words(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def option(name: str) -> Json:
    return {"text": words(name), "value": name.lower()}


OFFERS: dict[str, Json] = {
    "": {"option_groups": [{"label": words("All"), "options": [option("Apple"), option("Plum")]}]},
    "zz": {"options": []},
    "ch": {"options": [option("Cherry")]},
}


def menu(type: str, action_id: str, label: str) -> Json:
    element = {"type": type, "action_id": action_id, "min_query_length": 0}
    return {"type": "input", "block_id": action_id, "label": words(label), "element": element}


FORM: Json = {
    "type": "modal",
    "title": words("Lunch"),
    "submit": words("Send"),
    "blocks": [menu("external_select", "one", "Fruit"), menu("multi_external_select", "many", "More fruit")],
}


def the(heard: list[Envelope], type: str) -> Json:
    """The payload of the only envelope of this type: two requests of a page may overtake each other."""
    [payload] = [one.payload for one in heard if one.payload.get("type") == type]
    return payload


def app(heard: list[Envelope]) -> Any:
    def answer(envelope: Envelope) -> Ack:
        heard.append(envelope)
        asked = envelope.payload.get("type") == "block_suggestion"
        return Ack(True, OFFERS[envelope.payload["value"]] if asked else None)

    return answer


def test_what_the_app_offers_is_searched_and_chosen(wall: Wall) -> None:
    """The app is asked when one comes to the field and as one types; what was chosen stays while it is asked again."""
    heard: list[Envelope] = []
    wall.workspace.answer_with(app(heard))
    with wall.workspace.changed:
        show(wall.workspace, "U0ANA", FORM)
    one = wall.page.get_by_role("group", name="Fruit", exact=True)
    one.get_by_role("searchbox").focus()
    expect(one.get_by_role("option")).to_have_text(["Choose …", "Apple", "Plum"])
    one.get_by_role("combobox").select_option("plum")
    many = wall.page.get_by_role("group", name="More fruit")
    many.get_by_role("searchbox").focus()
    many.get_by_role("listbox").select_option(["apple"])
    many.get_by_role("searchbox").fill("zz")
    expect(many.get_by_role("status")).to_have_text("No results")
    many.get_by_role("searchbox").fill("ch")
    many.get_by_role("searchbox").press("Enter")
    expect(many.get_by_role("option")).to_have_text(["Apple", "Cherry"])
    many.get_by_role("listbox").select_option(["apple", "cherry"])
    wall.page.get_by_role("dialog").get_by_role("button", name="Send").click()
    expect(wall.page.locator("dialog")).to_have_count(0)
    values = the(heard, "view_submission")["view"]["state"]["values"]
    assert values["one"]["one"]["selected_option"] == option("Plum")
    assert values["many"]["many"]["selected_options"] == [option("Apple"), option("Cherry")]


def test_a_menu_in_a_message_asks_and_presses(wall: Wall) -> None:
    """What is typed is no choice; the choice is sent as soon as it is made."""
    heard: list[Envelope] = []
    select = {"type": "external_select", "action_id": "one", "min_query_length": 2, "placeholder": words("Fruit")}
    card = {"blocks": [{"type": "actions", "elements": [select]}]}
    wall.workspace.answer_with(app(heard))
    messages.post(wall.workspace, wall.workspace.channels["C0SUPPORT"], messages.bot_author(wall.workspace), card)
    group = wall.last.get_by_role("group", name="Fruit")
    expect(group.get_by_role("status")).to_have_text("Type 2 characters or more.")
    group.get_by_role("searchbox").fill("ch")
    expect(group.get_by_role("option")).to_have_text(["Choose …", "Cherry"])
    group.get_by_role("combobox").select_option("cherry")
    wall.workspace.wait_for(lambda: "block_actions" in [one.payload["type"] for one in heard])
    wall.workspace.settle()
    assert sorted(one.payload["type"] for one in heard) == ["block_actions", "block_suggestion", "event_callback"]
    assert the(heard, "block_actions")["actions"][0]["selected_option"] == option("Cherry")


@pytest.mark.parametrize("any_command", [True, False])
def test_commands_and_global_shortcuts_reach_the_app(browser: Browser, any_command: bool) -> None:
    """Any command, where the app's are not known; a shortcut from the composer; neither in the menu of a message."""
    heard: list[Envelope] = []
    workspace = Workspace(patience=UNHURRIED)
    workspace.add_user("ana")
    workspace.add_channel("support")
    workspace.answer_with(app(heard))
    panel = Panel(shortcuts=(Shortcut("order", "Order lunch", "global"),), any_command=any_command)
    with serve_page(workspace, panel) as served, window(browser) as context:
        page = context.new_page()
        page.goto(served.url)
        page.locator("main .composer textarea").fill("/made-up it")
        page.locator("main .composer textarea").press("Enter")
        if not any_command:
            expect(page.get_by_text("/made-up is not a valid command.")).to_be_visible()
        page.get_by_role("button", name="Shortcuts").click()
        page.get_by_role("menuitem", name="Order lunch").click()
        workspace.wait_for(lambda: len(heard) == 1 + any_command)
    workspace.close()
    commands = [(one.payload["command"], one.payload["text"]) for one in heard if one.type == "slash_commands"]
    assert commands == ([("/made-up", "it")] if any_command else [])
    assert the(heard, "shortcut")["callback_id"] == "order"
