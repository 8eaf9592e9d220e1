"""What Slack draws, the page draws: mrkdwn, blocks, modals and their fields, each in a real browser."""

import re
from itertools import pairwise
from typing import Any

from playwright.sync_api import expect

from bot.standin import Ack, Envelope
from bot.standin.api.views import show
from tests.page.browser import Wall

Json = dict[str, Any]
# mrkdwn → what is read, and a selector with how often it is there.
MRKDWN = [
    ("*bold* _italic_ ~gone~ `a*b*c`", "bold italic gone a*b*c", {"strong": 1, "em": 1, "s": 1, "code": 1}),
    ("2*3*4 snake_case_name", "2*3*4 snake_case_name", {"strong": 0, "em": 0}),
    ("<https://example.com/?a=1&amp;b=2|a &amp; b>", "a & b", {'a[href="https://example.com/?a=1&b=2"]': 1}),
    ("<@U0BEN> in <#C0SUPPORT>, <!here>", "@ben in #support, @here", {".mention": 3, ".loud": 1}),
    ("&lt;!channel&gt; &amp;lt;", "<!channel> &lt;", {".mention": 0}),
    ("&gt; said\nanswered", "said\nanswered", {"blockquote": 1}),
    ("• one\n2. two", "• one\n2. two", {".item": 2}),
    ("```a *b*\n<c>```", "a *b*\n<c>", {"pre": 1, "strong": 0}),
    (":warning: :unheard_of:", "⚠️ :unheard_of:", {}),
    ("<!date^1795430000^{date_num}|then>", "2026-11-23", {"time": 1}),
    ("<!date^1795430000^{made_up}|then>", "then", {"time": 1}),
]


def words(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def entry(label: str, element: Json, **more: Any) -> Json:
    name = element["action_id"]
    return {"type": "input", "block_id": name, "label": words(label), "element": element, **more}


def options(*names: str) -> list[Json]:
    return [{"text": words(name.title()), "value": name} for name in names]


FORM: Json = {
    "type": "modal",
    "title": words("A form"),
    "submit": words("Send"),
    "blocks": [
        entry("Name", {"type": "plain_text_input", "action_id": "name", "max_length": 5}),
        entry("Colour", {"type": "radio_buttons", "action_id": "colour", "options": options("red", "blue")}),
        entry("Days", {"type": "checkboxes", "action_id": "days", "options": options("mon", "tue")}, optional=True),
        entry("Day", {"type": "datepicker", "action_id": "day", "initial_date": "2026-11-25"}),
        entry("Who", {"type": "users_select", "action_id": "who"}),
    ],
}


def test_mrkdwn_reads_as_slack_shows_it(wall: Wall) -> None:
    """Emphasis, links, mentions, quotes, code, emoji, dates in the reader's time; escapes are undone once."""
    for text, read, selectors in MRKDWN:
        message = wall.post(text)
        assert message.locator(".body").inner_text().strip() == read, text
        for selector, count in selectors.items():
            assert message.locator(f".body {selector}").count() == count, (text, selector)


def test_what_is_typed_keeps_its_lines(wall: Wall) -> None:
    """A line that Shift+Enter began, an empty one, and spaces that line things up."""
    wall.page.locator("main .composer textarea").fill("one\n\ntwo\n  • three")
    wall.page.keyboard.press("Enter")
    expect(wall.last.locator(".body")).to_contain_text("three")
    assert wall.last.locator(".body").inner_text().strip() == "one\n\ntwo\n  • three"


def test_the_list_of_threads_says_how_each_begins(wall: Wall) -> None:
    """As it is read: a fence and its signs are no part of a message."""
    message = wall.post("```POST /api/messages/text\n{}```\n*failed* for &lt;ana&gt;")
    wall.people.say("ana", "#support", "I look at it", str(message.get_attribute("data-ts")))
    wall.page.get_by_role("button", name="1 thread").click()
    said = wall.page.get_by_role("menuitem").locator("span")
    expect(said).to_have_text(re.compile(r"^App 0: POST /api/messages/text\s+\{\} failed for <ana>$"))


def test_blocks_are_drawn(wall: Wall) -> None:
    """A table as a table, a chart with a title for each bar, a menu that opens, a context that is small."""
    rows = [[{"type": "raw_text", "text": text} for text in row] for row in (("code", "times"), ("131047", "3"))]
    points = [{"label": label, "value": value} for label, value in (("mon", 3), ("tue", 8))]
    course = {
        "type": "bar",
        "series": [{"name": "alerts", "data": points}],
        "axis_config": {"categories": ["mon", "tue"]},
    }
    menu = {"type": "overflow", "action_id": "more", "options": options("one", "two")}
    message = wall.post(
        blocks=[
            {"type": "header", "text": words("A header")},
            {"type": "section", "text": words("A section"), "accessory": menu},
            {"type": "section", "fields": [words("one"), words("two")]},
            {"type": "table", "rows": rows},
            {"type": "data_visualization", "title": "Alerts", "chart": course},
            {"type": "context", "elements": [words("small")]},
        ]
    )
    expect(message.get_by_role("heading", name="A header")).to_be_visible()
    expect(message.get_by_role("cell", name="131047")).to_be_visible()
    expect(message.get_by_role("img", name="Alerts. mon: 3; tue: 8")).to_be_visible()
    assert message.locator("rect title").all_text_contents() == ["mon: 3", "tue: 8"]
    message.get_by_role("button", name="More", exact=True).click()
    expect(wall.page.get_by_role("menuitem")).to_have_text(["One", "Two"])
    wall.page.keyboard.press("Escape")
    expect(wall.page.get_by_role("menuitem")).to_have_count(0)


def test_a_pie_is_drawn_with_its_shares(wall: Wall) -> None:
    """Each part is named with its value and share, in sight and for who listens."""
    segments = [{"label": "Meta", "value": 30}, {"label": "WaConnect", "value": 10}]
    pie = {"type": "data_visualization", "title": "Whose errors", "chart": {"type": "pie", "segments": segments}}
    message = wall.post(blocks=[pie])
    expect(message.get_by_role("img", name="Whose errors. Meta: 30 (75 %); WaConnect: 10 (25 %)")).to_be_visible()
    assert message.locator("circle").evaluate_all("all => all.map((one) => one.getAttribute('stroke-dasharray'))") == [
        "75 100",
        "25 100",
    ]
    expect(message.locator(".legend")).to_contain_text("Meta: 30 (75 %)")


def test_a_chart_takes_all_that_slack_takes(wall: Wall) -> None:
    """Six series, each in a colour of its own; values below nought; long names that do not run into one another."""
    names = [f"category number {number:02}" for number in range(20)]
    series = [
        {"name": f"series {n}", "data": [{"label": name, "value": (n - 2) * 1_000_000} for name in names]}
        for n in range(6)
    ]
    for type in ("bar", "line", "area"):
        chart = {"type": type, "series": series, "axis_config": {"categories": names}}
        message = wall.post(blocks=[{"type": "data_visualization", "title": "Many", "chart": chart}])
        colours = message.locator(".legend span").evaluate_all(
            "all => all.map((one) => getComputedStyle(one, '::before').color)"
        )
        assert len(set(colours)) == 6
        boxes = message.locator("svg text").evaluate_all(
            "all => all.map((one) => one.getBoundingClientRect()).map(({ x, y, right }) => ({ x, y, right }))"
        )
        frame = message.locator("svg").bounding_box()
        assert frame
        assert all(box["x"] >= frame["x"] and box["right"] <= frame["x"] + frame["width"] for box in boxes)
        named = sorted((box for box in boxes if box["y"] == boxes[-1]["y"]), key=lambda box: box["x"])
        assert all(one["right"] < other["x"] for one, other in pairwise(named))


MARKDOWN = """# A title
**bold** *slanted* _leaning_ ~~gone~~ `a*b` [a link](https://example.com) [none](javascript:hit)
- one
  - inner
- two

3. third
> quoted **well**

| code | times |
|---|--:|
| 131047 | 3 |

```
**as it is**
```
---
2 * 3 * 4 and snake_case_name
"""


def test_markdown_is_drawn(wall: Wall) -> None:
    """What language models write: headings, lists, tables, code; a link that is none stays words."""
    message = wall.post(blocks=[{"type": "markdown", "text": MARKDOWN}])
    expect(message.get_by_role("heading", name="A title")).to_be_visible()
    expect(message.get_by_role("cell", name="131047")).to_be_visible()
    for selector, texts in {
        "strong": ["bold", "well"],
        "em": ["slanted", "leaning"],
        "s": ["gone"],
        "code": ["a*b"],
        "a": ["a link"],
        "ul ul li": ["inner"],
        'ol[start="3"] li': ["third"],
        "pre": ["**as it is**"],
    }.items():
        assert message.locator(f".block {selector}").all_text_contents() == texts, selector
    assert message.locator(".block hr").count() == 1
    expect(message).to_contain_text("2 * 3 * 4 and snake_case_name")


def opened(wall: Wall, *views: Json) -> list[str]:
    with wall.workspace.changed:
        return [show(wall.workspace, "U0ANA", view)["id"] for view in views]


def test_a_form_is_checked_sent_and_answered_beside_its_fields(wall: Wall) -> None:
    """What the client checks is said at once; what the app finds wrong comes back to the field that it names."""
    heard: list[Envelope] = []
    wrong = {"response_action": "errors", "errors": {"name": "That name is taken."}}
    wall.workspace.answer_with(lambda envelope: heard.append(envelope) or Ack(True, wrong if len(heard) < 3 else None))
    opened(wall, FORM)
    form = wall.page.get_by_role("dialog", name="A form")
    name = form.get_by_role("textbox", name="Name")
    form.get_by_role("button", name="Send").click()
    expect(form.locator(".error:visible")).to_have_count(3)
    name.fill("Ana")
    form.get_by_role("radio", name="Blue").check()
    form.get_by_role("checkbox", name="Tue").check()
    form.get_by_role("combobox", name="Who").select_option("U0BEN")
    for tries in (1, 2):  # the same fault is said again
        form.get_by_role("button", name="Send").click()
        expect(form.get_by_text("That name is taken.")).to_be_visible()
        expect(name).to_be_focused()
        assert len(heard) == tries
    name.press("Enter")
    expect(form).to_have_count(0)
    values = heard[2].payload["view"]["state"]["values"]
    assert values["name"]["name"]["value"] == "Ana"
    assert values["colour"]["colour"]["selected_option"]["value"] == "blue"
    assert [one["value"] for one in values["days"]["days"]["selected_options"]] == ["tue"]
    assert values["day"]["day"]["selected_date"] == "2026-11-25"
    assert values["who"]["who"]["selected_user"] == "U0BEN"


def test_modals_stack_and_close_one_by_one(wall: Wall) -> None:
    """The one above keeps the focus; what was typed below is still there afterwards."""
    opened(wall, FORM)
    below = wall.page.get_by_role("dialog", name="A form")
    below.get_by_role("textbox", name="Name").fill("Ana")
    opened(wall, {"type": "modal", "title": words("Above"), "blocks": [{"type": "divider"}]})
    above = wall.page.get_by_role("dialog", name="Above")
    expect(above).to_be_visible()
    wall.page.keyboard.press("Escape")
    expect(above).to_have_count(0)
    expect(below.get_by_role("textbox", name="Name")).to_have_value("Ana")
    wall.page.keyboard.press("Escape")
    expect(below).to_have_count(0)


def test_colours_follow_the_system_and_a_switch(wall: Wall) -> None:
    """Light, dark, and back; the choice is kept over a reload."""
    paper = "getComputedStyle(document.body).backgroundColor"
    wall.page.emulate_media(color_scheme="light")
    light = wall.page.evaluate(paper)
    wall.page.emulate_media(color_scheme="dark")
    dark = wall.page.evaluate(paper)
    assert light != dark
    wall.page.get_by_role("button", name="Colours").click()
    assert wall.page.evaluate(paper) == light
    wall.page.reload()
    assert wall.page.evaluate(paper) == light


def test_many_people_with_long_names_fit_on_a_narrow_screen(wall: Wall) -> None:
    """Emoji, other scripts and letters that run backwards too; nothing is wider than the screen."""
    names = ("a" * 80, "مرحبا بالعالم", "\u202eevil", "😀 smile", "word " * 20)
    for name in names:
        wall.workspace.add_user(name)
    wall.page.set_viewport_size({"width": 375, "height": 700})
    wall.page.reload()
    for name in names:
        wall.people.say(name, "#support", f"hello {name}")
    expect(wall.last).to_contain_text("hello word")
    assert wall.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    wide = "all => all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.innerText)"
    assert wall.page.locator("main article").evaluate_all(wide) == []
    assert wall.page.locator(".avatar").evaluate_all("all => all.map((one) => one.innerText)")[3] == "😀"


def test_a_narrow_screen_shows_one_thing_at_a_time(wall: Wall) -> None:
    """Channels in a drawer, a thread as a sheet over the channel; nothing is wider than the screen."""
    wall.page.set_viewport_size({"width": 380, "height": 700})
    message = wall.post("hello")
    expect(wall.page.locator("#sidebar")).to_be_hidden()
    wall.page.get_by_role("button", name="Channels").click()
    expect(wall.page.locator("#sidebar")).to_be_visible()
    wall.page.get_by_role("button", name="Channels").click()
    message.hover()
    message.get_by_role("button", name="Reply in thread").click()
    expect(wall.page.locator("#thread")).to_be_visible()
    expect(wall.page.locator("main .composer")).to_be_hidden()
    assert wall.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    wall.page.get_by_role("button", name="Close thread").click()
    expect(wall.page.locator("main .composer")).to_be_visible()
