"""The page's files keep the rules of the house: small, explained, nothing from elsewhere, no HTML out of strings."""

import re
from itertools import product
from pathlib import Path

import pytest

from bot.desk.incidents import REACTIONS
from bot.standin import page

FILES = Path(page.__file__).with_name("static")
SCRIPTS = sorted(FILES.glob("js/*.js"))
STYLES = sorted(FILES.glob("css/*.css"))
MOST_LINES, MOST_KILOBYTES = 250, 150
# Ways to make markup or code out of text, and to reach beyond the page.
FORBIDDEN = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\(|new Function|createContextual"
INKS = {
    ("ink", "quiet", "link", "danger", "code"): ("paper", "hover", "raised", "whisper"),
    ("accent", "new"): ("paper",),
    ("on-accent",): ("accent",),
    ("on-danger",): ("danger",),
    ("mention-ink",): ("mention",),
    ("code",): ("code-paper",),
    ("side-ink", "side-quiet"): ("side",),
}


@pytest.mark.parametrize("path", SCRIPTS + STYLES, ids=lambda path: path.name)
def test_files_stay_small_and_say_what_they_keep(path: Path) -> None:
    """As Python's do."""
    text = path.read_text("utf-8")
    assert text.startswith(("// ", "/* "))
    assert len(text.splitlines()) <= MOST_LINES


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_script_reads_markup_or_code_out_of_text(path: Path) -> None:
    """What people and apps wrote can only become text."""
    assert re.findall(FORBIDDEN, path.read_text("utf-8")) == []


def test_scripts_import_one_another_without_circles() -> None:
    """Whatever is imported is there."""
    needs = {path.name: set(re.findall(r'from "\./([\w.]+)"', path.read_text("utf-8"))) for path in SCRIPTS}
    assert set().union(*needs.values()) <= needs.keys()
    while leaves := {name for name, needed in needs.items() if not needed}:
        needs = {name: needed - leaves for name, needed in needs.items() if name not in leaves}
    assert needs == {}


def test_nothing_comes_from_elsewhere() -> None:
    """Neither a script, nor a style, nor a picture or font."""
    for path in [FILES / "index.html", *STYLES]:
        assert re.findall(r"(?:src|href)=\"(?!/static/|#)|url\(|@import", path.read_text("utf-8")) == [], path.name
    for path in SCRIPTS:
        assert re.findall(r"(?:fetch|EventSource|import)\([\"'`]https?:", path.read_text("utf-8")) == [], path.name


def test_the_page_is_light() -> None:
    """All its files together, uncompressed."""
    size = sum(path.stat().st_size for path in FILES.rglob("*") if path.is_file())
    assert size < MOST_KILOBYTES * 1000


def test_every_emoji_of_ours_is_drawn() -> None:
    """A name that the page does not know would stand there as a name."""
    texts = [path.read_text("utf-8") for room in ("views", "desk", "duties", "listeners") for path in ours(room)]
    named = {name for text in texts for name in re.findall(r":([a-z_]{3,}):(?![\w\]])", text)} | {*REACTIONS.values()}
    drawn = set(re.findall(r'"?([a-z0-9_+-]+)"?: "', (FILES / "js/emoji.js").read_text("utf-8")))
    assert named - drawn == set()


def ours(room: str) -> list[Path]:
    return sorted((Path(page.__file__).parents[2] / room).glob("*.py"))


def luminance(colour: str) -> float:
    channels = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_text_can_be_read(scheme: int) -> None:
    """Every pair of ink and paper has the contrast that WCAG calls AA."""
    found = re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", (FILES / "css/base.css").read_text("utf-8"))
    colours = {name: both[scheme] for name, *both in found}
    pairs = {pair for inks, papers in INKS.items() for pair in product(inks, papers)}
    weak = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in pairs}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}
