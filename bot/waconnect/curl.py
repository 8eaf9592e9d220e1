"""Reads a curl command as a shell would, as far as a paste needs: its URL, its method and its JSON body.

Forgiving where copying breaks things: a line that starts with an option goes on with the command.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

MOST_COMMANDS: Final = 32
"""Commands read in one text: more is no paste of one request."""

_COMMAND: Final = re.compile(r"(?<![\w./-])curl(?:\.exe)?(?=\s)")
_PIECE: Final = re.compile(
    r"""
    (?P<gap>      [^\S\r\n]+ | [\\^]\r?\n | \r?\n(?=[ \t>]*--?[a-zA-Z]) )
  | (?P<end>      [\r\n;|&`] )
  | \$'(?P<ansi>  (?:[^'\\]|\\.)* )'
  | '(?P<single>  [^']* )'
  | "(?P<double>  (?:[^"\\]|\\.)* )"
  | \\(?P<escaped> . )
  | (?P<plain>    [^\s'"\\;|&`]+ )
    """,
    re.VERBOSE | re.DOTALL,
)
_ANSI: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "a": "\a", "v": "\v", "e": "\x1b"}
_DATA: Final = ("-d", "--data", "--data-raw", "--data-binary", "--data-ascii", "--json")
_METHOD: Final = ("-X", "--request")
_URL: Final = ("--url",)
_TAKES_VALUE: Final = (
    *_DATA, *_METHOD, *_URL, "-H", "--header", "-o", "--output", "-u", "--user", "-w", "--write-out", "-A",
    "--user-agent", "-e", "--referer", "-b", "--cookie", "-m", "--max-time", "--connect-timeout", "--retry",
    "-x", "--proxy", "-F", "--form", "--data-urlencode",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Command:
    """One curl command in a text."""

    start: int
    end: int
    urls: tuple[str, ...]
    method: str
    data: str | None


def commands(text: str) -> tuple[Command, ...]:
    """The curl commands of a text, in order."""
    found: list[Command] = []
    for start in _COMMAND.finditer(text):
        if len(found) >= MOST_COMMANDS:
            break
        if found and start.start() < found[-1].end:
            continue
        words, end = _words(text, start.end())
        found.append(_command(start.start(), end, words))
    return tuple(found)


def _command(start: int, end: int, words: list[str]) -> Command:
    options = list(_options(words))
    data = [value for name, value in options if name in _DATA]
    methods = [value for name, value in options if name in _METHOD]
    return Command(
        start=start,
        end=end,
        urls=tuple(value for name, value in options if name in _URL),
        method=methods[-1].upper() if methods else "POST" if data else "GET",
        # curl itself joins several with "&", which no JSON survives; so do we.
        data="&".join(data) if data else None,
    )


def _options(words: list[str]) -> Iterator[tuple[str, str]]:
    """Words → (option, value); a bare word is a URL."""
    rest = iter(words)
    for word in rest:
        name, equals, value = word.partition("=")
        if word in _TAKES_VALUE:
            yield word, next(rest, "")
        elif word.startswith("--"):
            if equals:
                yield name, value
        elif word.startswith("-") and word[:2] in _TAKES_VALUE:
            yield word[:2], word[2:].removeprefix("=")
        elif not word.startswith("-"):
            yield "--url", word


def _words(text: str, at: int) -> tuple[list[str], int]:
    """The words from `at` to the command's end, and where that is. An open quote ends the command."""
    words: list[str] = []
    parts: list[str] = []
    while piece := _PIECE.match(text, at):
        kind = piece.lastgroup or "plain"
        if kind == "end":
            break
        at = piece.end()
        if kind != "gap":
            parts.append(_READ.get(kind, str)(piece[kind]))
        elif parts:
            words.append("".join(parts))
            parts.clear()
    return [*words, "".join(parts)], at


def _read_ansi(text: str) -> str:
    def one(escape: re.Match[str]) -> str:
        digits = escape["hex"] or escape["u4"]
        return chr(int(digits, 16)) if digits else _ANSI.get(escape["one"], escape["one"])

    return re.sub(r"\\(?:x(?P<hex>[0-9a-fA-F]{1,2})|u(?P<u4>[0-9a-fA-F]{4})|(?P<one>.))", one, text, flags=re.DOTALL)


def _read_double(text: str) -> str:
    return re.sub(r'\\(?:\r?\n|([$`"\\]))', lambda escape: escape[1] or "", text)


_READ: Final = {"ansi": _read_ansi, "double": _read_double}
