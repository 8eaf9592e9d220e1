"""`waerror kb queue`, `draft` and `done`: beside a running bot, for the terminal, and every error a sentence."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.fernet import Fernet

from bot import knowledge
from bot.cli import main
from bot.desk.drafts import Draft
from bot.store import Store
from bot.vault import Vault, key_beside

DRAFT = Draft("waconnect", "Gone fishing", (), "The sender has gone fishing", "It went.", ("Wait.",), "never", "nobody")


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WAERROR_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("WAERROR_DATABASE_URL", f"sqlite:///{tmp_path}/waerror.db")
    return tmp_path / "waerror.db"


@pytest.fixture
def store(database: Path) -> Iterator[Store]:
    """The bot's, which goes on running."""
    store = Store(f"sqlite:///{database}", Vault(key_beside(database)))
    yield store
    store.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(knowledge.find(), tmp_path / "files")
    return tmp_path / "files"


def run(*args: str) -> Result:
    return CliRunner().invoke(main, ["kb", *args], env={"COLUMNS": "100"})


def test_the_queue_fits_the_terminal(store: Store) -> None:
    """The most seen first, clipped to the width, and nothing in it moves the cursor or turns the writing round."""
    store.queue.add("T1", "\x1b[31mred\x1b[0m \u202eodd\n" + "long " * 100, "unmatched")
    for _ in range(2):
        store.queue.add("T2", "to=15550987654 broke", "corrected", "meta/1", "meta/2")
    store.queue.teach("T1", "an odd thing", DRAFT)
    done = run("queue")
    assert done.exit_code == 0
    heading, first, *others = done.stdout.splitlines()
    assert heading.split() == ["id", "kind", "count", "last", "seen", "draft", "sample"]
    assert "(meta/1 → meta/2) to=••••7654 broke" in first
    assert all(len(line) <= 100 and line.isprintable() for line in done.stdout.splitlines())
    assert len(others) == 2
    assert "  yes  " in others[1]


def test_the_queue_as_json_has_whole_ids(store: Store) -> None:
    """An object a line, for scripts."""
    item = store.queue.add("T1", "odd thing", "unmatched")
    told = json.loads(run("queue", "--json").stdout)
    assert (told["id"], told["count"], told["draft"], told["sample"]) == (item, 1, False, "odd thing")


def test_an_empty_queue_says_so(store: Store) -> None:
    assert "Nothing waits" in run("queue").stdout


def test_done_is_not_listed_again(store: Store) -> None:
    """Unless all are asked for."""
    item = store.queue.add("T1", "odd thing", "unmatched")
    assert run("done", item[:8]).exit_code == 0
    store.queue.add("T1", "odd thing", "unmatched")
    assert "odd thing" not in run("queue").stdout
    assert "odd thing" in run("queue", "--all").stdout


def test_a_draft_becomes_a_file_that_lints_and_is_never_overwritten(store: Store, folder: Path) -> None:
    """And the item is marked."""
    item = store.queue.teach("T1", "409 from waconnect: the sender has gone fishing", DRAFT)
    shown = run("draft", item[:8], "--stdout")
    assert 'title = "Gone fishing"' in shown.stdout
    assert store.queue.named(item)[0].status == "open"
    done = run("draft", item[:8], "--folder", str(folder))
    assert done.exit_code == 0, done.output
    file = folder / "waconnect" / "gone-fishing.toml"
    assert file.read_text("utf-8") == shown.stdout
    assert store.queue.named(item)[0].status == "drafted"
    assert run("lint", "--folder", str(folder)).exit_code == 0
    file.write_text("mine", encoding="utf-8")
    again = run("draft", item[:8], "--folder", str(folder))
    assert again.exit_code == 1
    assert "there already" in again.stderr
    assert file.read_text("utf-8") == "mine"


def test_without_a_draft_a_person_is_told_what_to_fill(store: Store, folder: Path) -> None:
    """And lint names the same fields."""
    item = store.queue.add("T1", '{"success": false, "error": "Sender went fishing"}', "unmatched")
    done = run("draft", item, "--folder", str(folder))
    assert done.exit_code == 0
    assert "a person must fill: title, cause, resolution" in done.stderr
    lint = run("lint", "--folder", str(folder))
    assert lint.exit_code == 1
    assert "sender-went-fishing.toml:2: title:" in lint.stdout


def test_a_correction_to_a_known_entry_needs_no_new_file(store: Store, folder: Path) -> None:
    """What is missing are its words in the file of that entry."""
    item = store.queue.add("T1", "video upload is odd", "corrected", "meta/131052", "meta/131053")
    done = run("draft", item, "--folder", str(folder))
    assert done.exit_code == 1
    assert "meta/131053" in done.stderr


def test_no_database_is_a_sentence_and_makes_none(database: Path) -> None:
    """The bot has not run here."""
    done = run("queue")
    assert done.exit_code == 1
    assert "There is no database" in done.stderr
    assert not database.exists()


def test_a_wrong_or_missing_key_is_a_sentence(store: Store, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No key is made in its place."""
    store.queue.add("T1", "odd thing", "unmatched")
    key = database.with_name("waerror.db.key")
    key.rename(key.with_suffix(".away"))
    assert "There is no key" in run("queue").stderr
    assert not key.exists()
    for wrong in (Fernet.generate_key().decode(), "rubbish"):
        monkeypatch.setenv("WAERROR_SECRET_KEY", wrong)
        done = run("queue")
        assert done.exit_code == 1
        assert "WAERROR_SECRET_KEY" in done.stderr


def test_what_is_no_database_is_a_sentence(database: Path) -> None:
    """Damaged, or another program's."""
    database.write_bytes(b"not a database at all" * 100)
    key_beside(database)
    done = run("queue")
    assert done.exit_code == 1
    assert "cannot be read" in done.stderr


@pytest.mark.parametrize("command", ["draft", "done"])
def test_an_unknown_or_unclear_id_is_a_sentence(store: Store, command: str) -> None:
    """Whose beginning fits none, or more than one."""
    for n in range(40):
        store.queue.add("T1", f"{'abcdefgh'[n % 8]}{'xyzuv'[n // 8]} happened to us today", "unmatched")
    for name, says in (("zzzz", "There is no item"), ("%", "There is no item"), ("", "There is no item")):
        done = run(command, name)
        assert done.exit_code == 1
        assert says in done.stderr
    shared = next(c for c in "0123456789abcdef" if len(store.queue.named(c)) > 1)
    assert "More than one" in run(command, shared).stderr


def test_only_these_commands_load_a_database(tmp_path: Path) -> None:
    """`kb list` starts as fast as before, and none of them loads DBOS."""
    import subprocess
    import sys

    heavy = ("sqlalchemy", "dbos", "slack_sdk", "tomlkit")
    code = f"import sys, bot.cli.kb; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
