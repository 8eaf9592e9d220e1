"""The record is only added to, tells nothing personal, and is read beside a running bot."""

import ast
import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from bot.cli import main
from bot.settings import Settings
from bot.store import Deed, Store
from bot.store import audit as module
from tests.conftest import OpenStore
from tests.postgres import KEY

NOW = datetime.now(UTC)
RETRY = Deed("T1", "U0ANA", "retry", "claimed", "text to ••••4567", "production", "c" * 24, "C1", "p1")


@pytest.fixture
def store(open_store: OpenStore, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """An open database in the working folder, as a running bot has it."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("WAERROR_DATABASE_URL", url)
    monkeypatch.setenv("WAERROR_SECRET_KEY", KEY)
    return open_store()


def shown(*options: str) -> Result:
    return CliRunner().invoke(main, ["audit", *options])


def test_the_module_only_adds() -> None:
    """It has no other statement than INSERT and SELECT."""
    tree = ast.parse(Path(module.__file__).read_text("utf-8"))
    calls = {
        node.func.attr for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert not calls & {"update", "delete", "drop", "drop_all", "text", "exec_driver_sql"}
    assert {"select"} <= calls


@pytest.mark.parametrize("statement", ["""UPDATE audit SET "user" = 'U0EVA'""", "DELETE FROM audit"])
def test_the_database_itself_refuses_a_change(store: Store, statement: str) -> None:
    """Whoever tries, with whatever program."""
    store.audit.note(RETRY)
    with store._engine.begin() as db, pytest.raises(sa.exc.DBAPIError, match="only added to"):
        db.execute(sa.text(statement))
    assert len(store.audit.recent("T1")) == 1


def test_a_workspace_sees_its_own_rows(store: Store) -> None:
    """By card too."""
    store.audit.note(RETRY)
    assert store.audit.recent("T2") == ()
    assert store.audit.of_card("T2", RETRY.card) == ()
    (found,) = store.audit.of_card("T1", RETRY.card)
    assert found == RETRY


def test_the_newest_comes_first_and_the_list_ends(store: Store) -> None:
    """However much was done."""
    for n in range(5):
        store.audit.note(Deed("T1", "U0ANA", "watch", str(n)))
    assert [deed.result for deed in store.audit.recent("T1", limit=3)] == ["4", "3", "2"]


def test_nothing_personal_is_kept(store: Store) -> None:
    """Whatever a caller passes, and however long."""
    store.audit.note(Deed("T1", "U0ANA", "retry", detail=f"to 15551234567 with wba_secretkey {'x' * 1000}"))
    (found,) = store.audit.recent("T1")
    assert "1555123" not in found.detail
    assert "secretkey" not in found.detail
    assert len(found.detail) <= 300


def test_an_outcome_is_recorded_once_and_for_the_one_who_pressed(store: Store) -> None:
    """The step that ends a retry may run again; a second outcome is news."""
    store.audit.note(RETRY)
    for outcome in ("unknown", "unknown", "delivered"):
        store.audit.ended("p1", outcome)
    store.audit.ended("of an older release", "delivered")
    found = store.audit.recent("T1")
    assert [(deed.what, deed.result, deed.user) for deed in found[:2]] == [
        ("retry.ended", "delivered", "U0ANA"),
        ("retry.ended", "unknown", "U0ANA"),
    ]
    assert len(found) == 3


def test_the_command_shows_a_table_that_fits(store: Store) -> None:
    """Newest first; nothing is wider than the terminal."""
    store.audit.note(RETRY)
    store.audit.ended("p1", "delivered")
    done = shown()
    assert done.exit_code == 0
    assert "retry.ended" in done.stdout.splitlines()[1]
    assert all(len(line) <= 80 for line in done.stdout.splitlines())
    assert "production" in done.stdout


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t="])
def test_a_spreadsheet_runs_nothing(store: Store, start: str) -> None:
    """A cell that begins like a formula is text."""
    store.audit.note(Deed("T1", "U0ANA", "retry", detail=f"{start}HYPERLINK(1)"))
    (row,) = csv.DictReader(io.StringIO(shown("--csv").stdout))
    assert row["detail"].startswith("'")
    assert row["user"] == "U0ANA"


def test_json_is_json(store: Store) -> None:
    """With every field, and times that a program reads."""
    store.audit.note(RETRY)
    (row,) = json.loads(shown("--json").stdout)
    assert row["press"] == "p1"
    assert datetime.fromisoformat(row["at"]) == RETRY.at


@pytest.mark.parametrize(
    ("since", "count"),
    [("24h", 1), ("90m", 1), ("7d", 2), (f"{NOW - timedelta(days=9):%Y-%m-%d}", 2), ("2099-01-01", 0)],
)
def test_since_a_while_or_a_day(store: Store, since: str, count: int) -> None:
    """Only what is newer."""
    store.audit.note(Deed("T1", "U0ANA", "watch", at=NOW - timedelta(days=2)))
    store.audit.note(Deed("T1", "U0ANA", "watch", at=NOW))
    assert len(json.loads(shown("--json", "--since", since).stdout)) == count


@pytest.mark.parametrize("options", [("--since", "soon"), ("--since", "24"), ("--limit", "0"), ("--csv", "--json")])
def test_wrong_use_is_told(store: Store, options: tuple[str, ...]) -> None:
    """With exit code 2, as everywhere."""
    assert shown(*options).exit_code == 2


def test_several_workspaces_are_not_mixed(store: Store) -> None:
    """One must be named."""
    store.audit.note(RETRY)
    store.audit.note(Deed("T2", "U0EVA", "watch", "on"))
    done = shown()
    assert (done.exit_code, done.stdout) == (1, "")
    assert "T1, T2" in done.stderr
    assert "U0ANA" not in shown("--team", "T2").stdout
    assert "U0EVA" in shown("--team", "T2").stdout


def test_an_empty_record_says_so(store: Store) -> None:
    """And a database that is not there, or is none, is a sentence."""
    assert "Nothing is recorded" in shown().stdout


def test_a_wrong_setting_is_a_sentence(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """It names the setting."""
    monkeypatch.setenv("WAERROR_RETENTION_DAYS", "-1")
    done = shown()
    assert done.exit_code == 2
    assert done.stderr.startswith("These settings are wrong:\n  WAERROR_RETENTION_DAYS: ")


@pytest.mark.parametrize(
    ("content", "says"), [(None, "no database"), (b"", "older release"), (b"x" * 5000, "not a database")]
)
def test_what_cannot_be_read_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None, says: str
) -> None:
    """Exit code 1, and nothing is made."""
    path = tmp_path / "x y#.db"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WAERROR_DATABASE_URL", f"sqlite:///{path}")
    if content is not None:
        path.write_bytes(content)
    done = shown()
    assert done.exit_code == 1
    assert says in done.stderr
    assert "Traceback" not in done.output
    assert re.search(r"[.?]$", done.stderr.strip())
    assert path.exists() is (content is not None)
