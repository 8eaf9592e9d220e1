"""Somebody pressed *Retry message*: the press as a value, and what its outcomes mean for the next one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from bot.diagnosis.masking import mask_number
from bot.store.schema import now
from bot.waconnect.payloads import OutboundRequest, digits

# After a day the same text to the same person is a new occasion, not the same failed message.
CLAIM_LASTS = timedelta(days=1)
# Outcomes that prove that the message is there.
ARRIVED = frozenset({"delivered", "read", "already"})
# Nothing left for the recipient: these end the quiet period too.
SENT_NOTHING = frozenset({"refused", "not_sent", "cancelled", "under_way", "already"})
# Outcomes that prove that nothing arrived; they free the claim, so that the next press may try again. `already` is
# none of them: the message that failed was delivered after all.
FREES_CLAIM = frozenset({"refused", "not_sent", "cancelled", "under_way", "failed"})
# The fate of a send that is not known, for good or until somebody looks again.
UNCLEAR = "unknown"
# Where a press in the terminal is made: no card, no thread, and no bot goes on with it.
TERMINAL = "terminal"


@dataclass(frozen=True, slots=True)
class Press:
    """Somebody pressed *Retry message*."""

    id: str
    card: str
    channel: str
    thread: str
    user: str
    request: Mapping[str, Any]
    """`{"endpoint": "messages/text", "body": {…}}`"""
    pressed_at: datetime
    outcome: str | None = None
    failed_id: str | None = None
    """The id of the message that failed, where it is known."""
    repeats: str | None = None
    """The press of unclear fate that this one repeats: the message may arrive twice."""
    account: str = ""
    """Whose key sends it; empty in one of a release that knew one account."""
    due_at: datetime | None = None
    """Of one that holds a claim: it waits until then."""

    @property
    def outbound(self) -> OutboundRequest:
        """The request as WaConnect takes it. ValueError when it was deleted, or knows another release's endpoint."""
        return OutboundRequest(str(self.request.get("endpoint")), self.request.get("body") or {})

    @property
    def kind(self) -> str:
        """`text`, `image` …; of any release. Only *message* once the request was deleted for its age."""
        return str(self.request.get("endpoint", "message")).removeprefix("messages/")

    @property
    def masked_recipient(self) -> str:
        return mask_number(self.recipient or "")

    @property
    def recipient(self) -> str | None:
        """Digits only."""
        return digits((self.request.get("body") or {}).get("to"))

    @property
    def may_be_sent_anyway(self) -> bool:
        """Its fate, or that of the press that it repeats, is unclear, and nothing more is under way."""
        if not self.request:  # deleted for its age
            return False
        return self.outcome == UNCLEAR or (self.repeats is not None and self.outcome in FREES_CLAIM)


@dataclass(frozen=True, slots=True)
class Quiet:
    """Another press wrote to the same recipient too short a time ago."""

    press: Press
    at: datetime
    """When it wrote, or was about to."""


def new_press(
    card: str,
    channel: str,
    thread: str,
    user: str,
    request: Mapping[str, Any],
    account: str = "",
    failed_id: str | None = None,
) -> Press:
    return Press(uuid4().hex, card, channel, thread, user, request, now(), failed_id=failed_id, account=account)
