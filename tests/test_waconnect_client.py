"""Every end of a call is told apart by what is known of the message: refused, unknown, or never sent."""

import socket
import time
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from bot.standin import Workspace
from bot.waconnect.client import WaConnect
from bot.waconnect.errors import FateUnknown, Refused, Unreachable, WaConnectError
from bot.waconnect.faults import FAULTS
from bot.waconnect.lenient import moment
from bot.waconnect.payloads import OutboundRequest
from bot.waconnect.sandbox import DEMO_KEY, Sandbox, serve

TO = "15551234567"
HELLO = OutboundRequest("messages/text", {"to": TO, "body": "hello"})
KEY = "wba_sandbox_demo"
ENVELOPE = '{"success": false, "error": "%s"}'
WAMID = "wamid.HBgLMTU1NTEyMzQ1NjcVAgARGBI="

# answer → is it a Refused, its code, may it be sent again
REFUSALS = [
    (400, ENVELOPE % "Missing required field", None, False),
    (400, ENVELOPE % "(#130429) Rate limit hit", 130429, True),
    (400, '{"success": false, "error": {"message": "x", "code": 131047}}', 131047, False),
    (400, '{"error": {"error_data": {"details": "d"}, "code": "131056"}}', 131056, True),
    (400, '{"success": false, "error": "x", "code": 400}', None, False),
    (429, "<html>slow down</html>", None, True),
    (429, ENVELOPE % "Too many requests", None, True),
    (403, "<html>Forbidden</html>", None, False),
    (500, ENVELOPE % "Internal server error", None, True),
    (503, ENVELOPE % "(#133004) Server Temporarily Unavailable", 133004, True),
    (500, ENVELOPE % "(#131047) Re-engagement message", 131047, False),
    (200, ENVELOPE % "Account error code: 131031", 131031, False),
    (400, ENVELOPE % "(#131048) Spam rate limit hit", 131048, False),
    (308, "", None, False),
]
UNKNOWN = [
    (200, "<html>hello</html>"), (200, ""), (200, "{"), (200, "[]"), (200, '{"success": true}'),
    (200, '{"success": true, "account": {"id": 12}}'), (200, '"ok"'), (200, "[" * 100_000), (204, ""),
    (302, ""), (408, ""), (500, "<html>500</html>"), (500, '{"message": "Endpoint request timed out"}'),
    (502, ""), (503, "<html>503</html>"), (504, '{"message": "x"}'),
]  # fmt: skip
ACCEPTED = [
    f'{{"success": true, "messageId": "{WAMID}", "to": "{TO}", "type": "text"}}',
    f'{{"messageId": "{WAMID}"}}',
    f'{{"success": true, "data": {{"messageId": "{WAMID}"}}}}',
    f'{{"success": true, "messages": [{{"id": "{WAMID}"}}]}}',
    f'\ufeff{{"success": true, "waMessageId": "{WAMID}", "to": null, "type": 3}}',
]
LISTS = [
    '[%s]', '{"data": [%s]}', '{"success": true, "data": {"messages": [%s], "total": 1}}',
    '{"data": {"items": [%s]}}', '{"messages": [%s]}', '{"results": [%s, 3, null]}',
]  # fmt: skip
TIMES = [
    ("2026-11-23T12:00:00Z", True), ("2026-11-23T12:00:00.000+00:00", True), ("2026-11-23T12:00:00", True),
    (1795435200, True), ("1795435200", True), (1795435200000, True), ("1795435200000", True),
    (1795435200.0, True), (None, False), (True, False), ("soon", False), ("", False), ({}, False),
    (-5, False), (float("nan"), False), (10**400, False), (1e300, False), ("9" * 400, False),
]  # fmt: skip
RETRY_AFTER = [
    ("7", 7.0), ("1.5", 1.5), (" 0 ", 0.0), ("Mon, 23 Nov 2026 12:01:00 GMT", 60.0),
    ("Mon, 23 Nov 2026 11:00:00 GMT", 0.0), ("soon", None), ("-5", None), ("nan", None), ("", None),
]  # fmt: skip


def transport_errors(kind: type[Exception]) -> Iterator[type[Exception]]:
    for inner in kind.__subclasses__():
        yield inner
        yield from transport_errors(inner)


FOREIGN = [
    *transport_errors(httpx.TransportError),
    httpx.InvalidURL, httpx.DecodingError, httpx.TooManyRedirects, httpx.StreamClosed,
    OSError, ConnectionResetError, TimeoutError,
]  # fmt: skip
NOTHING_SENT = {
    httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError,
    httpx.UnsupportedProtocol, httpx.InvalidURL,
}  # fmt: skip

WORDS = {
    "it took too long", "no connection", "the proxy does not let us through", "its address is wrong",
    "the connection broke", "its answer cannot be read",
}  # fmt: skip


def over(transport: httpx.BaseTransport) -> WaConnect:
    return WaConnect("http://sandbox/api", KEY, transport=transport)


def answering(status: int, text: str, headers: dict[str, str] | None = None) -> WaConnect:
    return over(httpx.MockTransport(lambda _: httpx.Response(status, content=text.encode(), headers=headers)))


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox(clock=lambda: 1_700_000_000.0)


@pytest.fixture
def waconnect(sandbox: Sandbox) -> WaConnect:
    return over(httpx.WSGITransport(app=sandbox))


@pytest.fixture
def on_a_port(sandbox: Sandbox) -> Iterator[WaConnect]:
    server, url = serve(sandbox)
    with server, WaConnect(url, DEMO_KEY, timeout_seconds=0.25) as client:
        yield client


def test_a_send_is_one_post(sandbox: Sandbox, waconnect: WaConnect) -> None:
    """A send posts once, with the key and the whole body, and gives what WaConnect answered."""
    accepted = waconnect.send(HELLO)
    assert (accepted.message_id, accepted.to, accepted.type) == (sandbox.sent[0].id, TO, "text")
    assert [(call.method, call.path) for call in sandbox.calls] == [("POST", "/api/messages/text")]


def test_the_body_goes_out_as_it_was() -> None:
    """Unknown fields, accents and nesting reach WaConnect unchanged."""
    seen: list[httpx.Request] = []

    def record(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"messageId": WAMID})

    body = {"to": TO, "sections": [{"rows": [{"title": "año ✓"}]}], "new": None}
    over(httpx.MockTransport(record)).send(OutboundRequest("messages/list", body))
    sent = httpx.Response(200, content=seen[0].content).json()
    assert (len(seen), sent, str(seen[0].url)) == (1, body, "http://sandbox/api/messages/list")
    assert seen[0].headers["X-API-Key"] == KEY


@pytest.mark.parametrize("text", ACCEPTED)
def test_an_acceptance_is_read_leniently(text: str) -> None:
    """The message id is found wherever it lies; recipient and kind come from the request when missing."""
    accepted = answering(200, text).send(HELLO)
    assert (accepted.message_id, accepted.to) == (WAMID, TO)


@pytest.mark.parametrize(("status", "text", "code", "passing"), REFUSALS)
def test_a_definite_no_is_refused(status: int, text: str, code: int | None, passing: bool) -> None:
    """A JSON no, and any 4xx, mean that nothing was sent; the code tells whether waiting helps."""
    with pytest.raises(Refused) as caught:
        answering(status, text).send(HELLO)
    refused = caught.value
    assert (refused.status, refused.code, refused.passing, refused.body) == (status, code, passing, text)
    assert refused.error


@pytest.mark.parametrize(("status", "text"), UNKNOWN)
def test_no_clear_answer_is_fate_unknown(status: int, text: str) -> None:
    """A gateway's page, rubbish, or an answer without a message id: it may have been sent."""
    with pytest.raises(FateUnknown):
        answering(status, text).send(HELLO)


@pytest.mark.parametrize("foreign", FOREIGN)
def test_no_foreign_exception_leaks(foreign: type[Exception]) -> None:
    """Whatever httpx raises becomes ours, in words; only what surely came before the send counts as not sent."""

    def fail(request: httpx.Request) -> httpx.Response:
        raise foreign() if foreign is httpx.StreamClosed else foreign(f"trouble with {KEY}")

    with pytest.raises(WaConnectError) as caught:
        over(httpx.MockTransport(fail)).send(HELLO)
    assert type(caught.value) is (Unreachable if foreign in NOTHING_SENT else FateUnknown)
    assert caught.value.detail.partition(":")[0] in WORDS
    assert foreign.__name__ not in str(caught.value)
    assert KEY not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("name", sorted(name for name, fault in FAULTS.items() if fault.manner != "late"))
def test_every_fault_of_the_sandbox_has_its_error(sandbox: Sandbox, waconnect: WaConnect, name: str) -> None:
    """Refused means that the ledger is empty; where a message went out, the client never says refused."""
    sandbox.fault(name, to=TO, seconds=0)
    if FAULTS[name].manner == "drip":
        waconnect.send(HELLO)
    else:
        expected = Refused if FAULTS[name].manner == "error" else FateUnknown
        with pytest.raises(expected):
            waconnect.send(HELLO)
    assert bool(sandbox.sent) is FAULTS[name].sends
    assert len(sandbox.calls) == 1


@pytest.mark.parametrize("name", ["sent-then-silent", "not-sent-silent", "reset", "sent-then-reset", "slow-body"])
def test_troubles_of_the_wire_on_a_real_port(sandbox: Sandbox, on_a_port: WaConnect, name: str) -> None:
    """Silence, a hang-up and a dripping body end, at the client's limit and not the server's; the fate is unknown."""
    sandbox.fault(name, to=TO, seconds=600)
    with pytest.raises(FateUnknown, match="it took too long" if "reset" not in name else None):
        on_a_port.send(HELLO)
    Workspace().wait_for(lambda: sandbox.calls, what="the end of the call")
    assert bool(sandbox.sent) is FAULTS[name].sends


def test_a_port_where_nobody_listens_is_unreachable() -> None:
    """A refused connection and an unknown host mean that nothing was sent."""
    with socket.socket() as mine:  # bound, so that nobody else takes the port
        mine.bind(("127.0.0.1", 0))
        for base in (f"http://127.0.0.1:{mine.getsockname()[1]}/api/", "http://nowhere.invalid/api/"):
            with WaConnect(base, KEY, timeout_seconds=60) as client, pytest.raises(Unreachable):
                client.send(HELLO)


def test_a_drip_of_small_pieces_ends_at_the_deadline() -> None:
    """A body whose pieces each come in time does not last for ever."""

    class Drip(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            while True:
                time.sleep(0.01)
                yield b" "

    transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=Drip()))
    client = WaConnect("http://x/api/", KEY, timeout_seconds=0.05, transport=transport)
    with pytest.raises(FateUnknown, match="took too long"):
        client.send(HELLO)


def test_an_endless_body_is_cut() -> None:
    """No more than a mebibyte is read, and what is kept for diagnosis is bounded."""

    class Flood(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            while True:
                yield b"x" * 65536

    transport = httpx.MockTransport(lambda _: httpx.Response(400, stream=Flood()))
    with pytest.raises(Refused) as caught:
        over(transport).send(HELLO)
    assert len(caught.value.body) == 8_000


@pytest.mark.parametrize(("value", "seconds"), RETRY_AFTER)
def test_retry_after_is_read_in_both_forms(value: str, seconds: float | None) -> None:
    """Seconds and HTTP dates are understood, a date by the server's own clock; rubbish is nothing."""
    headers = {"Retry-After": value, "Date": "Mon, 23 Nov 2026 12:00:00 GMT"}
    with pytest.raises(Refused) as caught:
        answering(429, ENVELOPE % "slow down", headers).send(HELLO)
    assert caught.value.retry_after == seconds


def test_a_long_error_is_bounded() -> None:
    """An error text of any length is cut to 500 characters and stays out of the exception's message."""
    with pytest.raises(Refused) as caught:
        answering(400, ENVELOPE % ("x" * 5_000)).send(HELLO)
    assert len(caught.value.error) == 500
    assert str(caught.value) == "WaConnect refused: nothing was sent. (HTTP 400)"


def test_the_key_is_nowhere_to_be_seen() -> None:
    """A server that echoes the key does not get it into the error, and no repr shows it."""
    client = answering(401, ENVELOPE % f"Invalid API Key {KEY}")
    with pytest.raises(Refused) as caught:
        client.send(HELLO)
    assert caught.value.error == "Invalid API Key [key]"
    assert KEY not in repr(client) + caught.value.body + repr(caught.value)
    assert repr(client) == "WaConnect(URL('http://sandbox/api/'))"


@pytest.mark.parametrize(
    "base", ["", "app.waconnect.me", "ftp://x/api", "http://", "http://x/?a=b", "http://x:port/", "\x00"]
)
def test_a_base_url_that_cannot_work_is_refused_at_once(base: str) -> None:
    """A wrong base URL is told when the client is made, not at the first send."""
    with pytest.raises(ValueError, match="must look like https://"):
        WaConnect(base, KEY)


@pytest.mark.parametrize("key", ["", "wba x", "wba\n", "wba_ñ"])
def test_a_key_that_no_header_can_carry_is_refused_at_once(key: str) -> None:
    """The refusal does not repeat the key."""
    with pytest.raises(ValueError, match="the API key is empty or has characters") as caught:
        WaConnect("http://x/api/", key)
    assert not key or key not in str(caught.value)


def test_a_body_that_is_not_json_is_refused_before_anything_is_sent(sandbox: Sandbox, waconnect: WaConnect) -> None:
    """NaN or an object of Python's is the caller's mistake."""
    for value in (float("nan"), object()):
        with pytest.raises(ValueError, match="not JSON"):
            waconnect.send(OutboundRequest("messages/text", {"to": TO, "body": value}))
    assert not sandbox.calls


def test_status_follows_a_message(sandbox: Sandbox, waconnect: WaConnect) -> None:
    """The status of a message has its steps with their times; the id is encoded whole."""
    accepted = waconnect.send(HELLO)
    assert accepted.message_id.endswith("=")
    sandbox.advance(4)
    status = waconnect.status(accepted.message_id)
    assert (status.message_id, status.to, status.status) == (accepted.message_id, TO, "delivered")
    assert [step.status for step in status.history] == ["pending", "sent", "delivered"]
    assert status.history[1].at == datetime.fromtimestamp(1_700_000_002, UTC)
    assert (status.error_text, status.type, status.at) == (None, "text", status.history[-1].at)


@pytest.mark.parametrize("message_id", ["wamid.a/b+c==", "..", ".", "a b?c#d", "x/../y"])
def test_an_id_cannot_leave_its_place_in_the_path(sandbox: Sandbox, waconnect: WaConnect, message_id: str) -> None:
    """Whatever the id, the call asks for a message's status, and an unknown id is a 404."""
    with pytest.raises(Refused) as caught:
        waconnect.status(message_id)
    assert (caught.value.status, caught.value.error) == (404, "Message not found")
    assert sandbox.calls[0].path == f"/api/status/message/{message_id}"


def test_a_failed_message_tells_why(sandbox: Sandbox, waconnect: WaConnect) -> None:
    """What the record says of the failure is kept as compact JSON, whatever its shape."""
    sandbox.fault("late-failure", to=TO, code=131026)
    accepted = waconnect.send(HELLO)
    sandbox.advance(60)
    status = waconnect.status(accepted.message_id)
    assert status.status == "failed"
    assert status.error_text == '{"errorDetails":[{"code":131026,"title":"(#131026) Message undeliverable"}]}'


def test_a_status_of_any_shape_is_read() -> None:
    """Missing, renamed and mistyped fields leave gaps, never a crash."""
    odd = '{"status": "success", "data": {"status": "FAILED", "statusHistory": [3, {"status": 1, "at": "x"}]}}'
    status = answering(200, odd).status(WAMID)
    assert (status.message_id, status.to, status.status) == (WAMID, "", "failed")
    assert [(step.status, step.at) for step in status.history] == [("1", None)]
    flat = answering(200, '{"status": "sent", "failureReason": {"a": 1}, "id": 12}').status(WAMID)
    assert (flat.status, flat.error_text, flat.message_id) == ("sent", '{"failureReason":{"a":1}}', WAMID)
    with pytest.raises(FateUnknown):
        answering(200, '{"success": true}').status(WAMID)


@pytest.mark.parametrize("shape", LISTS)
def test_recent_finds_the_list_wherever_it_is(shape: str) -> None:
    """The list may lie at the top, under data, or under any name that lists go by."""
    record = f'{{"waMessageId": "{WAMID}", "to": "+1 555 123 4567", "status": "Sent", "timestamp": 1795435200}}'
    (found,) = answering(200, shape.replace("%s", record)).recent()
    assert (found.message_id, found.to, found.status) == (WAMID, TO, "sent")
    assert found.at == datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_recent_asks_for_what_is_wanted(sandbox: Sandbox, waconnect: WaConnect) -> None:
    """limit, offset and status reach WaConnect; nothing there is an empty answer."""
    assert waconnect.recent() == ()
    for number in ("15550000001", "15550000002"):
        waconnect.send(OutboundRequest("messages/text", {"to": number, "body": "x"}))
    assert [one.to for one in waconnect.recent(limit=1, offset=1)] == ["15550000001"]
    assert waconnect.recent(status="failed") == ()


def test_an_answer_without_a_list_is_not_nothing() -> None:
    """ "Nothing was sent to this number" must never be read from an answer that was not understood."""
    with pytest.raises(FateUnknown, match="without a list"):
        answering(200, '{"success": true, "data": {"total": 0}}').recent()


@pytest.mark.parametrize(("value", "good"), TIMES)
def test_times_of_every_form(value: object, good: bool) -> None:
    """ISO text, seconds and milliseconds, as number or text, mean the same moment; the rest is None."""
    assert moment(value) == (datetime(2026, 11, 23, 12, tzinfo=UTC) if good else None)


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (None, "good"), ("invalid-api-key", "key_invalid"), ("account-disabled", "account_disabled"),
        ("internal-server-error", "refused"), ("130429", "refused"), ("gateway-502", "unreachable"),
        ("reset", "unreachable"), ("rubbish-json", "unreachable"),
    ],
)  # fmt: skip
def test_probe_tells_how_the_account_is(
    sandbox: Sandbox, waconnect: WaConnect, fault: str | None, outcome: str
) -> None:
    """A probe never raises; it says what is wrong with key, account or platform."""
    if fault:
        sandbox.fault(fault)
    probe = waconnect.probe()
    assert (probe.outcome, bool(probe.detail)) == (outcome, True)
    assert probe.seconds >= 0


def test_a_firewalls_403_says_nothing_about_the_account() -> None:
    """Only WaConnect's own envelope can call the account disabled."""
    assert answering(403, "<html>blocked</html>").probe().outcome == "refused"
