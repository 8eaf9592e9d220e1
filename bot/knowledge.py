"""The folder `knowledge/` as entries, an index and a full-text search.

Every fault of every file is reported at once, with file and line. What was read is kept compiled in an SQLite file
named by the state of the folder: a change is seen at once, and nothing ever has to be invalidated.
"""

import hashlib
import os
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from bot.diagnosis.entries import Entry
from bot.diagnosis.faults import Fault, Written, disagreements, parse
from bot.diagnosis.index import Index, by_number

_HERE = Path(__file__).parent
_PLACES = (_HERE.parent / "knowledge", _HERE / "knowledge_files")  # a checkout's, an installed wheel's
_FAMILIES = ("waconnect", "meta", "onpremises")
_FORMAT = "4"  # of the compiled file; another number, another file
_TOKENIZER = "porter unicode61 remove_diacritics 2"
_KEPT = 4  # compiled states: two checkouts must not compile in turns
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"[0-9]{1,9}")
_MOST_WORDS = 24
_SEARCH = """
    SELECT entry, MAX(fits) * (CASE WHEN entry LIKE 'onpremises/%' THEN 0.5 ELSE 1 END) FROM (
        SELECT phrases.entry, -bm25(phrases_fts) AS fits
        FROM phrases_fts JOIN phrases ON phrases.rowid = phrases_fts.rowid WHERE phrases_fts MATCH :words
        UNION ALL
        SELECT entries.id, -bm25(entries_fts, 2.0, 8.0, 1.0)
        FROM entries_fts JOIN entries ON entries.rowid = entries_fts.rowid WHERE entries_fts MATCH :words
    ) GROUP BY entry ORDER BY 2 DESC, entry LIMIT :limit
"""


class KnowledgeError(Exception):
    """The knowledge files cannot be used as they are. `waerror kb lint` lists every fault."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


@dataclass(frozen=True)
class Knowledge:
    """Everything that is known, by id; how to find it; and which state of it this is."""

    entries: Mapping[str, Entry]
    index: Index
    version: str
    """Changes when any word of any file changes."""
    checked: date | None
    """The newest date on which an entry was checked."""
    db: sqlite3.Connection = field(repr=False, compare=False)

    def search(self, words: str, limit: int = 10) -> tuple[tuple[str, float], ...]:
        """Entries that hold these words, best first. Any text is legal: every word of it is quoted."""
        asked = dict.fromkeys(_WORD.findall(words.replace("\0", " ")))
        query = " OR ".join(f'"{word}"' for word in list(asked)[:_MOST_WORDS])
        if not query or limit < 1:
            return ()
        return tuple(self.db.execute(_SEARCH, {"words": query, "limit": limit}))

    def named(self, name: str) -> Entry | None:
        """The entry with this id, code or file name, in any case."""
        wanted = name.strip().strip("#()").lower().removesuffix(".toml")
        numbered = self.index.codes.get(int(wanted), ()) if _NUMBER.fullmatch(wanted) else ()
        same = (id for id in self.entries if wanted in (id, id.partition("/")[2]))
        found = next(iter(numbered), None) or next(same, None)
        return self.entries[found] if found else None


def load(folder: Path | None = None, cache: Path | None = None, forgiving: bool = False) -> Knowledge:
    """The knowledge of a folder, compiled anew only when a file changed.

    `forgiving` leaves out what is broken: one bad file must not cost a person all the other answers.
    """
    folder = folder or find()
    files = sorted(file for family in _FAMILIES for file in (folder / family).glob("*.toml"))
    compiled = _compiled(cache, _state(folder, files))
    if compiled and (known := _opened(compiled)):
        return known
    written, faults = read(folder, files)
    if faults and not forgiving:
        raise KnowledgeError(faults)
    image = _image(written)
    if compiled and not faults:
        _keep(compiled, image)
    db = sqlite3.connect(":memory:", check_same_thread=False)
    db.deserialize(image)
    return _knowledge(db)


def find() -> Path:
    """The folder of this checkout, or the one that the installed wheel brought."""
    return next((place for place in _PLACES if (place / "meta").is_dir()), _PLACES[0])


def read(folder: Path, files: Iterable[Path] | None = None) -> tuple[tuple[Written, ...], tuple[Fault, ...]]:
    """Every entry that can be read, and every fault."""
    written: list[Written] = []
    faults: list[Fault] = []
    for file in files if files is not None else sorted(folder.glob("*/*.toml")):
        text = file.read_text(encoding="utf-8", errors="replace")
        entry, wrong = parse(_shown(file), text)
        faults += wrong
        if entry:
            written.append(Written(_shown(file), text, entry))
    if not written and not faults:
        faults.append(Fault(_shown(folder), 1, "there are no knowledge files here"))
    return tuple(written), (*faults, *disagreements(written))


def _shown(file: Path) -> str:
    return os.path.relpath(file) if file.is_relative_to(Path.cwd()) else str(file)


def _state(folder: Path, files: list[Path]) -> str:
    """Names, times and sizes: reading them is quick, and an edit changes them."""
    stats = ((str(file.relative_to(folder)), file.stat()) for file in files)
    told = [_FORMAT, str(folder.resolve()), *(f"{name} {s.st_mtime_ns} {s.st_size}" for name, s in stats)]
    return hashlib.blake2b("\n".join(told).encode(), digest_size=12).hexdigest()


def _compiled(cache: Path | None, state: str) -> Path | None:
    return cache / f"knowledge-{state}.db" if cache else None


def _opened(compiled: Path) -> Knowledge | None:
    """The compiled knowledge, or None: absent, cut short, another program's. It is only a copy, so no fuss."""
    if not compiled.is_file():
        return None
    with suppress(sqlite3.Error, ValueError, TypeError):
        return _knowledge(sqlite3.connect(f"{compiled.as_uri()}?mode=ro", uri=True, check_same_thread=False))
    return None


def _keep(compiled: Path, image: bytes) -> None:
    """Written beside and moved into place, so that another process sees all of it or nothing."""
    import tempfile  # only who compiles pays for it

    with suppress(OSError):
        compiled.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=compiled.parent, suffix=".part", delete=False) as part:
            part.write(image)
        Path(part.name).replace(compiled)
        states = sorted(compiled.parent.glob("knowledge-*.db"), key=lambda file: file.stat().st_mtime)
        for old in states[:-_KEPT]:
            old.unlink(missing_ok=True)


def _image(written: tuple[Written, ...]) -> bytes:
    """The knowledge as the bytes of an SQLite file."""
    import sqlite_utils  # only who compiles pays for it

    connection = sqlite3.connect(":memory:")
    db = sqlite_utils.Database(connection)
    entries, phrases, about = db.table("entries"), db.table("phrases"), db.table("about")
    entries.create({"id": str, "codes": str, "title": str, "text": str, "subcodes": str, "body": str}, pk="id")
    phrases.create({"entry": str, "phrase": str, "literal": int})
    entries.insert_all(_row(one.entry) for one in written)
    phrases.insert_all(_phrases(one.entry for one in written))
    entries.enable_fts(["codes", "title", "text"], tokenize=_TOKENIZER)
    phrases.enable_fts(["phrase"], tokenize=_TOKENIZER)
    told = sorted(hashlib.sha256(one.text.encode()).hexdigest() for one in written)
    newest = max((one.entry.checked for one in written), default=None)
    version = hashlib.sha256("".join(told).encode()).hexdigest()[:12]
    about.insert({"version": version, "checked": newest and newest.isoformat()})
    connection.commit()
    return connection.serialize()


def _row(entry: Entry) -> dict[str, str]:
    causes = (cause.cause for cause in entry.causes)
    return {
        "id": entry.id,
        "codes": " ".join(map(str, entry.codes)),
        "title": entry.title,
        "text": "\n".join((entry.cause, *causes, entry.check_first or "", *entry.resolution)),
        "subcodes": " ".join(map(str, entry.subcodes)),
        "body": entry.model_dump_json(),
    }


def _phrases(entries: Iterator[Entry]) -> Iterator[dict[str, object]]:
    for entry in entries:
        for phrase in entry.says:
            yield {"entry": entry.id, "phrase": phrase, "literal": 1}
        for phrase in entry.described_as:
            yield {"entry": entry.id, "phrase": phrase, "literal": 0}


class _Shelf(Mapping[str, Entry]):
    """Entries in the order of their ids, each read when it is first wanted: an answer needs one of three hundred."""

    def __init__(self, db: sqlite3.Connection, names: Iterable[str]) -> None:
        self._db = db
        self._made: dict[str, Entry | None] = dict.fromkeys(names)

    def __getitem__(self, name: str) -> Entry:
        entry = self._made[name]
        if entry is None:
            (body,) = self._db.execute("SELECT body FROM entries WHERE id = ?", (name,)).fetchone()
            entry = self._made[name] = Entry.model_validate_json(body)
        return entry

    def __iter__(self) -> Iterator[str]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)


def _knowledge(db: sqlite3.Connection) -> Knowledge:
    rows = db.execute("SELECT id, codes, subcodes FROM entries ORDER BY id").fetchall()
    version, checked = db.execute("SELECT version, checked FROM about").fetchone()
    shelf = _Shelf(db, (name for name, _, _ in rows))
    index = Index(
        shelf,
        by_number((name, map(int, codes.split())) for name, codes, _ in rows),
        by_number((name, map(int, subcodes.split())) for name, _, subcodes in rows),
    )
    return Knowledge(shelf, index, version, date.fromisoformat(checked) if checked else None, db)
