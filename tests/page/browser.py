"""Chromium, and what a person does with the page in it. Skipped, and said so, where there is no Chromium."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect, sync_playwright

from bot.demo.stage import Stage
from bot.standin import People, Workspace
from bot.standin.page import Page as ServedPage

PATIENCE = 20_000  # milliseconds; the longest wait, for a message to be delivered, is a third of it
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
        count = self.page.locator("main article").count()
        self.people.post_as_app("#support", f"App {count}", text, **more)
        expect(self.page.locator("main article")).to_have_count(count + 1)
        return self.last


@dataclass(slots=True)
class Desk:
    """A person before the page."""

    page: Page
    stage: Stage
    url: str
    complaints: list[str] = field(default_factory=list)
    """What the browser's console complained about."""

    def open(self) -> None:
        self.page.on("console", lambda message: self._listen(message))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(self.url)
        self.page.set_default_timeout(PATIENCE)
        expect(self.page.locator("#sidebar .state")).to_have_text("waerror is connected")

    def become(self, name: str) -> None:
        self.page.locator("#people").get_by_text(name, exact=True).click()
        expect(self.page.get_by_role("radio", name=name)).to_be_checked()

    def go(self, place: str) -> None:
        """Until it is there: what is typed before goes where one was."""
        self.page.locator("#sidebar a").filter(has_text=place).click()
        expect(self.page.locator("#sidebar a[aria-current]")).to_contain_text(place)

    @property
    def composer(self) -> Locator:
        return self.page.locator("main .composer textarea")

    def say(self, text: str) -> None:
        """In the channel that is open; it stands there afterwards."""
        before = self._written()
        self.write(text)
        workspace = self.stage.workspace
        ts = workspace.wait_for(lambda: next(iter(self._written() - before), None), PATIENCE / 1000, "what was typed")
        expect(self.page.locator(f'main article[data-ts="{ts}"]')).to_be_visible()

    def _written(self) -> frozenset[str]:
        """The `ts` of all that people wrote: how many messages stand on the page says nothing while it is drawn."""
        workspace = self.stage.workspace
        return frozenset(
            str(message["ts"])
            for channel in tuple(workspace.channels)
            for message in workspace.messages(channel)
            if "bot_id" not in message
        )

    def write(self, text: str) -> None:
        """Type and send. A suggestion that is offered is not taken."""
        self.composer.fill(text)
        self.composer.press("Escape")
        self.composer.press("Enter")

    def paste(self, id: str, **instead: str) -> None:
        """One of the panel's pastes, sent with some words changed, so that each test has numbers of its own."""
        self.page.locator(f"[data-item={id}]").click()
        expect(self.composer).not_to_be_empty()
        text = self.composer.input_value()
        for old, new in instead.items():
            text = text.replace(old, new)
        self.say(text)

    @property
    def last(self) -> Locator:
        """The newest message of the channel."""
        return self.page.locator("main article").last

    def open_thread(self) -> Locator:
        """Of the newest message, once it has an answer."""
        self.last.locator(".replies").click()
        return self.page.locator("#thread .feed")

    def thread_of(self, author: str) -> Locator:
        """The thread below a message of this author, found in the channel's list of threads."""
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

    def switch(self, id: str) -> None:
        self.page.locator(f"[data-item={id}]").click()

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)
