"""Retrying in the browser, with the ledger beside the thread: whatever happens, nothing is sent twice."""

import re

from playwright.sync_api import Locator, expect

from tests.page.browser import Desk

NUMBER = "15550104567"
DONE = re.compile("Done: (delivered|read)")  # a slow machine may look only once it is read


def sent_to(desk: Desk, number: str) -> int:
    return sum(one.to == number for one in desk.stage.sandbox.sent)


def retried(desk: Desk, number: str) -> Locator:
    """A paste about this number, and *Retry message* confirmed. Gives the thread."""
    thread = desk.open_thread(desk.paste("paste-rate-limit", **{NUMBER: number}))
    thread.get_by_role("button", name="Retry message").click()
    expect(desk.dialog).to_contain_text(f"••••{number[-4:]} again")
    desk.dialog.get_by_role("button", name="Send again").click()
    return thread


def test_a_retry_is_confirmed_sent_once_and_followed(desk: Desk) -> None:
    """Nothing happens before the question is answered; then the thread reaches *delivered*, and so does the ledger."""
    number = "15550104001"
    thread = desk.open_thread(desk.paste("paste-rate-limit", **{NUMBER: number}))
    thread.get_by_role("button", name="Retry message").click()
    desk.dialog.get_by_role("button", name="Cancel").click()
    thread.get_by_role("button", name="Retry message").click()
    expect(desk.dialog).to_be_visible()
    assert "click" not in desk.deeds
    assert sent_to(desk, number) == 0
    desk.dialog.get_by_role("button", name="Send again").click()
    expect(thread).to_contain_text(DONE)
    row = desk.sheet("sent").locator("tr").filter(has_text="••••4001")
    expect(row).to_contain_text(re.compile("delivered|read"))
    expect(desk.sheet("sent")).to_contain_text("none of them twice")
    assert sent_to(desk, number) == desk.deeds.count("click") == 1
    assert number not in desk.page.locator("#panel").inner_text()


def test_a_person_without_the_right_is_refused_and_told_who_may(desk: Desk) -> None:
    """Ben sees the button, presses it, and only he reads why nothing was sent."""
    number = "15550104002"
    desk.become("ben")
    thread = desk.open_thread(desk.paste("paste-rate-limit", **{NUMBER: number}))
    thread.get_by_role("button", name="Retry message").click()
    desk.dialog.get_by_role("button", name="Send again").click()
    whisper = desk.page.locator("article.whisper").last
    expect(whisper).to_contain_text("@ana")
    desk.become("ana")
    expect(desk.page.locator("article.whisper")).to_have_count(0)
    assert sent_to(desk, number) == 0


def test_a_phone_number_is_fixed_in_the_form(desk: Desk) -> None:
    """What is wrong stands beside its field; the corrected number is sent once."""
    thread = desk.open_thread(desk.paste("paste-number"))
    thread.get_by_role("button", name="Fix and retry…").click()
    to = desk.dialog.get_by_role("textbox", name="To", exact=True)
    expect(to).to_have_value("12025550123")
    to.fill("12")
    desk.dialog.get_by_role("button", name="Send once").click()
    expect(to).to_have_attribute("aria-invalid", "true")
    expect(desk.dialog).to_contain_text("must be the full international number")
    to.fill("12025550124")
    desk.dialog.get_by_role("button", name="Send once").click()
    expect(desk.page.locator("dialog")).to_have_count(0)
    expect(thread).to_contain_text(DONE)
    assert sent_to(desk, "12025550124") == 1


def test_choosing_another_endpoint_draws_other_fields_and_keeps_what_was_typed(desk: Desk) -> None:
    """The form is told of the choice at once."""
    desk.open_thread(desk.paste("paste-number")).get_by_role("button", name="Fix and retry…").click()
    desk.dialog.get_by_role("textbox", name="To", exact=True).fill("12025550125")
    desk.dialog.get_by_role("combobox", name="Endpoint").select_option("messages/location")
    expect(desk.dialog.get_by_role("textbox", name="Latitude")).to_be_visible()
    expect(desk.dialog.get_by_role("textbox", name="To", exact=True)).to_have_value("12025550125")
    desk.dialog.get_by_role("button", name="Cancel").click()
    expect(desk.page.locator("dialog")).to_have_count(0)


def test_a_restart_of_the_bot_in_the_middle_loses_and_repeats_nothing(desk: Desk) -> None:
    """The account is over its limit, the bot goes and comes back, the limit ends: one message, delivered."""
    number = "15550104003"
    desk.switch("rate-limit", on=True)
    thread = retried(desk, number)
    expect(thread).to_contain_text("trying again in")
    desk.stage.bot.stop()  # the panel's restart is over in a moment, and the limit is to end in the middle of it
    expect(desk.page.locator("#sidebar .state")).to_have_text("waerror is not connected")
    desk.switch("rate-limit", on=False)
    desk.press("restart")
    expect(desk.page.locator(".toast").filter(has_text="ended and is back")).to_be_visible()
    expect(desk.page.locator("#sidebar .state")).to_have_text("waerror is connected")
    expect(thread).to_contain_text(DONE)
    assert sent_to(desk, number) == 1


def test_the_bot_is_really_restarted(desk: Desk) -> None:
    """Its process ends, and another connects."""
    links = desk.stage.workspace.courier.links
    before = set(links)
    desk.press("restart")
    expect(desk.page.locator(".toast").filter(has_text="ended and is back")).to_be_visible()
    assert before
    assert before.isdisjoint(links)


def test_an_answer_that_is_lost_is_looked_for_and_not_sent_again(desk: Desk) -> None:
    """WaConnect sent it and stays silent: it is found in its records, and followed."""
    number = "15550104004"
    desk.switch("sent-silent", on=True)
    thread = retried(desk, number)
    expect(thread).to_contain_text("no clear answer")
    desk.switch("sent-silent", on=False)
    expect(thread).to_contain_text(DONE)
    assert sent_to(desk, number) == 1
