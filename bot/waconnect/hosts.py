"""Can WhatsApp's servers reach an address? Judged by its text alone: nothing is ever fetched or looked up."""

import re
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

NOT_PUBLIC: Final = "points to a private network; WhatsApp must be able to fetch it from the internet"
NOT_WEB: Final = "must be a public web address (http or https)"

# Names that no public server answers to (RFC 2606, 6761, 6762, 8375 and what offices use).
_PRIVATE_ENDS: Final = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "home.arpa", "private")
# `2130706433`, `0x7f.1`, `127.1`: old ways to write an address, which some clients still read as 127.0.0.1.
_ODD_ADDRESS: Final = re.compile(r"(?:0x[0-9a-f]*|\d+)$", re.IGNORECASE)


def trouble(value: object) -> str | None:
    """What is wrong with a web address for media, or None."""
    if not isinstance(value, str) or not re.fullmatch(r"https?://[^\s/\\]\S*", value, re.IGNORECASE):
        return NOT_WEB
    try:
        parts = urlsplit(value)
        host = (parts.hostname or "").rstrip(".").lower()
        parts.port  # noqa: B018 - raises ValueError for a port that is none
    except ValueError:
        return NOT_WEB
    if not host:
        return NOT_WEB
    return None if _is_public(host) else NOT_PUBLIC


def _is_public(host: str) -> bool:
    try:
        # Site-local and documentation ranges are not global either.
        return ip_address(host).is_global
    except ValueError:
        pass
    labels = host.split(".")
    if len(labels) < 2 or _ODD_ADDRESS.match(labels[-1]):
        return False
    return not any(host == end or host.endswith(f".{end}") for end in _PRIVATE_ENDS)
