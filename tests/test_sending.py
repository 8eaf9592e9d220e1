"""The course of one press against every fault of the sandbox: how it ends, and that no more than one message left."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from bot import knowledge
from bot.duties.delivering import deliver
from bot.duties.sending import Sending, Sent
from bot.knowledge import Knowledge
from bot.store import Store, new_press
from bot.vault import Vault, key_beside
from bot.waconnect.client import WaConnect
from bot.waconnect.errors import PASSING_CODES
from bot.waconnect.faults import FAULTS
from bot.waconnect.sandbox import DEMO_KEY, Sandbox

TO = "15551234567"
REQUEST = {"endpoint": "messages/text", "body": {"to": TO, "body": "Hi"}}
# Refused for its load, once: the next attempt is taken.
PASSING = {str(code) for code in PASSING_CODES} | {"internal-server-error"}
LOST = {"not-sent-silent", "reset", "gateway-502", "gateway-504"}


class Hands(Sending):
    """Plain calls that wait for nothing."""

    paused: float = 0.0

    def progress(self, press_id: str) -> None:
        """Nobody looks."""

    def pause(self, seconds: float) -> None:
        self.paused += seconds


class World:
    """A sandbox, a database and hands."""

    def __init__(self, folder: Path, known: Knowledge) -> None:
        self.sandbox = Sandbox(pace_seconds=1.0)
        self.store = Store(f"sqlite:///{folder}/waerror.db", Vault(key_beside(folder / "waerror.db")))
        transport = httpx.WSGITransport(app=self.sandbox)
        self.waconnect = WaConnect("http://sandbox/api/", DEMO_KEY, timeout_seconds=60, transport=transport)
        self.hands = Hands(self.store, known, {"default": self.waconnect})

    def press(self, failed_id: str | None = None) -> str:
        press = new_press("c" * 24, "C1", "1.2", "U1", REQUEST, failed_id=failed_id)
        assert self.store.presses.claim("a", press) is None
        return press.id

    def deliver(self, press_id: str) -> Sent:
        return deliver(self.hands, press_id, attempts=3, searches=3)

    @property
    def posts(self) -> int:
        return sum(call.method == "POST" for call in self.sandbox.calls)

    def states(self, press_id: str) -> list[str]:
        return [step.state for step in self.store.presses.steps(press_id)]


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return knowledge.load()


@pytest.fixture
def world(tmp_path: Path, known: Knowledge) -> Iterator[World]:
    world = World(tmp_path, known)
    yield world
    world.waconnect.close()
    world.store.close()


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_has_its_end(world: World, fault: str) -> None:
    """Taken: found or tried again. Refused: free for the next press. Lost: unknown, and nobody sends it again."""
    world.sandbox.fault(fault, to=TO, seconds=0.1)
    press = world.press()
    sent = world.deliver(press)
    expected = "unknown" if fault in LOST else "accepted" if FAULTS[fault].sends or fault in PASSING else "refused"
    assert sent["state"] == expected, world.states(press)
    assert world.posts == (2 if fault in PASSING else 1)
    assert len(world.sandbox.sent) == (expected == "accepted")
    if expected == "accepted":
        assert sent["message_id"] == world.sandbox.sent[0].id


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_of_the_probe_keeps_it_from_being_sent(world: World, fault: str) -> None:
    """Unless the account answered after all."""
    world.sandbox.fault(fault, endpoint="status", seconds=0.1)
    sent = world.deliver(world.press())
    good = FAULTS[fault].manner in ("late", "drip")
    assert (sent["state"], world.posts) == (("accepted", 1) if good else ("not_sent", 0))


def test_a_press_walked_twice_sends_once(world: World) -> None:
    """As after a crash: every deed gives what was noted."""
    press = world.press()
    first, second = world.deliver(press), world.deliver(press)
    assert first == second
    assert world.posts == 1


def test_a_press_cut_off_in_its_post_finds_the_message(world: World) -> None:
    """The note is there and the result is not."""
    press = world.press()
    posted = datetime.now(UTC) - timedelta(seconds=1)
    world.store.presses.begin_step(press, "send/1", "sending", posted=posted.isoformat())
    message = world.sandbox.ledger.add_sent(TO, "text", DEMO_KEY, "100000000000001", None)
    assert world.deliver(press)["message_id"] == message.id
    assert world.posts == 0
    assert "found" in world.states(press)


def test_a_search_reads_several_pages(world: World) -> None:
    """The account sends a lot; the list shows fifty at a time."""
    world.sandbox.fault("sent-then-reset", to=TO)
    press = world.press()
    for n in range(70):
        world.sandbox.ledger.add_sent(f"1555765{n:04}", "text", DEMO_KEY, "100000000000001", None)
    world.hands.check(press)
    world.hands.send(press, 1, False)
    for n in range(70):
        world.sandbox.ledger.add_sent(f"1555766{n:04}", "text", DEMO_KEY, "100000000000001", None)
    assert world.hands.search(press, "search/1", True)["state"] == "accepted"


def test_what_a_dead_duty_left_is_read_on_the_safe_side(world: World) -> None:
    """Nothing posted: not sent. Posted without a result: unknown. Accepted: accepted."""
    press = world.press()
    assert world.hands.rescued(press)["state"] == "not_sent"
    world.store.presses.begin_step(press, "send/1", "sending")
    assert world.hands.rescued(press)["state"] == "unknown"
    world.store.presses.end_step(press, "send/1", "accepted", message_id="wamid.1")
    assert world.hands.rescued(press) == {"state": "accepted", "message_id": "wamid.1", "again_in": None}


def test_nothing_personal_is_noted(world: World) -> None:
    """Steps are not sealed: no number and no body is in them, whatever WaConnect says."""
    world.sandbox.fault("sent-then-reset", to=TO)
    press = world.press()
    world.deliver(press)
    noted = str(world.store.presses.steps(press))
    assert not re.search(rf"{TO}|'Hi'|{DEMO_KEY}", noted)
