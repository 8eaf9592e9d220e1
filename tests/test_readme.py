"""The README tells the truth: its sample is what comes out, its commands exist, and nothing names this machine."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot import desk, knowledge
from bot.cli import COMMANDS, main
from bot.standin import plain
from bot.views import card

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
TERMINAL = (ROOT / "docs" / "terminal.md").read_text("utf-8")
DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "knowledge" / "README.md"]
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
UNTRACKED = {".git", ".venv", "__pycache__", ".hypothesis", "data", "build", "dist"}
ROW = next(line for line in README.splitlines() if line.startswith("| `POST"))
PASTE, ANSWER = (cell.strip() for cell in ROW.strip("|").split(" | ", 1))


def tracked() -> list[Path]:
    """Every text file of the project; what .gitignore names is left out."""
    ignored = UNTRACKED | {line.strip("/") for line in (ROOT / ".gitignore").read_text().splitlines()}
    found = []
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in ignored and not name.endswith(("_cache", ".egg-info"))]
        found += [Path(folder) / name for name in files if name not in ignored]
    return found


def help_of(*words: str) -> str:
    done = CliRunner().invoke(main, [*words, "--help"])
    assert done.exit_code == 0, words
    return done.stdout


def pasted() -> str:
    """The sample as somebody would paste it."""
    return PASTE.replace("`<br>`", "\n").strip("`")


def shown() -> list[str]:
    """The lines of the sample answer as a person reads them; each up to its `…`."""
    lines = re.sub(r"[*`]", "", ANSWER).replace("<br>", "\n").splitlines()
    return [part.strip() for line in lines for part in line.split(" …") if part.strip()]


def words(text: str) -> str:
    return " ".join(text.split())


def test_its_make_commands_exist() -> None:
    """`make demo` and `make test` above all."""
    named = set(re.findall(r"\bmake ([a-z]+)(?=[`\s])", re.search(r"```console.*?```", README, re.S)[0]))  # type: ignore[index]
    named |= set(re.findall(r"`make ([a-z]+)`", "".join(path.read_text("utf-8") for path in DOCUMENTS)))
    assert {"demo", "test", "run"} <= named
    assert [name for name in sorted(named) if not re.search(rf"^{name}:", MAKEFILE, re.MULTILINE)] == []


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_is_in_the_table_and_has_a_help(name: str) -> None:
    """The one of `docs/terminal.md` is complete."""
    assert f"| `waerror {name}" in TERMINAL
    assert help_of(name)


def test_every_command_and_option_that_the_table_shows_exists() -> None:
    """Each `--option` in the row of its command; subcommands of kb as well."""
    table = TERMINAL[: TERMINAL.index("## JSON")]
    rows = re.findall(r"^\| `waerror (\w+)([^|]*)\| (.*) \|$", table, re.MULTILINE)
    assert {name for name, _, _ in rows} == COMMANDS.keys()
    for name, more, says in rows:
        told = help_of(name)
        assert [option for option in re.findall(r"--[a-z]+", more + says) if option not in told] == []
        subcommands = ["list", *re.findall(r"· `(\w+)", more)] if name == "kb" else []
        assert [help_of(name, one) for one in subcommands if f"  {one} " not in told] == []
    texts = "\n".join(path.read_text("utf-8") for path in DOCUMENTS)
    shown = "\n".join(re.findall(r"`[^`\n]+`|^\$ .*", texts, re.MULTILINE))
    assert set(re.findall(r"(?<![/.])\bwaerror ([a-z]\w+)", shown)) <= COMMANDS.keys()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_its_links_lead_to_files(document: Path) -> None:
    """From where the document lies."""
    links = re.findall(r"\]\((?!https?://)([^)#]+)", document.read_text("utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_the_sample_paste_gives_the_answer_shown() -> None:
    """In Slack, card and buttons, and in the terminal."""
    known = knowledge.load()
    given = desk.answer(pasted(), "alert", known, can_act=True)
    seen = words(plain({"blocks": card.card(given, "c" * 24)}))
    assert [line for line in shown() if words(line) not in seen] == []
    env = os.environ | {"COLUMNS": "1000", "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", "explain", pasted()], env=env, cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0
    for told in (shown()[0], next(line for line in shown() if line.startswith("Sending again"))):
        assert words(told) in words(done.stdout)


def test_it_counts_right() -> None:
    """As many errors as there are entries."""
    assert f"It knows {len(knowledge.load().entries)} errors" in README


def test_no_file_names_this_machine() -> None:
    """Neither where the checkout lies nor whose it is."""
    places = {f"{ROOT}/", f"{ROOT.parent}/", f"{Path.home()}/", f"{sys.prefix}/"} - {"//"}
    places |= {"/" + "home/", "/" + "Users/", "/" + "root/"}
    texts = {path: path.read_text("utf-8", errors="replace") for path in tracked()}
    assert len(texts) > 300
    assert [(str(path), place) for path, text in texts.items() for place in places if place in text] == []


def test_ci_runs_the_same_commands_as_a_person() -> None:
    """`make test` and `make demo`, and the script may be executed."""
    script = ROOT / ".ci" / "run"
    assert {"make test", "make demo"} <= set(script.read_text("utf-8").splitlines())
    assert os.access(script, os.X_OK)


def test_the_lock_has_versions_and_hashes_and_no_place() -> None:
    """Whoever installs decides from where."""
    wanted = re.findall(r"^[a-z0-9].*$", LOCK, re.MULTILINE)
    assert len(wanted) > 40
    assert [line for line in wanted if not re.match(r"[a-z0-9._-]+==[\w.]+ (; .* )?\\$", line)] == []
    blocks = re.split(r"^(?=[a-z0-9])", LOCK, flags=re.MULTILINE)[1:]
    assert [block[:40] for block in blocks if "--hash=sha256:" not in block] == []
    assert [line for line in LOCK.splitlines() if "://" in line or line.startswith("--")] == []
