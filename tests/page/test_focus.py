"""Whoever has no mouse never loses their place: whatever closes, goes or is drawn anew hands the focus on."""

from collections.abc import Mapping
from threading import Event
from typing import Literal

import pytest
from playwright.sync_api import expect

from bot.standin import Ack, Envelope, messages
from tests.page.browser import Desk, Wall
from tests.page.contrast import ring
from tests.page.test_drawing import entry, opened, options, words

BUTTON = {"type": "button", "action_id": "go", "text": words("Go")}
ASKS = {"title": words("Sure?"), "text": words("It cannot be undone."), "confirm": words("Yes"), "deny": words("No")}


def card(wall: Wall, element: Mapping[str, object] = BUTTON) -> str:
    """Our own app's message with a button, or something else to press. Its ts."""
    workspace = wall.workspace
    block = {"type": "actions", "block_id": "b", "elements": [element]}
    author = messages.bot_author(workspace)
    return str(messages.post(workspace, workspace.channels["C0SUPPORT"], author, {"blocks": [block]})["ts"])


def change(wall: Wall, ts: str) -> None:
    """The app edits its message."""
    message = wall.workspace.stored["C0SUPPORT"][ts]
    blocks = [{"type": "section", "text": words("Changed")}, *message["blocks"]]
    messages.change(wall.workspace, wall.workspace.channels["C0SUPPORT"], message, {"blocks": blocks}, None)


def redraw(wall: Wall, ts: str) -> None:
    """The app edits its message, and the page shows it."""
    change(wall, ts)
    expect(wall.last).to_contain_text("Changed")


def gives_back_after(wall: Wall, ts: str, role: Literal["alertdialog", "dialog"]) -> None:
    """The message is drawn anew beneath, and what stands over it is closed."""
    redraw(wall, ts)
    wall.page.keyboard.press("Escape")
    expect(wall.page.get_by_role(role)).to_have_count(0)
    expect(wall.last.get_by_role("button", name="Go")).to_be_focused()


def test_the_skip_link_goes_to_the_conversation_and_stays_in_the_channel(wall: Wall) -> None:
    """It is no address of the page's."""
    wall.page.goto(f"{wall.page.url}#/D0ANA")
    expect(wall.page.get_by_role("heading", level=1)).to_have_text("waerror")
    wall.page.locator(".skip").focus()
    wall.page.keyboard.press("Enter")
    expect(wall.page.locator("#main")).to_be_focused()
    expect(wall.page.get_by_role("heading", level=1)).to_have_text("waerror")


def test_a_thread_that_closes_gives_the_focus_back(wall: Wall) -> None:
    """By its button and by Escape."""
    ts = wall.people.say("ana", "#support", "hello")
    wall.people.say("ben", "#support", "hi", ts)
    replies = wall.last.locator(".replies")
    for close in (lambda: wall.page.get_by_role("button", name="Close thread").press("Enter"), None):
        replies.press("Enter")
        expect(wall.page.get_by_role("heading", name="Thread")).to_be_focused()
        close() if close else wall.page.keyboard.press("Escape")
        expect(replies).to_be_focused()


def test_a_question_gives_the_focus_back_to_a_button_that_was_drawn_anew(wall: Wall) -> None:
    """The app edited the message while the question stood there."""
    ts = card(wall, BUTTON | {"confirm": ASKS})
    wall.last.get_by_role("button", name="Go").press("Enter")
    expect(wall.page.get_by_role("alertdialog")).to_be_visible()
    gives_back_after(wall, ts, "alertdialog")


def test_a_modal_gives_the_focus_back_to_a_button_that_was_drawn_anew(wall: Wall) -> None:
    """As with the question."""
    ts = card(wall)
    wall.last.get_by_role("button", name="Go").focus()
    opened(wall, {"type": "modal", "title": words("A view"), "blocks": [{"type": "divider"}]})
    expect(wall.page.get_by_role("dialog")).to_be_visible()
    gives_back_after(wall, ts, "dialog")


def test_a_form_that_the_app_draws_anew_keeps_the_field_one_is_in(wall: Wall) -> None:
    """And what was typed."""
    fields = [entry(name, {"type": "plain_text_input", "action_id": name}) for name in ("first", "second")]
    form = {"type": "modal", "title": words("A form"), "submit": words("Send"), "blocks": fields}
    [id] = opened(wall, form)
    second = wall.page.get_by_role("textbox", name="second")
    second.fill("typed")
    with wall.workspace.changed:
        view = wall.workspace.open_views[id]
        view.update(hash="new", blocks=[{"type": "section", "block_id": "s", "text": words("Look")}, *view["blocks"]])
        wall.workspace.changed.notify_all()
    expect(wall.page.get_by_role("dialog")).to_contain_text("Look")
    expect(second).to_be_focused()
    expect(second).to_have_value("typed")


def test_what_is_dismissed_leaves_the_focus_in_the_list(wall: Wall) -> None:
    """Not nowhere."""
    messages.whisper(wall.workspace, "U0ANA", "C0SUPPORT", {"text": "only you"})
    wall.page.get_by_role("button", name="Dismiss").press("Enter")
    expect(wall.page.locator("article.whisper")).to_have_count(0)
    expect(wall.page.locator("main .feed")).to_be_focused()


def test_what_is_on_its_way_keeps_the_focus_and_is_not_pressed_twice(wall: Wall) -> None:
    """A modal's button, while the app takes its time; what then goes wrong is said inside of the modal."""
    heard: list[Envelope] = []
    ready = Event()
    asked: list[str] = []
    wall.page.on("request", lambda request: asked.append(request.url))
    wall.workspace.answer_with(lambda envelope: heard.append(envelope) or Ack(not ready.wait(60)))
    form = {"type": "modal", "title": words("A form"), "submit": words("Send"), "blocks": [{"type": "divider"}]}
    opened(wall, form)
    send = wall.page.get_by_role("dialog").get_by_role("button", name="Send")
    send.press("Enter")
    expect(send).to_have_attribute("aria-busy", "true")
    send.press("Enter")
    ready.set()
    alert = wall.page.get_by_role("dialog").get_by_role("alert")
    expect(alert).to_contain_text("did not answer")
    expect(send).to_be_focused()
    assert len([url for url in asked if url.endswith("/do/submit")]) == len(heard) == 1
    wall.page.keyboard.press("Escape")
    expect(wall.page.get_by_role("dialog")).to_have_count(0)
    expect(wall.page.get_by_role("alert")).to_be_visible()  # it stays to be read


def test_drawers_of_a_narrow_screen_say_whether_they_are_open(wall: Wall) -> None:
    """Escape closes them, and their button has the focus."""
    wall.page.set_viewport_size({"width": 375, "height": 700})
    menu, attempts = wall.page.locator("#menu"), wall.page.locator("#try")
    expect(attempts).to_have_attribute("aria-expanded", "false")
    menu.press("Enter")
    expect(menu).to_have_attribute("aria-expanded", "true")
    expect(wall.page.locator("#sidebar a").first).to_be_focused()
    wall.page.keyboard.press("Escape")
    expect(menu).to_have_attribute("aria-expanded", "false")
    expect(menu).to_be_focused()


def test_a_drawer_makes_way_for_what_was_chosen_in_it(desk: Desk) -> None:
    """Also when one is in that channel already: a paste is seen in the composer."""
    desk.page.set_viewport_size({"width": 375, "height": 700})
    desk.page.goto(f"{desk.url}#/C0SUPPORT")
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("# support")  # drawers make way for this as well
    desk.page.locator("#try").press("Enter")
    expect(desk.page.locator("#panel summary").first).to_be_focused()
    desk.page.locator("[data-item=paste-words]").click()
    expect(desk.composer).to_be_focused()
    expect(desk.page.locator("#panel")).to_be_hidden()
    desk.page.locator("#menu").click()
    desk.page.locator("#sidebar a[data-place=C0SUPPORT]").click()
    expect(desk.page.locator("#sidebar")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_has_the_focus_is_seen_to_have_it(wall: Wall, scheme: str) -> None:
    """The ring around it stands out from what is behind it."""
    page = wall.page
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    wall.people.say("ana", "#support", "hello")
    expect(wall.last).to_contain_text("hello")
    page.locator(".skip").focus()
    seen = []
    while page.locator("main .composer :focus").count() == 0:
        page.keyboard.press("Tab")
        seen.append(ring(page))
    assert len(seen) > 8
    assert [one for one in seen if one["ratio"] < 3] == []


def test_one_of_several_is_chosen_in_a_message(wall: Wall) -> None:
    """Radio buttons outside of a form belong together as well."""
    choice = {"type": "radio_buttons", "action_id": "c", "options": options("red", "blue")}
    wall.post(blocks=[{"type": "section", "text": words("Which?"), "accessory": choice}])
    wall.last.get_by_role("radio", name="Red").check()
    wall.last.get_by_role("radio", name="Blue").check()
    expect(wall.last.get_by_role("radio", name="Red")).not_to_be_checked()
