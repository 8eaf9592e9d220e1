"""A press is heard, whatever the app draws meanwhile."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from bot.standin import Ack, Envelope
from tests.page.browser import Desk, Wall
from tests.page.test_focus import card, change, redraw

# Whether the page was told of the change, and had its turn to draw it.
TOLD = """async () => {
  const { parts } = await import("/static/js/store.js");
  await new Promise((done) => setTimeout(() => setTimeout(done)));
  return JSON.stringify([...parts]).includes("Changed");
}"""


def middle(locator: Locator) -> tuple[float, float]:
    box = locator.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def space(wall: Wall) -> tuple[Callable[[], None], Callable[[], None]]:
    keys = wall.page.keyboard
    return lambda: keys.down(" "), lambda: keys.up(" ")


@pytest.mark.parametrize("by", ["mouse", "space"])
def test_what_is_pressed_is_not_drawn_anew_before_it_is_let_go(wall: Wall, by: str) -> None:
    """The click reaches the app; the change is seen afterwards."""
    heard: list[Envelope] = []
    wall.workspace.answer_with(lambda envelope: Ack(bool(heard.append(envelope) or True)))
    ts = card(wall)
    go = wall.message(ts).get_by_role("button", name="Go")
    expect(go).to_be_visible()
    wall.page.mouse.move(*middle(go))
    go.focus()
    down, up = (wall.page.mouse.down, wall.page.mouse.up) if by == "mouse" else space(wall)
    down()
    change(wall, ts)
    wall.workspace.wait_for(lambda: wall.page.evaluate(TOLD))
    expect(wall.message(ts)).not_to_contain_text("Changed")
    up()
    wall.workspace.wait_for(lambda: "block_actions" in [one.payload["type"] for one in heard])
    expect(wall.message(ts)).to_contain_text("Changed")


@pytest.mark.parametrize("key", ["Escape", "Enter"])
def test_a_menu_gives_the_focus_back_to_a_button_that_was_drawn_anew(wall: Wall, key: str) -> None:
    """By Escape and by a choice."""
    wall.workspace.answer_with(lambda envelope: Ack(True))
    option = {"text": {"type": "plain_text", "text": "One"}, "value": "1"}
    ts = card(wall, {"type": "overflow", "action_id": "more", "options": [option]})
    more = wall.message(ts).get_by_role("button", name="More", exact=True)
    more.press("Enter")
    expect(wall.page.get_by_role("menuitem")).to_be_focused()
    redraw(wall, ts)
    wall.page.keyboard.press(key)
    expect(wall.page.get_by_role("menuitem")).to_have_count(0)
    expect(more).to_be_focused()


def test_a_paste_goes_into_its_channels_composer(desk: Desk) -> None:
    """From wherever one is, also when the browser is late to tell of the new address."""
    desk.page.add_init_script("addEventListener('hashchange', (event) => event.stopImmediatePropagation(), true)")
    desk.page.reload()
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("# wa-alerts")
    desk.press("paste-words")
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("# support")
    expect(desk.composer).to_have_value("@waerror our template needs 3 variables and we send 2")
    expect(desk.composer).to_be_focused()
