"""A request is found in a paste only when it surely stands there, and is kept as it was."""

import copy
import json
import pickle
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.waconnect.finding import FoundRequest, find_message_id, find_request
from bot.waconnect.limits import FIELDS, Problem, problems
from bot.waconnect.payloads import ENDPOINTS, OutboundRequest
from tests.tally import tried

TO = "15551234567"
BODY = {"to": TO, "body": 'it\'s "here"', "extra": [1, {"a": None}]}
JSON = json.dumps(BODY)
PRETTY = json.dumps(BODY, indent=2)
TEXT = ("messages/text", BODY)
HI = ("messages/text", {"to": TO, "body": "hi"})
ANSWER = {"success": False, "error": "(#131047) Re-engagement message"}
ALERT = {"waconnect": {"endpoint": "messages/text", "request": BODY, "status": 400, "response": ANSWER}}
URL = "https://app.waconnect.me/api/messages/text"
SHELL = JSON.replace("'", "'\\''")
PRETTY_SHELL = PRETTY.replace("'", "'\\''")
DOUBLE_SHELL = JSON.replace("\\", "\\\\").replace('"', '\\"')
ANSI_SHELL = JSON.replace("\\", "\\\\").replace("'", "\\'")

# paste → (endpoint, body) and the HTTP status that stands there
FOUND = {
    "alert": (json.dumps(ALERT), TEXT, 400),
    "alert in words": (f"prod: {json.dumps(ALERT)} please look", TEXT, 400),
    "alert in a log line": (json.dumps({"level": "error", "ctx": ALERT}), TEXT, 400),
    "alert escaped": (f"msg={json.dumps(json.dumps(ALERT))} ts=1", TEXT, 400),
    "alert twice": (f"{json.dumps(ALERT)}\n{json.dumps(ALERT)}", TEXT, 400),
    "alert, full URL": (json.dumps({"waconnect": {"endpoint": URL, "request": JSON}}), TEXT, None),
    "curl": (f"curl -X POST {URL} \\\n  -H 'X-API-Key: k' \\\n  -d '{SHELL}'", TEXT, None),
    "curl, double quotes": (f'curl {URL} --data "{DOUBLE_SHELL}"', TEXT, None),
    "curl, $'…'": (f"curl --data-raw $'{ANSI_SHELL}' {URL}", TEXT, None),
    "curl, lost backslashes": (f"curl {URL}\n  -XPOST\n  --json '{SHELL}'", TEXT, None),
    "curl, attached": (f"$ curl -d'{SHELL}' --url={URL}?x=1", TEXT, None),
    "curl, pretty body": (f"curl {URL} --data='{PRETTY_SHELL}'", TEXT, None),
    "curl, smart quotes": (f"curl “{URL}” -d ‘{{“to”: “{TO}”, “body”: “hi”}}’", HI, None),
    "curl, variable host": (f"curl $BASE/messages/text -d '{SHELL}'", TEXT, None),
    "curl and answer": (f"curl {URL} -d '{SHELL}'\nHTTP/1.1 400 Bad Request\n{json.dumps(ANSWER)}", TEXT, 400),
    "curl in backticks": (f"`curl {URL} -d '{SHELL}'` fails", TEXT, None),
    "path": (f"POST /api/messages/text\n{JSON}", TEXT, None),
    "path, headers, fence": (f"POST {URL} HTTP/1.1\nX-API-Key: k\n\n```json\n{PRETTY}\n```\n→ 400", TEXT, 400),
    "path and answer": (f"POST /api/messages/text 400\n{json.dumps(ANSWER)}\nrequest: {JSON}", TEXT, None),
    "path, missing recipient": ('POST /api/messages/text {"body": "hi"}', ("messages/text", {"body": "hi"}), None),
    "path, media": (
        f'POST /api/messages/image {{"to": "{TO}", "mediaId": "1"}}',
        ("messages/image", {"to": TO, "mediaId": "1"}),
        None,
    ),
    "axios": (json.dumps({"config": {"url": URL, "method": "post", "data": JSON}}), TEXT, None),
    "bare": (f"we sent {JSON} and got HTTP 400", TEXT, 400),
    "bare, wrapped": (json.dumps({"request": BODY, "response": ANSWER}), TEXT, None),
    "bare, non-breaking spaces": (f'{{\u00a0"to": "{TO}",\u00a0"body": "hi"}}', HI, None),
    "bare, typed media": (
        f'{{"to": "{TO}", "type": "image", "mediaUrl": "https://x.test/a"}}',
        ("messages/image", {"to": TO, "type": "image", "mediaUrl": "https://x.test/a"}),
        None,
    ),
    "bare, otp": (
        f'{{"to": "{TO}", "templateName": "login", "otp": "1"}}',
        ("messages/auth-template", {"to": TO, "templateName": "login", "otp": "1"}),
        None,
    ),
}  # fmt: skip
NOT_FOUND = {
    "nothing": "",
    "prose": "POST /api/messages/text fails since noon with 400",
    "only an answer": f"POST /api/messages/text → 400\n{json.dumps(ANSWER)}",
    "two that differ": f'{JSON}\n{{"to": "{TO}", "body": "other"}}',
    "two curls that differ": f'curl {URL} -d \'{{"to":"1"}}\'\ncurl {URL} -d \'{{"to":"2"}}\'',
    "two alerts that differ in one object": json.dumps(
        {"alerts": [ALERT, {"waconnect": {"endpoint": "messages/text", "request": {"to": TO, "body": "other"}}}]}
    ),
    "Meta's own": f'{{"messaging_product": "whatsapp", "to": "{TO}", "type": "text", "text": {{"body": "x"}}}}',
    "Meta's, with body": f'{{"messaging_product": "whatsapp", "to": "{TO}", "body": "x"}}',
    "wrapped Meta's": f'{{"messaging_product": "whatsapp", "body": {{"to": "{TO}", "body": "x"}}}}',
    "another product": f"curl https://api.example.com/v1/send -d '{SHELL}'",
    "another product, as HTTP": f"POST https://api.example.com/v1/send\n{JSON}",
    "an unknown endpoint": f"POST /api/messages/poll\n{JSON}",
    "a longer path": f"POST /api/messages/text/drafts\n{JSON}",
    "a GET": f"curl -X GET {URL} -d '{SHELL}'",
    "a body in a file": f"curl {URL} -d @body.json",
    "two -d": f"curl {URL} -d '{SHELL}' -d '{SHELL}'",
    "an image, an audio or a sticker": f'{{"to": "{TO}", "mediaId": "1"}}',
    "contradicts itself": f'{{"to": "{TO}", "body": "x", "type": "image"}}',
    "fits two kinds": f'{{"to": "{TO}", "body": "x", "latitude": 1, "longitude": 1}}',
    "an e-mail": '{"to": "ana@example.com", "body": "x"}',
    "a wrapper with an empty endpoint": '{"endpoint": "", "request": {"body": "x"}}',
    "cut short": JSON[:-4],
    "not a number": f'{{"to": "{TO}", "body": NaN}}',
    "too deep": f'POST /api/messages/text {{"to": "{TO}", "body": {"[" * 50}{"]" * 50}}}',
}
HOSTILE = {
    "brackets": "[" * 40_000,
    "braces": "{" * 40_000,
    "open objects": '{"a":' * 8_000,
    "a thousand levels": '{"a":' * 1_000 + "1" + "}" * 1_000,
    "levels then a cut": '{"a":' * 900 + '"' + "x" * 35_000,
    "open alerts": '{"waconnect":' * 3_000,
    "open quotes": "curl '" * 6_600,
    "empty quotes": "curl " + "''" * 20_000,
    "many paths": "/api/messages/text {}" * 1_900,
    "many requests": f"POST /api/messages/text {JSON}\n" * 500,
    "blanks": "HTTP" + " " * 40_000,
    "backslashes": "\\" * 40_000,
    "escapes": '"{\\"' * 10_000,
    "digits": '{"a":' + "9" * 39_000 + "}",
    "NaN": '{"a":NaN,' * 4_400,
    "smart quotes": "“{" * 20_000,
    "words": "curl " + "a " * 20_000,
}
IDS = [
    ("id wamid.HBgLMTU1NTEyMzQ1Njc=, failed", "wamid.HBgLMTU1NTEyMzQ1Njc="),
    ("status/message/wamid.HBgLMTU%2BA%2F1%3D%3D", "wamid.HBgLMTU+A/1=="),
    ("_wamid.HBgLMTU1_ and wamid.HBgLMTU2", "wamid.HBgLMTU1"),
    ("Sentence ends with wamid.HBgLMTU1.", "wamid.HBgLMTU1"),
    ("wamid.HBgL…A4 then wamid.HBgLMTU2", "wamid.HBgLMTU2"),
    ("wamid.HBgL...", None),
    ("wamid. and wamid.x", None),
    ("", None),
]

GOOD = {
    "messages/text": {"body": "x"},
    "messages/image": {"mediaUrl": "https://example.com/a.jpg"},
    "messages/video": {"mediaId": "1", "caption": "c"},
    "messages/audio": {"mediaId": "1"},
    "messages/document": {"mediaId": "1", "filename": "a.pdf"},
    "messages/sticker": {"mediaId": "1"},
    "messages/location": {"latitude": 0, "longitude": -180.0, "name": "n"},
    "messages/reply-buttons": {"bodyText": "x", "buttons": [{"id": "a", "title": "A"}]},
    "messages/list": {"whatever": {}},
    "messages/auth-template": {
        "templateName": "t", "languageCode": "en", "otp": "1", "buttonType": "one_tap",
        "packageName": "p", "signatureHash": "s",
    },
}  # fmt: skip
BROKEN = [
    ("messages/text", {"to": None}, "to", "is missing"),
    ("messages/text", {"to": "+1555 1234567"}, "to", "must be the full international number"),
    ("messages/text", {"to": 15551234567}, "to", "must be text"),
    ("messages/text", {"body": "x" * 4097}, "body", "has 4,097 characters; 4,096 is the most"),
    ("messages/text", {"body": ["x"]}, "body", "must be text"),
    ("messages/text", {"body": "  "}, "body", "is blank"),
    ("messages/text", {"previewUrl": "yes"}, "previewUrl", "must be true or false"),
    ("messages/image", {"mediaUrl": None}, "mediaUrl", "is missing"),
    ("messages/image", {"mediaId": "1"}, "mediaUrl", "and mediaId exclude each other"),
    ("messages/image", {"mediaUrl": "/a.jpg"}, "mediaUrl", "must be a public web address"),
    ("messages/location", {"latitude": 91}, "latitude", "must lie between -90 and 90"),
    ("messages/location", {"longitude": "1"}, "longitude", "must be a number"),
    ("messages/location", {"longitude": float("nan")}, "longitude", "must lie between"),
    ("messages/location", {"longitude": 10**400}, "longitude", "must lie between"),
    ("messages/location", {"longitude": True}, "longitude", "must be a number"),
    ("messages/reply-buttons", {"buttons": []}, "buttons", "has 0 buttons; 1 to 3 are allowed"),
    ("messages/reply-buttons", {"buttons": [{}] * 4}, "buttons", "has 4 buttons"),
    ("messages/reply-buttons", {"buttons": [{"id": "a"}]}, "buttons", "(1) title is missing"),
    ("messages/reply-buttons", {"buttons": [{"id": "a", "title": "x" * 21}]}, "buttons", "(1) title has 21"),
    ("messages/reply-buttons", {"buttons": ["a"]}, "buttons", "(1) must have an id and a title"),
    ("messages/reply-buttons", {"buttons": "a"}, "buttons", "must be a list"),
    ("messages/reply-buttons", {"headerText": "x" * 61}, "headerText", "has 61 characters"),
    ("messages/auth-template", {"buttonType": "link"}, "buttonType", "must be copy_code or one_tap"),
    ("messages/auth-template", {"signatureHash": None}, "signatureHash", "is missing"),
    ("messages/auth-template", {"languageCode": ""}, "languageCode", "is missing"),
]  # fmt: skip

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from([*BODY, "buttons", "latitude"]) | st.text(), inner),
    max_leaves=20,
)


@pytest.mark.parametrize("name", FOUND)
def test_a_request_is_found(name: str) -> None:
    """Each form of paste gives the endpoint, the whole body, and the HTTP status where one stands."""
    text, (endpoint, body), status = FOUND[name]
    found = find_request(text)
    assert found is not None
    assert found.request is not None
    assert (found.request.endpoint, found.request.plain, found.http_status) == (endpoint, body, status)


@pytest.mark.parametrize("name", FOUND)
def test_a_request_is_found_in_noise(name: str) -> None:
    """Chatter, brackets and other JSON around a paste do not hide it, nor add to it."""
    text, (endpoint, body), _ = FOUND[name]
    found = find_request(f'> Ana [09:12] hey {{}} {{"ts": 1}} see below :(\n\n{text}\n\nthoughts? {{"a": [1]}}')
    assert found is not None
    assert found.request is not None
    assert (found.request.endpoint, found.request.plain) == (endpoint, body)


@pytest.mark.parametrize("name", NOT_FOUND)
def test_a_request_is_never_invented(name: str) -> None:
    """Where no request surely stands, or two differ, there is none."""
    assert find_request(NOT_FOUND[name]) is None


@pytest.mark.parametrize("name", FOUND)
def test_a_cut_paste_gives_the_whole_request_or_none(name: str) -> None:
    """However much of a paste's end is missing, no half request comes out."""
    text, (_, body), _ = FOUND[name]
    for end in range(len(text)):
        found = find_request(text[:end])
        assert found is None or found.request is None or found.request.plain == body


def test_an_alert_brings_its_answer() -> None:
    """Status, answer and message id come with the request."""
    alert = {"waconnect": {**ALERT["waconnect"], "messageId": "wamid.HBgL"}}
    found = find_request(json.dumps(alert))
    assert found == FoundRequest(OutboundRequest(*TEXT), 400, ANSWER, "wamid.HBgL")


def test_an_alert_without_its_request_still_brings_the_answer() -> None:
    """An alert that kept the body to itself is an alert all the same; a strange endpoint is not followed."""
    for endpoint in ("messages/text", "https://evil.example/steal", 3, None):
        alert = {"waconnect": {"endpoint": endpoint, "status": "404", "response": ANSWER}}
        assert find_request(json.dumps(alert)) == FoundRequest(None, 404, ANSWER)
    stranger = {"waconnect": {"endpoint": "https://evil.example/messages/text", "request": BODY}}
    assert find_request(json.dumps(stranger)) == FoundRequest(None)


def test_an_answer_that_follows_is_kept() -> None:
    """The JSON after a request is its answer, with the message id in it."""
    answer = {"success": True, "messageId": "wamid.HBgL", "to": TO, "type": "text"}
    found = find_request(f"{JSON}\n{json.dumps(answer)}")
    assert found is not None
    assert (found.response, found.message_id) == (answer, "wamid.HBgL")


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_read_quickly(name: str) -> None:
    """40,000 characters made to be slow end well before anybody notices: by what they cost, not by the clock."""
    tried("slow texts")
    started = time.thread_time()
    find_request(HOSTILE[name])
    find_message_id(HOSTILE[name])
    assert time.thread_time() - started < 0.5, "measured: below 0.05 on a quiet machine"


@given(
    st.text()
    | st.lists(st.sampled_from([*'{}[]"\\:,\n“’`;$', "curl ", "-d ", URL, TO, '"to"', '"waconnect"', JSON])).map(
        "".join
    )
)
def test_finding_never_raises(text: str) -> None:
    """Whatever the text, the answer is a request or None."""
    find_request(text)
    find_message_id(text)


@given(json_values)
def test_finding_in_any_json_never_raises(value: object) -> None:
    """The documented forms around any JSON at all are read without an exception."""
    for shape in ({"waconnect": value}, {"waconnect": {"endpoint": "messages/text", "request": value}}, value):
        find_request(json.dumps(shape))
        find_request(f"curl {URL} -d '{json.dumps(shape)}'")


@pytest.mark.parametrize(("text", "message_id"), IDS)
def test_a_message_id_is_found_whole_or_not_at_all(text: str, message_id: str | None) -> None:
    """The first whole id counts; a shortened one is none."""
    assert find_message_id(text) == message_id


@pytest.mark.parametrize("endpoint", sorted(ENDPOINTS))
def test_a_documented_body_has_no_problems(endpoint: str) -> None:
    """What the documentation allows passes, with unknown fields too."""
    assert endpoint in FIELDS
    body = {"to": TO, "phoneNumberId": "1", "unknown": {}, **GOOD[endpoint]}
    assert problems(OutboundRequest(endpoint, body)) == ()


@pytest.mark.parametrize(("endpoint", "change", "field", "says"), BROKEN)
def test_a_broken_rule_is_named(endpoint: str, change: dict[str, object], field: str, says: str) -> None:
    """One broken rule gives one problem, which names the field and not its value."""
    (problem,) = problems(OutboundRequest(endpoint, {"to": TO, **GOOD[endpoint], **change}))
    assert (problem.field, problem.says.startswith(says)) == (field, True), problem


def test_an_empty_body_lacks_all_required_fields() -> None:
    """Every required field is named, in the documentation's order."""
    assert problems(OutboundRequest("messages/text", {})) == (
        Problem("to", "is missing"),
        Problem("body", "is missing"),
    )


@given(
    st.sampled_from(sorted(ENDPOINTS)),
    st.dictionaries(st.sampled_from(["to", "buttons", "mediaUrl", "buttonType", "latitude", "body"]), json_values),
)
def test_wrong_types_are_problems_not_exceptions(endpoint: str, body: dict[str, object]) -> None:
    """Any JSON in any field is judged without an exception, also by the request's own properties."""
    request = OutboundRequest(endpoint, body)
    assert all(problem.says for problem in problems(request))
    assert request.masked_recipient.startswith("••••")
    assert (request.sender, request.template, request.language) == (None, None, None)


def test_a_request_tells_what_it_is() -> None:
    """Kind, recipient, sender and template are read from the body; the repr shows none of it."""
    body = {"to": "+1 (555) 123-4567", "phoneNumberId": 12, "templateName": "login", "languageCode": "es_MX"}
    request = OutboundRequest("messages/auth-template", body)
    assert (request.kind, request.recipient, request.masked_recipient) == ("auth-template", TO, "••••4567")
    assert (request.sender, request.template, request.language) == ("12", "login", "es_MX")
    assert repr(request) == "OutboundRequest(endpoint='messages/auth-template')"
    nested = OutboundRequest("messages/list", {"template": {"name": "n"}, "language": {"code": "en"}, "to": "12"})
    assert (nested.template, nested.language, nested.masked_recipient) == ("n", "en", "••••")


def test_a_request_cannot_be_changed() -> None:
    """Neither the body given nor any part of the body kept can change it; it survives a pickle."""
    given_body = {"to": TO, "buttons": [{"id": "a"}]}
    request = OutboundRequest("messages/reply-buttons", given_body)
    given_body["buttons"] = []
    request.plain["to"] = "1"
    with pytest.raises(TypeError):
        request.body["to"] = "1"
    with pytest.raises(TypeError):
        request.body["buttons"][0]["id"] = "b"
    assert request.plain == {"to": TO, "buttons": [{"id": "a"}]}
    assert pickle.loads(pickle.dumps(request)) == copy.deepcopy(request) == request  # noqa: S301


@pytest.mark.parametrize("endpoint", ["", "messages/poll", "https://evil.example/api/messages/text", "../x"])
def test_only_documented_endpoints_make_a_request(endpoint: str) -> None:
    """A request can go nowhere but to WaConnect's own sends."""
    with pytest.raises(ValueError, match="none of WaConnect's documented ones"):
        OutboundRequest(endpoint, {})
