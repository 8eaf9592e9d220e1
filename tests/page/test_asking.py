"""Asking in the browser: commands, mentions, the message menu, an error that nobody knows, keys instead of a mouse."""

from playwright.sync_api import expect

from tests.page.browser import Desk


def test_a_command_is_completed_and_answered_for_one_alone(desk: Desk) -> None:
    """`/wa` Tab completes; the card is marked as visible to Ana only, and Ben sees it once she shares it."""
    desk.go("support")
    desk.composer.press_sequentially("/wa")
    expect(desk.page.get_by_role("option", name="/waerror")).to_be_visible()
    desk.composer.press("Tab")
    expect(desk.page.get_by_role("option", name="/waerror 131047")).to_be_visible()
    desk.composer.press_sequentially("132000")
    desk.composer.press("Enter")
    whisper = desk.page.locator("article.whisper")
    expect(whisper).to_contain_text("Only visible to you")
    expect(whisper).to_contain_text("Sources disagree")
    desk.become("ben")
    expect(desk.page.locator("main article")).to_have_count(0)
    desk.become("ana")
    whisper.get_by_role("button", name="Share in channel").click()
    shared = desk.page.locator("main article").last
    expect(shared).to_contain_text("132000 · Template param count mismatch")
    expect(whisper).to_have_count(0)  # it went into the channel
    desk.become("ben")
    expect(shared).to_contain_text("Template param count mismatch")


def test_a_whisper_can_be_dismissed(desk: Desk) -> None:
    """It goes from this person's screen, and nothing is sent."""
    desk.go("support")
    desk.write("/waerror help")
    whisper = desk.page.locator("article.whisper")
    expect(whisper).to_contain_text("/waerror watch on")
    whisper.get_by_role("button", name="Dismiss").click()
    expect(whisper).to_have_count(0)


def test_a_message_menu_explains_in_the_thread(desk: Desk) -> None:
    """*Explain this error* on what somebody else wrote, without a mention."""
    ts = desk.stage.people.say("ben", "#support", 'it says {"error": "(#131053) Media upload error"}')
    desk.go("support")
    desk.message(ts).hover()
    desk.message(ts).get_by_role("button", name="More actions").click()
    desk.page.get_by_role("menuitem", name="Explain this error").click()
    expect(desk.open_thread(ts)).to_contain_text("131053 · Media upload error")


def test_a_direct_message_is_answered_and_marked_unread(desk: Desk) -> None:
    """The conversation with the app counts what is new until it is opened."""
    desk.go("wa-alerts")
    direct = desk.stage.people.say("ana", "@ana", "131047")
    asked = desk.stage.people.say("ben", "#support", "@ana please look")
    badge = desk.page.locator("#sidebar a[data-place=C0SUPPORT] .badge")
    expect(badge).to_have_text("1")  # so what Ana wrote herself, before, has come too
    expect(desk.page.locator("#sidebar a[data-place=D0ANA]")).not_to_have_class("unread")
    desk.page.locator("#sidebar a[data-place=D0ANA]").click()
    expect(desk.open_thread(direct)).to_contain_text("131047 · Re-engagement message")
    expect(badge).to_have_text("1")
    desk.go("support")
    expect(desk.message(asked).locator(".mention.me")).to_have_text("@ana")
    expect(badge).to_have_count(0)


def test_an_unknown_error_is_taught(desk: Desk) -> None:
    """The form asks for what is missing, beside each field, and the draft waits on the Home tab's queue."""
    thread = desk.open_thread(desk.paste("paste-unknown"))
    expect(thread).to_contain_text("I do not recognise this.")
    thread.get_by_role("button", name="Teach me…").click()
    form = desk.dialog
    form.get_by_role("button", name="Keep the draft").click()
    expect(form.get_by_text("Fill in “What is it called?” first.")).to_be_visible()
    title = form.get_by_role("textbox", name="What is it called?")
    expect(title).to_be_focused()
    title.fill("Flux capacitor drained")
    form.get_by_role("textbox", name="Why does it happen?").fill("It was not charged over night.")
    form.get_by_role("textbox", name="What to do?").fill("Charge it.")
    form.get_by_role("combobox", name="Can sending").select_option("now")
    form.get_by_role("combobox", name="Who can fix it?").select_option("integration")
    form.get_by_role("button", name="Keep the draft").click()
    expect(desk.dialog.get_by_role("button", name="Keep the draft")).to_have_count(0)
    expect(desk.page.locator("body")).to_contain_text("draft")


def test_it_works_without_a_mouse(desk: Desk) -> None:
    """Menus by arrows; the focus stays in a modal, and returns where it was when Escape closes it."""
    desk.go("support")
    thread = desk.open_thread(desk.say("@waerror 131026"))
    more = thread.get_by_role("button", name="More", exact=True)
    more.focus()
    desk.page.keyboard.press("Enter")
    expect(desk.page.get_by_role("menuitem").first).to_be_focused()
    desk.page.keyboard.press("ArrowDown")
    expect(desk.page.get_by_role("menuitem", name="Not this error…")).to_be_focused()
    desk.page.keyboard.press("Enter")
    expect(desk.dialog).to_be_visible()
    inside = "document.activeElement.closest('dialog') !== null || document.activeElement === document.body"
    for _ in range(12):
        desk.page.keyboard.press("Tab")
        assert desk.page.evaluate(inside)
    desk.page.keyboard.press("Escape")
    expect(desk.page.locator("dialog")).to_have_count(0)
    expect(more).to_be_focused()


def test_commands_in_threads_and_unknown_commands_are_refused_as_slack_does(desk: Desk) -> None:
    """In words, as a toast; what was typed stays."""
    desk.go("support")
    desk.write("/weather today")
    expect(desk.page.locator(".toast.error")).to_contain_text("/weather is not a valid command")
    expect(desk.composer).to_have_value("/weather today")
    desk.open_thread(desk.say("@waerror 131026"))
    reply = desk.page.locator("#thread .composer textarea")
    reply.fill("/waerror 131047")
    reply.press("Escape")
    reply.press("Enter")
    expect(desk.page.locator(".toast.error").last).to_contain_text("not supported in threads")


def test_enter_sends_what_was_typed_unless_an_example_was_chosen(desk: Desk) -> None:
    """`/waerror top` is a whole command, although an example begins so; an arrow or Tab takes the example."""
    desk.go("support")
    desk.composer.press_sequentially("/waerror top")
    expect(desk.page.get_by_role("option", name="/waerror top 7d")).to_be_visible()
    desk.composer.press("Enter")
    expect(desk.composer).to_have_value("")
    expect(desk.page.locator("article.whisper").last).to_contain_text("24 hours")
    desk.composer.press_sequentially("/waerror to")
    desk.composer.press("ArrowDown")
    desk.composer.press("Enter")
    expect(desk.composer).to_have_value("/waerror top 7d")
    desk.composer.fill("/waerror w")
    desk.composer.press("Shift+Tab")
    expect(desk.composer).to_have_value("/waerror w")
