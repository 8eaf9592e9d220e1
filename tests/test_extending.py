"""The worked examples of `docs/extending.md` work: each is carried out in a copy of the project, as it stands there."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.test_documents import FENCE, ROOT, text

COPIED = ("bot", "knowledge", "tests", "docs", "pyproject.toml", ".env.example", "README.md", "app_manifest.yml")
EXAMPLES = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", text("docs/extending.md"), re.MULTILINE | re.DOTALL))
NEEDS = {"An alert source": "bot/intake/sources.py"}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project, without what is made."""
    made = shutil.ignore_patterns("__pycache__", "*.pyc", ".hypothesis")
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tmp_path / name, ignore=made)
        else:
            shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_there_are_four_examples() -> None:
    assert list(EXAMPLES) == ["An entry", "A recogniser", "A remedy", "An alert source"]


@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_works(name: str, copy: Path) -> None:
    """Files are written, changes made, commands run; what stands below a command comes out of it, in that order."""
    if name in NEEDS and not (ROOT / NEEDS[name]).exists():
        pytest.skip(f"{NEEDS[name]} is not part of this checkout")
    blocks = FENCE.findall(EXAMPLES[name])
    assert "console" in {kind for kind, _ in blocks}
    for kind, block in blocks:
        if kind == "console":
            for command, shown in runs(block):
                out = run(command, copy)
                assert in_order(shown, out), f"{command}\n{out}"
        elif kind == "diff":
            change(copy, block)
        else:
            head, _, rest = block.partition("\n")
            (copy / head.removeprefix("# ")).write_text(rest, "utf-8")


def runs(block: str) -> Iterator[tuple[str, list[str]]]:
    """Each command, and the lines that stand below it."""
    for one in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, *shown = one.splitlines()
        yield command, shown


def run(command: str, folder: Path) -> str:
    """All that it writes. waerror and pytest are those of the copy."""
    program, *words = shlex.split(command)
    module = {"waerror": ["-m", "bot.cli"], "pytest": ["-m", "pytest", "-p", "no:cacheprovider"]}[program]
    env = os.environ | {"PYTHONPATH": str(folder), "WAERROR_CACHE_DIR": str(folder / "cache"), "COLUMNS": "110"}
    done = subprocess.run(
        [sys.executable, *module, *words], cwd=folder, env=env, capture_output=True, text=True, timeout=800
    )
    return done.stdout + done.stderr


def change(folder: Path, block: str) -> None:
    """The lines that stay and go are found once in the file, and become those that stay and come."""
    head, *lines = block.splitlines()
    file = folder / head.removeprefix("--- ")
    before, after = ("".join(f"{line[1:]}\n" for line in lines if line[:1] in (" ", sign, "")) for sign in ("-", "+"))
    old = file.read_text("utf-8")
    assert old.count(before) == 1, f"{head}: its lines stand {old.count(before)} times in the file\n{before}"
    file.write_text(old.replace(before, after), "utf-8")


def in_order(shown: list[str], out: str) -> bool:
    """Every line shown, from left to right and from top to bottom; `…` is anything."""
    parts = (re.escape(" ".join(part.split())) for line in shown for part in line.split("…"))
    return re.search(".*".join(parts), " ".join(out.split()), re.DOTALL) is not None
