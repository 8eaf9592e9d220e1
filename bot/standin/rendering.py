"""A message as a person would read it, in plain lines: pure, for assertions and for terminals.

Buttons read `[ Label ]`, an input reads `Label: [ placeholder ]`, markup is undone, ids of people stay `@U…`.
"""

import re
from collections.abc import Callable, Iterator
from itertools import chain

from bot.standin.composer import unescape
from bot.standin.values import Json

_MARK = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_PING = re.compile(r"<(?:!(?:channel|here|everyone|subteam\^)|@[UW])[^<>]*>")
_EMPHASIS = re.compile(r"(?<![\w*_~])([*_~])(?=\S)(.+?)(?<=\S)\1(?![\w*_~])")


def plain(message: Json) -> str:
    """The blocks, or the text where there are none, then the attachments. Takes a view as well."""
    title = [text_of(message["title"])] if isinstance(message.get("title"), dict) else []
    body = blocks_of(message["blocks"]) if message.get("blocks") else unmark(message.get("text") or "")
    attachments = [_attachment(attachment) for attachment in message.get("attachments") or []]
    submit = [f"[ {text_of(message['submit'])} ]"] if message.get("submit") else []
    return "\n".join(part for part in [*title, body, *attachments, *submit] if part)


def pings(message: Json) -> list[str]:
    """Every mark in a message that would call a person, a group or a channel."""
    return [found for text in _mrkdwn(message) for found in _PING.findall(text)]


def blocks_of(blocks: list[Json]) -> str:
    return "\n".join(line for block in blocks if (line := _BLOCKS.get(block["type"], _unknown)(block)))


def text_of(text: Json | None) -> str:
    if not text:
        return ""
    return unmark(text["text"]) if text.get("type") == "mrkdwn" else str(text["text"])


def unmark(text: str) -> str:
    """Undo mrkdwn: links read `label`, mentions `@U…`, emphasis loses its signs, escapes are undone."""
    parts = re.split(r"(```.*?```|`[^`\n]+`)", text, flags=re.DOTALL)
    return "".join(
        unescape(_MARK.sub(_marked, part.strip("`").strip("\n") if part.startswith("`") else _flat(part)))
        for part in parts
    )


def _flat(text: str) -> str:
    return _EMPHASIS.sub(r"\2", text)


def _marked(found: re.Match[str]) -> str:
    target, label = found[1], found[2]
    if target.startswith("#"):
        return f"#{label or target[1:]}"
    return label or (f"@{target[1:]}" if target.startswith("!") else target)


def _section(block: Json) -> str:
    fields = [text_of(field) for field in block.get("fields", [])]
    accessory = control(block["accessory"]) if block.get("accessory") else ""
    return "\n".join(part for part in [text_of(block.get("text")), *fields, accessory] if part)


def _elements(block: Json) -> str:
    return " ".join(control(element) for element in block["elements"])


def _input(block: Json) -> str:
    hint = text_of(block.get("hint"))
    return f"{text_of(block['label'])}: {control(block['element'])}" + (f" ({hint})" if hint else "")


def _table(block: Json) -> str:
    return "\n".join(" | ".join(_cell(cell) for cell in row) for row in block["rows"])


def _cell(cell: Json) -> str:
    return _rich(cell) if cell["type"] == "rich_text" else str(cell.get("text", cell.get("value", "")))


def _rich(block: Json) -> str:
    return "\n".join(_RICH[element["type"]](element) for element in block["elements"])


def _run(element: Json) -> str:
    return "".join(_LEAVES.get(leaf["type"], _no_leaf)(leaf) for leaf in element["elements"])


def _list(element: Json) -> str:
    ordered = element.get("style") == "ordered"
    return "\n".join(f"{f'{n}.' if ordered else '•'} {_run(item)}" for n, item in enumerate(element["elements"], 1))


def _quote(element: Json) -> str:
    return "> " + _run(element)


def _no_leaf(leaf: Json) -> str:
    return ""


def _unknown(block: Json) -> str:
    return f"({block['type']})"


def _attachment(attachment: Json) -> str:
    if attachment.get("blocks"):
        return blocks_of(attachment["blocks"])
    fields = [f"{field.get('title', '')}: {field.get('value', '')}" for field in attachment.get("fields") or []]
    parts = [attachment.get("pretext"), attachment.get("title"), attachment.get("text"), *fields]
    return "\n".join(unmark(part) for part in parts if part) or unmark(attachment.get("fallback") or "")


def control(element: Json) -> str:
    """A control in one line."""
    return _CONTROLS.get(element["type"], _choice)(element)


def _button(element: Json) -> str:
    return f"[ {text_of(element['text'])} ]"


def _choice(element: Json) -> str:
    shown = element.get("initial_value") or text_of(element.get("placeholder"))
    options = " / ".join(text_of(option["text"]) for option in element.get("options", []))
    return f"[ {options or shown} ]"


def _feedback(element: Json) -> str:
    return f"{_button(element['positive_button'])} {_button(element['negative_button'])}"


def _mrkdwn(node: object) -> Iterator[str]:
    """Every text in which Slack would act on a mark: the message's own and its mrkdwn objects."""
    if isinstance(node, list):
        yield from chain.from_iterable(map(_mrkdwn, node))
    elif isinstance(node, dict):
        for key in ("text", "pretext", "value") if node.get("type") in ("mrkdwn", "message", None) else ():
            if isinstance(node.get(key), str):
                yield node[key]
        yield from chain.from_iterable(_mrkdwn(value) for value in node.values())


_Show = Callable[[Json], str]
_BLOCKS: dict[str, _Show] = {
    "section": _section,
    "header": lambda block: text_of(block["text"]),
    "context": _elements,
    "actions": _elements,
    "context_actions": _elements,
    "divider": lambda block: "---",
    "input": _input,
    "image": lambda block: f"({block['alt_text']})",
    "table": _table,
    "data_table": lambda block: f"{block['caption']}\n{_table(block)}",
    "data_visualization": lambda block: f"({block['title']})",
    "rich_text": _rich,
    "markdown": lambda block: str(block["text"]),
    "alert": lambda block: text_of(block["text"]),
}
_CONTROLS: dict[str, _Show] = {
    "button": _button,
    "icon_button": _button,
    "workflow_button": _button,
    "feedback_buttons": _feedback,
    "mrkdwn": text_of,
    "plain_text": text_of,
    "image": lambda element: f"({element['alt_text']})",
    "overflow": lambda element: "[ … ]",
}
_RICH: dict[str, _Show] = {
    "rich_text_section": _run,
    "rich_text_preformatted": _run,
    "rich_text_list": _list,
    "rich_text_quote": _quote,
}
_LEAVES: dict[str, _Show] = {
    "text": lambda leaf: str(leaf["text"]),
    "link": lambda leaf: str(leaf.get("text") or leaf["url"]),
    "user": lambda leaf: f"@{leaf['user_id']}",
    "channel": lambda leaf: f"#{leaf['channel_id']}",
    "usergroup": lambda leaf: f"@{leaf['usergroup_id']}",
    "broadcast": lambda leaf: f"@{leaf['range']}",
    "emoji": lambda leaf: f":{leaf['name']}:",
}
