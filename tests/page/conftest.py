"""A browser for all tests, the demo's stage for those of a file, a fresh window for each."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from bot.demo.browser import workspace
from bot.demo.stage import Stage
from bot.standin import Workspace
from bot.standin.page import serve_page
from tests.page.browser import Desk, Wall, launched, window
from tests.patience import UNHURRIED
from tests.ports import free_port

HERE = Path(__file__).parent
# More attempts than a restart takes, however long the machine takes for it.
RULES = {"WAERROR_RETRY_ATTEMPTS": "20"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser, a bot, and waits of a minute each: longer than the limit for all tests."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.timeout(300))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as found:
        yield found


@pytest.fixture(scope="module")
def opened(browser: Browser) -> Iterator[tuple[Stage, str]]:
    """What `make demo` opens."""
    with workspace(**RULES) as (stage, url):
        stage.workspace.patience = UNHURRIED
        stage.wait_for_bot()
        yield stage, url


@pytest.fixture
def desk(browser: Browser, opened: tuple[Stage, str]) -> Iterator[Desk]:
    """Ana before the page. When she leaves, the console must have had nothing to complain about."""
    context = window(browser, viewport={"width": 1400, "height": 860})
    found = Desk(context.new_page(), *opened)
    found.open()
    yield found
    context.close()
    team = found.stage.workspace
    with team.changed:  # what one test leaves before a person is not the next one's
        team.stacks.clear()
        team.whispers.clear()
    assert found.complaints == []


@pytest.fixture
def wall(browser: Browser) -> Iterator[Wall]:
    """A workspace of its own, with nobody's bot in it. The console must have had nothing to complain about."""
    workspace = Workspace(patience=UNHURRIED)
    for name in ("ana", "ben"):
        workspace.add_user(name)
    workspace.add_channel("support")
    complaints: list[str] = []
    with serve_page(workspace, port=free_port()) as served:
        context = window(browser)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(served.url)
        expect(page.locator("main .composer")).to_be_visible()
        yield Wall(page, workspace, served, complaints)
        context.close()
    workspace.close()
    assert complaints == []
