"""Finds the one send request that a pasted text holds. It never invents: when two differ, there is none.

Four forms, the surest first: the documented alert, a curl command, a path followed by JSON, and JSON whose
fields fit exactly one kind of message.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final
from urllib.parse import unquote

from bot.waconnect import curl
from bot.waconnect.jsonscan import Seen, as_object, nested, objects, too_deep
from bot.waconnect.limits import FIELDS
from bot.waconnect.payloads import KINDS, OutboundRequest
from bot.waconnect.signs import kind_of

_MOST_TEXT: Final = 100_000
"""Characters looked at: a Slack message ends at 40,000, an attached log is cut here."""
_MOST_PATHS: Final = 32

_KIND: Final = "(" + "|".join(KINDS) + ")"
_PATH: Final = re.compile(rf"(?:\bapi/|\bPOST\s+(?:[$%{{]\S{{0,80}}/|/)?)messages/{_KIND}(?![\w/-])")
_ENDPOINT: Final = re.compile(rf"(?:POST\s+)?(?:\S*\bapi/|/|[$%]\S*/|\{{\{{\S*/)?messages/{_KIND}/?(?:[?#]\S*)?")
_ELSEWHERE: Final = re.compile(r"\bPOST\s+(?:https?:|/)\S|\bcurl\s+['\"]?(?:-|https?:)|graph\.facebook\.com")
"""Text that names another address: its JSON is none of ours, whatever its fields."""
_STATUS: Final = re.compile(
    r"\bHTTP(?:/[\d.]{1,3})?[\s:=]{0,3}([1-5]\d\d)\b"
    r"|\bstatus(?:[ _-]?code)?[\"'\s:=]{0,4}([1-5]\d\d)\b"
    r"|(?:→|->|=>)\s{0,3}([1-5]\d\d)\b"
    r"|\b([45]\d\d) (?:Bad Request|Unauthorized|Forbidden|Not Found|Too Many Requests|Internal Server Error"
    r"|Bad Gateway|Service Unavailable|Gateway Time-?out)\b",
    re.IGNORECASE,
)
_MESSAGE_ID: Final = re.compile(
    r"(?<![A-Za-z0-9])wamid\.((?:[A-Za-z0-9+/_-]|%2[BbFf]){4,512}(?:=|%3[Dd]){0,2})(…|\.{2,})?"
)

_ENDPOINT_FIELDS: Final = ("endpoint", "url", "path")
_REQUEST_FIELDS: Final = ("request", "data", "body", "payload", "json")
_ALERT_FIELDS: Final = frozenset({"endpoint", "request", "status", "response", "messageId"})

_READINGS: Final = (
    str.maketrans({"“": '"', "”": '"', "„": '"', "\u00a0": " "}),
    str.maketrans({"“": '"', "”": '"', "„": '"', "\u00a0": " ", "‘": "'", "’": "'"}),
)
"""What chat programs make of quotes, undone; the second also touches apostrophes, so it comes last."""


@dataclass(frozen=True, slots=True)
class FoundRequest:
    """A send that stands in a text, and what the text says came of it."""

    request: OutboundRequest | None
    """None when an alert came without its request."""
    http_status: int | None = None
    response: object | None = None
    """The answer as JSON, mostly an object."""
    message_id: str | None = None


def find_request(text: str) -> FoundRequest | None:
    """The request a text holds, with its answer where that stands there too. Never raises."""
    text = text[:_MOST_TEXT]
    for reading in dict.fromkeys((text, *(text.translate(table) for table in _READINGS))):
        found = list(_candidates(reading))
        if found:
            return _only_one(found)
    return None


def find_message_id(text: str) -> str | None:
    """The first whole `wamid.…` of a text; one that was shortened with dots is none."""
    for match in _MESSAGE_ID.finditer(text):
        if not match[2]:
            return "wamid." + unquote(match[1]).rstrip("_/-")
    return None


def _only_one(found: Sequence[FoundRequest]) -> FoundRequest | None:
    with_request = [one for one in found if one.request is not None]
    chosen = with_request or found
    different = {_identity(one) for one in chosen}
    if len(different) > 1:
        return None
    return max(chosen, key=lambda one: (one.response is not None, one.http_status is not None))


def _identity(found: FoundRequest) -> str:
    if found.request is None:
        return repr((found.http_status, found.response, found.message_id))
    return found.request.endpoint + json.dumps(found.request.plain, sort_keys=True)


def _candidates(text: str) -> Iterator[FoundRequest]:
    seen = objects(text)
    shells = curl.commands(text)
    certain = [*_from_records(seen), *_from_shells(text, shells, seen), *_from_paths(text, shells, seen)]
    if certain or _ELSEWHERE.search(text):
        yield from certain
        return
    for one in seen:
        for request in _bare(one.value):
            found = _answered(text, request, one, seen)
            yield replace(found, http_status=found.http_status or _status_in(text[: one.start]))


def _from_records(seen: Sequence[Seen]) -> Iterator[FoundRequest]:
    """Objects that name endpoint and request: the documented alert, and what HTTP clients log."""
    for one in seen:
        for value in nested(one.value):
            alert = as_object(value.get("waconnect"))
            if alert is not None and alert.keys() & _ALERT_FIELDS:
                yield _alert(alert)
                continue
            request = _record(value)
            if request is not None:
                yield FoundRequest(request, _status(value.get("status")), _answer(value.get("response")))


def _alert(alert: Mapping[str, object]) -> FoundRequest:
    response = _answer(alert.get("response"))
    return FoundRequest(
        request=_request(alert.get("endpoint"), alert.get("request")),
        http_status=_status(alert.get("status")),
        response=response,
        message_id=_message_id(alert) or _message_id(as_object(response)),
    )


def _record(value: Mapping[str, object]) -> OutboundRequest | None:
    for endpoint in _ENDPOINT_FIELDS:
        for body in _REQUEST_FIELDS:
            request = _request(value.get(endpoint), value.get(body))
            if request is not None:
                return request
    return None


def _from_shells(text: str, shells: Sequence[curl.Command], seen: Sequence[Seen]) -> Iterator[FoundRequest]:
    for shell in shells:
        if shell.method != "POST":
            continue
        requests = (_request(url, shell.data) for url in shell.urls)
        request = next((request for request in requests if request is not None), None)
        if request is not None:
            yield _answered(text, request, Seen(shell.start, shell.end, {}), seen)


def _from_paths(text: str, shells: Sequence[curl.Command], seen: Sequence[Seen]) -> Iterator[FoundRequest]:
    paths = list(islice(_PATH.finditer(text), _MOST_PATHS + 1))
    if len(paths) > _MOST_PATHS:
        return
    taken = [(shell.start, shell.end) for shell in shells] + [(one.start, one.end) for one in seen]
    paths = [path for path in paths if not any(start <= path.start() < end for start, end in taken)]
    ends = [*(path.start() for path in paths[1:]), len(text)]
    for path, end in zip(paths, ends, strict=False):
        for one in seen:
            if path.end() <= one.start < end and _was_sent(one.value, path[1]):
                request = _request(f"messages/{path[1]}", one.value)
                if request is not None:
                    found = _answered(text[:end], request, one, seen)
                    before = _status_in(text[path.end() : one.start])
                    yield replace(found, http_status=found.http_status or before)


def _was_sent(value: Mapping[str, object], kind: str) -> bool:
    """Whether an object after a path is the request, not the answer or something that wraps both."""
    documented = {field.name for field in FIELDS[f"messages/{kind}"]}
    return "success" not in value and bool(value) and ("to" in value or value.keys() <= documented)


def _answered(text: str, request: OutboundRequest, at: Seen, seen: Sequence[Seen]) -> FoundRequest:
    """The request with the answer that follows it in the text."""
    later = (one.value for one in seen if at.end <= one.start < len(text))
    response = next((value for value in later if value.keys() & {"success", "error", "messageId"}), None)
    return FoundRequest(request, _status_in(text[at.end :]), _answer(response), _message_id(response))


def _bare(value: Mapping[str, object]) -> Iterator[OutboundRequest]:
    """Requests that are unmistakable by their fields alone, also where a log wraps them."""
    kind = kind_of(value)
    if kind is not None:
        request = _request(f"messages/{kind}", value)
        if request is not None:
            yield request
        return
    if "messaging_product" in value:
        return
    for name in _REQUEST_FIELDS:
        inner = as_object(value.get(name))
        inner_kind = kind_of(inner) if inner is not None else None
        request = _request(f"messages/{inner_kind}", inner) if inner_kind else None
        if request is not None:
            yield request


def _request(endpoint: object, body: object) -> OutboundRequest | None:
    if not isinstance(endpoint, str) or len(endpoint) > 500:
        return None
    path = _ENDPOINT.fullmatch(endpoint.strip())
    value = as_object(body)
    if path is None or value is None or too_deep(value):
        return None
    return OutboundRequest(f"messages/{path[1]}", value)


def _status(value: object) -> int | None:
    digits = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return int(digits) if re.fullmatch(r"[1-5]\d\d", digits) else None


def _status_in(text: str) -> int | None:
    match = _STATUS.search(text)
    return int(next(group for group in match.groups() if group)) if match else None


def _answer(value: object) -> object | None:
    return None if too_deep(value) else value


def _message_id(value: Mapping[str, object] | None) -> str | None:
    found = value.get("messageId") if value else None
    return found if isinstance(found, str) and found else None
