"""A browser for all tests, the demo's stage for those of a file, a fresh window for each."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from bot.demo.browser import workspace
from bot.demo.stage import Stage
from tests.page.browser import Desk, launched


@pytest.fixture(scope="session")
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
