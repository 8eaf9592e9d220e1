"""What a person writes: it grows while they type, they change it and take it back, and the app hears of that."""

from playwright.sync_api import expect

from bot.standin import Ack, Envelope
from bot.standin.page import serve_page
from tests.page.browser import Wall


def menu(wall: Wall, item: str) -> None:
    wall.last.hover()
    wall.last.get_by_role("button", name="More actions").click()
    wall.page.get_by_role("menuitem", name=item).click()


def test_ones_own_message_is_edited(wall: Wall) -> None:
    """What they had typed stands in the window, mentions and links as they typed them; it is marked as edited."""
    heard: list[Envelope] = []
    wall.workspace.add_channel("support", bot=True)
    wall.workspace.answer_with(lambda envelope: Ack(bool(heard.append(envelope) or True)))
    wall.people.say("ana", "#support", "@ben see https://example.com/a?b=1&c=2 or me@example.com: a < b")
    expect(wall.last).to_contain_text("a < b")
    menu(wall, "Edit message…")
    box = wall.page.get_by_role("textbox", name="Message", exact=True)
    expect(box).to_be_focused()
    expect(box).to_have_value("@ben see https://example.com/a?b=1&c=2 or me@example.com: a < b")
    box.fill("@ben it was (#131047)")
    wall.page.get_by_role("button", name="Save").click()
    expect(wall.last).to_contain_text("@ben it was (#131047)")
    expect(wall.last).to_contain_text("(edited)")
    expect(wall.last.locator(".mention")).to_have_text("@ben")
    wall.workspace.settle()
    [changed] = [one.payload["event"] for one in heard if one.payload["event"].get("subtype") == "message_changed"]
    assert changed["message"]["text"] == "<@U0BEN> it was (#131047)"


def test_ones_own_message_is_deleted_after_a_question(wall: Wall) -> None:
    """Not before; and what others wrote can be neither edited nor deleted."""
    wall.people.say("ben", "#support", "of Ben")
    wall.people.say("ana", "#support", "of Ana")
    expect(wall.last).to_contain_text("of Ana")
    menu(wall, "Delete message…")
    wall.page.get_by_role("button", name="Cancel").click()
    expect(wall.last).to_contain_text("of Ana")
    menu(wall, "Delete message…")
    wall.page.get_by_role("button", name="Delete").click()
    expect(wall.last).to_contain_text("of Ben")
    wall.last.hover()
    wall.last.get_by_role("button", name="More actions").click()
    expect(wall.page.get_by_role("menuitem")).to_have_text(["Reply in thread", "Copy text"])


def test_a_deleted_message_with_replies_leaves_its_thread(wall: Wall) -> None:
    """Said where it stood, by nobody, without a menu; its thread opens as before, and ends with its last reply."""
    ts = wall.people.say("ana", "#support", "of Ana")
    reply = wall.people.say("ben", "#support", "of Ben", ts)
    wall.people.delete("ana", "#support", ts)
    expect(wall.last).to_contain_text("This message was deleted.")
    expect(wall.last.locator(".by, .tools")).to_have_count(0)
    wall.last.get_by_role("button", name="1 reply").click()
    expect(wall.page.locator("#thread .feed article").last).to_contain_text("of Ben")
    wall.people.delete("ben", "#support", reply)
    expect(wall.page.get_by_text("This message was deleted.")).to_have_count(0)


def test_code_between_backticks_is_code(wall: Wall) -> None:
    """As Slack's composer makes it: nothing in it is a mention or a link."""
    wall.people.say("ana", "#support", "it says `(#131047) @ben https://example.com`, see https://example.com")
    expect(wall.last.locator("code")).to_have_text("(#131047) @ben https://example.com")
    expect(wall.last.locator("a")).to_have_count(1)


def test_a_long_line_is_seen_while_it_is_typed(wall: Wall) -> None:
    """The composer grows with what is in it, to a limit."""
    box = wall.page.locator("main .composer textarea")
    heights = []
    for words in (1, 60, 2_000):
        box.fill("word " * words)
        heights.append(box.evaluate("box => box.offsetHeight"))
    assert heights == sorted(set(heights))
    assert heights[-1] < 400
    expect(wall.page.locator("main .feed")).to_be_visible()


def test_a_workspace_that_was_started_anew_is_shown_again(wall: Wall) -> None:
    """The page that is open knows nothing of the new one's token, so it loads itself anew."""
    port = int(wall.page.url.rsplit(":", 1)[1].split("/")[0])  # one that nobody is given meanwhile
    wall.served.stop()
    expect(wall.page.locator("#sidebar .state")).to_contain_text("does not answer")
    with serve_page(wall.workspace, port=port):
        wall.people.say("ben", "#support", "back")
        expect(wall.last).to_contain_text("back")
        wall.page.close()
    wall.complaints.clear()  # the browser says that nobody answered
