"""What the desk makes of messages, clicks and presses, as tables of cases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from bot import desk, knowledge
from bot.accounts import Account, Accounts
from bot.knowledge import Knowledge
from bot.waconnect.payloads import OutboundRequest

ME = desk.Me(user="U0BOT", bot="B0BOT", app="A0BOT")
ALERTS, TALK, DIRECT = "C0ALERTS", "C0TALK", "D0ANA"
PERSON = {"type": "message", "user": "U0ANA", "channel": TALK, "ts": "10.1", "text": "131047"}
ALERT = {"type": "message", "bot_id": "B0OTHER", "app_id": "A0OTHER", "channel": ALERTS, "ts": "10.1"}
SENT = 'POST /api/messages/text {"to": "15551234567", "body": "Your order left"}'
NOW = datetime(2026, 11, 23, 9, 14, tzinfo=UTC)


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return knowledge.load()


def ask(event: dict[str, Any]) -> desk.Question | None:
    return desk.question(event, "T1", ME, "on" if event["channel"] == ALERTS else "off")


@pytest.mark.parametrize(
    ("event", "mode"),
    [
        (PERSON, None),
        ({**PERSON, "text": "<@U0BOT> 131047"}, "ask"),
        ({**PERSON, "text": "<@U0BOT|waerror> 131047", "type": "app_mention"}, "ask"),
        ({**PERSON, "text": "<@U0BOT> 131047", "thread_ts": "9.9"}, "ask"),
        ({**PERSON, "channel": DIRECT, "channel_type": "im"}, "ask"),
        ({**PERSON, "channel": ALERTS}, "alert"),
        ({**PERSON, "channel": ALERTS, "thread_ts": "9.9"}, None),
        ({**PERSON, "channel": ALERTS, "thread_ts": "10.1"}, "alert"),
        ({**PERSON, "channel": ALERTS, "subtype": "file_share"}, "alert"),
        (ALERT, "alert"),
        ({**ALERT, "subtype": "bot_message"}, "alert"),
        ({**ALERT, "channel": TALK}, None),
        ({**ALERT, "channel": TALK, "text": "<@U0BOT> 131047"}, None),
        ({**ALERT, "channel": DIRECT, "channel_type": "im"}, None),
        *(
            ({**PERSON, "channel": ALERTS, "subtype": subtype}, None)
            for subtype in ("channel_join", "message_changed", "message_deleted", "channel_topic")
        ),
        ({**ALERT, "bot_id": "B0BOT"}, None),
        ({**ALERT, "app_id": "A0BOT"}, None),
        ({**ALERT, "user": "U0BOT"}, None),
        ({**ALERT, "blocks": [{"type": "section", "block_id": "waerror.abc.0"}]}, None),
    ],
)
def test_a_message_is_a_question_only_when_somebody_asked_or_the_channel_is_read(
    event: dict[str, Any], mode: str | None
) -> None:
    """Quiet on everything else: other threads, other bots that mention us, joins, and what we or a copy wrote."""
    question = ask(event)
    assert (question and question.mode) == mode


def test_the_mention_is_not_part_of_the_question() -> None:
    """Our own name explains nothing."""
    question = ask({**PERSON, "text": "<@U0BOT> 131047"})
    assert question is not None
    assert question.text == "131047"


def test_both_events_of_one_mention_are_one_question() -> None:
    """Slack sends `message` and `app_mention` for the same message."""
    first, second = ask({**PERSON, "text": "<@U0BOT> 1"}), ask({**PERSON, "text": "<@U0BOT> 1", "type": "app_mention"})
    assert first is not None
    assert second is not None
    assert first.key == second.key == f"T1/{TALK}/10.1"


def test_the_answer_goes_to_the_thread() -> None:
    """A message in a thread is answered there, one at the top starts its own."""
    top, inside = ask({**ALERT}), ask({**PERSON, "text": "<@U0BOT> 1", "thread_ts": "9.9"})
    assert top is not None
    assert inside is not None
    assert (top.thread, inside.thread) == ("10.1", "9.9")


def test_a_shortcut_is_a_question_each_time() -> None:
    """Somebody who uses it on an answered alert asks anew."""
    body = {
        "team": {"id": "T1"},
        "user": {"id": "U0ANA"},
        "channel": {"id": TALK},
        "action_ts": "11.0",
        "message": {"ts": "10.1", "thread_ts": "9.9", "text": "131047"},
        "response_url": "https://hooks.slack.test/1",
    }
    question = desk.shortcut_question(body)
    assert (question.mode, question.thread, question.text) == ("ask", "9.9", "131047")
    assert desk.shortcut_question({**body, "action_ts": "12.0"}).key != question.key


def remedies(text: str, known: Knowledge, can_act: bool = True) -> list[str]:
    return [offer.remedy for offer in desk.answer(text, "ask", known, can_act).offers]


@pytest.mark.parametrize(
    ("paste", "has", "has_not"),
    [
        ("130429", {"retry", "recheck"}, {"status"}),
        ("131047", {"retry", "recheck"}, {"status"}),
        ("130429 wamid.HBgLMTU1NTEyMzQ1NjcVAgARGBI", {"retry", "status"}, set()),
        ('401 waconnect {"success": false, "error": "Invalid API Key"}', {"recheck"}, set()),
        ("2388103", set(), {"retry"}),
    ],
)
def test_only_buttons_that_can_help_are_offered(paste: str, has: set[str], has_not: set[str], known: Knowledge) -> None:
    """Retry by the verdict, status when the message is known, re-check when the account can be the reason."""
    offered = set(remedies(paste, known))
    assert has <= offered
    assert not has_not & offered


def test_what_cannot_help_is_explained(known: Knowledge) -> None:
    """A card without a button to send again says why."""
    for code in ("131050", "2388103", "1013"):
        given = desk.answer(code, "ask", known, True)
        assert "retry" not in remedies(code, known)
        assert given.withheld
        assert given.withheld.startswith("No retry")


def test_without_an_account_there_are_no_buttons(known: Knowledge) -> None:
    """The card says which setting is missing."""
    given = desk.answer("130429", "ask", known, can_act=False)
    assert given.offers == ()
    assert given.withheld is not None
    assert "WACONNECT_API_KEY" in given.withheld


def test_a_known_request_is_confirmed_an_unknown_one_is_asked_for(known: Knowledge) -> None:
    """The confirm dialog needs a recipient to name; without one, or with a fault, the form opens."""
    whole = desk.answer(f"{SENT} -> 429 (#130429) Rate limit hit", "ask", known, True).offers[0]
    bare = desk.answer("130429", "ask", known, True).offers[0]
    assert whole.confirm is not None
    assert (whole.label, whole.confirm.recipient) == ("Retry message", "15551234567")
    assert (bare.label, bare.confirm) == ("Retry message…", None)


BUTTONS = {"now": "Retry message", "after_wait": "Retry ", "after_fix": "Fix and retry…", "never": None}


def test_the_verdict_drives_the_button(known: Knowledge) -> None:
    """Of every entry: at once, at its time, through the form, or none and the reason."""
    for entry in known.entries.values():
        given = desk.answer(entry.says[0], "ask", known, True)
        best = given.diagnosis.best
        if best is None or best.entry.id != entry.id:
            continue
        labels = [offer.label for offer in given.offers if offer.remedy == "retry"]
        wanted = BUTTONS[entry.verdict.can_retry]
        if wanted is None or not {"retry", "fix-and-retry"} & set(entry.remedies):
            assert (labels, bool(given.withheld)) == ([], True), entry.id
        else:
            assert labels[0].startswith(wanted), entry.id


PRODUCTION, STAGING, THIRD = (
    Account(name, SecretStr("wba_x"), "https://a.test/", numbers={number: "x"})
    for name, number in (("production", "109876543210987"), ("staging", "5215551234567"), ("third", "333333333333333"))
)
TERMS = desk.Terms(Accounts((PRODUCTION, STAGING, THIRD)), "production")


@pytest.mark.parametrize(
    ("text", "account", "notice"),
    [
        ("130429 rate limit", "production", None),
        ('POST /api/messages/text {"to": "15551234567", "body": "x"} 130429', "production", None),
        ('POST /api/messages/text {"to": "1555", "body": "x", "phoneNumberId": "109876543210987"}', "production", None),
        ('POST /api/messages/text {"to": "1", "body": "x", "phoneNumberId": "333333333333333"}', "third", "third"),
        ('POST /api/messages/text {"to": "1", "body": "x", "phoneNumberId": "444444444444444"}', "production", None),
        ("131056 from +52 1 555 123 4567", "staging", "a number of the account staging"),
        ("131056 from +52 1 555 123 4567 or 109876543210987", "production", None),
        ("131056 from +52 1 555 123 4567 or 333333333333333", "production", "staging and third"),
        ('POST /api/messages/text {"to": "5215551234567", "body": "x"} 130429', "production", None),
    ],
)  # fmt: skip
def test_a_paste_is_about_its_channels_account_or_the_numbers_own(
    text: str, account: str, notice: str | None, known: Knowledge
) -> None:
    """A number of one other account decides; of several none does; a recipient is no sender."""
    given = desk.answer(text, "ask", known, True, TERMS)
    assert given.account == given.shown_account == account
    assert (given.notice is None) if notice is None else (notice in (given.notice or ""))


def test_an_account_that_is_gone_has_no_buttons(known: Knowledge) -> None:
    """Another one's key is not used in its place."""
    given = desk.answer("130429", "ask", known, True, desk.Terms(TERMS.accounts, "old"))
    assert given.offers == ()
    assert "no account old any more" in (given.withheld or "")


def test_a_card_of_a_release_with_one_account_still_acts(known: Knowledge) -> None:
    """It names none; the first is meant."""
    given = desk.answer("130429", "ask", known, True, desk.Terms(TERMS.accounts, ""))
    assert given.offers


def press(text: str, known: Knowledge, after: timedelta = timedelta()) -> desk.Send | desk.Ask | desk.Refusal:
    return desk.retry(desk.answer(text, "ask", known, True), NOW, NOW + after)


def test_a_press_sends_asks_or_refuses(known: Knowledge) -> None:
    """The verdict drives the button."""
    assert isinstance(press(f"{SENT} -> 429 (#130429) Rate limit hit", known), desk.Send)
    assert isinstance(press("130429", known), desk.Ask)
    assert isinstance(press(f"{SENT} -> 400 (#131047) Re-engagement message", known), desk.Ask)
    assert isinstance(press("131050", known), desk.Refusal)
    assert isinstance(press("hello", known), desk.Refusal)


def test_what_is_known_of_the_request_is_filled_in(known: Knowledge) -> None:
    """The recipient stands in many an error that does not have the request."""
    asked = press('{"statuses": [{"recipient_id": "15551234567", "errors": [{"code": 130429}]}]} whatsapp', known)
    assert isinstance(asked, desk.Ask)
    assert asked.request.recipient == "15551234567"


def test_a_long_wait_is_scheduled_and_a_short_one_is_the_retrys_own(known: Knowledge) -> None:
    """131049 clears after a day, counted from when it was seen; 130429 within the back-off between attempts."""
    text = f"{SENT} failed: 131049"
    early, late = press(text, known, timedelta(hours=4)), press(text, known, timedelta(hours=25))
    short = press(f"{SENT} -> 429 (#130429) Rate limit hit", known)
    assert isinstance(early, desk.Send)
    assert isinstance(late, desk.Send)
    assert isinstance(short, desk.Send)
    assert (early.due_at, late.due_at, short.due_at) == (NOW + timedelta(days=1), None, None)


def test_the_label_says_when_it_is_sent(known: Knowledge) -> None:
    """The dots say that a form comes first."""
    labels = {text: desk.answer(text, "ask", known, True).offers[0].label for text in (f"{SENT} 131049", "131049")}
    assert labels == {f"{SENT} 131049": "Retry in 24 h", "131049": "Retry in 24 h…"}


def test_the_claim_is_the_failed_message(known: Knowledge) -> None:
    """By its id where it is known, else by what was sent; another body is another message."""
    request = OutboundRequest("messages/text", {"to": "15551234567", "body": "a"})
    other = OutboundRequest("messages/text", {"to": "15551234567", "body": "b"})
    assert desk.claim_of("wamid.1", request) == desk.claim_of("wamid.1", other) == "message:wamid.1"
    assert desk.claim_of(None, request) == desk.claim_of(None, replace(request))
    assert desk.claim_of(None, request) != desk.claim_of(None, other)


CLICK = {
    "team": {"id": "T1"},
    "user": {"id": "U0ANA"},
    "container": {"channel_id": TALK, "message_ts": "10.2"},
    "message": {"ts": "10.2", "thread_ts": "10.1"},
    "response_url": "https://hooks.slack.test/1",
    "actions": [{"action_ts": "11.0", "value": '{"v": 1, "card": "0123456789abcdef"}'}],
}


def test_a_click_is_read() -> None:
    """Who, which card, and the thread that gets the outcome."""
    click = desk.click(CLICK)
    assert click is not None
    assert (click.card, click.user, click.thread, click.response_url) == ("0123456789abcdef", "U0ANA", "10.1", None)


def test_a_click_on_a_private_answer_is_answered_privately() -> None:
    """Nobody else sees that card, and no thread belongs to it."""
    click = desk.click({**CLICK, "message": None, "container": {**CLICK["container"], "is_ephemeral": True}})
    assert click is not None
    assert click.response_url == "https://hooks.slack.test/1"


@pytest.mark.parametrize(
    "value",
    [None, "", "131047", "[]", "{}", '{"v": 2, "card": "0123456789abcdef"}', '{"v": 1, "card": "../../etc"}',
     '{"v": 1, "card": "0123456789abcdef", "to": "15551234567"}', "9" * 5000],
)  # fmt: skip
def test_a_forged_or_old_button_is_no_click(value: str | None) -> None:
    """Parsed to None before anything can raise."""
    assert desk.click({**CLICK, "actions": [{"action_ts": "11.0", "value": value}]}) is None


def test_a_form_brings_back_the_click_that_opened_it() -> None:
    """Under an id of its own, by whoever submitted it, and never from another workspace or release."""
    opened = desk.click(CLICK)
    assert opened is not None
    body = {
        "team": {"id": "T1"},
        "user": {"id": "U0BEN"},
        "view": {"id": "V1", "private_metadata": desk.carried(opened)},
    }
    submitted = desk.submission(body)
    assert submitted == replace(opened, id="U0BEN/V1", user="U0BEN")
    assert desk.submission({**body, "team": {"id": "T2"}}) is None
    for carried in ("", "{}", "[]", '{"card": 1}', "9" * 5000):
        assert desk.submission({**body, "view": {"id": "V1", "private_metadata": carried}}) is None


def test_what_else_it_may_be_is_near_first_and_never_what_was_refused(known: Knowledge) -> None:
    """The paste's other errors, then what its words find; no more than fit."""
    text = "131026 131047 130429 failed: media upload error"
    found = desk.alternatives(desk.answer(text, "ask", known, True), text, known, "meta/131026")
    names = [entry.id for entry in found]
    assert set(names[:2]) == {"meta/131047", "meta/130429"}
    assert "meta/131053" in names
    assert "meta/131026" not in names
    assert len(names) == len(set(names)) <= 8


def test_only_a_bare_message_id_asks_for_its_status() -> None:
    """An error that mentions an id is still an error."""
    assert desk.only_message_id(" `wamid.HBgLMTU1NTEyMzQ1NjcVAgARGBI=` ") == "wamid.HBgLMTU1NTEyMzQ1NjcVAgARGBI="
    assert desk.only_message_id("wamid.HBgLMTU1NTEyMzQ1NjcVAgARGBI= failed 131047") is None
    assert desk.only_message_id("131047") is None
