"""Takes the words out of what Slack delivers, and writes them the way the error was written.

The order is: blocks, attachments (blocks inside them first, `fallback` last), files, then `text`; what is said
twice is kept once. `plain` undoes what Slack, HTML, JSON in JSON and keyboards did to a text. Neither raises.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from typing import Any

# Ten digits in a row from each of these code points: people paste numbers as their keyboard writes them.
_ZEROS = (0x0660, 0x06F0, 0x0966, 0x09E6, 0x0E50, 0xFF10)
_LOOKALIKES = {
    **{zero + n: str(n) for zero in _ZEROS for n in range(10)},
    **dict.fromkeys(map(ord, "“”„‟«»″＂"), '"'),
    **dict.fromkeys(map(ord, "‘’‚‛′`＇"), "'"),
    **dict.fromkeys(map(ord, "\u00a0\u2007\u202f\u3000"), " "),
    **dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad\u202a\u202c\u2066\u2069")),
    ord("（"): "(",
    ord("）"): ")",
    ord("："): ":",
    ord("＃"): "#",
}
_LINK = re.compile(r"<((?:https?|mailto|tel|ftp):[^\s|<>]{1,2000})(?:\|([^<>]{0,500}))?>")
_QUOTE = re.compile(r"(?<!\\)\\+([\"'/])")
# A sign before a mention must not take its `<` along.
_MARKED = re.compile(r"<[@#!][^<>]{0,200}>|[^\w<]+|[_<]")
_SPACE = re.compile(r"(?<!\\)\\+[nrt](?![a-z]{3})")
_POINT = re.compile(r"(?<!\\)\\+u([0-9a-fA-F]{4})")
_OCR = re.compile(r"(?<![\w.-])(?=\d|[lI|]\d)[\dlIoO|]{6,7}(?![\w-])")
_MISREAD = str.maketrans("lI|oO", "11100")
_FEWEST_DIGITS = 4  # of six; with fewer it is a word
# What Slack itself writes into a channel is about the channel.
_NOT_SAID = frozenset(
    f"{place}_{what}"
    for place in ("channel", "group")
    for what in ("join", "leave", "topic", "purpose", "name", "archive", "unarchive", "posting_permissions")
) | {"message_deleted", "tombstone", "bot_add", "bot_remove", "pinned_item", "unpinned_item", "reminder_add"}
_TEXTS = ("title", "subtitle", "text", "body", "description", "fields", "elements", "blocks", "rows", "cells")
_TABLES = ("table", "data_table")
_MAX_DEPTH = 12  # Slack nests rich text four deep; anything deeper is not Slack's


def plain(text: str) -> str:
    """The text with every escaping undone."""
    if "&" in text:
        text = unescape(text)
        text = unescape(text) if "&" in text else text
    if "<" in text:
        text = _LINK.sub(_unlink, text)
    if "\\" in text:
        text = _POINT.sub(_character, text)
        text = _SPACE.sub("\n", _QUOTE.sub(r"\1", text))
    return _OCR.sub(_reread, text.translate(_LOOKALIKES))


def _reread(seen: re.Match[str]) -> str:
    """A screenshot's `13l047` → `131047`."""
    some = seen.group()
    return some.translate(_MISREAD) if sum(map(str.isdigit, some)) >= _FEWEST_DIGITS else some


def of_message(message: Mapping[str, Any]) -> str:
    """Everything a person could read in a Slack message, once, in reading order."""
    subtype, changed = str(message.get("subtype")), message.get("message")
    if subtype in _NOT_SAID:
        return ""
    if subtype == "message_changed" and isinstance(changed, Mapping):
        message = changed
    parts: dict[str, str] = {}
    for part in _parts(message, 0):
        text = _LINK.sub(_unlink, unescape(part)).strip()
        bare = _bare(text)
        if text and not any(text in known or bare in known_bare for known, known_bare in parts.items()):
            parts[text] = bare
    return "\n".join(parts)


def _bare(text: str) -> str:
    """Its words alone: `text` marks with signs what the blocks of the same message say in structure."""
    return f" {' '.join(_MARKED.sub(' ', text).split())} "


def _unlink(link: re.Match[str]) -> str:
    address, label = link.group(1), link.group(2)
    if address.startswith(("tel:", "mailto:")):
        return label or address.partition(":")[2]
    return f"{label} ({address})" if label and label != address else address


def _character(escaped: re.Match[str]) -> str:
    point = int(escaped.group(1), 16)
    return "\ufffd" if 0xD800 <= point <= 0xDFFF else chr(point)


def _parts(message: Mapping[str, Any], depth: int) -> Iterator[str]:
    if depth > _MAX_DEPTH:
        return
    for block in _dicts(message.get("blocks")):
        yield _block(block, depth)
    for attachment in _dicts(message.get("attachments")):
        yield from _attachment(attachment, depth + 1)
    for file in _dicts(message.get("files")):
        yield from _strings(file, "title", "subject", "preview", "plain_text")
    yield from _strings(message, "text")


def _attachment(attachment: Mapping[str, Any], depth: int) -> Iterator[str]:
    said = [*_parts({"blocks": attachment.get("blocks"), "files": attachment.get("files")}, depth)]
    for inner in _dicts(attachment.get("message_blocks")):  # a forwarded message brings its blocks so
        shared = inner.get("message")
        said += _parts(shared, depth + 1) if isinstance(shared, Mapping) else ()
    said += _strings(attachment, "pretext", "title", "text")
    for field in _dicts(attachment.get("fields")):
        said.append(": ".join(_strings(field, "title", "value")))
    yield from said
    yield from _strings(attachment, "footer", "fallback")


def _block(block: Mapping[str, Any], depth: int) -> str:
    """A table's row is a line, its cells are set apart by tabs; every other block is its texts in order."""
    if block.get("type") in _TABLES:
        rows = block.get("rows")
        return "\n".join("\t".join(_inner(cell, depth).strip() for cell in row) for row in _lists(rows))
    return _inner(block, depth)


def _inner(node: Any, depth: int) -> str:
    """Rich text runs on (a word may be split over elements); sections and preformatted text start a line."""
    if depth > _MAX_DEPTH:
        return ""
    if isinstance(node, str):
        return node
    if isinstance(node, Sequence):
        return "".join(_inner(child, depth + 1) for child in node)
    if not isinstance(node, Mapping):
        return ""
    kind = node.get("type")
    if kind == "link":
        return str(node.get("text") or node.get("url") or "")
    if kind == "emoji":
        return f":{node.get('name', '')}:"
    said = "".join(_inner(node[key], depth + 1) for key in _TEXTS if key in node)
    return said if kind == "text" else f"{said}\n"


def _strings(node: Mapping[str, Any], *names: str) -> Iterator[str]:
    yield from (value for name in names if isinstance(value := node.get(name), str) and value)


def _dicts(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Sequence) and not isinstance(value, str):
        yield from (item for item in value if isinstance(item, Mapping))


def _lists(value: Any) -> Iterator[Sequence[Any]]:
    if isinstance(value, Sequence) and not isinstance(value, str):
        yield from (item for item in value if isinstance(item, Sequence) and not isinstance(item, str))
