"""Chromium, and what a person does with the page in it. Skipped, and said so, where there is no Chromium."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect, sync_playwright

from bot.demo.stage import Stage
from bot.standin import People, Workspace
from bot.standin.page import Page as ServedPage

PATIENCE = 60_000  # milliseconds; the longest wait, for a message to be delivered, is a tenth of it
# Notices go by themselves, and who looks late would miss them: these stay.
_NOTICES_STAY = """
  const soon = window.setTimeout;
  window.setTimeout = (act, wait, ...more) => (wait < 5000 || !wait ? soon(act, wait, ...more) : 0);
"""
_NAMES = ("chromium", "chromium-browser", "google-chrome")
expect.set_options(timeout=PATIENCE)


def chromium() -> str | None:
    """Where it is installed, or where WAERROR_CHROMIUM says; None when nowhere."""
    return os.environ.get("WAERROR_CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)


@contextmanager
def launched() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        pytest.skip("NOT TRIED IN A BROWSER: there is no Chromium; install it, or say where with WAERROR_CHROMIUM")
    # As root, as CI runs, Chromium starts only without its sandbox; it opens nothing but our own page.
    flags = ["--disable-lcd-text"]  # without coloured edges, so that pictures are alike everywhere, and small
    flags += ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()


def window(browser: Browser, **more: Any) -> BrowserContext:
    """A fresh one, in which everything may take its time. `more`: as Playwright has it."""
    context = browser.new_context(**more)
    context.set_default_timeout(PATIENCE)
    context.add_init_script(_NOTICES_STAY)
    return context


@dataclass(frozen=True, slots=True)
class Wall:
    """A channel before which Ana sits; our bot is not there, and what it would say is said by the test."""

    page: Page
    workspace: Workspace
    served: ServedPage
    complaints: list[str]

    @property
    def people(self) -> People:
        return People(self.workspace)

    @property
    def last(self) -> Locator:
        """The newest message."""
        return self.page.locator("main article").last

    def post(self, text: str = "", **more: Any) -> Locator:
        """Another app posts. Gives the message."""
        count = len(self.workspace.messages("#support"))
        message = self.message(self.people.post_as_app("#support", f"App {count}", text, **more))
        expect(message).to_be_visible()
        return message

    def message(self, ts: str) -> Locator:
        return self.page.locator(f'main article[data-ts="{ts}"]')


@dataclass(slots=True)
class Desk:
    """A person before the page."""

    page: Page
    stage: Stage
    url: str
    complaints: list[str] = field(default_factory=list)
    """What the browser's console complained about."""
    deeds: list[str] = field(default_factory=list)
    """What the page asked the workspace to do, by name."""

    def open(self) -> None:
        self.page.on("console", lambda message: self._listen(message))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self._note(request.url))
        self.page.goto(self.url)
        expect(self.page.locator("#sidebar .state")).to_have_text("waerror is connected")

    def become(self, name: str) -> None:
        self.page.locator("#people").get_by_text(name, exact=True).click()
        expect(self.page.get_by_role("radio", name=name)).to_be_checked()
        # Each has a conversation with the app, so what stands there now is what this person sees.
        expect(self.page.locator(f"#sidebar a[data-place=D0{name.upper()}]")).to_be_visible()

    def go(self, place: str) -> None:
        """Until it is there: what is typed before goes where one was."""
        self.page.locator("#sidebar a").filter(has_text=place).click()
        expect(self.page.locator("#sidebar a[aria-current]")).to_contain_text(place)

    @property
    def composer(self) -> Locator:
        return self.page.locator("main .composer textarea")

    def say(self, text: str) -> str:
        """In the channel that is open; it stands there afterwards. Its ts."""
        return self._posted(lambda: self.write(text))

    def fire(self, id: str) -> str:
        """One of the panel's alerts; it stands in the open channel afterwards. Its ts."""
        return self._posted(lambda: self.press(id))

    def _posted(self, act: Callable[[], None]) -> str:
        """The ts of the message that comes of it: how many stand on the page says nothing while it is drawn."""
        before = self._others()
        act()
        new = self.stage.workspace.wait_for(lambda: self._others() - before, what="what was to be posted")
        [ts] = new
        expect(self.message(ts)).to_be_visible()
        return ts

    def _others(self) -> frozenset[str]:
        """The `ts` of all that the bot did not write."""
        workspace = self.stage.workspace
        return frozenset(
            str(message["ts"])
            for channel in tuple(workspace.channels)
            for message in workspace.messages(channel)
            if message["user"] != workspace.app.bot_user_id
        )

    def write(self, text: str) -> None:
        """Type and send. A suggestion that is offered is not taken."""
        self.composer.fill(text)
        self.composer.press("Escape")
        self.composer.press("Enter")

    def paste(self, id: str, **instead: str) -> str:
        """One of the panel's pastes, sent with some words changed, so that each test has numbers of its own. Its ts."""
        self.press(id)
        expect(self.composer).not_to_be_empty()
        text = self.composer.input_value()
        for old, new in instead.items():
            text = text.replace(old, new)
        return self.say(text)

    def message(self, ts: str) -> Locator:
        """One of the channel that is open."""
        return self.page.locator(f'main article[data-ts="{ts}"]')

    def open_thread(self, ts: str) -> Locator:
        """Of this message, once it has an answer."""
        self.message(ts).locator(".replies").click()
        return self.page.locator("#thread .feed")

    def thread_of(self, author: str) -> Locator:
        """The thread below a message of this author, found in the channel's list of threads once it is there."""
        named = self.page.locator("main article").filter(has=self.page.locator(f'.by strong:text-is("{author}")'))
        expect(named.locator(".replies").first).to_be_visible()
        self.page.locator("main .place button").click()
        self.page.get_by_role("menuitem").filter(has_text=f"{author}: ").first.click()
        return self.page.locator("#thread .feed")

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog").or_(self.page.get_by_role("alertdialog")).last

    def close_dialog(self) -> None:
        """As people do: with Escape."""
        expect(self.dialog.get_by_role("button", name="Close").last).to_be_visible()
        self.page.keyboard.press("Escape")
        expect(self.page.locator("dialog")).to_have_count(0)

    def sheet(self, id: str) -> Locator:
        return self.page.locator(f"[data-sheet={id}]")

    def press(self, id: str) -> None:
        """What the panel has to try."""
        self.page.locator(f"[data-item={id}]").click()

    def switch(self, id: str, on: bool) -> None:
        """Until it is turned: what comes next may not overtake it."""
        box = self.page.locator(f"[data-item={id}]")
        expect(box).to_be_checked(checked=not on)
        with self.page.expect_response(lambda response: response.url.endswith(f"/try/switch/{id}")):
            box.click()
        expect(box).to_be_checked(checked=on)

    def _note(self, url: str) -> None:
        if (found := url.rpartition("/do/"))[1]:
            self.deeds.append(found[2])

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)
