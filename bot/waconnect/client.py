"""The one way to WaConnect. A send is exactly one POST, and every end of it is told apart by the message's fate.

WaConnectError
├── Refused       a definite no: the message was not sent
├── FateUnknown   no clear answer: it may have been sent
└── Unreachable   nothing left for WaConnect: the message was not sent

No exception of httpx leaves this module, and the key is in no repr and no message.
"""

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType, TracebackType
from typing import Final, Literal, Self
from urllib.parse import quote

import httpx

from bot.telemetry import count
from bot.waconnect.answers import Accepted, Answer, accepted, trouble
from bot.waconnect.errors import FateUnknown, Refused, Unreachable, WaConnectError
from bot.waconnect.payloads import OutboundRequest
from bot.waconnect.records import MessageStatus, message_status, status_list
from bot.waconnect.statistics import statistics

Outcome = Literal["good", "key_invalid", "account_disabled", "refused", "unreachable"]

_MOST_BYTES: Final = 1024 * 1024
"""A list of 50 records has about 30 KB."""

_NOTHING_SENT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)
"""Raised before the first byte of the request leaves. All others come too late to be sure."""

_FOREIGN: Final = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError)
"""OSError too: transports that are not a socket let it through."""

_LATE: Final = "it took too long"
_IN_WORDS: Final = (
    ((httpx.TimeoutException, TimeoutError), _LATE),
    ((httpx.ConnectError,), "no connection"),
    ((httpx.ProxyError,), "the proxy does not let us through"),
    ((httpx.InvalidURL, httpx.UnsupportedProtocol), "its address is wrong"),
    ((httpx.TransportError, OSError), "the connection broke"),
    ((Exception,), "its answer cannot be read"),
)
"""What people are told; the first that fits."""

_CALLS: Final[Mapping[str, str]] = MappingProxyType({"status/message/": "message", "status/statistics": "statistics"})

_OUTCOMES: Final[Mapping[int, Outcome]] = MappingProxyType({401: "key_invalid", 403: "account_disabled"})


@dataclass(frozen=True, slots=True)
class Probe:
    """Whether key and account are good."""

    outcome: Outcome
    seconds: float
    """How long the answer took."""
    detail: str
    """In a few words, for people; nothing personal in it."""


class WaConnect:
    """WaConnect's HTTP API for one account; safe to share between threads.

    Raises ValueError for a base URL or a key that no request could carry.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str,
        *,
        timeout_seconds: float = 10.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        if not re.fullmatch(r"[!-~]+", api_key):
            raise ValueError("the API key is empty or has characters that no header can carry")
        self._base = _checked(base_url)
        self._key = api_key
        self._timeout = timeout_seconds
        self._http = httpx.Client(
            headers={"X-API-Key": api_key, "Accept": "application/json", "Accept-Encoding": "identity"},
            timeout=timeout_seconds,
            transport=transport,
            follow_redirects=False,
            # A kept connection that the server has just closed would make the fate of a send unknown.
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    def __repr__(self) -> str:
        return f"WaConnect({httpx.URL(self._base)!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def send(self, request: OutboundRequest) -> Accepted:
        """One POST, never repeated. Raises Refused, FateUnknown or Unreachable."""
        try:
            content = json.dumps(request.plain, allow_nan=False).encode()
        except (TypeError, ValueError):
            raise ValueError("the request's body is not JSON") from None
        answer = self._ask("POST", request.endpoint, content=content)
        return accepted(answer, to=request.recipient or "", kind=request.kind)

    def status(self, message_id: str) -> MessageStatus:
        """How far a message came. Refused with status 404 when WaConnect does not know it."""
        # Dots alone would climb up the path, percent-encoded they do not.
        name = quote(message_id, safe="") if message_id.strip(".") else message_id.replace(".", "%2E")
        return message_status(self._ask("GET", f"status/message/{name}"), asked=message_id)

    def recent(self, limit: int = 50, offset: int = 0, status: str | None = None) -> tuple[MessageStatus, ...]:
        """Tracked messages in WaConnect's own order, which is not documented."""
        wanted = {"limit": str(limit), "offset": str(offset)} | ({"status": status} if status else {})
        return status_list(self._ask("GET", "status", params=wanted))

    def statistics(self) -> Mapping[str, int] | None:
        """How many messages went how far; None when the answer is not understood."""
        return statistics(self._ask("GET", "status/statistics"))

    def probe(self) -> Probe:
        """Asks for one status record to see whether key and account are good. Raises no WaConnectError."""
        started = time.monotonic()
        try:
            self._ask("GET", "status", params={"limit": "1"})
        except WaConnectError as error:
            return Probe(_outcome(error), time.monotonic() - started, _detail(error))
        return Probe("good", time.monotonic() - started, "key valid, account active")

    def _ask(
        self, method: str, path: str, *, content: bytes | None = None, params: Mapping[str, str] | None = None
    ) -> Answer:
        answer = self._exchange(method, path, content, params)
        error = trouble(answer)
        if error is not None:
            raise error
        return answer

    def _exchange(self, method: str, path: str, content: bytes | None, params: Mapping[str, str] | None) -> Answer:
        began, status = time.monotonic(), "no answer"
        headers = {"Content-Type": "application/json"} if content is not None else None
        try:
            with self._http.stream(
                method, self._base + path, content=content, params=params, headers=headers
            ) as response:
                raw = _read(response, began + self._timeout)
                status = str(response.status_code)
        except _FOREIGN as error:
            # `from None`: the foreign exception holds the request, and so the key.
            raise self._translated(error) from None
        finally:
            count("waconnect.called", call=_call(method, path), status=status, seconds=time.monotonic() - began)
        text = self._without_key(raw.decode("utf-8-sig", "replace"))
        return Answer(response.status_code, {k.lower(): v for k, v in response.headers.items()}, text)

    def _translated(self, error: Exception) -> WaConnectError:
        kind = Unreachable if isinstance(error, _NOTHING_SENT) else FateUnknown
        words = next(words for kinds, words in _IN_WORDS if isinstance(error, kinds))
        more = "" if words == _LATE else self._without_key(str(error))[:200]
        return kind(f"{words}: {more}" if more else words)

    def _without_key(self, text: str) -> str:
        return text.replace(self._key, "[key]")


def _call(method: str, path: str) -> str:
    """What is asked, in one word; the path itself may name a message."""
    if method == "POST":
        return "send"
    return next((word for start, word in _CALLS.items() if path.startswith(start)), "list")


def _checked(base_url: str) -> str:
    """The base URL with one slash at its end."""
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL:
        url = httpx.URL()
    if url.scheme not in ("http", "https") or not url.host or url.query or url.fragment:
        raise ValueError("WaConnect's base URL must look like https://app.waconnect.me/api/")
    return str(url).rstrip("/") + "/"


def _read(response: httpx.Response, deadline: float) -> bytes:
    """The body, up to 1 MiB. httpx limits only the wait for each piece, so that a drip could go on for ever."""
    body = bytearray()
    for piece in response.iter_bytes():
        body += piece
        if len(body) >= _MOST_BYTES:
            break
        if time.monotonic() > deadline:
            raise httpx.ReadTimeout("the answer took too long")
    return bytes(body[:_MOST_BYTES])


def _outcome(error: WaConnectError) -> Outcome:
    if not isinstance(error, Refused):
        return "unreachable"
    # A 403 of something before WaConnect (a firewall, a proxy) says nothing about the account.
    return _OUTCOMES.get(error.status, "refused") if error.in_envelope else "refused"


def _detail(error: WaConnectError) -> str:
    return f"HTTP {error.status}: {error.error}" if isinstance(error, Refused) else error.detail
