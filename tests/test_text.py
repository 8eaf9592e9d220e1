# ruff: noqa: E501 - a case is a row
"""What Slack delivers becomes the text that a person saw."""

from typing import Any

import pytest

from bot.diagnosis.text import of_message, plain

PLAIN = {
    "slack escaping": ("a &lt;b&gt; &amp; c", "a <b> & c"),
    "html entities, twice": ("&amp;#123;&quot;code&quot;: 1}", '{"code": 1}'),
    "link with label": ("see <https://a.example/x|the docs>", "see the docs (https://a.example/x)"),
    "bare link": ("<https://a.example/x>", "https://a.example/x"),
    "telephone": ("to <tel:+15550001111|+1 555 000 1111>", "to +1 555 000 1111"),
    "mail": ("<mailto:ana@a.example|ana@a.example>", "ana@a.example"),
    "json in a string": (r"{\"code\":131047}", '{"code":131047}'),
    "json in json in a string": (r"{\\\"code\\\":131047}", '{"code":131047}'),
    "escaped characters": (r"\u0022caf\u00e9\u0022", '"café"'),
    "half a surrogate": (r"\ud83d", "\ufffd"),
    "smart quotes": ("“code”: ‘131047’", "\"code\": '131047'"),
    "zero-width": ("131\u200b047", "131047"),
    "arabic digits": ("١٣١٠٤٧", "131047"),
    "fullwidth digits": ("１３１０４７", "131047"),
    "a screenshot's letters": ("13l047 and l31O26", "131047 and 131026"),
    "a word that looks like a number": ("IllOOl 1lb", "IllOOl 1lb"),
    "hard spaces": ("error\u00a0190", "error 190"),
}


@pytest.mark.parametrize(("written", "read"), PLAIN.values(), ids=PLAIN.keys())
def test_escaping_is_undone(written: str, read: str) -> None:
    assert plain(written) == read


RICH = {
    "type": "rich_text_section",
    "elements": [{"type": "text", "text": "code 131"}, {"type": "text", "text": "047"}],
}
CODE = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": '{"code": 131026}'}]}
TABLE = {
    "type": "table",
    "rows": [[{"type": "raw_text", "text": "code"}, {"type": "raw_text", "text": "131053"}]],
}
MESSAGES: dict[str, tuple[dict[str, Any], str]] = {
    "text only": ({"text": "error 131047"}, "error 131047"),
    "header and section": (
        {"blocks": [{"type": "header", "text": {"type": "plain_text", "text": "Failed"}}, {"type": "section", "text": {"type": "mrkdwn", "text": "131047"}}], "text": "Failed"},
        "Failed\n131047",
    ),
    "fields": (
        {"blocks": [{"type": "section", "fields": [{"type": "mrkdwn", "text": "*Code*"}, {"type": "mrkdwn", "text": "131047"}]}]},
        "*Code*\n131047",
    ),
    "context": ({"blocks": [{"type": "context", "elements": [{"type": "mrkdwn", "text": "131047"}]}]}, "131047"),
    "a word split over rich text": ({"blocks": [{"type": "rich_text", "elements": [RICH]}]}, "code 131047"),
    "what a person typed, of which `text` is the same with its marks": (
        {
            "text": '<@U0BOT> ```{"code": 131026}```\n&gt; *sent* by <https://a.example/x>',
            "blocks": [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "user", "user_id": "U0BOT"}]}, CODE, {"type": "rich_text_quote", "elements": [{"type": "text", "text": "sent", "style": {"bold": True}}, {"type": "text", "text": " by "}, {"type": "link", "url": "https://a.example/x"}]}]}],
        },
        '{"code": 131026}\nsent by https://a.example/x',
    ),
    "a mention amid what a person typed": (
        {
            "text": 'look <@U0BOT> please ```{"code": 131026}```',
            "blocks": [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "look "}, {"type": "user", "user_id": "U0BOT"}, {"type": "text", "text": " please"}]}, CODE]}],
        },
        'look \n please\n{"code": 131026}',
    ),
    "preformatted": ({"blocks": [{"type": "rich_text", "elements": [CODE]}]}, '{"code": 131026}'),
    "table": ({"blocks": [TABLE]}, "code\t131053"),
    "attachment": (
        {"text": "", "attachments": [{"pretext": "Alert", "title": "Send failed", "text": "131026", "fields": [{"title": "Code", "value": "131026"}], "fallback": "[FIRING] 131042"}]},
        "Alert\nSend failed\n131026\nCode: 131026\n[FIRING] 131042",
    ),
    "attachment with blocks": (
        {"attachments": [{"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "131047"}}], "fallback": "131047"}]},
        "131047",  # said before
    ),
    "fallback alone": ({"attachments": [{"fallback": "131047", "ts": 12}]}, "131047"),
    "forwarded message": (
        {"text": "look", "attachments": [{"message_blocks": [{"message": {"blocks": [{"type": "rich_text", "elements": [RICH]}]}}]}]},
        "code 131047\nlook",
    ),
    "snippet": ({"text": "", "files": [{"preview": "131047 again", "title": "log.txt"}]}, "log.txt\n131047 again"),
    "a changed message": ({"subtype": "message_changed", "message": {"text": "131047"}, "text": ""}, "131047"),
    "the channel's topic": ({"subtype": "channel_topic", "text": "131047 is the window"}, ""),
    "a deleted message": ({"subtype": "message_deleted", "previous_message": {"text": "131047"}}, ""),
    "markdown": ({"blocks": [{"type": "markdown", "text": "**131047**"}]}, "**131047**"),
    "link": ({"text": "<https://a.example|docs> &amp; more"}, "docs (https://a.example) & more"),
}  # fmt: skip


@pytest.mark.parametrize(("message", "text"), MESSAGES.values(), ids=MESSAGES.keys())
def test_a_message_is_read_once_in_order(message: dict[str, Any], text: str) -> None:
    assert [line for line in of_message(message).splitlines() if line] == text.splitlines()
