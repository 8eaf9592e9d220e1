"""What people do while the process is killed, as one table: a scenario is a row.

A row that sends to many (a bulk run) has more `recipients` and its own paste; the counters go by recipient.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from bot.waconnect.faults import FAULTS

RETRY, FORM = "remedy.retry", "form"
NOW, CANCEL, CHECK, ANYWAY = "press.now", "press.cancel", "press.check", "press.anyway"

Paste = Callable[[Sequence[str], str], str]
"""Recipients and body → what somebody pastes."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One course of clicks."""

    wants: tuple[str, ...]
    """What is clicked, in this order, as soon as it stands there."""
    paste: Paste
    weight: int = 1
    """How often, against the others."""
    unclear: bool = False
    """Only with faults that leave the fate of a send unclear; else with every fault and with none."""
    recipients: int = 1


def _failed(status: int, code: int, says: str) -> Paste:
    def paste(to: Sequence[str], body: str) -> str:
        sent = json.dumps({"to": to[0], "body": body})
        refusal = json.dumps({"success": False, "error": f"(#{code}) {says}"})
        return f"POST /api/messages/text\n{sent}\n\n{status} {refusal}"

    return paste


AT_ONCE = _failed(429, 130429, "Rate limit hit")
_AFTER_TEN_MINUTES = _failed(400, 134101, "Your template is still syncing")
_AFTER_A_FIX = _failed(400, 131047, "Re-engagement message")

SCENARIOS: Final[Mapping[str, Scenario]] = MappingProxyType(
    {
        "Retry message": Scenario((RETRY,), AT_ONCE, weight=4),
        "Fix and retry…": Scenario((FORM,), _AFTER_A_FIX),
        "Retry in …": Scenario((RETRY,), _AFTER_TEN_MINUTES),
        "Send now": Scenario((RETRY, NOW), _AFTER_TEN_MINUTES),
        "Cancel": Scenario((RETRY, CANCEL), _AFTER_TEN_MINUTES),
        "Check again": Scenario((RETRY, CHECK, CHECK), AT_ONCE, weight=2, unclear=True),
        "Send anyway": Scenario((RETRY, ANYWAY), AT_ONCE, weight=2, unclear=True),
    }
)

NO_FAULT: Final = "none"
UNCLEAR: Final = tuple(name for name, fault in FAULTS.items() if fault.manner not in ("error", "late"))
# Each fault comes up; those that leave a fate unclear more often, since they are where a message could be sent twice.
DECK: Final = (*FAULTS, *UNCLEAR * 2, "late-failure", *[NO_FAULT] * 12)
