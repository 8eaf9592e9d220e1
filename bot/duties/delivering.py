"""The course of one press: check, send until there is an answer, look for what got none. It decides; hands do it.

The hands of the bot are durable steps, those of the terminal plain calls; both walk the same course.
"""

from collections.abc import Iterator
from typing import Protocol

from bot.duties.sending import Sent, ended

# Pauses before each look for a message of unclear fate: a record may come late.
_FIRST_SEARCH, _LONGEST_SEARCH = 1.0, 30.0
# Pauses between status reads: quick while somebody looks, then ever slower, at most five minutes.
FIRST_LOOK, _LONGEST_LOOK = 1.0, 300.0
AUTOMATIC = "search/1"
"""The step of the first search, which nobody asked for."""


class Hands(Protocol):
    """What is done on the way; each deed notes itself, so that it may be asked for again after a crash."""

    def check(self, press_id: str) -> str | None: ...

    def send(self, press_id: str, attempt: int, last: bool) -> Sent: ...

    def search(self, press_id: str, turn: str, last: bool) -> Sent: ...

    def progress(self, press_id: str) -> None:
        """Show what was noted so far; never fails."""

    def pause(self, seconds: float) -> None: ...


def deliver(hands: Hands, press_id: str, attempts: int, searches: int) -> Sent:
    """From the press to an answer: accepted, or the outcome."""
    stopped = hands.check(press_id)
    if stopped:
        return ended(stopped)
    hands.progress(press_id)
    sent = _send_until_answered(hands, press_id, attempts)
    return search(hands, press_id, AUTOMATIC, searches) if sent["state"] == "unknown" else sent


def search(hands: Hands, press_id: str, turn: str, searches: int) -> Sent:
    """Look until it is found, a bounded number of times."""
    found, pause = ended("unknown"), _FIRST_SEARCH
    for look in range(1, searches + 1):
        hands.progress(press_id)
        hands.pause(pause)
        found = hands.search(press_id, turn, look == searches)
        if found["state"] == "accepted":
            break
        pause = min(pause * 2, _LONGEST_SEARCH)
    return found


def next_look(pause: float, left: float) -> tuple[float, float]:
    """The pause before the next status read after one of this length, and what is then left of the following."""
    longer = min(pause * 1.5, _LONGEST_LOOK) if pause else FIRST_LOOK
    return min(longer, left), left - min(longer, left)


def looks(total: float) -> Iterator[float]:
    """Growing pauses that add up to `total` seconds."""
    pause, left = 0.0, total
    while left > 0:
        pause, left = next_look(pause, left)
        yield pause


def _send_until_answered(hands: Hands, press_id: str, attempts: int) -> Sent:
    """POST until it is accepted, refused for good, or unclear; only a definite refusal is tried again."""
    for attempt in range(1, attempts):
        sent = hands.send(press_id, attempt, False)
        hands.progress(press_id)
        if sent["again_in"] is None:
            return sent
        hands.pause(sent["again_in"])
    return hands.send(press_id, attempts, True)
