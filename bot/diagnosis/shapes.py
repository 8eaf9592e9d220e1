# ruff: noqa: E501 - a pattern is a row, however long
"""An unknown error that comes a hundred times is one thing to learn: texts that differ only in numbers, ids,
addresses and names have one shape. What may be kept of such a text has no key, no phone number and no message body.
"""

import hashlib
import re
from collections.abc import Iterator

from bot.diagnosis.masking import mask

LONGEST_SAMPLE = 2_000
_READ = 4_000  # what an error is shows early; a log repeats it
_FEW_WORDS = 4  # a text this short is nothing but its numbers

_BODIES = "body|bodyText|caption|headerText|footerText|otp|contactName"
_CONTENTS: tuple[re.Pattern[str], ...] = (
    # A body that begins like an answer is one, and its error is what is to be learned.
    re.compile(rf"([\"'](?:{_BODIES})[\"']\s*[:=]\s*)\"(?!\s*\\?[{{\[<])(?:\\.|[^\"\\])*(?:\"|\Z)", re.IGNORECASE | re.DOTALL),
    re.compile(rf"([\"'](?:{_BODIES})[\"']\s*[:=]\s*)'(?!\s*[{{\[<])(?:\\.|[^'\\])*(?:'|\Z)", re.IGNORECASE | re.DOTALL),
    re.compile(rf"(\\\"(?:{_BODIES})\\\"\s*:\s*)\\\"(?!\s*\\*[{{\[<])(?:[^\"\\]|\\[^\"])*(?:\\\"|\Z)", re.IGNORECASE | re.DOTALL),
    re.compile(r"([\"']type[\"']\s*:\s*[\"']text[\"']\s*,\s*[\"']text[\"']\s*:\s*)[\"'][^\"']*(?:[\"']|\Z)"),
)  # fmt: skip

_HELD = str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨")  # digits that say which error it is
_TELLING = frozenset({"error", "message", "msg", "code", "type", "title", "detail", "details", "reason", "status"})
_CODE = re.compile(
    r"(code[\"']?\s*[:=]?\s*[\"']?|\(#|\berror\s+#?|\bHTTP(?:/\d(?:\.\d)?)?\s+|\bstatus[\"']?\s*[:=]?\s*|(?:->|→)\s*)(\d{1,7})\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"(?:\b(\w+)[\"']?\s*[:=]\s*)?([\"'“‘`])[^\s\"'“”‘’`]{0,80}[\"'”’`](?!\s*[:=])")
_ROWS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"https?://[^\s\"'<>\\]+", re.IGNORECASE), "<url>"),
    (re.compile(r"\bwamid\.[\w=+/-]+", re.IGNORECASE), "<id>"),
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"), "<mail>"),
    (re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4,12}){2,4}\b", re.IGNORECASE), "<id>"),
    (re.compile(r"\b(?=[a-z]*\d)[0-9a-f]{7,64}\b", re.IGNORECASE), "<id>"),
    (re.compile(r"\b(?=[A-Za-z_]{0,40}\d)(?=[\d_]{0,40}[A-Za-z])\w{12,80}\b"), "<id>"),
    (re.compile(r"\\+\"[^\"\\\n]{0,80}\\+\"(?!\s*:)"), "<value>"),
)
_DIGITS = re.compile(r"•*[+]?\d+(?:[.,:/-]\d+)*")

_SAID = re.compile(
    r"[\"'](?:message|error|error_user_msg|details?|reason|description)[\"']\s*[:=]\s*\"((?:\\.|[^\"\\]){4,600})\"",
    re.IGNORECASE,
)
_ERROR_WORDS = re.compile(
    r"\b(?:errors?|fail(?:ed|ure|s)?|exception|invalid|refused|rejected|denied|unable|cannot|not)\b", re.IGNORECASE
)
_LONGEST_LINE = 200


def sample(text: str) -> str:
    """What may be kept and shown of a text: masked, without message bodies, at most LONGEST_SAMPLE characters."""
    text = mask(_bodiless(text)).encode("utf-8", "replace").decode()  # a lone surrogate cannot be stored
    return text if len(text) <= LONGEST_SAMPLE else text[: LONGEST_SAMPLE - 1] + "…"


def shape(text: str) -> str:
    """The same for two texts that tell of the same error: 16 hexadecimal digits. It is made before masking."""
    lines = dict.fromkeys(filter(None, map(_general, _lines(_bodiless(text)[:_READ]))))
    return hashlib.blake2b("\n".join(lines).encode("utf-8", "replace"), digest_size=8).hexdigest()


def telling(text: str) -> str:
    """The line that most likely is the error's own sentence, with `{number}` for what differs each time."""
    said = _SAID.search(text)
    line = said[1].replace('\\"', '"') if said else max(_read(text), key=_weight, default="")
    line = re.sub(r"https?://\S+", "{url}", re.sub(r"\+?•+\d*", "{number}", line))
    line = " ".join(line.split())
    return line if len(line) <= _LONGEST_LINE else line[:_LONGEST_LINE].rpartition(" ")[0]


def _bodiless(text: str) -> str:
    for looks in _CONTENTS:
        text = looks.sub(r'\1"…"', text)
    return text


def _lines(text: str) -> Iterator[str]:
    if len(text.split()) <= _FEW_WORDS:
        text = re.sub(r"(?<![\w.-])\d{1,7}(?![\w-])", _hold, text)
    yield from _CODE.sub(lambda found: found[1] + found[2].translate(_HELD), text).splitlines()


def _hold(found: re.Match[str]) -> str:
    return found[0].translate(_HELD)


def _general(line: str) -> str:
    for looks, shown in _ROWS:
        line = looks.sub(shown, line)
    line = _DIGITS.sub("#", _QUOTED.sub(_value, line))
    return " ".join(line.casefold().split())


def _value(found: re.Match[str]) -> str:
    """A quoted name differs each time; what an error's own field says does not."""
    key = found[1] or ""
    if key.lower() in _TELLING:
        return found[0]
    return found[0][: found.start(2) - found.start()] + "<value>"


def _read(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()][:100]


def _weight(line: str) -> tuple[int, int]:
    return len(_ERROR_WORDS.findall(line)), min(len(line), _LONGEST_LINE)
