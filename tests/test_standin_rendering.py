"""What a message reads like, and what becomes of what a person types."""

from typing import Any

import pytest

from bot.standin import pings, plain
from bot.standin.composer import rich_text, typed


def mrkdwn(text: str) -> dict[str, Any]:
    return {"text": "", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": text}}]}


@pytest.mark.parametrize(
    ("marked", "read"),
    [
        ("*bold* and _slanted_ and ~gone~", "bold and slanted and gone"),
        ("snake_case_name * 2 * 3", "snake_case_name * 2 * 3"),
        ("`code *kept*` here", "code *kept* here"),
        ('```\n{"a": 1}\n```', '{"a": 1}'),
        ("a &lt;b&gt; &amp;amp;", "a <b> &amp;"),
        ("<https://example.com|the page>", "the page"),
        ("<https://example.com>", "https://example.com"),
        ("hello <@U0ALICE> in <#C0ALERTS|alerts>", "hello @U0ALICE in #alerts"),
        ("<!here> look", "@here look"),
        ("<!date^1700000000^{date}|14 Nov 2023>", "14 Nov 2023"),
    ],
)
def test_marks_are_read_as_people_see_them(marked: str, read: str) -> None:
    assert plain(mrkdwn(marked)) == read


def test_blocks_are_read_in_lines() -> None:
    def words(text: str) -> dict[str, Any]:
        return {"type": "plain_text", "text": text}

    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": words("Title")},
        {"type": "section", "fields": [words("a"), words("b")]},
        {"type": "context", "elements": [words("small"), {"type": "image", "alt_text": "dot", "image_url": "x"}]},
        {"type": "divider"},
        {"type": "actions", "elements": [{"type": "button", "text": words("Go")}]},
        {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}, {"type": "raw_text", "text": "y"}]]},
        rich_text("say\n```\ncode\n```\nto <@U0ALICE>", "b"),
    ]
    assert plain({"blocks": blocks}).splitlines() == [
        *("Title", "a", "b", "small (dot)", "---", "[ Go ]", "x | y", "say", "code", "to @U0ALICE"),
    ]


def test_attachments_are_read_after_the_text() -> None:
    attachment = {"pretext": "before", "title": "T", "text": "*x*", "fields": [{"title": "k", "value": "v"}]}
    assert plain({"text": "first", "attachments": [attachment]}) == "first\nbefore\nT\nx\nk: v"


def test_pings_are_found_and_escaped_ones_are_not() -> None:
    assert pings(mrkdwn("<!channel> <@U0ALICE|alice> &lt;!here&gt; <https://x.org|y>")) == [
        "<!channel>",
        "<@U0ALICE|alice>",
    ]
    assert pings({"type": "message", "text": "&lt;!channel&gt;"}) == []


@pytest.mark.parametrize(
    ("keys", "sent"),
    [
        ("a < b && c > d", "a &lt; b &amp;&amp; c &gt; d"),
        ("see https://x.org/a?b=1&c=2.", "see <https://x.org/a?b=1&amp;c=2>."),
        ('{"url": "https://x.org/a"}', '{"url": "<https://x.org/a>"}'),
        ("write to bob@x.org", "write to <mailto:bob@x.org|bob@x.org>"),
        ("<@U0ALICE> <!here> <#C0ALERTS|alerts>", "<@U0ALICE> <!here> <#C0ALERTS|alerts>"),
        ("<script>", "&lt;script&gt;"),
    ],
)
def test_what_is_typed_is_escaped_and_linked(keys: str, sent: str) -> None:
    assert typed(keys) == sent


def test_the_composer_keeps_code_apart() -> None:
    block = rich_text("look:\n```\n{}\n```", "b")
    assert [one["type"] for one in block["elements"]] == ["rich_text_section", "rich_text_preformatted"]
    assert block["elements"][1]["elements"] == [{"type": "text", "text": "{}"}]
