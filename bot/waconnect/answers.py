"""What an answer of WaConnect means: a definite no, no clear answer, or what it says, read leniently.

Only the basics are documented, so a field may be missing, have another type, or lie one level deeper.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final

from bot.waconnect.errors import FateUnknown, Refused, WaConnectError
from bot.waconnect.lenient import first_text, nodes, records

_MOVED: Final = frozenset({301, 307, 308})
"""The server did nothing and names another address. 302 and 303 may follow a request that was carried out."""
_ID_FIELDS: Final = ("messageId", "waMessageId", "message_id", "wamid")
_CODE_FIELDS: Final = ("code", "errorCode", "error_code", "metaCode")
_CODE_IN_TEXT: Final = (
    re.compile(r"\(#(\d{1,7})\)"),
    re.compile(r"\bcode[\"']?\s{0,3}[:=]?\s{0,3}(\d{1,7})\b", re.IGNORECASE),
    re.compile(r"(?<!\d)(13[0-9]{4}|80007)(?!\d)"),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer: status, headers in lower case, text, and the text as JSON (None where it is none)."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def data(self) -> object:
        try:
            return json.loads(self.text)
        except (ValueError, RecursionError):
            return None


@dataclass(frozen=True, slots=True)
class Accepted:
    """WaConnect took the message; whether it is delivered, its status will say."""

    message_id: str
    to: str
    type: str


def trouble(answer: Answer) -> WaConnectError | None:
    """The error that an answer stands for, or None when it is a yes."""
    data = answer.data
    said_no = isinstance(data, dict) and data.get("success") in (False, "false")
    by_status = 400 <= answer.status < 500 and answer.status != HTTPStatus.REQUEST_TIMEOUT
    if said_no or by_status or answer.status in _MOVED:
        return _refusal(answer, data)
    if 200 <= answer.status < 300 and isinstance(data, dict | list):
        return None
    return FateUnknown(f"HTTP {answer.status}, not WaConnect's JSON")


def accepted(answer: Answer, *, to: str, kind: str) -> Accepted:
    """What a send was answered with. Raises FateUnknown when it names no message id."""
    for record in records(answer.data):
        found = message_id(record)
        if found:
            return Accepted(found, first_text(record, ("to",)) or to, first_text(record, ("type",)) or kind)
    raise FateUnknown(f"HTTP {answer.status} without a message id")


def message_id(record: Mapping[str, object]) -> str | None:
    """The message id of a record; a bare `id` only when it is WhatsApp's, since it may be a row number."""
    bare = first_text(record, ("id",)) or ""
    return first_text(record, _ID_FIELDS) or (bare if bare.startswith("wamid.") else None)


def _refusal(answer: Answer, data: object) -> Refused:
    in_envelope = isinstance(data, dict) and bool(data.keys() & {"success", "error", "message"})
    return Refused(
        answer.status,
        (_error_text(data) if in_envelope else "") or _phrase(answer.status),
        code=_meta_code(data, answer.status) if in_envelope else None,
        retry_after=_retry_after(answer.headers),
        body=answer.text,
        in_envelope=in_envelope,
    )


def _error_text(data: object) -> str:
    """The first sentence that says what is wrong."""
    for record in records(data):
        for name in ("error", "message", "errors", "detail"):
            value = record.get(name)
            if isinstance(value, str) and value.strip():
                return value.strip()
    return ""


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"HTTP {status}"


def _meta_code(data: object, status: int) -> int | None:
    """A Meta code: a code field first, then the numbers in the texts."""
    fields = [record[name] for record in records(data) for name in _CODE_FIELDS if name in record]
    texts = [node for node in nodes(data) if isinstance(node, str)]
    in_texts = (match[1] for pattern in _CODE_IN_TEXT for text in texts for match in pattern.finditer(text))
    for value in (*fields, *in_texts):
        code = _whole_number(value)
        # Some platforms repeat the HTTP status as "code"; Meta has no code in that range.
        if code and code != status and not 400 <= code <= 505:
            return code
    return None


def _whole_number(value: object) -> int | None:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,7}", value.strip()):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds, from either form of Retry-After. A date counts from the server's own clock where it shows it."""
    text = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text):
        return float(text)
    until = _http_date(text)
    now = _http_date(headers.get("date", "")) or datetime.now(UTC)
    return max((until - now).total_seconds(), 0.0) if until else None


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
