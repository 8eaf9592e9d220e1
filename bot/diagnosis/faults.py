"""What is wrong with a knowledge file, or between two of them: all of it at once, with the line to look at."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from bot.diagnosis.entries import Entry

_TOML_LINE = re.compile(r"\(at line (\d+)")
_Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where."""

    file: str
    line: int
    says: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.says}"


@dataclass(frozen=True, slots=True)
class Written:
    """An entry and the text it was read from."""

    file: str
    text: str
    entry: Entry


def parse(file: str, text: str) -> tuple[Entry | None, tuple[Fault, ...]]:
    """The entry of one file, or every reason why there is none."""
    try:
        return Entry.model_validate(tomllib.loads(text)), ()
    except tomllib.TOMLDecodeError as wrong:
        line = _TOML_LINE.search(str(wrong))
        return None, (Fault(file, int(line[1]) if line else text.count("\n") + 1, str(wrong)),)
    except ValidationError as wrong:
        return None, tuple(
            Fault(file, _line(text, fault["loc"]), _sentence(fault["loc"], fault["msg"]))
            for fault in wrong.errors(include_url=False)
        )


def disagreements(written: Iterable[Written]) -> Iterator[Fault]:
    """Faults between files: wrong names, numbers and sentences claimed twice, references to nowhere."""
    known = list(written)
    yield from _misnamed(known)
    yield from _claimed_twice(known)
    names = {one.entry.id for one in known}
    for one in known:
        pointers = [*one.entry.see_also, *(cause.see for cause in one.entry.causes if cause.see)]
        for name in pointers:
            if name not in names:
                yield Fault(one.file, line_of(one.text, name), f"there is no entry {name!r} to see")


def line_of(text: str, words: str) -> int:
    """The first line with these words, else the first line."""
    at = text.find(words)
    return text.count("\n", 0, at) + 1 if at >= 0 else 1


def _misnamed(known: Iterable[Written]) -> Iterator[Fault]:
    for one in known:
        path = one.file.replace("\\", "/").removesuffix(".toml")
        if not f"/{path}".endswith(f"/{one.entry.id}"):
            yield Fault(one.file, line_of(one.text, "id"), f"id {one.entry.id!r} is not the name of its file")


def _claimed_twice(known: Iterable[Written]) -> Iterator[Fault]:
    owners: Mapping[tuple[str, str], dict[str, Written]] = defaultdict(dict)
    for one in known:
        for kind, thing, written in _claims(one.entry):
            first = owners[kind, thing]
            first.setdefault(one.entry.id, one)
            if next(iter(first)) != one.entry.id:
                yield Fault(one.file, line_of(one.text, written), f"{kind} {written!r} is also in {next(iter(first))}")


def _claims(entry: Entry) -> Iterator[tuple[str, str, str]]:
    yield "id", entry.id, entry.id
    yield from (("code", f"{entry.family} {code}", str(code)) for code in set(entry.codes))
    yield from (
        ("says", folded, text) for folded, text in {" ".join(t.casefold().split()): t for t in entry.says}.items()
    )


def _line(text: str, place: _Place) -> int:
    """`("causes", 1, "when")` → the `when` of the second `[[causes]]`; the key's own line, or its table's."""
    at = 0
    for step, nth in zip(place, (*place[1:], None), strict=True):
        if not isinstance(step, str):
            continue
        table = re.compile(rf"^\s*\[\[?{re.escape(step)}\]\]?|^\s*{re.escape(step)}\s*=", re.MULTILINE)
        found = list(table.finditer(text, at))
        if not found:
            break
        at = found[min(nth if isinstance(nth, int) else 0, len(found) - 1)].start()
    return text.count("\n", 0, at + len(text[at:]) - len(text[at:].lstrip("\n"))) + 1


def _sentence(place: _Place, message: str) -> str:
    return f"{'.'.join(map(str, place)) or 'the entry'}: {message.removeprefix('Value error, ')}"
