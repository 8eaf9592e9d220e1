"""A dry run: what would become of each failed message of an incident, before anybody sends a thousand of them.

A plan is a row of the table; only `safe` is ever sent.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from bot.desk.answers import Answer
from bot.desk.retries import claim_of, due_at
from bot.waconnect.limits import problems
from bot.waconnect.payloads import OutboundRequest

Plan = Literal["safe", "fix", "wait", "pointless", "arrived", "held", "same", "elsewhere", "no_request"]
# How many of each there are, in words, in the order in which it is told.
PLANS: Mapping[Plan, str] = MappingProxyType(
    {
        "safe": "can be sent again safely",
        "fix": "must be fixed first: paste each one’s error for its form",
        "wait": "must wait longer, or the same error comes back",
        "pointless": "are pointless: sending again cannot help",
        "arrived": "have arrived already",
        "held": "are taken care of already, or their fate is not known",
        "same": "are further alerts of a message that is counted above",
        "elsewhere": "name another account’s number",
        "no_request": "have no stored request, so there is nothing to send",
    }
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One alert of the incident, and what would become of its message."""

    key: str
    plan: Plan
    claim: str = ""
    request: OutboundRequest | None = None
    failed_id: str | None = None


@dataclass(frozen=True, slots=True)
class DryRun:
    """All of them."""

    candidates: tuple[Candidate, ...]
    untold: int = 0
    """Alerts that are too old or too many to be looked at: their requests are not known."""

    @property
    def safe(self) -> tuple[Candidate, ...]:
        return tuple(one for one in self.candidates if one.plan == "safe")

    @property
    def counts(self) -> Mapping[Plan, int]:
        counted = Counter(one.plan for one in self.candidates)
        counted["no_request"] += self.untold
        return {plan: counted[plan] for plan in PLANS if counted[plan]}


def candidate(key: str, given: Answer, account: str, seen_at: datetime, now: datetime) -> Candidate:
    """By the alert alone; what else is known of its message comes after, in `dry_run`."""
    best = given.diagnosis.best
    if best is None or given.withheld:
        return Candidate(key, "pointless")
    if given.request is None:
        return Candidate(key, "no_request")
    if given.account != account:
        return Candidate(key, "elsewhere")
    known = (claim_of(given.message_id, given.request, given.scope), given.request, given.message_id)
    if best.entry.verdict.can_retry == "after_fix" or problems(given.request):
        return Candidate(key, "fix", *known)
    return Candidate(key, "wait" if due_at(given, seen_at, now) else "safe", *known)


def dry_run(candidates: Iterable[Candidate], arrived: frozenset[str], held: frozenset[str], untold: int = 0) -> DryRun:
    """`arrived`, `held`: the claims whose message is there, and those that another press has."""
    seen: set[str] = set()
    found = []
    for one in candidates:
        found.append(replace(one, plan=_standing(one, arrived, held, seen)) if one.plan == "safe" else one)
        if one.claim:
            seen.add(one.claim)
    return DryRun(tuple(found), untold)


def _standing(one: Candidate, arrived: frozenset[str], held: frozenset[str], seen: set[str]) -> Plan:
    if one.claim in seen:
        return "same"
    return "arrived" if one.claim in arrived else "held" if one.claim in held else "safe"
