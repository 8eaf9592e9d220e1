"""Every text can be read, in light and dark: WCAG's AA, measured on what the browser draws."""

import pytest
from playwright.sync_api import expect

from bot.standin import messages
from tests.page.browser import Desk, Wall
from tests.page.contrast import contrasts
from tests.page.test_drawing import FORM, entry, opened, words

AA = 4.5
BLOCKS = [
    {"type": "header", "text": words("A header")},
    {
        "type": "section",
        "fields": [words("one"), {"type": "mrkdwn", "text": "`code` <@U0ANA> <@U0BEN> <!here> <#C0SUPPORT>"}],
    },
    {"type": "context", "elements": [{"type": "mrkdwn", "text": "small, with <https://example.com|a link>"}]},
    {"type": "hologram"},
    {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "action_id": style,
                "text": words(style),
                **({"style": style} if style != "plain" else {}),
            }
            for style in ("plain", "primary", "danger")
        ],
    },
]


def weak(page: object) -> list[dict[str, object]]:
    return [one for one in contrasts(page) if one["ratio"] < AA]  # type: ignore[arg-type]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_messages_notices_and_forms_can_be_read(wall: Wall, scheme: str) -> None:
    """Blocks, mentions, a message for one alone, a suggestion, an error as a notice and beside a field."""
    page = wall.page
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    wall.post("*An app* says `so`, <@U0ANA>", blocks=BLOCKS)
    ts = wall.people.say("ben", "#support", "@ana look at https://example.com ```code```")
    messages.whisper(wall.workspace, "U0ANA", "C0SUPPORT", {"text": "only you"})
    expect(page.locator("article.whisper")).to_be_visible()
    composer = page.locator("main .composer textarea")
    composer.fill("/weather")
    composer.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    composer.fill("@b")
    expect(page.get_by_role("option").first).to_be_visible()
    wall.message(ts).hover()
    assert weak(page) == []
    typed = {"type": "plain_text_input", "action_id": "typed", "placeholder": words("As you like")}
    opened(wall, FORM | {"blocks": [*FORM["blocks"], entry("More", typed)]})
    form = page.get_by_role("dialog", name="A form")
    expect(form.get_by_role("alert")).to_be_visible()  # it stands in the form now, and not before its buttons
    form.get_by_role("button", name="Send").click()
    expect(form.locator(".body .error:visible")).to_have_count(4)
    assert weak(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_workspace_of_the_demo_can_be_read(desk: Desk, scheme: str) -> None:
    """A thread with its card, the panel, a question, the Home tab with its chart."""
    page = desk.page
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    number = "15550104009" if scheme == "dark" else "15550104008"
    thread = desk.open_thread(desk.paste("paste-rate-limit", **{"15550104567": number}))
    expect(thread).to_contain_text("130429")
    assert weak(page) == []
    thread.get_by_role("button", name="Retry message").click()
    expect(desk.dialog).to_be_visible()
    assert weak(page) == []
    page.keyboard.press("Escape")
    desk.go("waerror Home")
    expect(page.locator(".home")).to_contain_text("Top errors")
    assert weak(page) == []
