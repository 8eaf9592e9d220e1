"""A command answers with what can be read of the knowledge, says in one line what cannot, and loads little else."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot import knowledge
from bot.cli import main

HEAVY = {"rich", "rapidfuzz", "sqlite_utils", "slack_sdk", "slack_bolt", "sqlalchemy", "dbos", "httpx", "flask"}


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAERROR_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two good entries."""
    for name in ("131047", "131026"):
        target = tmp_path / "files" / "meta" / f"{name}.toml"
        target.parent.mkdir(parents=True, exist_ok=True)
        lines = (knowledge.find() / "meta" / f"{name}.toml").read_text("utf-8").splitlines()
        target.write_text("\n".join(line for line in lines if not line.startswith("see")), encoding="utf-8")
    return tmp_path / "files"


def listed(folder: Path) -> Result:
    return CliRunner().invoke(main, ["kb", "list", "--folder", str(folder)])


def test_whole_knowledge_is_no_news(folder: Path) -> None:
    done = listed(folder)
    assert (done.exit_code, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 2


def test_what_is_broken_is_left_out_and_named_in_one_line(folder: Path) -> None:
    (folder / "meta" / "1.toml").write_text("id = 1\n")
    done = listed(folder)
    assert done.exit_code == 0
    assert len(done.stdout.splitlines()) == 2
    assert len(done.stderr.splitlines()) == 1
    for words in ("meta/1.toml: ", " faults. ", f"waerror kb lint --folder {folder}"):
        assert words in done.stderr


def test_several_broken_files_are_one_line_too(folder: Path) -> None:
    for name in ("1", "2", "3"):
        (folder / "meta" / f"{name}.toml").write_text("=")
    assert "meta/1.toml and 2 more: 3 faults." in listed(folder).stderr


def test_one_fault_is_one_fault(folder: Path) -> None:
    (folder / "meta" / "1.toml").write_text("=")
    assert ": 1 fault. " in listed(folder).stderr


def test_an_answer_loads_only_what_it_needs() -> None:
    """Once the knowledge is compiled. Each of these would double the time until the answer."""
    script = "import sys; from bot.cli import main; main(['explain', '132000'], standalone_mode=False)"
    told = "import atexit, sys; atexit.register(lambda: sys.stderr.write(' '.join(sys.modules)));"
    for _ in ("compiles", "answers"):
        done = subprocess.run([sys.executable, "-c", told + script], capture_output=True, text=True, check=True)
    assert "132000" in done.stdout
    assert HEAVY & set(done.stderr.split()) == set()
