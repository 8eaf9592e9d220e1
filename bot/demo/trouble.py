"""The sandbox's troubles as switches. All that is on is ordered anew at each turn, so that none disturbs another."""

import threading
from collections.abc import Mapping
from typing import Any

from bot.standin.page import Switch
from bot.waconnect.sandbox import DEMO_KEY, Sandbox

A_MINUTE = 60.0
# Switch → the fault that it orders for calls that send, until it is switched off.
_FAULTS: Mapping[str, dict[str, Any]] = {
    "rate-limit": {"name": "130429"},
    "silent": {"name": "not-sent-silent"},
    "sent-silent": {"name": "sent-then-silent"},
    "late-failure": {"name": "late-failure"},
}


class Trouble:
    """What is on. The account's two switches act on the account, the others on what is sent."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._on: set[str] = set()
        self._ends: dict[str, threading.Timer] = {}
        self._lock = threading.RLock()

    def switches(self) -> tuple[Switch, ...]:
        return (
            self._switch("rate-limit", "Rate limit for a minute", "every send is refused with 130429"),
            self._switch("disabled", "Account disabled", "403, until it is enabled again"),
            self._switch("revoked", "Key revoked", "401, as if somebody had made a new key"),
            self._switch("silent", "Time-outs, nothing is sent", "WaConnect stays silent"),
            self._switch("sent-silent", "Time-outs, but it is sent", "the answer is lost: the dangerous one"),
            self._switch("late-failure", "Late failure", "accepted, then undeliverable (131026)"),
        )

    def close(self) -> None:
        for timer in self._ends.values():
            timer.cancel()

    def _switch(self, id: str, label: str, says: str) -> Switch:
        return Switch(id, label, says, lambda: id in self._on, lambda on: self._turn(id, on))

    def _turn(self, id: str, on: bool) -> None:
        with self._lock:
            (self._on.add if on else self._on.discard)(id)
            if (timer := self._ends.pop(id, None)) is not None:
                timer.cancel()
            if on and id == "rate-limit":
                self._ends[id] = timer = threading.Timer(A_MINUTE, self._turn, (id, False))
                timer.daemon = True
                timer.start()
            self._apply()

    def _apply(self) -> None:
        self._sandbox.clear_faults()
        for id in _FAULTS.keys() & self._on:
            self._sandbox.fault(**_FAULTS[id], endpoint="messages", times=None)
        self._sandbox.account(DEMO_KEY, enabled="disabled" not in self._on, revoked="revoked" in self._on)
