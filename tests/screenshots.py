"""`python -m tests.screenshots`: the pictures in `docs/pictures`, taken of the page of `make demo`. A picture is a row.

They are compared by eye, so look at each before it is committed; one that is too large is refused.
"""

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import click
from PIL import Image
from playwright.sync_api import Browser, Locator, ViewportSize, expect

from bot.demo.browser import workspace
from bot.demo.stage import Stage
from tests.page.browser import Desk, launched

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
MOST_BYTES = 120_000
WIDE, NARROW = ViewportSize(width=1360, height=780), ViewportSize(width=390, height=760)
_COLOURS = 200  # a palette makes a picture a third as large, and text on plain paper has few colours
DONE = re.compile("Done: (delivered|read)")


@dataclass(frozen=True, slots=True)
class Picture:
    """How the page is brought to what is to be seen; `take` may give the part that is shown."""

    take: Callable[[Desk], Locator | None]
    dark: bool = False
    narrow: bool = False


def command(desk: Desk) -> None:
    desk.go("support")
    desk.write("/waerror 132000")
    expect(desk.page.locator("article.whisper")).to_contain_text("Share in channel")
    desk.page.locator("article.whisper").scroll_into_view_if_needed()


def alert(desk: Desk) -> None:
    desk.open_thread(desk.fire("alertmanager"))
    expect(desk.page.locator("#thread article").nth(1)).to_contain_text("131047")


def another(desk: Desk) -> None:
    desk.open_thread(desk.fire("grafana"))
    expect(desk.page.locator("#thread article").nth(1)).to_contain_text("132000")


def confirm(desk: Desk) -> Locator:
    pasted = desk.paste("paste-rate-limit", **{"15550104567": "15550104561"})
    desk.open_thread(pasted).get_by_role("button", name="Retry message").click()
    return desk.dialog


def retry(desk: Desk) -> None:
    thread = desk.open_thread(desk.paste("paste-rate-limit"))
    thread.get_by_role("button", name="Retry message").click()
    desk.dialog.get_by_role("button", name="Send again").click()
    expect(thread).to_contain_text(DONE)
    expect(desk.sheet("sent")).to_contain_text("none of them twice")


def form(desk: Desk) -> Locator:
    desk.open_thread(desk.paste("paste-number")).get_by_role("button", name="Fix and retry…").click()
    desk.dialog.get_by_role("textbox", name="To", exact=True).fill("+1 202 55")
    desk.dialog.get_by_role("button", name="Send once").click()
    expect(desk.dialog).to_contain_text("must be the full international number")
    return desk.dialog


def unknown(desk: Desk) -> None:
    expect(desk.open_thread(desk.paste("paste-unknown"))).to_contain_text("I do not recognise this.")


def outage(desk: Desk) -> None:
    desk.page.locator("[data-item=outage]").click()
    expect(desk.page.locator("main article").filter(has_text="15550100299")).to_be_visible(timeout=60_000)
    desk.thread_of("order-notifier")
    header = desk.page.locator("#thread article").nth(1)
    expect(header).to_contain_text("100 times", timeout=60_000)
    header.evaluate("message => message.scrollIntoView()")


def dry_run(desk: Desk) -> Locator:
    desk.thread_of("order-notifier").get_by_role("button", name="Retry all…").click()
    expect(desk.dialog).to_contain_text("can be sent again safely")
    return desk.dialog


def bulk(desk: Desk) -> None:
    thread = desk.thread_of("order-notifier")
    thread.get_by_role("button", name="Retry all…").click()
    desk.dialog.get_by_role("button", name="Send 100 again").click()
    expect(thread).to_contain_text("Waits for a second person")
    desk.close_dialog()
    desk.become("ben")
    thread.get_by_role("button", name="Approve…").click()
    desk.dialog.get_by_role("button", name="Approve").click()
    expect(thread).to_contain_text(re.compile("█{6}"))


def home(desk: Desk) -> None:
    desk.go("waerror Home")
    expect(desk.page.locator(".home")).to_contain_text("Top errors")


def chart(desk: Desk) -> None:
    home(desk)
    desk.page.locator(".home").evaluate("home => home.querySelector('.chart').scrollIntoView({ block: 'center' })")


PHOTOS: Mapping[str, Picture] = {
    "alert": Picture(alert),
    "command": Picture(command),
    "confirm": Picture(confirm),
    "retry": Picture(retry),
    "form": Picture(form),
    "unknown": Picture(unknown, dark=True),
    "outage": Picture(outage, dark=True),
    "dry-run": Picture(dry_run),
    "bulk": Picture(bulk),
    "home": Picture(home),
    "chart": Picture(chart, dark=True),
    "narrow": Picture(another, narrow=True),
}
"""In this order on one stage, so that later ones have something to show."""


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(list(PHOTOS)))
def main(names: tuple[str, ...]) -> None:
    """Take the pictures; without a NAME: all."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with launched() as browser, workspace() as (stage, url):
        stage.wait_for_bot()
        for name in names or tuple(PHOTOS):
            with _before(browser, stage, url, PHOTOS[name]) as desk:
                _photograph(desk, name)


@contextmanager
def _before(browser: Browser, stage: Stage, url: str, picture: Picture) -> Iterator[Desk]:
    context = browser.new_context(viewport=WIDE, color_scheme="dark" if picture.dark else "light")
    desk = Desk(context.new_page(), stage, url)
    desk.open()
    yield desk
    context.close()
    for stack in stage.workspace.stacks.values():
        stack.clear()


def _photograph(desk: Desk, name: str) -> None:
    part = PHOTOS[name].take(desk)
    desk.page.set_viewport_size(NARROW if PHOTOS[name].narrow else WIDE)
    desk.page.mouse.move(0, 0)
    desk.page.evaluate("document.getElementById('toasts').replaceChildren()")
    desk.page.wait_for_timeout(300)  # until what moves stands still
    target = PICTURES / f"{name}.png"
    with Image.open(BytesIO((part or desk.page).screenshot())) as shot:
        shot.convert("RGB").quantize(_COLOURS).save(target, optimize=True)
    size = target.stat().st_size
    click.echo(f"{target.name}  {size / 1000:.0f} kB")
    if size > MOST_BYTES:
        sys.exit(f"{target.name} is larger than {MOST_BYTES / 1000:.0f} kB")


if __name__ == "__main__":
    main(prog_name="python -m tests.screenshots")
