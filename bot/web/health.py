"""`/healthz`: the process is alive; it asks nobody, so that nothing outside can have it killed. `/readyz`: it can do
its work; what keeps it from that is said in words, and nothing secret or personal is among them.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from flask import Blueprint

from bot.house import House
from bot.store.backlog import PROMPT
from bot.store.engines import Unreadable

# Any entry's name does: it is found in the full text when that is whole.
_WORD = "message"


def routes(house: House) -> Blueprint:
    health = Blueprint("health", __name__)

    @health.get("/healthz")
    def alive() -> dict[str, str]:
        return {"status": "alive"}

    @health.get("/readyz")
    def ready() -> tuple[dict[str, Any], int]:
        faults = {name: list(look(house)) for name, look in CHECKS.items()}
        checks = {name: "; ".join(found) or "well" for name, found in faults.items()}
        well = not any(faults.values())
        return {"status": "ready" if well else "not ready", "checks": checks}, 200 if well else 503

    return health


def _slack(house: House) -> Iterator[str]:
    if house.pulse.connected is False:
        yield "the socket is not open"
    elif house.pulse.silent >= house.settings.waerror_deaf_seconds / 2:
        yield f"the socket is silent for {house.pulse.silent:.0f} s"
    if house.pulse.refusal:
        yield f"Slack does not answer as it should: {house.pulse.refusal}"


def _database(house: House) -> Iterator[str]:
    try:
        house.store.backlog.of(datetime.now(UTC))
    except Unreadable as error:
        yield f"it cannot be read: {type(error).__name__}"


def _queue(house: House) -> Iterator[str]:
    try:
        waits = house.store.backlog.of(datetime.now(UTC))
    except Unreadable:
        return  # told by `database`
    for name in PROMPT:
        if waits[name].lag > house.settings.waerror_ready_lag_seconds:
            yield f"{waits[name].count} {name} wait, the first for {waits[name].lag:.0f} s"


def _knowledge(house: House) -> Iterator[str]:
    if not house.knowledge.entries or not house.knowledge.search(_WORD):
        yield "nothing is known"


CHECKS: Mapping[str, Callable[[House], Iterator[str]]] = MappingProxyType(
    {"slack": _slack, "database": _database, "queue": _queue, "knowledge": _knowledge}
)
"""Each says what is wrong; nothing when it is well."""
