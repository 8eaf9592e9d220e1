"""Ten times the entries, made up from the real ones: other codes, other ids, half of their words exchanged."""

import json
import random
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bot import knowledge
from bot.diagnosis.entries import Cause, Entry

_WORD = re.compile(r"[^\W\d_]{4,}")
_APART = 10_000_000  # between a code and its copy: longer than any real code
_EXCHANGED = 0.5
_SEED = 3


def made(known: Mapping[str, Entry], times: int) -> Iterator[Entry]:
    """The real entries, and their copies. Words come from the same vocabulary, so common words stay common."""
    dice = random.Random(_SEED)  # noqa: S311 - the same copies each time
    vocabulary = [word for entry in known.values() for text in entry.says for word in _WORD.findall(text)]

    def altered(text: str) -> str:
        return _WORD.sub(lambda word: dice.choice(vocabulary) if dice.random() < _EXCHANGED else word[0], text)

    def some(texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(altered(text) for text in texts)

    def copied(cause: Cause) -> Cause:
        return cause.model_copy(update={"when": some(cause.when), "subcodes": (), "see": None} if cause.when else {})

    yield from known.values()
    for copy in range(1, times):
        for entry in known.values():
            yield entry.model_copy(
                update={
                    "id": f"{entry.id}-copy-{copy}",
                    "title": altered(entry.title),
                    "codes": tuple(code + copy * _APART for code in entry.codes),
                    "subcodes": tuple(code + copy * _APART for code in entry.subcodes),
                    "says": some(entry.says),
                    "described_as": some(entry.described_as),
                    "causes": tuple(map(copied, entry.causes)),
                    "see_also": (),
                }
            )


def written(entries: Iterator[Entry], folder: Path) -> knowledge.Knowledge:
    """The entries as files in a folder, and loaded from there: the same way as the real ones."""
    for entry in entries:
        file = folder / f"{entry.id}.toml"
        file.parent.mkdir(exist_ok=True)
        file.write_text("\n".join(_toml(entry.model_dump(mode="json", exclude_none=True))), encoding="utf-8")
    return knowledge.load(folder, forgiving=True)


def _toml(told: Mapping[str, Any]) -> Iterator[str]:
    """JSON's strings, numbers and lists are TOML's too; only tables are written otherwise."""
    nested = {key: value for key, value in told.items() if _tables(value)}
    yield from (f"{key} = {_value(key, value)}" for key, value in told.items() if key not in nested)
    for key, value in nested.items():
        for one in value if isinstance(value, list) else [value]:
            yield f"[[{key}]]" if isinstance(value, list) else f"[{key}]"
            yield from _toml(one)


def _tables(value: object) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict))


def _value(key: str, value: object) -> str:
    return str(value) if key == "checked" else json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
