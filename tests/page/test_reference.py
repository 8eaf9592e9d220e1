"""The error reference as people open it: from a disk, in light and dark, with keys."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from bot import knowledge, site
from tests.page.browser import window
from tests.page.contrast import contrasts


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("site")
    for page in site.pages(knowledge.load()):
        path = folder / Path(page.path)
        path.parent.mkdir(exist_ok=True)
        path.write_text(page.text, "utf-8")
    return (folder / "index.html").as_uri()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_reference_is_searched_and_read(browser: Browser, index: str, scheme: str) -> None:
    """`/` goes to the search, Enter to the first that is found; every text can be read, nothing is loaded elsewhere."""
    context = window(browser, color_scheme=scheme)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("request", lambda request: None if request.url.startswith("file:") else complaints.append(request.url))
    page.goto(index)
    assert contrasts(page)[0]["ratio"] >= 4.5
    page.keyboard.press("/")
    page.keyboard.type("paused template")
    expect(page.get_by_role("status")).to_have_text("5 found")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="132015")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("132015 · Template is paused")
    page.wait_for_load_state()
    assert contrasts(page)[0]["ratio"] >= 4.5
    context.close()
    assert [one for one in complaints if not one.startswith("data:")] == []
