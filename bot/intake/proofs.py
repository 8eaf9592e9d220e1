"""How a sender proves that it knows the secret. Everything is compared in constant time.

A source that signs is believed by its signature alone; one that cannot sign shows the secret, in a header or a path.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass

# As old as a signed time may be, in seconds; it is what Slack, too, asks of its receivers.
_OLDEST = 300.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a request brought to prove itself."""

    headers: Mapping[str, str]
    """Names in lower case."""
    raw: bytes
    in_path: str
    """What stood behind the source's name in the path."""
    at: float
    """Now; seconds since 1970."""


Proof = Callable[[bytes, Evidence], bool]
"""Secret and evidence → whether it is proven."""


def signed(header: str, prefix: str = "") -> Proof:
    """`header` has the hexadecimal HMAC-SHA256 of the body behind `prefix`, or several of them with commas between."""

    def proof(secret: bytes, shown: Evidence) -> bool:
        return _any_of(shown.headers.get(header, ""), prefix, _hmac(secret, shown.raw))

    return proof


def signed_with_time(header: str, time_header: str) -> Proof:
    """As `signed`; where a time is sent with it, it is signed too (`time:body`), and must not be old."""

    def proof(secret: bytes, shown: Evidence) -> bool:
        time = shown.headers.get(time_header)
        if time is None:
            return _any_of(shown.headers.get(header, ""), "", _hmac(secret, shown.raw))
        fresh = time.isascii() and time.isdigit() and abs(shown.at - int(time[:12])) <= _OLDEST
        whole = time.encode("utf-8", "replace") + b":" + shown.raw
        return _any_of(shown.headers.get(header, ""), "", _hmac(secret, whole)) and fresh

    return proof


def bearer(secret: bytes, shown: Evidence) -> bool:
    """`Authorization: Bearer …`."""
    scheme, _, token = shown.headers.get("authorization", "").partition(" ")
    return same(token.strip(), secret) and scheme.lower() == "bearer"


def in_path(secret: bytes, shown: Evidence) -> bool:
    """The secret stands in the address: for senders that can be told nothing else."""
    return same(shown.in_path, secret)


def _hmac(secret: bytes, body: bytes) -> str:
    return hmac.new(secret, body, hashlib.sha256).hexdigest()


def _any_of(header: str, prefix: str, wanted: str) -> bool:
    shown = [one.strip() for one in header.split(",")][:16]
    return sum(one.startswith(prefix) and same(one.removeprefix(prefix).lower(), wanted.encode()) for one in shown) > 0


def same(shown: str, secret: bytes) -> bool:
    """In constant time."""
    return hmac.compare_digest(shown.encode("utf-8", "replace"), secret)
