"""What the sandbox knows: accounts, messages that really went out, calls received, faults ordered.

A message's status is never stored: it follows from the clock, so nothing has to run in the background.
"""

import base64
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from bot.waconnect.faults import Order

_LIFE: Final = ("pending", "sent", "delivered", "read")
_FAILED_LIFE: Final = ("pending", "sent", "failed")


@dataclass(frozen=True, slots=True)
class Account:
    """One customer of WaConnect."""

    name: str = "Sandbox"
    enabled: bool = True
    phone_number_ids: tuple[str, ...] = ("100000000000001", "100000000000002")
    """The sending numbers; the first is the default."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that really went out."""

    id: str
    to: str
    kind: str
    at: float
    """Seconds since 1970, by the sandbox's clock."""
    key: str
    phone_number_id: str
    fails_with: int | None = None
    """The Meta code that ends it after it was sent."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call that was received."""

    method: str
    path: str
    status: int | None
    """None: it got no answer."""
    at: float
    body: object | None = field(default=None, repr=False)
    """What was posted, where it was JSON."""


@dataclass(frozen=True, slots=True)
class Received:
    """A message that somebody wrote to the account."""

    id: str
    sender: str
    text: str
    at: float
    key: str
    phone_number_id: str
    read: bool = False


class Ledger:
    """The sandbox's memory; safe to share between threads."""

    def __init__(self, keys: Mapping[str, Account], clock: Callable[[], float], pace_seconds: float) -> None:
        self._lock = threading.RLock()
        self._accounts = dict(keys)
        self._clock = clock
        self._ahead = 0.0
        self._pace = pace_seconds
        self._sent: list[Sent] = []
        self._calls: list[Call] = []
        self._received: list[Received] = []
        self._orders: list[Order] = []

    def now(self) -> float:
        """Seconds since 1970, with what it was advanced by."""
        return self._clock() + self._ahead

    def advance(self, seconds: float) -> None:
        with self._lock:
            self._ahead += seconds

    def account(self, key: str) -> Account | None:
        with self._lock:
            return self._accounts.get(key)

    def set_account(self, key: str, account: Account | None) -> None:
        """None revokes the key."""
        with self._lock:
            if account is None:
                self._accounts.pop(key, None)
            else:
                self._accounts[key] = account

    @property
    def keys(self) -> tuple[str, ...]:
        with self._lock:
            return tuple(self._accounts)

    def order(self, order: Order) -> None:
        with self._lock:
            self._orders.append(order)

    def clear_orders(self) -> None:
        with self._lock:
            self._orders.clear()

    @property
    def orders(self) -> tuple[Order, ...]:
        """What is still to come."""
        with self._lock:
            return tuple(self._orders)

    def take_order(self, endpoint: str, to: str | None) -> Order | None:
        """The first fault meant for a call; it counts as used."""
        with self._lock:
            for place, order in enumerate(self._orders):
                if order.covers(endpoint, to):
                    left = None if order.times is None else order.times - 1
                    self._orders[place : place + 1] = [] if left == 0 else [order.model_copy(update={"times": left})]
                    return order
        return None

    def add_sent(self, to: str, kind: str, key: str, phone_number_id: str, fails_with: int | None) -> Sent:
        message = Sent(_new_id(to), to, kind, self.now(), key, phone_number_id, fails_with)
        with self._lock:
            self._sent.append(message)
        return message

    def add_call(self, method: str, path: str, status: int | None, body: object | None = None) -> None:
        with self._lock:
            self._calls.append(Call(method, path, status, self.now(), body))

    def add_received(self, sender: str, text: str, key: str, phone_number_id: str) -> Received:
        message = Received(_new_id(sender), sender, text, self.now(), key, phone_number_id)
        with self._lock:
            self._received.append(message)
        return message

    def mark_read(self, key: str, *, message_id: str | None = None, sender: str | None = None) -> int:
        """Marks one message, or all of a sender; gives how many there were."""
        marked = 0
        with self._lock:
            for place, message in enumerate(self._received):
                if message.key == key and (message.id == message_id or message.sender == sender):
                    self._received[place] = replace(message, read=True)
                    marked += 1
        return marked

    @property
    def sent(self) -> tuple[Sent, ...]:
        """In the order they went out."""
        with self._lock:
            return tuple(self._sent)

    @property
    def calls(self) -> tuple[Call, ...]:
        with self._lock:
            return tuple(self._calls)

    @property
    def received(self) -> tuple[Received, ...]:
        with self._lock:
            return tuple(self._received)

    def history(self, message: Sent) -> tuple[tuple[str, float], ...]:
        """The statuses that a message has reached by now, each with its time."""
        life = _LIFE if message.fails_with is None else _FAILED_LIFE
        steps = int((self.now() - message.at) / self._pace) if self._pace > 0 else len(life)
        reached = life[: max(steps, 0) + 1]
        return tuple((status, message.at + place * self._pace) for place, status in enumerate(reached))


def _new_id(number: str) -> str:
    """Built like WhatsApp's, base64 of number and tail; it always ends in `=`, which a path must encode."""
    tail = uuid.uuid4().hex[:18].upper()
    inner = b"\x1d\x08\x0b" + number.encode() + b"\x15\x02\x00\x11\x18\x12" + tail.encode()
    padding = b"\x00" if (len(inner) + 1) % 3 else b"\x00\x00"
    return "wamid." + base64.b64encode(inner + padding).decode()
