"""The labelled texts: the project's own, always; and those of a folder that not everybody has, where it is there."""

import json
import os
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bot import knowledge

ROOT = Path(__file__).parent.parent.parent
OWN = "own"


@dataclass(frozen=True, slots=True)
class Text:
    """A text, and the entries that are right for it: none for a negative."""

    id: str
    text: str
    labels: tuple[str, ...]
    has_code: bool
    alert: bool = True
    """Whether an alert with this text should be answered."""
    doubt: bool = False
    """People do not agree what is right, so it is counted nowhere."""


@dataclass(frozen=True, slots=True)
class Corpus:
    name: str
    title: str
    texts: tuple[Text, ...]

    @property
    def positives(self) -> tuple[Text, ...]:
        return tuple(text for text in self.texts if text.labels and not text.doubt)

    @property
    def negatives(self) -> tuple[Text, ...]:
        return tuple(text for text in self.texts if not text.labels)


@dataclass(frozen=True, slots=True)
class Source:
    title: str
    file: str
    """In the folder of `shared`; nothing for the project's own."""
    read: Callable[[Path], Iterator[Text]]


def corpora() -> Mapping[str, Corpus]:
    """Every corpus that is there."""
    return {name: corpus for name in SOURCES if (corpus := load(name))}


@cache
def load(name: str) -> Corpus | None:
    """A corpus, or None where its file is not there."""
    source = SOURCES[name]
    path = shared() / source.file if source.file else ROOT / "tests" / "pastes"
    return Corpus(name, source.title, tuple(source.read(path))) if path.exists() else None


def shared() -> Path:
    """`WAERROR_SHARED`, or the folder beside the checkout."""
    return Path(os.environ.get("WAERROR_SHARED") or ROOT.parent / "shared")


def _labelled(path: Path) -> Iterator[Text]:
    for line in path.read_text("utf-8").splitlines():
        told = json.loads(line)
        # What is foreign is foreign, however much people doubt the rest of it.
        doubt = bool(told["doubt"]) and told["kind"] != "negative"
        labels = () if told["kind"] == "negative" else tuple(told["labels"])
        yield Text(str(told["id"]), told["text"], labels, bool(told["has_code"]), doubt=doubt)


def _pastes(folder: Path) -> Iterator[Text]:
    known = knowledge.load().entries
    for file in sorted(folder.glob("*.toml")):
        told: dict[str, list[dict[str, Any]]] = tomllib.loads(file.read_text("utf-8"))
        for case in told.get("paste", []):
            codes = known[case["entries"][0]].codes
            coded = any(str(code) in case["text"] for code in codes)
            yield Text(case["name"], case["text"], tuple(case["entries"][:1]), coded, case.get("alert", True))
        for number, case in enumerate(told.get("quiet", []), 1):
            yield Text(case.get("name", f"quiet-{number}"), case["text"], (), has_code=False)


SOURCES: Mapping[str, Source] = {
    "quoted": Source("Real pastes", "corpus/dev.jsonl", _labelled),
    "described": Source("Descriptions", "corpus/dev_words.jsonl", _labelled),
    OWN: Source("Own pastes", "", _pastes),
}
