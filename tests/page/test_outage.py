"""An outage in the browser: three hundred alerts become three threads, and the Home tab shows what is open."""

import re
from collections import Counter

import pytest
from playwright.sync_api import expect

from bot.standin import plain
from tests.page.browser import Desk


def test_alerts_of_known_systems_are_answered_in_their_threads(desk: Desk) -> None:
    """Attachments, blocks and plain lines, as they come from Alertmanager, Grafana, Sentry and a service."""
    for id, code in (("alertmanager", 131047), ("grafana", 132000), ("sentry", 131053), ("service", 131026)):
        thread = desk.open_thread(desk.fire(id))
        expect(thread.locator("article").nth(1)).to_contain_text(f"{code} · ")


def headers(desk: Desk) -> list[str]:
    workspace = desk.stage.workspace
    replies = [one for one in workspace.messages("#wa-alerts") if one.get("thread_ts") not in (None, one["ts"])]
    return [plain(one) for one in replies if one["user"] == workspace.app.bot_user_id]


@pytest.fixture
def flooded(desk: Desk) -> Desk:
    """After the outage, which whoever comes first causes."""
    workspace = desk.stage.workspace
    if "login" in {workspace.users[one["user"]].name for one in workspace.messages("#wa-alerts")}:
        return desk
    desk.press("outage")
    expect(desk.page.locator(".toast")).to_contain_text("300 alerts")
    # A header says since when; the note of a round number below it, which comes in between, does not.
    counted = re.compile(r"10[01] times since")
    workspace.wait_for(lambda: sum(bool(counted.search(one)) for one in headers(desk)) == 3, 90, "three causes")
    return desk


def test_an_outage_collapses_into_three_threads(flooded: Desk) -> None:
    """One a cause, whose header counts; the channel is not flooded with answers."""
    desk, workspace = flooded, flooded.stage.workspace
    first = [one for one in workspace.messages("#wa-alerts") if one.get("thread_ts") in (None, one["ts"])]
    assert len(first) >= 300
    assert sum(one["user"] == workspace.app.bot_user_id for one in first) == 0
    desk.thread_of("campaign-runner")
    expect(desk.page.locator("#thread article").nth(1)).to_contain_text("100 times")


def test_many_are_retried_with_a_bar_paused_and_stopped(flooded: Desk) -> None:
    """Ana asks, Ben approves, the bar moves; stopped, the rest is not sent, and each message went out once at most."""
    desk = flooded
    thread = desk.thread_of("order-notifier")
    thread.get_by_role("button", name="Retry all…").click()
    expect(desk.dialog).to_contain_text("100 can be sent again safely")
    expect(desk.dialog).to_contain_text("second person")
    desk.dialog.get_by_role("button", name="Send 100 again").click()
    expect(thread).to_contain_text("Waits for a second person")
    desk.close_dialog()
    assert desk.stage.sandbox.sent == ()
    desk.become("ben")
    thread.get_by_role("button", name="Approve…").click()
    desk.dialog.get_by_role("button", name="Approve").click()
    expect(thread).to_contain_text(re.compile(r"█.* of 100"))
    desk.become("ana")
    thread.get_by_role("button", name="Pause").click()
    expect(thread).to_contain_text("Paused")
    thread.get_by_role("button", name="Stop").click()
    expect(thread).to_contain_text("Stopped")
    expect(thread.locator("figure.file")).to_contain_text("number,recipient,kind,outcome")
    sent = Counter(one.to for one in desk.stage.sandbox.sent)
    assert 0 < len(sent) < 100
    assert set(sent.values()) == {1}


def test_the_home_tab_shows_what_is_open_and_takes_presses(flooded: Desk) -> None:
    """Incidents with buttons, the chart as a drawing that a screen reader can read; *I'm on it* changes its state."""
    desk = flooded
    desk.go("waerror Home")
    home = desk.page.locator(".home")
    expect(home).to_contain_text("132015 · Template is paused")
    expect(home.get_by_role("img").first).to_be_visible()
    home.get_by_role("button", name="I'm on it").first.click()
    expect(home).to_contain_text("Owned")
    home.get_by_role("button", name="Check now").click()
    expect(home).to_contain_text("Last checked")
