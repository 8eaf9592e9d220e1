"""The accuracy that is told is the one that is measured, and the documents tell the same as `waerror about`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import about, main
from tests.bench import written
from tests.bench.accuracy import measured
from tests.bench.corpus import OWN, SOURCES, load

WRITE = "python -m tests.bench accuracy --write"
CURRENT = ("texts", "figures", "wrong", "worth")


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAERROR_CACHE_DIR", str(tmp_path))


def test_about_tells_version_knowledge_and_accuracy() -> None:
    done = CliRunner().invoke(main, ["about"])
    assert done.exit_code == 0
    for words in ("waerror     ", "entries     ", "WaConnect ", "checked 20", *about.ROWS.values(), "Measured 20"):
        assert words in done.stdout


def test_about_tells_the_same_as_json() -> None:
    told = json.loads(CliRunner().invoke(main, ["about", "--json"]).stdout)
    assert told["entries"] == sum(told["families"].values())
    assert told["accuracy"] == about.read()
    assert {"version", "knowledge", "checked"} <= told.keys()


def test_the_document_has_the_table_that_about_reads() -> None:
    assert written.in_document() == written.section(about.read()), f"run: {WRITE}"


@pytest.mark.parametrize("name", SOURCES)
def test_the_written_accuracy_is_current(name: str) -> None:
    """To the last text. A corpus that is not here cannot be asked, and says so."""
    if load(name) is None:
        assert name != OWN
        pytest.skip(f"the corpus {name!r} ({SOURCES[name].file}) is not here; WAERROR_SHARED names its folder")
    now, told = written.figures(measured()[name]), about.read()["corpora"][name]
    assert {key: now[key] for key in CURRENT} == {key: told[key] for key in CURRENT}, f"run: {WRITE}"


def test_accuracy_is_told_only_where_it_was_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(about, "MEASURED", tmp_path / "none.json")
    done = CliRunner().invoke(main, ["about"])
    assert done.exit_code == 0
    assert "Measured" not in done.stdout
