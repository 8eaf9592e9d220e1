"""What the benchmarks do to texts and entries before they measure."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from bot import knowledge
from tests.bench import bigger, hostile, robustness
from tests.bench.__main__ import BENCHMARKS
from tests.bench.corpus import OWN, Corpus, Text, load

TEXT = '{"error":{"message":"(#131047) Re-engagement message <now> & then","code":131047}} v2x'


@pytest.mark.parametrize("name", BENCHMARKS)
def test_each_row_is_a_benchmark(name: str) -> None:
    assert callable(import_module(f"tests.bench.{name}").bench)


@pytest.mark.parametrize("name", robustness.WAYS)
def test_a_text_is_changed_the_same_way_each_time(name: str) -> None:
    corpus = Corpus(OWN, "", (Text("1", TEXT, ("meta/131047",), True),))
    first, again = (robustness.changed(corpus, robustness.WAYS[name]).texts[0] for _ in range(2))
    assert first == again
    assert (first.text == TEXT) == (name == "whole")


def test_typos_leave_numbers_alone() -> None:
    dice = robustness.Dice(1)
    texts = {robustness.WAYS["3% typos in its words"](TEXT, dice) for _ in range(50)}
    assert len(texts) > 10
    assert all(re.findall(r"\d+", text) == ["131047", "131047", "2"] for text in texts)


def test_a_buried_text_is_whole() -> None:
    buried = robustness.WAYS["in 3,000 characters of log"](TEXT, robustness.Dice(1))
    assert TEXT in buried.splitlines()
    assert 3_000 <= len(buried) - len(TEXT) < 3_300


def test_hostile_texts_are_long() -> None:
    assert all(len(text) == 40_000 for _, text in hostile.texts(knowledge.load()))


def test_copies_of_entries_are_entries(tmp_path: Path) -> None:
    """They pass through the files as the real ones do; only sentences may come twice."""
    known = knowledge.load().entries
    some = {name: known[name] for name in list(known)[::20]}
    loaded = bigger.written(bigger.made(some, 3), tmp_path)
    assert len(loaded.entries) == 3 * len(some)
    assert len(loaded.index.codes) >= 3 * len({code for entry in some.values() for code in entry.codes})
    assert all(loaded.entries[name].model_dump() == entry.model_dump() for name, entry in some.items())


def test_the_projects_own_pastes_are_always_there() -> None:
    own = load(OWN)
    assert own is not None
    assert own.positives
    assert own.negatives
