"""The shape that every source's words are brought into."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.intake.words import clean

State = Literal["firing", "resolved"]

LONGEST_TITLE = 300
_TEXT, _LABEL, _ID = 40_000, 300, 1_000
_MOST_LABELS = 40


class Malformed(ValueError):
    """It cannot be read; the message is a sentence for whoever sent it, with nothing of what was sent in it."""


@dataclass(frozen=True, slots=True)
class Post:
    """One request that was proven, its body read."""

    data: object
    """The JSON; for a source that takes text, perhaps a string that is none."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """One alert."""

    id: str
    """The source's own id of this telling: the same one is taken once. Empty: the source has none."""
    title: str
    text: str = ""
    """All that there is to read of it, for the diagnosis and for people; never shown unmasked."""
    state: State = "firing"
    thing: str = ""
    """What fires: its *resolved* names the same. Empty: it never tells of its end."""
    labels: Mapping[str, str] = field(default_factory=dict)
    message_id: str = ""
    """The WhatsApp message that failed: whoever tells of it, it is counted once."""
    notice: bool = False
    """It is about the source itself, for the administrator: always shown, never diagnosed."""
    recurs: bool = False
    """Its id is that of the thing: once its other state was told, the same id is news again."""

    @property
    def paste(self) -> str:
        """Everything, as somebody would have pasted it."""
        labels = (f"{name}: {value}" for name, value in self.labels.items())
        return "\n".join(part for part in (self.title, self.text, *labels) if part)[:_TEXT]


@dataclass(frozen=True, slots=True)
class Bad:
    """One of a batch that is no alert."""

    index: int
    why: str


@dataclass(frozen=True, slots=True)
class Read:
    """What a request says."""

    good: tuple[Arrived, ...] = ()
    bad: tuple[Bad, ...] = ()
    ignored: int = 0
    """Understood, and nothing to do: a message came in, somebody was assigned."""


NOTHING = Read(ignored=1)


def alert(id: str, title: str, text: str = "", labels: Mapping[str, str] | None = None, **more: object) -> Arrived:
    """An alert with everything in it cleaned and cut to size."""
    kept = {clean(name, 60): clean(value, _LABEL) for name, value in list((labels or {}).items())[:_MOST_LABELS]}
    told = {name: clean(value, _ID) if isinstance(value, str) else value for name, value in more.items()}
    shown = clean(title, LONGEST_TITLE) or "An alert without a title"
    return Arrived(clean(id, _ID), shown, clean(text, _TEXT), labels=kept, **told)  # type: ignore[arg-type]


def each(items: object, name: str, read: Callable[[Mapping[str, object]], Arrived | None]) -> Read:
    """A batch: `read` gives None for what is to be ignored, and raises Malformed for what is no alert."""
    if not isinstance(items, list):
        raise Malformed(f"The body has no list of {name}.")
    return gather(items, read)


def gather(items: Iterable[object], read: Callable[[Mapping[str, object]], Arrived | None]) -> Read:
    """What is good is kept, whatever stands beside it."""
    good, bad, ignored = [], [], 0
    for index, item in enumerate(items):
        try:
            found = read(object_in(item))
        except Malformed as error:
            bad.append(Bad(index, str(error)))
            continue
        if found is None:
            ignored += 1
        else:
            good.append(found)
    return Read(tuple(good), tuple(bad), ignored)


def object_in(value: object, name: str = "It") -> Mapping[str, object]:
    """The value as an object. Malformed when it is none."""
    if not isinstance(value, dict):
        raise Malformed(f"{name} is not a JSON object.")
    return value
