"""A shell completes commands, options, entries and accounts, and pays for no bot while somebody presses Tab."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import COMMANDS, main
from bot.cli.completion import PLACES

WAERROR = Path(sys.executable).with_name("waerror")
# What is typed, and some of what is offered.
CASES = {
    "": sorted(COMMANDS),
    "ex": ["explain"],
    "kb ": ["draft", "lint", "list", "search", "show"],
    "kb show 13104": ["131042", "131047"],
    "kb show meta/13104": ["meta/131047"],
    "kb show account-dis": ["account-disabled"],
    "explain --j": ["--json", "--jsonl"],
    "explain --mode ": ["ask", "alert"],
    "completion ": ["bash", "fish", "zsh"],
    "status --account st": ["staging"],
}
READS = {
    "bash": 'source ./script; COMP_WORDS=({words} "{last}"); COMP_CWORD={place}; _waerror_completion waerror; '
    'printf "%s\\n" "${{COMPREPLY[@]}}"',
    "fish": 'source ./script; complete --do-complete "waerror {line}" | string replace -r "\\t.*" ""',
}


@pytest.fixture
def shell_env(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "waerror.toml").write_text("""
[accounts.production]
api_key_env = "KEY_ONE"
[accounts.staging]
api_key_env = "KEY_TWO"
""")
    path = f"{WAERROR.parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "HOME": str(tmp_path), "KEY_ONE": "wba_1", "KEY_TWO": "wba_2"}


def offered(words: str, env: dict[str, str], folder: Path) -> list[str]:
    """What bash is told."""
    typed = ["waerror", *words.split(" ")]
    asked = {"_WAERROR_COMPLETE": "bash_complete", "COMP_WORDS": " ".join(typed), "COMP_CWORD": str(len(typed) - 1)}
    done = subprocess.run([WAERROR], env=env | asked, cwd=folder, capture_output=True, text=True, timeout=110)
    assert done.stderr == ""
    return [line.partition(",")[2] for line in done.stdout.splitlines() if line]


@pytest.mark.parametrize("words", CASES)
def test_it_offers_what_fits(words: str, shell_env: dict[str, str], tmp_path: Path) -> None:
    """Commands, subcommands, options, choices, entries by code and by id, accounts by name."""
    told = offered(words, shell_env, tmp_path)
    assert set(CASES[words]) <= set(told)
    assert all(one.startswith(words.split(" ")[-1]) for one in told)


def test_wrong_settings_offer_no_account(shell_env: dict[str, str], tmp_path: Path) -> None:
    """A person who presses Tab sees no exception."""
    (tmp_path / "waerror.toml").write_text("[accounts")
    assert offered("status --account st", shell_env, tmp_path) == []


@pytest.mark.parametrize("shell", sorted(PLACES))
def test_each_shell_has_its_script(shell: str) -> None:
    """It asks waerror itself, and its help says where the script goes."""
    done = CliRunner().invoke(main, ["completion", shell])
    assert done.exit_code == 0
    assert f"_WAERROR_COMPLETE={shell}_complete" in done.stdout
    assert f"waerror completion {shell} > {PLACES[shell]}" in CliRunner().invoke(main, ["completion", "--help"]).stdout


@pytest.mark.parametrize("shell", sorted(PLACES))
def test_a_real_shell_takes_the_script(shell: str, tmp_path: Path, shell_env: dict[str, str]) -> None:
    """It parses, and bash and fish complete by it; zsh does only in a terminal."""
    if not shutil.which(shell):
        pytest.skip(f"there is no {shell} here")
    script = tmp_path / "script"
    script.write_text(CliRunner().invoke(main, ["completion", shell]).stdout)
    checked = subprocess.run([shell, "-n", script], capture_output=True, text=True)
    assert (checked.returncode, checked.stderr) == (0, "")
    if shell in READS:
        reads = READS[shell].format(words="waerror kb", last="li", place=2, line="kb li")
        ran = subprocess.run([shell, "-c", reads], env=shell_env, cwd=tmp_path, capture_output=True, text=True)
        assert ran.stdout.split() == ["lint", "list"], ran.stderr


def test_completing_a_command_imports_no_bot(shell_env: dict[str, str], tmp_path: Path) -> None:
    """The names come out of the table."""
    asks = "import sys; from bot.cli import main; main(prog_name='waerror', standalone_mode=False)"
    env = shell_env | {"_WAERROR_COMPLETE": "bash_complete", "COMP_WORDS": "waerror ", "COMP_CWORD": "1"}
    done = subprocess.run([sys.executable, "-X", "importtime", "-c", asks], env=env, capture_output=True, text=True)
    assert "plain,explain" in done.stdout
    assert [name for name in ("bot.app", "dbos", "slack_bolt", "rich", "mcp") if f"| {name}\n" in done.stderr] == []
