"""Files become entries; every fault is named with its line; the compiled copy is never trusted blindly."""

import tomllib
from pathlib import Path

import pytest

from bot import knowledge
from bot.diagnosis.entries import Entry

ENTRY = """\
id = "meta/131047"
title = "Re-engagement message"
codes = [131047]
says = ["Re-engagement message"]
topic = "window"
cause = "More than 24 hours."
resolution = ["Send a template."]
fixed_by = "integration"
checked = 2026-11-01
[verdict]
can_retry = "after_fix"
fix = "the message type"
because = "it fails again"
[[sources]]
name = "Meta"
says = "so"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "knowledge"
    (place / "meta").mkdir(parents=True)
    (place / "meta" / "131047.toml").write_text(ENTRY)
    return place


def faults(folder: Path) -> list[str]:
    with pytest.raises(knowledge.KnowledgeError) as raised:
        knowledge.load(folder)
    return [str(fault) for fault in raised.value.faults]


def test_the_projects_own_knowledge_is_without_fault() -> None:
    written, wrong = knowledge.read(knowledge.find())
    assert wrong == ()
    assert len(written) > 200


def test_the_example_in_the_readme_is_an_entry() -> None:
    text = (knowledge.find() / "README.md").read_text(encoding="utf-8")
    example = text.partition("```toml\n")[2].partition("```")[0]
    assert Entry.model_validate(tomllib.loads(example)).id == "meta/132012"


def test_a_folder_becomes_entries(folder: Path) -> None:
    known = knowledge.load(folder)
    assert list(known.entries) == ["meta/131047"]
    assert known.entries["meta/131047"].title == "Re-engagement message"
    assert known.index.codes[131047] == ("meta/131047",)
    assert str(known.checked) == "2026-11-01"


def test_every_fault_of_every_file_is_named_with_its_line(folder: Path) -> None:
    (folder / "meta" / "1.toml").write_text('id = "meta/1\n')
    (folder / "meta" / "2.toml").write_text(ENTRY.replace("131047", "2").replace('topic = "window"', "tropic = 1"))
    named = faults(folder)
    assert any("1.toml:1: " in one for one in named)
    assert any("2.toml:5: tropic" in one for one in named)
    assert any("topic: Field required" in one for one in named)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('"meta/131047"', '"meta/5"'), "is not the name of its file"),
        (("checked = ", 'see_also = ["meta/9"]\nchecked = '), "there is no entry 'meta/9'"),
        (('can_retry = "after_fix"', 'can_retry = "now"'), "fix belongs to after_fix"),
    ],
)
def test_what_does_not_fit_together_is_a_fault(folder: Path, change: tuple[str, str], says: str) -> None:
    (folder / "meta" / "131047.toml").write_text(ENTRY.replace(*change))
    assert any(says in one for one in faults(folder))


def test_a_code_or_a_sentence_belongs_to_one_entry(folder: Path) -> None:
    (folder / "meta" / "5.toml").write_text(ENTRY.replace("meta/131047", "meta/5"))
    named = faults(folder)
    assert any("code '131047' is also in meta/131047" in one for one in named)
    assert any("says 'Re-engagement message' is also in meta/131047" in one for one in named)


def test_forgiving_leaves_out_what_is_broken(folder: Path) -> None:
    (folder / "meta" / "1.toml").write_text("not toml")
    assert list(knowledge.load(folder, forgiving=True).entries) == ["meta/131047"]


def test_the_compiled_copy_is_used_and_renewed(folder: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    first = knowledge.load(folder, cache)
    (compiled,) = cache.glob("*.db")
    assert knowledge.load(folder, cache).version == first.version
    (folder / "meta" / "131047.toml").write_text(ENTRY.replace("24 hours", "a day"))
    assert knowledge.load(folder, cache).version != first.version
    assert list(cache.glob("*.db")) != [compiled]


@pytest.mark.parametrize("junk", [b"", b"not a database", b"SQLite format 3\x00" + bytes(200)])
def test_a_damaged_copy_is_made_again(folder: Path, tmp_path: Path, junk: bytes) -> None:
    cache = tmp_path / "cache"
    knowledge.load(folder, cache)
    (compiled,) = cache.glob("*.db")
    compiled.write_bytes(junk)
    assert list(knowledge.load(folder, cache).entries) == ["meta/131047"]
    assert list(knowledge.load(folder, cache).entries) == ["meta/131047"]


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert knowledge.load(folder, tmp_path / "file" / "cache").entries


@pytest.mark.parametrize(
    "words", ["", "''", '"', "AND OR NOT", "(", "a* b^2", "-x", "\0", "NEAR(", "col:umn", "é" * 999]
)
def test_any_words_can_be_searched(words: str) -> None:
    assert isinstance(knowledge.load().search(words, 3), tuple)


@pytest.mark.parametrize(("words", "name"), [("131047", "meta/131047"), ("template paused", "meta/132015")])
def test_search_finds_the_best_first(words: str, name: str) -> None:
    assert knowledge.load().search(words, 5)[0][0] == name
