"""What a look at the bot and its surroundings found, and what a person has to do about it. Values only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

Level = Literal["good", "skipped", "warning", "error"]
"""`skipped`: not looked at, since what it needs is not there. Worse comes later."""
LEVELS: tuple[Level, ...] = get_args(Level)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    level: Level
    what: str
    """A sentence; no secret and nothing personal in it."""
    do: str = ""
    """What to do about it, as an instruction; empty when there is nothing."""


def good(what: str) -> Finding:
    return Finding("good", what)


def skipped(what: str) -> Finding:
    return Finding("skipped", what)


def doubtful(what: str, do: str) -> Finding:
    return Finding("warning", what, do)


def broken(what: str, do: str = "") -> Finding:
    """Without `do` where another finding says it."""
    return Finding("error", what, do)


@dataclass(frozen=True, slots=True)
class Examined:
    """What one check found."""

    check: str
    findings: tuple[Finding, ...]

    @property
    def level(self) -> Level:
        """The worst of it."""
        return max((one.level for one in self.findings), key=LEVELS.index, default="good")


Examination = Sequence[Examined]


def failed(examination: Examination) -> bool:
    """Something is broken; what is only worth a look is not."""
    return any(one.level == "error" for one in examination)


def to_do(examination: Examination) -> tuple[str, ...]:
    """What to do, the broken first, each thing once."""
    found = [finding for one in examination for finding in one.findings if finding.do]
    found.sort(key=lambda finding: -LEVELS.index(finding.level))
    return tuple(dict.fromkeys(finding.do for finding in found))


def in_short(examination: Examination) -> str:
    """`14 good, 1 warning, 2 errors`."""
    levels = [finding.level for one in examination for finding in one.findings]
    words = {"good": "good", "skipped": "not looked at", "warning": "to look at", "error": "broken"}
    return ", ".join(f"{levels.count(level)} {says}" for level, says in words.items() if level in levels)
