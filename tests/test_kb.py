"""`waerror kb` lists, shows, searches and checks the knowledge."""

import json
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result

from bot.cli import main


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAERROR_CACHE_DIR", str(tmp_path / "cache"))


def run(*args: str) -> Result:
    return CliRunner().invoke(main, ["kb", *args])


def test_the_projects_files_are_clean() -> None:
    done = run("lint")
    assert done.exit_code == 0, done.output


def test_lint_names_every_fault(tmp_path: Path) -> None:
    (tmp_path / "meta").mkdir()
    (tmp_path / "meta" / "1.toml").write_text("id = 1\n")
    done = run("lint", "--folder", str(tmp_path))
    assert done.exit_code == 1
    assert "1.toml:1: id: " in done.stdout
    assert "title: Field required" in done.stdout


@pytest.mark.parametrize("name", ["131047", "meta/131047", "META/131047"])
def test_an_entry_is_shown_by_code_or_id(name: str) -> None:
    done = run("show", name)
    assert done.exit_code == 0
    assert "131047" in done.stdout


def test_an_entry_is_shown_by_its_name() -> None:
    assert "Account disabled" in run("show", "account-disabled").stdout


def test_who_is_not_there_is_told_who_is_near() -> None:
    done = run("show", "paused-template")
    assert done.exit_code == 2
    assert "Perhaps: " in done.stderr


def test_an_entry_as_json() -> None:
    assert json.loads(run("show", "--json", "131047").stdout)["id"] == "meta/131047"


def test_all_are_listed() -> None:
    assert "meta/131047" in run("list").stdout


def test_words_are_searched() -> None:
    assert "meta/131047" in run("search", "re-engagement").stdout
    assert run("search", "zyxwvut").exit_code == 1


def test_the_schema_accepts_an_entry() -> None:
    schema = json.loads(run("schema").stdout)
    jsonschema.validate(json.loads(run("show", "--json", "131047").stdout), schema)


def test_lists_and_faults_come_as_json(tmp_path: Path) -> None:
    """For scripts: ids, and each fault with its file and line."""
    listed, found = (
        json.loads(run(*words, "--json").stdout) for words in (("list",), ("search", "template", "paused"))
    )
    assert {"id", "title", "codes", "topic"} == listed[0].keys()
    assert found[0]["id"] in {one["id"] for one in listed}
    assert json.loads(run("lint", "--json").stdout) == {"entries": len(listed), "faults": []}
    (tmp_path / "meta").mkdir()
    (tmp_path / "meta" / "1.toml").write_text("id = 1\n")
    done = run("lint", "--json", "--folder", str(tmp_path))
    assert done.exit_code == 1
    assert {"file", "line", "says"} == json.loads(done.stdout)["faults"][0].keys()
