"""An installed waerror is whole: it answers far from the checkout, with the knowledge that its wheel brought."""

import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from bot import __version__

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", str(ROOT), "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder))
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Path:
    """The folder into which it is installed; its dependencies are this environment's."""
    folder = wheel.parent / "installed"
    pip("install", "--no-deps", "--target", str(folder), str(wheel))
    return folder


def pip(*words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", *words, "--no-index"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def run(installed: Path, *words: str) -> str:
    """A command in an empty folder, with the installed package first on the path."""
    elsewhere = installed.parent / "elsewhere"
    elsewhere.mkdir(exist_ok=True)
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(installed), "WAERROR_CACHE_DIR": str(elsewhere / "cache")}
    done = subprocess.run([sys.executable, *words], cwd=elsewhere, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def test_it_explains_far_from_the_checkout(installed: Path) -> None:
    """The module and the script, with knowledge out of the wheel."""
    assert "Re-engagement message" in run(installed, "-m", "bot.cli", "explain", "131047")
    assert "Re-engagement message" in run(installed, str(installed / "bin" / "waerror"), "explain", "131047")
    found = run(installed, "-c", "import bot.knowledge; print(bot.knowledge.find())").strip()
    assert Path(found) == installed / "bot" / "knowledge_files"


def test_it_brings_what_the_site_is_made_of(installed: Path) -> None:
    """Templates and styles are no modules, and are needed all the same."""
    assert "files are written" in run(installed, "-m", "bot.cli", "kb", "site", "site")
    assert (installed.parent / "elsewhere" / "site" / "meta" / "131047.html").is_file()


def test_it_has_its_manifest(installed: Path) -> None:
    """Who installs it needs no checkout to set Slack up."""
    assert run(installed, "-m", "bot.cli", "manifest") == (ROOT / "app_manifest.yml").read_text("utf-8")


def test_it_tells_its_version(installed: Path) -> None:
    """One number, in the package and in what pip knows."""
    assert run(installed, "-m", "bot.cli", "--version").strip() == f"waerror, version {__version__}"
    (about,) = installed.glob("waerror-*.dist-info")
    assert about.name == f"waerror-{__version__}.dist-info"


def test_it_has_all_of_the_package_and_nothing_else(wheel: Path) -> None:
    """No tests, no settings, no data of whoever built it."""
    names = ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names} == {"bot", f"waerror-{__version__}.dist-info"}
    entries = {path.relative_to(ROOT / "knowledge").as_posix() for path in (ROOT / "knowledge").rglob("*.toml")}
    shipped = {name.removeprefix("bot/knowledge_files/") for name in names if name.endswith(".toml")}
    assert shipped == entries
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "bot").rglob("*.py")}
    assert modules == {name for name in names if name.endswith(".py")}
    assert [name for name in names if "test" in name.lower() or name.endswith((".db", ".key", ".env"))] == []
