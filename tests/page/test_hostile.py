"""What others post is drawn as text or as a visible error: it never becomes markup, a script, or a hole in the page."""

import pytest
from playwright.sync_api import expect

from tests.page.browser import Wall

NASTY = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>'


def test_markup_stays_text(wall: Wall) -> None:
    """In messages, blocks, attachments, names of links; an address that is no web address is no link."""
    people = wall.people
    people.say("ben", "#support", NASTY)
    field = {"type": "section", "fields": [{"type": "mrkdwn", "text": NASTY}, {"type": "plain_text", "text": NASTY}]}
    header = {"type": "header", "text": {"type": "plain_text", "text": NASTY}}
    people.post_as_app("#support", "Evil", NASTY, blocks=[header, field])
    people.post_as_app(
        "#support", "Evil", attachments=[{"title": NASTY, "text": NASTY, "color": NASTY, "footer": NASTY}]
    )
    link = "<javascript:window.hit=1|click me> <data:text/html,x|or me> <https://example.com|a real one>"
    people.post_as_app("#support", "Evil", link)
    expect(wall.last).to_contain_text("click me or me a real one")
    expect(wall.last.locator("a")).to_have_count(1)
    assert wall.page.locator("main .feed :is(img, script, iframe)").count() == 0
    assert wall.page.evaluate("window.hit") is None


def test_what_cannot_be_drawn_is_named(wall: Wall) -> None:
    """Types that are unknown or called like what every object has, shapes that are wrong: an error in sight each."""
    blocks = [
        {"type": "hologram"},
        {"type": "constructor"},
        {"type": "section", "text": {"type": "mrkdwn"}},
        {"type": "actions", "elements": [{"type": "toString", "action_id": "a"}]},
        {"type": "rich_text", "elements": [{"type": "rich_text_spiral", "elements": []}]},
        {"type": "data_visualization", "title": "x", "chart": {"type": "gauge"}},
        {"type": "divider"},
    ]
    numbered = [{**block, "block_id": str(number)} for number, block in enumerate(blocks)]
    wall.people.post_as_app("#support", "Evil", "x", blocks=numbered)
    expect(wall.last.locator(".unknown")).to_have_count(6)
    expect(wall.last).to_contain_text("This page cannot draw the block “hologram”.")
    wall.people.post_as_app("#support", "Evil", ":constructor: <!date^1^{constructor}|as it was>")
    expect(wall.last).to_contain_text(":constructor: as it was")


@pytest.mark.parametrize(
    ("text", "selector", "count"),
    [("`a` " * 9_000, "code", 9_000), ("```x```" * 2_000, "pre", 2_000), ("&gt; " * 5_000, "blockquote", 1)],
    ids=["marks", "fences", "quotes"],
)
def test_a_message_full_of_marks_is_drawn(wall: Wall, text: str, selector: str, count: int) -> None:
    """As many as Slack's 40,000 characters hold."""
    message = wall.post(text)
    assert message.locator(selector).count() == count
    expect(wall.post("and the next")).to_contain_text("and the next")


def test_a_text_of_signs_that_nothing_closes_does_not_hold_the_page_up(wall: Wall) -> None:
    """It is drawn as it was written. More than Slack takes: searched to its end from each, it would never be."""
    expect(wall.post("*a _b ~c " * 100_000)).to_contain_text("*a _b ~c")


def test_a_message_that_cannot_be_drawn_leaves_the_others_alone(wall: Wall) -> None:
    """It is named, where it would stand; those before and after are there."""
    wall.post("before")
    wall.people.post_as_app("#support", "Evil", "x", reactions=7, files=[None])
    expect(wall.last.locator(".unknown")).to_contain_text("cannot draw the message")
    expect(wall.post("after")).to_contain_text("after")
    expect(wall.page.locator("main article")).to_have_count(3)
