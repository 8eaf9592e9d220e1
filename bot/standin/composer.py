"""What a person types becomes what Slack sends: escaped text with links marked, and a rich_text block.

Pure. `<@U…>`, `<#C…>`, `<!here>` and `<https://…|label>` are taken as already marked; every other `&`, `<`
and `>` is escaped, bare links and mail addresses are marked as Slack's clients mark them.
"""

import re
from collections.abc import Callable, Iterator

from bot.standin.values import Json

_FENCE = re.compile(r"```\n?(.*?)\n?```", re.DOTALL)
_CODE = re.compile(r"`[^`\n]+`")
_ANY_CODE = re.compile(rf"(```.*?```|{_CODE.pattern})", re.DOTALL)
_MARKED = re.compile(r"<(?:@[UW][A-Z0-9]+|#[CG][A-Z0-9]+|![a-z][^<>]*|(?:https?://|mailto:)[^<>\s]+)(?:\|[^<>]*)?>")
_LINK = re.compile(r"https?://[^\s<>\"'`\\|]+[^\s<>\"'`\\|.,;:!?)\]}]")
# Begins where a word begins and is as long as RFC 5321 allows: else a long word is gone through once for each letter.
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def outside_code(text: str, change: Callable[[str], str]) -> str:
    """The text, changed where it is no code."""
    pieces = _ANY_CODE.split(text)
    pieces[::2] = map(change, pieces[::2])
    return "".join(pieces)


def typed(text: str) -> str:
    """The `text` of the message event."""
    return "".join(piece if is_marked else _link(piece) for piece, is_marked in _pieces(text))


def rich_text(text: str, block_id: str) -> Json:
    """The block that Slack's composer stores beside the text."""
    elements: list[Json] = []
    end = 0
    for fence in _FENCE.finditer(text):
        _add_section(elements, text[end : fence.start()].removesuffix("\n"))
        elements.append({"type": "rich_text_preformatted", "border": 0, "elements": _marks(fence[1])})
        end = fence.end()
    _add_section(elements, text[end:].removeprefix("\n") if end else text)
    return {"type": "rich_text", "block_id": block_id, "elements": elements}


def _add_section(elements: list[Json], text: str) -> None:
    if text:
        elements.append({"type": "rich_text_section", "elements": _inline(text)})


def _pieces(text: str, pattern: re.Pattern[str] = _MARKED) -> Iterator[tuple[str, bool]]:
    end = 0
    for found in pattern.finditer(text):
        if found.start() > end:
            yield text[end : found.start()], False
        yield found[0], True
        end = found.end()
    if end < len(text):
        yield text[end:], False


def _link(text: str) -> str:
    return "".join(f"<{escape(piece)}>" if is_link else _mail(piece) for piece, is_link in _pieces(text, _LINK))


def _mail(text: str) -> str:
    return "".join(f"<mailto:{piece}|{piece}>" if is_mail else escape(piece) for piece, is_mail in _pieces(text, _MAIL))


def _inline(text: str) -> list[Json]:
    """Between backticks nothing is marked."""
    found: list[Json] = []
    for piece, is_code in _pieces(text, _CODE):
        code: Json = {"type": "text", "text": piece[1:-1], "style": {"code": True}}
        found += [code] if is_code else _marks(piece)
    return found


def _marks(text: str) -> list[Json]:
    found: list[Json] = []
    for piece, is_marked in _pieces(text):
        if is_marked:
            found.append(_marked(piece))
            continue
        for part, is_link in _pieces(piece, _LINK):
            found.append({"type": "link", "url": part} if is_link else {"type": "text", "text": part})
    return found


def _marked(piece: str) -> Json:
    target, _, label = piece[1:-1].partition("|")
    kinds: dict[str, Json] = {
        "@": {"type": "user", "user_id": target[1:]},
        "#": {"type": "channel", "channel_id": target[1:]},
        "!": {"type": "broadcast", "range": target[1:]},
    }
    link: Json = {"type": "link", "url": target} | ({"text": label} if label else {})
    return kinds.get(target[0], link)
