"""Sees the errors in a text: which numbers stand where and how, which objects they are in, what else is said.

Nothing is decided here. A sighting keeps what the text says; what it means is for `matching`.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.diagnosis import context, fields, numbers
from bot.diagnosis.values import Sighting
from bot.diagnosis.words import words

_SHORT = 200
_LONGEST = 40_000  # what Slack lets a message be
_WAMID = re.compile(r"wamid\.[\w=+/-]{1,120}")
_TRACE = re.compile(r"fbtrace_id\W{1,4}([\w-]{6,40})")
_STATUS = re.compile(
    r"(?:HTTP(?:/\d(?:\.\d)?)?|status(?:[ _]?code)?|->|→|<)\W{0,3}([1-5]\d\d)\b"
    r"|(?:^|\s)([45]\d\d)(?=\s(?:\{|Bad|Unauth|Forb|Not Found|Client|Server|Internal|Too|Service))",
    re.IGNORECASE,
)
_TO = re.compile(r"(?:recipient(?:_id)?|wa_id|\bto)[\"']?\s{0,2}[:=]\s{0,2}[\"']?\+?(\d[\d -]{5,16}\d)(?!\w)")
_SHARED = ("http_status", "message_id", "fbtrace_id", "recipient")
_SUBCODE = re.compile(r"sub_?code\W{0,6}(\d{2,9})(?!\w)", re.IGNORECASE)
_CARRIERS = frozenset({100, 139_002})  # codes that say nothing: Meta puts the reason into the subcode
_BESIDE = 80  # characters behind a code in which prose names its subcode
_ALONE = re.compile(
    r"\W*(?:(?:whatsapp|meta|waconnect|error|err|code|erro|c[oó]digo|fehler|erreur|explain)\W{1,3}){0,3}"
    r"(\d{1,7})\W*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Paste:
    """A text, and all that was read out of it."""

    text: str
    words: tuple[str, ...]
    readings: tuple[numbers.Reading, ...]
    codes: frozenset[int]
    """The long ones that nothing speaks against."""
    objects: tuple[fields.Found, ...]
    context: context.Context
    seen: Sighting
    alone: int | None = None
    """The number, where the text is nothing but a number."""

    def about(self, reading: numbers.Reading) -> Sighting:
        """What the text says of this number: the object it is in, else the text as a whole."""
        found = self._object(reading)
        if found is None:
            subcode = _SUBCODE.search(self.text, reading.at, reading.at + _BESIDE)
            number = int(subcode[1]) if subcode and not reading.is_subcode else None
            return replace(self.seen, code=reading.number, subcode=number, message=None, type=None)
        kept = {name: getattr(found.sighting, name) or getattr(self.seen, name) for name in _SHARED}
        return replace(found.sighting, **kept)

    def place(self, reading: numbers.Reading) -> float:
        """Where it stands for the reader: a subcode says more than its code, so it goes just before it."""
        if not reading.is_subcode:
            return reading.at
        found = self._object(reading)
        codes = [one for one in self.readings if not one.is_subcode]
        code = found.sighting.code if found and found.sighting.code in _CARRIERS else None
        own = [one.at for one in codes if one.number == code]  # `(#100) …` in its message too
        before = [one.at for one in codes if one.at < reading.at]
        return (own[0] if own else found.at if found else before[-1] if before else reading.at) - 0.5

    def times(self) -> Counter[int]:
        """How often each number is reported: objects are counted, else lines."""
        held: Counter[int] = Counter()
        for one in self.objects:
            held.update({number for number in (one.sighting.code, one.sighting.subcode) if number is not None})
        lines = Counter(number for number, _ in set(numbers.lines(self.text)))
        return Counter({number: held[number] or lines[number] for number in {*held, *lines}})

    def _object(self, reading: numbers.Reading) -> fields.Found | None:
        number = reading.number
        return next(
            (
                found
                for found in self.objects
                if found.at == reading.at or (reading.is_subcode and found.sighting.subcode == number)
            ),
            None,
        )


def read(text: str, known: Callable[[int], bool]) -> Paste:
    """Reads a plain text; `known` tells which numbers may be codes."""
    text = text[:_LONGEST]
    if alone := _alone(text):
        return _only(alone, text, known)
    objects = tuple(fields.objects(text))
    readings = tuple(numbers.readings(text, known))
    return Paste(
        text=text,
        words=tuple(words(text)),
        readings=readings,
        codes=frozenset(one.number for one in readings if one.number >= numbers.LONG and not one.against),
        objects=objects,
        context=context.of(text.lower()),
        seen=_seen(text, objects),
    )


def _alone(text: str) -> re.Match[str] | None:
    return _ALONE.fullmatch(text.strip()) if len(text) < _SHORT else None


def _only(number: re.Match[str], text: str, known: Callable[[int], bool]) -> Paste:
    """A number has no surroundings to be judged by."""
    code = int(number[1])
    readings = (numbers.Reading(code, number.start(1), numbers.FOR[-1]),) if known(code) else ()
    return Paste(text, (), readings, frozenset(), (), context.Context((), 0), Sighting(), code)


def _seen(text: str, objects: tuple[fields.Found, ...]) -> Sighting:
    first = objects[0].sighting if objects else Sighting()
    status = _STATUS.search(text)
    return replace(
        first,
        http_status=first.http_status or (int(status[1] or status[2]) if status else None),
        message_id=first.message_id or _first(_WAMID, text),
        fbtrace_id=first.fbtrace_id or _first(_TRACE, text),
        recipient=first.recipient or _digits(_first(_TO, text)),
    )


def _first(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return found[found.lastindex or 0] if found else None


def _digits(text: str | None) -> str | None:
    return "".join(filter(str.isdigit, text)) if text else None
