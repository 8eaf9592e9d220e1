"""What somebody teaches: an entry in the making. A form is read to a Draft, or to what is wrong with each field.

A draft that was read is a whole entry: `waerror kb lint` finds no fault in the file that is written from it.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, Self, get_args

from bot.diagnosis import phrases
from bot.diagnosis.entries import CanRetry, FixedBy
from bot.knowledge import Knowledge

FAMILIES = ("waconnect", "meta")
TOPIC = "learned"  # a draft has no better word for the card's second line; whoever accepts it may
LONGEST_TITLE, LONGEST_SAYS, LONGEST_CAUSE, LONGEST_STEPS = 100, 300, 1_000, 2_000
_MOST_STEPS, _MOST_CODES = 10, 10
_FEWEST_WORDS = 2  # of what it says, where it has no code to be known by

BECAUSE: Mapping[str, str] = {
    "now": "what went wrong is over when it is sent again",
    "after_wait": "it passes by itself after a while",
    "after_fix": "the same request fails again until that is done",
    "never": "no change to the message makes it arrive",
}
_REMEDIES: Mapping[str, list[str]] = {
    "now": ["retry"],
    "after_wait": ["retry"],
    "after_fix": ["fix-and-retry"],
    "never": [],
}
_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_WAIT = re.compile(r"(\d{1,6})\s*(s|m|h|d)?[a-z]*\.?", re.IGNORECASE)
_LONGEST_WAIT = 30 * 86_400


@dataclass(frozen=True, slots=True)
class Draft:
    """All that a person has to know of an error to make an entry of it."""

    family: str
    title: str
    codes: tuple[int, ...]
    says: str
    cause: str
    resolution: tuple[str, ...]
    can_retry: str
    fixed_by: str
    fix: str | None = None
    wait_seconds: int | None = None

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        """From JSON, which knows no tuples."""
        return cls(**{**kept, "codes": tuple(kept["codes"]), "resolution": tuple(kept["resolution"])})

    def entry(self, http: int | None, checked: date) -> dict[str, Any]:
        """The entry as `knowledge/` has it. `http`: the status that the sample came with."""
        verdict = {"can_retry": self.can_retry, "fix": self.fix, "wait_seconds": self.wait_seconds}
        return {
            "id": entry_id(self.family, self.codes, self.title),
            "title": self.title,
            "codes": list(self.codes),
            "http": [http] if http else [],
            "says": [self.says],
            "topic": TOPIC,
            "cause": self.cause,
            "resolution": list(self.resolution),
            "fixed_by": self.fixed_by,
            "remedies": _REMEDIES[self.can_retry],
            "checked": checked,
            "verdict": {k: v for k, v in verdict.items() if v is not None} | {"because": BECAUSE[self.can_retry]},
            "sources": [{"name": f"Team, {checked}", "says": self.cause}],
        }


def entry_id(family: str, codes: tuple[int, ...], title: str) -> str:
    """`meta/131999`, or `waconnect/template-gone` where there is no code."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")
    fallback = f"learned-{sha256(title.encode('utf-8', 'replace')).hexdigest()[:8]}"
    return f"{family}/{codes[0] if codes else slug or fallback}"


def read(fields: Mapping[str, str], known: Knowledge) -> Draft | dict[str, str]:
    """The draft, or a sentence for each field that is wrong."""
    read: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for name, reader in _READERS.items():
        try:
            read[name] = reader(fields.get(name, "").strip())
        except ValueError as wrong:
            faults[name] = str(wrong)
    for check in _CHECKS:
        faults = dict(check(read, known)) | faults
    if faults:
        return faults
    wait = read.pop("wait")
    fixed = {"fix": read["fix"] if read["can_retry"] == "after_fix" else None}
    return Draft(**read | fixed, wait_seconds=wait if read["can_retry"] == "after_wait" else None)


def _text(what: str, most: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        line = " ".join(text.encode("utf-8", "replace").decode().replace("\0", " ").split())
        if not line:
            raise ValueError(f"Please say {what}.")
        if len(line) > most:
            raise ValueError(f"This is too long: at most {most} characters.")
        return line

    return read


def _one_of(names: tuple[str, ...]) -> Callable[[str], str]:
    def read(name: str) -> str:
        if name not in names:
            raise ValueError("Please choose one of the list.")
        return name

    return read


def _codes(text: str) -> tuple[int, ...]:
    parts = [part.strip("#()") for part in re.split(r"[\s,;]+", text) if part.strip("#()")]
    if any(not re.fullmatch(r"[0-9]{1,9}", part) for part in parts) or len(parts) > _MOST_CODES:
        raise ValueError(f"Numbers only, separated by commas, at most {_MOST_CODES}; leave it empty if there is none.")
    return tuple(dict.fromkeys(map(int, parts)))


def _steps(text: str) -> tuple[str, ...]:
    lines = (re.sub(r"^\s*(?:\d+[.)]|[-•*])\s+", "", line) for line in text.splitlines())
    steps = tuple(_text("it", LONGEST_STEPS)(line) for line in lines if line.strip())
    if not 1 <= len(steps) <= _MOST_STEPS:
        raise ValueError(f"Please write 1 to {_MOST_STEPS} steps, one a line.")
    return steps


def _wait(text: str) -> int | None:
    found = _WAIT.fullmatch(text)
    seconds = int(found[1]) * _UNITS[(found[2] or "s").lower()] if found else 0
    if text and not 0 < seconds <= _LONGEST_WAIT:
        raise ValueError("Please write it like 90 seconds, 5 minutes, 2 hours or 1 day; at most 30 days.")
    return seconds or None


_READERS: Mapping[str, Callable[[str], Any]] = {
    "title": _text("what it is called", LONGEST_TITLE),
    "codes": _codes,
    "says": _text("what the error says, as it is printed", LONGEST_SAYS),
    "cause": _text("why it happens", LONGEST_CAUSE),
    "resolution": _steps,
    "can_retry": _one_of(get_args(CanRetry)),
    "fix": lambda text: _text("it", LONGEST_TITLE)(text) if text else None,
    "wait": _wait,
    "fixed_by": _one_of(get_args(FixedBy)),
    "family": _one_of(FAMILIES),
}


def _verdict_is_whole(read: Mapping[str, Any], known: Knowledge) -> Mapping[str, str]:
    needs = {"after_fix": ("fix", "what must be fixed first"), "after_wait": ("wait", "how long to wait")}
    field, what = needs.get(read.get("can_retry", ""), ("", ""))
    return {field: f"Please say {what}."} if field and read.get(field, "") is None else {}


def _is_new(read: Mapping[str, Any], known: Knowledge) -> Mapping[str, str]:
    named = ((code, known.entries[id]) for code in read.get("codes", ()) for id in known.index.codes.get(code, ()))
    taken = [entry for code, entry in named if code in entry.codes]  # not a code that only falls into a gap
    if not taken:
        return {}
    return {
        "codes": f"{taken[0].label} is known: {taken[0].title}. Leave a note there: /waerror note {taken[0].label} …"
    }


def _says_enough(read: Mapping[str, Any], known: Knowledge) -> Mapping[str, str]:
    says = read.get("says", "")
    owner = known.index.phrases.whole.get(phrases.whole(says))
    if owner:
        return {"says": f"This is what {owner} says: {known.entries[owner].title}."}
    if says and not read.get("codes", True) and len(says.split()) < _FEWEST_WORDS:
        return {"says": "One word is too little to know it by. Give the sentence as it is printed."}
    return {}


_CHECKS = (_verdict_is_whole, _is_new, _says_enough)
