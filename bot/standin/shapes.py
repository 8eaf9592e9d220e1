"""The kinds of rule a field of a block can be under, as frozen values; rules.py has the rules themselves."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """A text object."""

    most: int = 3000
    plain_only: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """A string."""

    most: int
    least: int = 1
    one_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """A value of one of these Python types, not looked at further."""

    types: tuple[type, ...]


@dataclass(frozen=True, slots=True)
class OneOf:
    """An object whose `type` is one of these names in SHAPES."""

    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Object:
    """An object of one shape that has no `type`."""

    shape: str


@dataclass(frozen=True, slots=True)
class Many:
    """An array."""

    of: "Rule"
    most: int
    least: int = 1


Rule = Text | Word | Kind | OneOf | Object | Many


@dataclass(frozen=True, slots=True)
class Shape:
    fields: dict[str, Rule]
    required: tuple[str, ...] = ()
    either: tuple[str, ...] = ()
    """At least one of these."""
