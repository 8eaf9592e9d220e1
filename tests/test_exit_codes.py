"""A script can go by the exit code: each command tells its codes, and each is reached."""

import shlex
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from tests.documents import codes, commands

ROOT = Path(__file__).parent.parent
# What reaches a code, where nothing needs to be started for it. `{f}`: an empty folder.
REACHED = {
    ("about", 0): "about --json",
    ("audit", 1): "audit",
    ("completion", 0): "completion fish",
    ("explain", 0): "explain 131047",
    ("explain", 1): "explain 'purple monkey'",
    ("kb draft", 1): "kb draft 00",
    ("kb done", 1): "kb done 00",
    ("kb lint", 0): "kb lint --json",
    ("kb lint", 1): "kb lint --folder {f}",
    ("kb list", 0): "kb list",
    ("kb queue", 1): "kb queue",
    ("kb schema", 0): "kb schema",
    ("kb search", 0): "kb search template",
    ("kb search", 1): "kb search xyzzyq",
    ("kb show", 0): "kb show 131047",
    ("kb show", 2): "kb show nothing",
    ("kb site", 0): "kb site site",
    ("kb site", 1): "kb site /dev/null/x",
    ("manifest", 0): "manifest --http https://waerror.example.com",
    ("retry", 2): "retry --file none.json",
    ("run", 2): "run",
    ("status", 2): "status wamid.x",
}
# The others are reached by these tests, of other files.
ELSEWHERE = {
    ("audit", 0): "test_audit.test_the_command_shows_a_table_that_fits",
    ("demo", 0): "test_demo.test_the_story_is_told_to_its_end",
    ("demo", 1): "test_demo.test_a_broken_bot_breaks_the_demo",
    ("kb done", 0): "test_kb_queue.test_done_is_not_listed_again",
    ("kb draft", 0): "test_kb_queue.test_a_draft_becomes_a_file_that_lints_and_is_never_overwritten",
    ("kb queue", 0): "test_kb_queue.test_the_queue_as_json_has_whole_ids",
    ("mcp", 0): "test_mcp.test_it_ends_when_the_assistant_goes",
    ("mcp", 2): "test_mcp.test_without_the_sdk_it_says_how_to_get_it",
    ("retry", 0): "scenarios.test_terminal.test_a_retry_shows_each_step_and_ends_on_proof",
    ("retry", 1): "scenarios.test_terminal.test_each_end_has_its_exit_code",
    ("retry", 3): "scenarios.test_terminal.test_each_end_has_its_exit_code",
    ("run", 0): "scenarios.test_processes.test_it_answers_over_the_socket",
    ("run", 1): "scenarios.test_processes.test_what_keeps_it_from_running_is_said_in_words",
    ("run", 3): "scenarios.test_health.test_a_deaf_process_ends_with_an_error",
    ("sandbox", 0): "test_waconnect_sandbox.test_the_command_serves_until_it_is_told_to_end",
    ("sandbox", 1): "test_exit_codes.test_a_port_that_is_taken",
    ("status", 0): "scenarios.test_terminal.test_status_tells_how_far_a_message_came",
    ("status", 1): "scenarios.test_terminal.test_status_tells_how_far_a_message_came",
    ("status", 3): "scenarios.test_terminal.test_status_tells_how_far_a_message_came",
}


COMMANDS = dict(commands())


def told(name: str) -> dict[int, str]:
    """What the help says of each code."""
    found = codes(COMMANDS[name])
    assert found, f"the epilogue of `waerror {name}` must say: Exit codes: 0 …, 2 …. Then run: make docs"
    return found


@pytest.fixture(autouse=True)
def _nothing_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WACONNECT_API_KEY", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "WAERROR_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WAERROR_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_tells_its_codes(name: str) -> None:
    """In its help; 2 is always wrong use, as click has it."""
    assert {0, 2} <= told(name).keys()
    shown = " ".join(CliRunner().invoke(main, [*name.split(), "--help"]).stdout.split())
    assert "Exit codes: 0 " in shown
    assert CliRunner().invoke(main, [*name.split(), "--no-such-option"]).exit_code == 2


def test_each_code_is_reached_by_a_test() -> None:
    """Here or where the command is tested; 2 is reached above by an option that nobody knows."""
    promised = {(name, code) for name in COMMANDS for code in told(name)}
    assert promised - REACHED.keys() - ELSEWHERE.keys() - {(name, 2) for name in COMMANDS} == set()
    assert (REACHED.keys() | ELSEWHERE.keys()) - promised == set()
    for place in ELSEWHERE.values():
        module, _, test = place.rpartition(".")
        assert f"def {test}(" in (ROOT / "tests" / f"{module.replace('.', '/')}.py").read_text("utf-8"), place


@pytest.mark.parametrize(("name", "code"), REACHED)
def test_it_ends_as_told(name: str, code: int, tmp_path: Path) -> None:
    """And never with an exception."""
    done = CliRunner().invoke(main, shlex.split(REACHED[name, code].format(f=tmp_path)))
    assert done.exit_code == code, done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)


def test_a_port_that_is_taken() -> None:
    """A sandbox that cannot listen says so. In a process of its own: waitress leaves its sockets behind then."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        words = ["sandbox", "--port", str(taken.getsockname()[1])]
        done = subprocess.run([sys.executable, "-m", "bot.cli", *words], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert "cannot be used" in done.stderr
