"""Judges, pure: at which moment of a press the kill fell, and what of the promises was broken in the end."""

import itertools
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from tests.chaos.scenarios import ANYWAY
from tests.chaos.witness import Seen, Shown

TWICE, OPEN, BUSY, FALSE = "sent twice", "without an outcome", "left on “sending”", "not what the ledger says"
COUNTERS: Final = (TWICE, OPEN, BUSY, FALSE)
"""Each must be 0."""

MOMENTS: Final = (
    "before the claim",
    "claimed",
    "scheduled",
    "sending",
    "refused, to be tried again",
    "fate unclear, looking",
    "accepted",
    "following",
    "ended, not yet shown",
    "ended",
)
BETWEEN: Final = frozenset(MOMENTS[1:9])
"""From the claim to the end."""

# Outcome → how its message must end.
_ENDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "delivered": "Done:",
        "read": "Done:",
        "failed": "Failed:",
        "refused": "Refused:",
        "not_sent": "Not sent:",
        "already": "Already delivered",
        "under_way": "Still under way",
        "cancelled": "Cancelled:",
        "unknown": "Unknown:",
        "undelivered": "Still not delivered",
    }
)
# What no message may say that stands still.
_UNDER_WAY: Final = ("sending …", "checking the account …", "reading what became", "records …", "I am ", "by itself.")
_SENT_NOTHING: Final = frozenset({"refused", "not_sent", "cancelled", "already", "under_way"})
SENT: Final = frozenset({"delivered", "read", "failed", "undelivered"})

Problem = tuple[str, str]
"""The counter, and what was seen."""


def moment(presses: Sequence[Seen], shown: Shown) -> str:
    """Where the newest press of a failed message stood."""
    if not presses:
        return "before the claim"
    press = presses[-1]
    said = " ".join(shown.presses.get(press.id, ()))
    if "searching" in press.named("search/"):
        return "fate unclear, looking"
    if press.outcome:
        return "ended" if _ENDS.get(press.outcome, "?") in said else "ended, not yet shown"
    if press.waits or press.is_accepted:
        return {"schedule": "scheduled", "follow": "following"}.get(press.waits or "", "accepted")
    sends = press.named("send/")
    return {"sending": "sending", "refused": "refused, to be tried again", "unknown": "fate unclear, looking"}.get(
        sends[-1] if sends else "", "claimed"
    )


def problems(presses: Sequence[Seen], shown: Shown, sent: int) -> list[Problem]:
    """What is wrong with one failed message to one recipient, once everything stands still."""
    found: list[Problem] = []
    if sent > (most := allowed(presses)):
        found.append((TWICE, f"{sent} messages in the ledger, {most} allowed"))
    if not presses:
        found.append((OPEN, "it was pressed, and there is no press"))
    for press in presses:
        if press.outcome not in _ENDS:
            found.append((OPEN, f"press {press.id[:8]}: outcome {press.outcome}, steps {press.states}"))
        else:
            found += _unlike_thread(press, shown) + _offered_in_vain(press, presses, shown)
        if not {"sending", "searching"}.isdisjoint(press.states):
            found.append((OPEN, f"press {press.id[:8]} is {press.outcome}, and a step is open: {press.states}"))
    return found + _unlike_ledger(presses, sent)


def allowed(presses: Sequence[Seen]) -> int:
    """Once; once more for each that a person confirmed, and for each that came after a proven failure."""
    again = [old for old, new in itertools.pairwise(presses) if old.outcome == "failed" and not new.repeats]
    return 1 + confirmed(presses) + len(again)


def confirmed(presses: Sequence[Seen]) -> int:
    """How many a person had sent anyway."""
    return sum(press.repeats is not None for press in presses)


def _unlike_thread(press: Seen, shown: Shown) -> list[Problem]:
    said = shown.presses.get(press.id, ())
    if len(said) != 1:
        return [(BUSY, f"press {press.id[:8]} has {len(said)} messages")]
    under_way = [words for words in _UNDER_WAY if words in said[0]]
    if under_way or _ENDS[press.outcome or ""] not in said[0]:
        return [(BUSY, f"press {press.id[:8]} is {press.outcome}, and its message says: {said[0]}")]
    return []


def _offered_in_vain(press: Seen, presses: Sequence[Seen], shown: Shown) -> list[Problem]:
    """It was sent anyway, and its message still asks whether to."""
    offered = ANYWAY in shown.buttons.get(shown.places.get(press.id, ""), ())
    repeated = any(other.repeats == press.id for other in presses)
    return [(BUSY, f"press {press.id[:8]} was sent anyway, and its message does not say so")] * (offered and repeated)


def _unlike_ledger(presses: Sequence[Seen], sent: int) -> list[Problem]:
    outcomes = [press.outcome for press in presses]
    said_sent = sum(outcome in SENT for outcome in outcomes)
    if sent < said_sent:
        return [(FALSE, f"{outcomes}, and {sent} in the ledger")]
    if sent and outcomes and all(outcome in _SENT_NOTHING for outcome in outcomes):
        return [(FALSE, f"{outcomes}, and {sent} in the ledger")]
    return []
