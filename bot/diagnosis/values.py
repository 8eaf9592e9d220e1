"""The words of a diagnosis, as frozen values: Sighting, Match, Diagnosis."""

from dataclasses import dataclass
from typing import Literal

from bot.diagnosis.entries import Cause, Entry

Mode = Literal["ask", "alert"]
Confidence = Literal["certain", "likely", "possible"]


@dataclass(frozen=True, slots=True)
class Sighting:
    """One error seen in a paste. Every field is what the text says, unmasked; None where it is silent."""

    code: int | None = None
    subcode: int | None = None
    http_status: int | None = None
    message: str | None = None
    type: str | None = None
    fbtrace_id: str | None = None
    message_id: str | None = None
    """WhatsApp's message id, `wamid.…`."""
    recipient: str | None = None
    """Digits only."""


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that explains a sighting, how well, and by which evidence."""

    entry: Entry
    confidence: Confidence
    score: float
    """0 to 1; comparable within one diagnosis."""
    why: tuple[str, ...]
    """Each piece of evidence in words, strongest first; nothing personal in it."""
    code: int | None = None
    cause: Cause | None = None
    """The one of the entry's several causes that the text proves."""
    sighting: Sighting = Sighting()
    count: int = 1
    """How often the text reports it: a batch of statuses may hold one error many times."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What a paste is about. `answered` is False when nothing is sure enough for the mode it was asked in."""

    mode: Mode
    answered: bool
    matches: tuple[Match, ...] = ()
    """Best first. When not answered in mode `ask`: the nearest candidates, at most three."""
    near: tuple[Match, ...] = ()
    """When answered in mode `ask` without being certain: what else it may be. With `matches` at most three."""
    seen: Sighting = Sighting()
    """What could be read from the paste, also when nothing matched."""

    @property
    def best(self) -> Match | None:
        return self.matches[0] if self.answered and self.matches else None
