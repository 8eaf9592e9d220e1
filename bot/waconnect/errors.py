"""What can go wrong between us and WaConnect, told apart by what is then known of the message.

WaConnectError
├── Refused       a definite no: the message was not sent
├── FateUnknown   no clear answer: it may have been sent
└── Unreachable   nothing left for WaConnect: the message was not sent

The docstring of each is its message. No message, and no repr, holds a key, a number or a body.
"""

from typing import Final

TEXT_MOST: Final = 500
"""Characters kept of an error's text: the longest of Meta's own sentences has about 300."""

BODY_MOST: Final = 8_000
"""Characters kept of an answer for diagnosis: an envelope with Meta's whole error inside has about 1,000."""

PASSING_CODES: Final = frozenset({2, 4, 613, 80007, 130429, 131000, 131016, 131056, 131057, 133004})
"""Meta codes that end by themselves: throttling and passing faults of Meta's servers.

131048 (spam limit) is not here although its text says "rate limit": quick resends make it worse.
"""


class WaConnectError(Exception):
    """Something went wrong with WaConnect."""

    def __init__(self, detail: str = "") -> None:
        says = type(self).__doc__ or ""
        super().__init__(f"{says} ({detail})" if detail else says)
        self.detail = detail
        """What happened in a few words, where the rest was said before; nothing personal in it."""


class Refused(WaConnectError):
    """WaConnect refused: nothing was sent."""

    def __init__(
        self,
        status: int,
        error: str,
        *,
        code: int | None = None,
        retry_after: float | None = None,
        body: str = "",
        in_envelope: bool = True,
    ) -> None:
        super().__init__(f"HTTP {status}" if code is None else f"HTTP {status}, code {code}")
        self.status = status
        self.error = error[:TEXT_MOST]
        """WaConnect's own text, not masked."""
        self.code = code
        """The Meta code found anywhere in the answer."""
        self.retry_after = retry_after
        """Seconds to wait, as WaConnect asks for."""
        self.body = body[:BODY_MOST]
        """The raw answer for diagnosis, not masked."""
        self.in_envelope = in_envelope
        """True when WaConnect itself said no; False when something before it did, such as a gateway."""

    @property
    def passing(self) -> bool:
        """True when the same request may be sent again, after a wait."""
        if self.status == 429 or self.code in PASSING_CODES:
            return True
        return self.status >= 500 and self.code is None


class FateUnknown(WaConnectError):
    """WaConnect gave no clear answer: what was asked of it may have been done."""


class Unreachable(WaConnectError):
    """WaConnect could not be reached: nothing was sent."""
