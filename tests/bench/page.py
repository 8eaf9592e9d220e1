"""The page of `make demo`: what it weighs, how soon it is there, and how soon the first card stands on it."""

import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, expect

from bot.standin import page
from tests.bench.corpus import ROOT
from tests.bench.report import Finding, at_most
from tests.page.browser import chromium, launched

_TIMES = 5
_KILOBYTES, _USABLE, _CARD = 150.0, 3.0, 8.0
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/")
_FILES = Path(page.__file__).with_name("static")


@dataclass(frozen=True, slots=True)
class Visit:
    """Seconds since the command was given, but for `answered`, which is from Enter to the card."""

    served: float
    usable: float
    card: float
    answered: float


def bench() -> Iterator[Finding]:
    sizes = [path.stat().st_size for path in _FILES.rglob("*") if path.is_file()]
    weight = sum(sizes) / 1000
    rows = [["weight", f"{weight:.0f} kB in {len(sizes)} files, uncompressed", ""]]
    goals = [at_most("page weight", weight, _KILOBYTES, " kB")]
    note = "Seconds from the command; the last row is from Enter to the card, in Chromium."
    if chromium() is None:
        note = "NOT MEASURED IN A BROWSER: there is no Chromium."
    else:
        visits = _visits()
        for name in Visit.__slots__:
            spent = [getattr(visit, name) for visit in visits]
            rows.append([name, f"{statistics.median(spent):.2f}", f"{max(spent):.2f}"])
        goals += [
            at_most("usable page, median", statistics.median(visit.usable for visit in visits), _USABLE, " s"),
            at_most("first card, median", statistics.median(visit.card for visit in visits), _CARD, " s"),
        ]
    yield Finding("The page of make demo", ["what", "median", "worst"], rows, goals, note)


def _visits() -> list[Visit]:
    with launched() as browser:
        _visit(browser)  # the first compiles the knowledge
        return [_visit(browser) for _ in range(_TIMES)]


def _visit(browser: Browser) -> Visit:
    """The command is given, the page opened at once, and asked as soon as the bot is there."""
    start = time.perf_counter()
    with _demo() as url:
        served = time.perf_counter() - start
        context = browser.new_context()
        desk = context.new_page()
        desk.goto(f"{url}#/C0SUPPORT")
        expect(desk.locator("#sidebar a").first).to_be_visible()
        usable = time.perf_counter() - start
        expect(desk.locator("#sidebar .state")).to_have_text("waerror is connected")
        composer = desk.locator("main .composer textarea")
        composer.fill("/waerror 131047")
        asked = time.perf_counter()
        composer.press("Enter")
        expect(desk.locator("article.whisper")).to_contain_text("131047")
        card = time.perf_counter()
        context.close()
    return Visit(served, usable, card - start, card - asked)


@contextmanager
def _demo() -> Iterator[str]:
    command = [sys.executable, "-m", "bot.cli", "demo"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            found = _ADDRESS.search(process.stdout.readline())
            assert found
            yield found[0]
        finally:
            process.terminate()
