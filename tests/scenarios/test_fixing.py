"""*Fix and retry…* opens what was sent in fields, says what is wrong, and sends only what WaConnect would take."""

import json
from typing import Any

import pytest

from tests.scenarios.conftest import SUPPORT, OpenTown, Town
from tests.scenarios.sends import REENGAGE, REQUEST, TO, failed, form, posts

PLACE = {"to": TO, "latitude": 19.4326, "longitude": -99.1332, "name": "Zócalo"}
IMAGE = {"to": TO, "mediaUrl": "https://example.com/a.png", "caption": "The bill"}
CHOICE = {"to": TO, "bodyText": "Which day?", "buttons": [{"id": "mon", "title": "Monday", "icon": "sun"}]}
CODE = {"to": TO, "templateName": "login", "languageCode": "es_MX", "otp": "123456", "buttonType": "copy_code"}


def test_the_form_says_what_is_wrong_and_holds_what_was_sent(town: Town) -> None:
    """The diagnosis, what must be fixed, and a field for each part of the request."""
    _, view = form(town, REENGAGE)
    shown = json.dumps(view, ensure_ascii=False)
    for words in ("131047 · Re-engagement message", "within the last 24 hours", "Fix the message type first", TO):
        assert words in shown
    assert filled(view) == {"retry.endpoint": "messages/text", "to": TO, "body": REQUEST["body"]}
    assert posts(town) == []


@pytest.mark.parametrize(
    ("endpoint", "request_"),
    [
        ("messages/text", {**REQUEST, "previewUrl": True, "phoneNumberId": "100000000000002"}),
        ("messages/image", IMAGE),
        ("messages/document", {"to": TO, "mediaId": "17", "filename": "bill.pdf"}),
        ("messages/location", PLACE),
        ("messages/reply-buttons", CHOICE),
        ("messages/auth-template", CODE),
        ("messages/text", {**REQUEST, "trackingId": "A-17", "nested": {"kept": [1, 2]}}),
        ("messages/list", {"to": TO, "sections": [{"rows": [{"id": "a"}]}]}),
    ],
)
def test_a_form_that_nobody_touched_sends_what_was_sent(town: Town, endpoint: str, request_: dict[str, Any]) -> None:
    """Every field, and what is in no field, unchanged."""
    ts, view = form(town, failed(131008, "Required parameter is missing", request_, endpoint))
    assert town.people.submit_view("ana", view["id"]).acknowledged
    town.reply(SUPPORT, ts, "Done:")
    (sent,) = requests(town)
    assert sent == (endpoint, request_)


def test_what_is_typed_is_what_is_sent(town: Town) -> None:
    """And nothing but what was changed is another."""
    ts, view = form(town, failed(131008, "Required parameter is missing", PLACE, "messages/location"))
    town.people.submit_view("ana", view["id"], {"latitude": "20", "name": None, "address": "Centro"})
    town.reply(SUPPORT, ts, "Done:")
    assert requests(town) == [
        ("messages/location", {"to": TO, "latitude": 20, "longitude": -99.1332, "address": "Centro"})
    ]


@pytest.mark.parametrize(
    ("endpoint", "request_", "change", "field", "says"),
    [
        ("messages/text", REQUEST, {"to": "12"}, "to", "must be the full international number"),
        ("messages/text", REQUEST, {"to": "99912345678"}, "to", "cannot be a phone number of any country"),
        ("messages/text", REQUEST, {"phoneNumberId": "+1 555"}, "phoneNumberId", "must be digits only"),
        ("messages/image", IMAGE, {"mediaId": "17"}, "mediaUrl", "exclude each other"),
        ("messages/image", IMAGE, {"mediaUrl": "ftp://example.com/a"}, "mediaUrl", "public web address"),
        ("messages/image", IMAGE, {"mediaUrl": "http://10.0.0.7/a.png"}, "mediaUrl", "private network"),
        ("messages/image", IMAGE, {"mediaUrl": "http://localhost/a.png"}, "mediaUrl", "private network"),
        ("messages/location", PLACE, {"latitude": "91"}, "latitude", "between -90 and 90"),
        ("messages/location", PLACE, {"latitude": "north"}, "latitude", "must be a number"),
        ("messages/reply-buttons", CHOICE, {"buttons.0.title": "x" * 21}, "buttons.0.title", "20 is the most"),
        ("messages/reply-buttons", CHOICE, {"buttons.1.title": "Tuesday"}, "buttons.1.id", "id is missing"),
        ("messages/reply-buttons", CHOICE, {"buttons.1.title": "x", "buttons.1.id": "mon"}, "buttons.0.title", "twice"),
        ("messages/reply-buttons", CHOICE, {"bodyText": "x" * 1025}, "bodyText", "1,024 is the most"),
        ("messages/auth-template", CODE, {"templateName": "Log In"}, "templateName", "lower case letters"),
        ("messages/auth-template", CODE, {"languageCode": "Spanish"}, "languageCode", "must be a language code"),
        ("messages/auth-template", CODE, {"buttonType": "one_tap"}, "packageName", "is missing"),
    ],
)  # fmt: skip
def test_what_waconnect_would_refuse_is_said_beside_its_field(
    town: Town, endpoint: str, request_: dict[str, Any], change: dict[str, str], field: str, says: str
) -> None:
    """In words, before anything is sent. Addresses are judged by their text and never fetched."""
    _, view = form(town, failed(131008, "Required parameter is missing", request_, endpoint))
    answer = town.people.submit_view("ana", view["id"], change)
    assert answer.error is None
    assert answer.payload is not None
    assert answer.payload["response_action"] == "errors"
    (beside,) = [block.partition("~")[0] for block, text in answer.payload["errors"].items() if says in text]
    assert beside == field
    assert posts(town) == []


@pytest.mark.parametrize(
    ("typed", "sent", "says"),
    [
        ("+52 55 1234 5678", "525512345678", "was ••••5678 with signs between the digits"),
        ("0052-55-1234-5678", "525512345678", "with 00 before it"),
        ("55 1234 5678", "525512345678", "without its country code; 52 was put before it"),
        ("5512345678", "525512345678", "without its country code"),
        ("+1 (202) 555-0123", "12025550123", "with signs"),
    ],
)
def test_a_mistyped_number_is_corrected_where_the_person_sees_it(
    open_town: OpenTown, typed: str, sent: str, says: str
) -> None:
    """It is not sent until the corrected number was seen and submitted; texts show it masked."""
    with open_town(waconnect_default_region="MX") as town:
        ts, view = form(town, REENGAGE)
        town.people.submit_view("ana", view["id"], {"to": typed})
        again = town.workspace.view("ana") or {}
        assert filled(again)["to"] == sent
        (hint,) = [text for text in sections(again) if "The number" in text]
        assert says in hint
        assert sent not in hint
        assert posts(town) == []
        assert town.people.submit_view("ana", again["id"]).acknowledged
        town.reply(SUPPORT, ts, "Done:")
        assert [message.to for message in town.sandbox.sent] == [sent]


def test_a_number_in_the_paste_is_proposed_corrected(town: Town) -> None:
    """The form opens with it, and says what was changed; "Invalid phone number format" is fixed by one click."""
    request = {**REQUEST, "to": "+1 202-555-0123"}
    answer = json.dumps({"success": False, "error": "Invalid phone number format"})
    text = f"POST https://app.waconnect.me/api/messages/text\n{json.dumps(request)}\n400 {answer}"
    ts, view = form(town, text)
    assert filled(view)["to"] == "12025550123"
    assert "it was ••••0123 with signs between the digits" in str(view)
    town.people.submit_view("ana", view["id"])
    town.reply(SUPPORT, ts, "Done:")


def test_a_number_that_is_in_use_nowhere_is_asked_about_once(town: Town) -> None:
    """The tables lag behind the world, so it is a question and no refusal."""
    ts, view = form(town, REENGAGE)
    town.people.submit_view("ana", view["id"], {"to": "15557654321"})
    again = town.workspace.view("ana") or {}
    assert "is in no range of numbers that is known to be in use" in str(again)
    assert town.people.submit_view("ana", again["id"]).acknowledged
    town.reply(SUPPORT, ts, "Done:")


def test_who_insists_on_a_number_is_believed(open_town: OpenTown) -> None:
    """A national number can be another country's whole one; put back after the proposal, it is meant."""
    with open_town(waconnect_default_region="MX") as town:
        ts, view = form(town, REENGAGE)
        town.people.submit_view("ana", view["id"], {"to": "5512345678"})
        again = town.workspace.view("ana") or {}
        town.people.submit_view("ana", again["id"], {"to": "5512345678"})
        town.reply(SUPPORT, ts, "Done:")
        assert [message.to for message in town.sandbox.sent] == ["5512345678"]


def test_another_endpoint_has_other_fields(town: Town) -> None:
    """What both have moves with it, and so does what nobody documented; what was typed comes back."""
    ts, view = form(town, failed(131047, "Re-engagement message", {**REQUEST, "trackingId": "A-17"}))
    town.people.click_in_view("ana", "retry.endpoint", "messages/auth-template")
    moved = town.workspace.wait_for(lambda: has(town.workspace.view("ana"), "templateName"))
    assert filled(moved)["to"] == TO
    assert "body" not in filled(moved)
    assert "trackingId" in str(moved)
    template = {"templateName": "login", "languageCode": "es", "otp": "1", "buttonType": "copy_code"}
    assert town.people.submit_view("ana", view["id"], template).acknowledged
    town.reply(SUPPORT, ts, "Done:", "auth-template to ••••4567")
    assert requests(town) == [("messages/auth-template", {"to": TO, "trackingId": "A-17", **template})]


def test_an_endpoint_tried_and_left_again_loses_nothing(town: Town) -> None:
    """The text that was sent stands there again."""
    _, view = form(town, REENGAGE)
    before = filled(view)
    town.people.click_in_view("ana", "retry.endpoint", "messages/location")
    town.workspace.wait_for(lambda: has(town.workspace.view("ana"), "latitude"))
    town.people.click_in_view("ana", "retry.endpoint", "messages/text")
    assert filled(town.workspace.wait_for(lambda: has(town.workspace.view("ana"), "body"))) == before


def test_a_body_that_fits_no_fields_is_shown_as_json(town: Town) -> None:
    """Nothing is lost: a number where a text belongs, a fourth button."""
    _, view = form(town, failed(131008, "Required parameter is missing", {"to": 15551234567, "body": "Hi"}))
    assert json.loads(filled(view)["raw"]) == {"to": 15551234567, "body": "Hi"}
    for text, says in (("{to: 1}", "line 1"), ("[1]", "JSON object"), ("[" * 2900, "not JSON")):
        answer = town.people.submit_view("ana", view["id"], {"raw": text})
        assert answer.payload is not None
        assert says in str(answer.payload["errors"])


def test_a_text_too_long_for_slack_is_sent_as_it_was(town: Town) -> None:
    """Slack's fields take 3,000 characters, WaConnect's text 4,096."""
    request = {"to": TO, "body": "x" * 3500}
    ts, view = form(town, failed(131047, "Re-engagement message", request))
    assert "Too long to show here" in str(view)
    town.people.submit_view("ana", view["id"])
    town.reply(SUPPORT, ts, "Done:")
    assert requests(town) == [("messages/text", request)]


def test_an_unknown_request_is_asked_for(town: Town) -> None:
    """The form is filled with what is known, validates, and sends once."""
    ts, view = form(town, "130429 rate limit from whatsapp")
    refused = town.people.submit_view("ana", view["id"], {"to": "+1 555", "body": "Hi"})
    assert refused.payload is not None
    assert refused.payload["response_action"] == "errors"
    town.people.submit_view("ana", view["id"], {"to": "12025550123", "body": "Hi"})
    town.reply(SUPPORT, ts, "Done:")
    assert len(town.sandbox.sent) == 1


def test_two_forms_for_one_message_send_once(town: Town) -> None:
    """The second submission is told who was first."""
    ts, view = form(town, REENGAGE)
    card = town.reply_ts(SUPPORT, ts, "Sending again")
    town.people.click("ben", SUPPORT, card, "remedy.retry")
    other = town.workspace.wait_for(lambda: town.workspace.view("ben")) or {}
    town.people.submit_view("ana", view["id"])
    town.people.submit_view("ben", other["id"], {"body": "another text"})
    town.workspace.wait_for(lambda: "taken care of" in str(town.workspace.view("ben")))
    town.reply(SUPPORT, ts, "Done:")
    assert len(town.sandbox.sent) == 1


def test_a_form_of_another_release_answers_in_words(town: Town) -> None:
    """It may be open over an update."""
    _, view = form(town, REENGAGE)
    town.workspace.open_views[view["id"]]["private_metadata"] = '{"card": "x", "of": "tomorrow"}'
    town.people.submit_view("ana", view["id"])
    assert "too old" in str(town.workspace.view("ana"))
    assert posts(town) == []


def filled(view: dict[str, Any] | None) -> dict[str, str]:
    """Field → what it holds, where it holds something."""
    held = {}
    for fields in (view or {})["state"]["values"].values():
        for name, value in fields.items():
            text = value.get("value") or (value.get("selected_option") or {}).get("value")
            held |= {name: text} if text else {}
    return held


def has(view: dict[str, Any] | None, field: str) -> dict[str, Any] | None:
    fields = [name for block in (view or {"state": {"values": {}}})["state"]["values"].values() for name in block]
    return view if field in fields else None


def sections(view: dict[str, Any]) -> list[str]:
    return [block["text"]["text"] for block in view["blocks"] if block["type"] == "section"]


def requests(town: Town) -> list[tuple[str, Any]]:
    """What reached WaConnect, as it came."""
    return [(call.path.removeprefix("/api/"), call.body) for call in posts(town)]
