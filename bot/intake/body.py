"""The bytes of a request as JSON, or a sentence on why not. Bombs are refused before anybody looks inside."""

import json
from typing import NoReturn

from bot.intake.values import Malformed

# A Sentry event, the deepest that is sent, has about fifteen levels.
_DEEPEST = 64
# What curl says of whatever it is told to send.
_FORM = "application/x-www-form-urlencoded"
_MAYBE_TEXT = ("", "text/plain", _FORM)
_JSON = ("application/json", "text/plain")


class WrongKind(ValueError):
    """The body is of a kind that is not read here; the message is a sentence for whoever sent it."""


def read(raw: bytes, kind: str, encoding: str, takes_text: bool) -> object:
    """The JSON; where text is taken too, the text that is none. Malformed; WrongKind.

    `kind` and `encoding`: the headers Content-Type and Content-Encoding.
    """
    if encoding.strip().lower() not in ("", "identity"):
        raise WrongKind("Send the body as it is, without a Content-Encoding.")
    media, _, rest = kind.partition(";")
    _check(media.strip().lower(), rest.lower(), takes_text)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Malformed("The body is not UTF-8.") from None
    if not text.strip():
        raise Malformed("The body is empty.")
    is_json = media.strip().lower() not in _MAYBE_TEXT or text.lstrip()[:1] in ("{", "[")
    return text if takes_text and not is_json else _json(text, takes_text)


def _check(media: str, rest: str, takes_text: bool) -> None:
    known = (
        not media
        or media in _JSON
        or media.endswith("+json")
        or (takes_text and (media.startswith("text/") or media == _FORM))
    )
    charset = rest.partition("charset=")[2].strip(" \"'").partition(";")[0]
    if not known:
        raise WrongKind("The Content-Type must be application/json." if not takes_text else "Send JSON or plain text.")
    if charset and charset.strip(" \"'") not in ("utf-8", "utf8", "us-ascii"):
        raise WrongKind("The body must be UTF-8.")


def _json(text: str, or_text: bool) -> object:
    try:
        data = json.loads(text, parse_constant=_no_number)
    except RecursionError:
        raise Malformed("The JSON is nested too deeply.") from None
    except ValueError as error:
        if or_text and isinstance(error, json.JSONDecodeError):
            return text
        raise Malformed(_why(error)) from None
    if _is_deep(data):
        raise Malformed("The JSON is nested too deeply.")
    return data


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def _why(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"The body is not JSON: {error.msg}, line {error.lineno}, column {error.colno}."
    return "The JSON has a number that is none, or that is too long."


def _is_deep(data: object) -> bool:
    level: list[object] = [data]
    for _ in range(_DEEPEST):
        level = [inner for node in level for inner in _inside(node) if isinstance(inner, dict | list)]
        if not level:
            return False
    return True


def _inside(node: object) -> list[object]:
    if isinstance(node, dict):
        return list(node.values())
    return node if isinstance(node, list) else []
