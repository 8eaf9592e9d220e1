"""A browser for all tests, the demo's stage for those of a file, a fresh window for each."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from bot.demo.browser import workspace
from bot.demo.stage import Stage
from bot.standin import Workspace
from bot.standin.page import serve_page
from tests.page.browser import Desk, Wall, launched


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as found:
        yield found


@pytest.fixture(scope="module")
def opened(browser: Browser) -> Iterator[tuple[Stage, str]]:
    """What `make demo` opens."""
    with workspace() as (stage, url):
        stage.wait_for_bot()
        yield stage, url


@pytest.fixture
def desk(browser: Browser, opened: tuple[Stage, str]) -> Iterator[Desk]:
    """Ana before the page. When she leaves, the console must have had nothing to complain about."""
    context = browser.new_context(viewport={"width": 1400, "height": 860})
    found = Desk(context.new_page(), *opened)
    found.open()
    yield found
    context.close()
    for stack in found.stage.workspace.stacks.values():
        stack.clear()
    assert found.complaints == []


@pytest.fixture
def wall(browser: Browser) -> Iterator[Wall]:
    """A workspace of its own, with nobody's bot in it. The console must have had nothing to complain about."""
    workspace = Workspace()
    for name in ("ana", "ben"):
        workspace.add_user(name)
    workspace.add_channel("support")
    complaints: list[str] = []
    with serve_page(workspace) as served:
        context = browser.new_context()
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(served.url)
        expect(page.locator("main .composer")).to_be_visible()
        yield Wall(page, workspace, served, complaints)
        context.close()
    workspace.close()
    assert complaints == []
