"""What the sandbox can do to a call, as one table: the documented errors, Meta's codes, and troubles of the wire."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

Manner = Literal["error", "page", "silence", "reset", "drip", "rubbish", "late"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One way for a call to go wrong."""

    manner: Manner
    status: int = 200
    error: str = ""
    sends: bool = False
    """Whether the message goes out all the same."""


_DOCUMENTED: Final = {
    "missing-required-field": (400, "Missing required field"),
    "invalid-phone-number": (400, "Invalid phone number format"),
    "missing-api-key": (401, "Missing API Key"),
    "invalid-api-key": (401, "Invalid API Key"),
    "account-disabled": (403, "Account disabled"),
    "phone-number-not-authorized": (403, "Phone number not authorized"),
    "message-not-found": (404, "Message not found"),
    "internal-server-error": (500, "Internal server error"),
}

_META: Final = {
    4: (400, "Application request limit reached"),
    10: (403, "Application does not have permission for this action"),
    100: (400, "Invalid parameter"),
    190: (401, "Your access token has expired."),
    368: (403, "Temporarily blocked for policies violations"),
    80007: (400, "Rate limit issues"),
    130429: (429, "Rate limit hit"),
    130472: (400, "User's number is part of an experiment"),
    131000: (500, "Something went wrong"),
    131005: (403, "Access denied"),
    131008: (400, "Required parameter is missing"),
    131009: (400, "Parameter value is not valid"),
    131016: (500, "Service unavailable"),
    131021: (400, "Recipient cannot be sender"),
    131026: (400, "Message undeliverable"),
    131030: (400, "Recipient phone number not in allowed list"),
    131031: (403, "Business Account locked"),
    131042: (400, "Business eligibility payment issue"),
    131045: (500, "Incorrect certificate"),
    131047: (400, "Re-engagement message"),
    131048: (400, "Spam rate limit hit"),
    131049: (400, "This message was not delivered to maintain healthy ecosystem engagement."),
    131051: (400, "Unsupported message type"),
    131052: (400, "Media download error"),
    131053: (400, "Media upload error"),
    131056: (400, "(Business Account, Consumer Account) pair rate limit hit"),
    131057: (500, "Account in maintenance mode"),
    132000: (400, "Number of parameters does not match the expected number of params"),
    132001: (404, "Template name does not exist in the translation"),
    132005: (400, "Translated text too long"),
    132007: (400, "Template Format Character Policy Violated"),
    132012: (400, "Parameter format does not match format in the created template"),
    132015: (400, "Template is paused"),
    132016: (400, "Template is disabled"),
    133004: (503, "Server Temporarily Unavailable"),
    133010: (400, "Account not registered"),
}
"""Meta's sentence of a code, without its `(#…)`, and the HTTP status it mostly comes with."""

FAULTS: Final[Mapping[str, Fault]] = MappingProxyType(
    {
        **{slug: Fault("error", status, error) for slug, (status, error) in _DOCUMENTED.items()},
        **{str(code): Fault("error", status, f"(#{code}) {says}") for code, (status, says) in _META.items()},
        "timeout": Fault("silence", sends=True),
        "sent-then-silent": Fault("silence", sends=True),
        "not-sent-silent": Fault("silence"),
        "reset": Fault("reset"),
        "sent-then-reset": Fault("reset", sends=True),
        "gateway-502": Fault("page", 502, "502 Bad Gateway"),
        "sent-then-gateway-502": Fault("page", 502, "502 Bad Gateway", sends=True),
        "gateway-504": Fault("page", 504, "504 Gateway Time-out"),
        "sent-then-gateway-504": Fault("page", 504, "504 Gateway Time-out", sends=True),
        "slow-body": Fault("drip", sends=True),
        "rubbish-json": Fault("rubbish", sends=True),
        "late-failure": Fault("late", sends=True),
    }
)


class Order(BaseModel):
    """A fault that somebody ordered: which one, for which calls, how often."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fault: str
    """A name of FAULTS, or the number of any other Meta code."""
    to: str | None = None
    """Only sends to this number."""
    endpoint: str | None = None
    """Only calls at or below this path: `messages/text`, `messages`, `status`."""
    times: int | None = Field(1, ge=1)
    """How many calls; None until faults are cleared."""
    status: int | None = Field(None, ge=400, le=599)
    """Another HTTP status than the usual one."""
    retry_after: int | str | None = None
    """The Retry-After header, as seconds or as an HTTP date."""
    seconds: float = Field(30.0, ge=0, le=3600)
    """How long a silence lasts, or a whole slow body."""
    sent: bool | None = None
    """Whether the message goes out all the same; None leaves it to the fault."""
    code: int = 131026
    """late-failure: the Meta code that ends the message."""

    @field_validator("fault")
    @classmethod
    def _is_known(cls, name: str) -> str:
        name = name.removeprefix("meta/").removeprefix("waconnect/")
        if name not in FAULTS and not (name.isdecimal() and len(name) <= 7):
            raise ValueError(f"unknown fault; known are {', '.join(FAULTS)}")
        return name

    @property
    def what(self) -> Fault:
        return FAULTS.get(self.fault) or Fault("error", 400, meta_text(int(self.fault)))

    @property
    def sends(self) -> bool:
        return self.what.sends if self.sent is None else self.sent

    def covers(self, endpoint: str, to: str | None) -> bool:
        """Whether a call to an endpoint, for a number, is one that was meant."""
        below = self.endpoint is None or f"{endpoint}/".startswith(self.endpoint.strip("/") + "/")
        return below and (self.to is None or self.to == to)


def meta_text(code: int) -> str:
    """Meta's sentence of a code, as it comes through WaConnect: `(#130429) Rate limit hit`."""
    return f"(#{code}) {_META.get(code, (400, 'Something went wrong'))[1]}"
