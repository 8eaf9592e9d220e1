"""What an app under test puts beside the conversations: things to try, switches, tables that stay up to date.

Frozen values with functions in them. A function that raises a StandinError is told to the person as a sentence.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.standin.values import Json, NoSuchControl


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command, and examples of what can be typed behind it, each with what it does."""

    name: str
    says: str
    examples: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Shortcut:
    """An entry in the menu of every message, or a global one beside the composer."""

    callback_id: str
    label: str
    kind: Literal["message", "global"] = "message"


@dataclass(frozen=True, slots=True)
class Trick:
    """A button that makes something happen; `do` returns a sentence for the person, or nothing."""

    id: str
    label: str
    says: str
    do: Callable[[], str | None]


@dataclass(frozen=True, slots=True)
class Paste:
    """A button that puts a text into the composer of a channel; nothing is sent by it."""

    id: str
    label: str
    says: str
    channel: str
    text: str


@dataclass(frozen=True, slots=True)
class Switch:
    """Something that stays on until it is switched off, or ends by itself."""

    id: str
    label: str
    says: str
    is_on: Callable[[], bool]
    turn: Callable[[bool], str | None]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table that is read again and again; `note` is a sentence above it."""

    id: str
    title: str
    columns: tuple[str, ...]
    rows: Callable[[], Sequence[Sequence[str]]]
    note: Callable[[], str]


Item = Trick | Paste | Switch
_KINDS: dict[type[Item], str] = {Trick: "trick", Paste: "paste", Switch: "switch"}


@dataclass(frozen=True, slots=True)
class Group:
    """Items under one heading."""

    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """All that an app gives to its page."""

    commands: tuple[Command, ...] = ()
    shortcuts: tuple[Shortcut, ...] = ()
    groups: tuple[Group, ...] = ()
    sheets: tuple[Sheet, ...] = ()
    any_command: bool = False
    """Whether commands that are not among `commands` reach the app too."""

    def press(self, id: str) -> str | None:
        """Do a trick."""
        for item in self._items():
            if isinstance(item, Trick) and item.id == id:
                return item.do()
        raise NoSuchControl(f"there is no trick {id!r}")

    def turn(self, id: str, on: bool) -> str | None:
        """Turn a switch."""
        for item in self._items():
            if isinstance(item, Switch) and item.id == id:
                return item.turn(on)
        raise NoSuchControl(f"there is no switch {id!r}")

    def shown(self) -> Json:
        """What does not change."""
        return {
            "commands": [{"name": one.name, "says": one.says, "examples": one.examples} for one in self.commands],
            "any_command": self.any_command,
            "shortcuts": [
                {"callback_id": one.callback_id, "label": one.label, "kind": one.kind} for one in self.shortcuts
            ],
            "groups": [{"title": group.title, "items": [*map(_shown, group.items)]} for group in self.groups],
            "sheets": [{"id": sheet.id, "title": sheet.title, "columns": sheet.columns} for sheet in self.sheets],
        }

    def states(self) -> Iterator[tuple[str, Json]]:
        """What changes: each switch and each sheet, by a name of its own."""
        for item in self._items():
            if isinstance(item, Switch):
                yield f"switch:{item.id}", {"on": item.is_on()}
        for sheet in self.sheets:
            yield f"sheet:{sheet.id}", {"note": sheet.note(), "rows": [list(row) for row in sheet.rows()]}

    def _items(self) -> Iterator[Item]:
        for group in self.groups:
            yield from group.items


def _shown(item: Item) -> Json:
    common = {"kind": _KINDS[type(item)], "id": item.id, "label": item.label, "says": item.says}
    return common | ({"channel": item.channel, "text": item.text} if isinstance(item, Paste) else {})
