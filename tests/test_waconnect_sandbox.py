"""The sandbox behaves like WaConnect's documentation, and its ledger tells what really went out."""

import signal
import subprocess
import sys

import httpx
import pytest

from bot.standin import Workspace
from bot.waconnect.faults import FAULTS
from bot.waconnect.ledger import Account
from bot.waconnect.sandbox import DEMO_KEY, Sandbox, serve

TO = "15551234567"
TEXT = {"to": TO, "body": "hello"}
SENDS = {
    "messages/text": {"body": "hello"},
    "messages/image": {"mediaUrl": "https://example.com/a.jpg", "caption": "a"},
    "messages/video": {"mediaId": "123"},
    "messages/audio": {"mediaId": "123"},
    "messages/document": {"mediaUrl": "https://example.com/a.pdf", "filename": "a.pdf"},
    "messages/sticker": {"mediaId": "123"},
    "messages/location": {"latitude": 19.4, "longitude": -99.1},
    "messages/reply-buttons": {"bodyText": "ok?", "buttons": [{"id": "y", "title": "Yes"}]},
    "messages/list": {"anything": "goes"},
    "messages/auth-template": {
        "templateName": "login", "languageCode": "es_MX", "otp": "123456", "buttonType": "copy_code",
    },
}  # fmt: skip
REFUSED = [
    ({"body": "hello"}, 400, "Missing required field"),
    ({"to": TO}, 400, "Missing required field"),
    ({}, 400, "Missing required field"),
    ({"to": "+15551234567", "body": "x"}, 400, "Invalid phone number format"),
    ({"to": TO, "body": "x" * 4097}, 400, "(#131009) Parameter value is not valid"),
    ({**TEXT, "phoneNumberId": "999"}, 403, "Phone number not authorized"),
]
ERRORS = sorted(name for name, fault in FAULTS.items() if fault.manner == "error")
INBOX = ["", "/conversations", "/conversation/1555", "/statistics", "/phone-number/100000000000001"]


def client(sandbox: Sandbox, key: str = DEMO_KEY) -> httpx.Client:
    transport = httpx.WSGITransport(app=sandbox)
    return httpx.Client(transport=transport, base_url="http://sandbox", headers={"X-API-Key": key} if key else {})


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox(clock=lambda: 1_700_000_000.0)


@pytest.mark.parametrize("endpoint", SENDS)
def test_every_documented_send_is_accepted(sandbox: Sandbox, endpoint: str) -> None:
    """A send as documented answers with the four documented fields and stands in the ledger."""
    answer = client(sandbox).post(f"/api/{endpoint}", json={"to": TO, **SENDS[endpoint]}).json()
    kind = endpoint.removeprefix("messages/")
    assert answer == {"success": True, "messageId": sandbox.sent[0].id, "to": TO, "type": kind}
    assert [(one.to, one.kind, one.at) for one in sandbox.sent] == [(TO, kind, 1_700_000_000.0)]


@pytest.mark.parametrize(("body", "status", "error"), REFUSED)
def test_a_bad_send_is_refused_and_not_sent(sandbox: Sandbox, body: dict[str, object], status: int, error: str) -> None:
    """A body that breaks the documentation gets the documented error, and nothing goes out."""
    answer = client(sandbox).post("/api/messages/text", json=body)
    assert (answer.status_code, answer.json()) == (status, {"success": False, "error": error})
    assert not sandbox.sent
    assert [(call.method, call.path, call.status) for call in sandbox.calls] == [("POST", "/api/messages/text", status)]


def test_key_and_account_are_checked_first(sandbox: Sandbox) -> None:
    """No key, a wrong key, a disabled account and a revoked key each get their documented answer."""
    assert client(sandbox, "").get("/api/status").json()["error"] == "Missing API Key"
    assert client(sandbox, "wba_other").get("/api/status").json()["error"] == "Invalid API Key"
    sandbox.account(enabled=False)
    disabled = client(sandbox).post("/api/messages/text", json={})
    assert (disabled.status_code, disabled.json()["error"]) == (403, "Account disabled")
    sandbox.account(DEMO_KEY, revoked=True)
    assert client(sandbox).get("/api/status").status_code == 401


def test_statuses_follow_the_clock(sandbox: Sandbox) -> None:
    """A message goes from pending to read as the clock goes on, and nobody has to wait for it."""
    message_id = client(sandbox).post("/api/messages/text", json=TEXT).json()["messageId"]
    seen = []
    for _ in range(5):
        record = client(sandbox).get("/api/status/message/" + message_id.replace("=", "%3D")).json()["data"]
        seen.append(record["status"])
        sandbox.advance(2)
    assert seen == ["pending", "sent", "delivered", "read", "read"]
    assert [step["status"] for step in record["statusHistory"]] == ["pending", "sent", "delivered", "read"]
    assert record["timestamp"] == "2023-11-14T22:13:26.000Z"


def test_a_late_failure_ends_with_a_meta_code(sandbox: Sandbox) -> None:
    """The send is accepted, the message is sent, and then it fails with the code that was ordered."""
    sandbox.fault("late-failure", to=TO, code=131049)
    message_id = client(sandbox).post("/api/messages/text", json=TEXT).json()["messageId"]
    sandbox.advance(10)
    record = client(sandbox).get(f"/api/status/message/{message_id}").json()["data"]
    assert [step["status"] for step in record["statusHistory"]] == ["pending", "sent", "failed"]
    assert record["errorDetails"][0]["code"] == 131049


def test_accounts_do_not_see_each_other() -> None:
    """A message of another account is not found and not listed."""
    sandbox = Sandbox({"wba_sandbox_a": Account("A"), "wba_sandbox_b": Account("B")})
    message_id = client(sandbox, "wba_sandbox_a").post("/api/messages/text", json=TEXT).json()["messageId"]
    other = client(sandbox, "wba_sandbox_b")
    assert other.get(f"/api/status/message/{message_id}").json()["error"] == "Message not found"
    assert other.get("/api/status").json()["data"]["total"] == 0


def test_the_status_list_is_filtered_and_paged(sandbox: Sandbox) -> None:
    """limit, offset, status and type choose from the list, newest first."""
    http = client(sandbox)
    for number in ("15550000001", "15550000002", "15550000003"):
        http.post("/api/messages/text", json={"to": number, "body": "x"})
    http.post("/api/messages/image", json={"to": "15550000004", "mediaId": "1"})
    page = http.get("/api/status", params={"type": "text", "limit": "2", "offset": "1"}).json()["data"]
    assert [one["to"] for one in page["messages"]] == ["15550000002", "15550000001"]
    assert page["total"] == 3
    assert http.get("/api/status", params={"status": "failed"}).json()["data"]["messages"] == []
    assert http.get("/api/status/statistics").json()["data"]["byStatus"]["pending"] == 4
    assert http.get("/api/status/analytics/conversations").json()["data"]["conversations"] == 4


@pytest.mark.parametrize("path", INBOX)
def test_the_inbox_is_empty_until_somebody_writes(sandbox: Sandbox, path: str) -> None:
    """Every inbox endpoint answers, with nothing in it and with something."""
    assert client(sandbox).get(f"/api/inbox{path}").json()["data"].get("total") == 0
    sandbox.receive("1555", "hi")
    assert client(sandbox).get(f"/api/inbox{path}").json()["data"].get("total") == 1


def test_inbox_messages_can_be_marked_as_read(sandbox: Sandbox) -> None:
    """One message, or all of a number, are marked as read; unreadOnly then leaves them out."""
    http = client(sandbox)
    message_id = sandbox.receive("1555", "hi")
    unread = {"unreadOnly": "true"}
    assert http.get("/api/inbox", params=unread).json()["data"]["total"] == 1
    assert http.post(f"/api/inbox/message/{message_id}/read").json() == {"success": True}
    assert http.get("/api/inbox", params=unread).json()["data"]["total"] == 0
    assert http.post("/api/inbox/message/none/read").status_code == 404
    assert http.post("/api/inbox/conversation/1555/read").json()["data"] == {"marked": 1}
    assert http.get(f"/api/inbox/message/{message_id}").json()["data"]["isRead"] is True


@pytest.mark.parametrize("name", ERRORS)
def test_every_error_of_the_table_can_be_ordered(sandbox: Sandbox, name: str) -> None:
    """An ordered error comes once, in WaConnect's envelope, and nothing goes out."""
    sandbox.fault(name, to=TO, retry_after=7)
    answer = client(sandbox).post("/api/messages/text", json=TEXT)
    assert (answer.status_code, answer.json()) == (
        FAULTS[name].status, {"success": False, "error": FAULTS[name].error},
    )  # fmt: skip
    assert answer.headers["Retry-After"] == "7"
    assert not sandbox.sent
    assert client(sandbox).post("/api/messages/text", json=TEXT).status_code == 200


def test_faults_reach_only_the_calls_they_are_meant_for(sandbox: Sandbox) -> None:
    """A fault for a number or an endpoint leaves the others alone, and is used up after its times."""
    http = client(sandbox)
    sandbox.fault("130429", to=TO, times=2, status=400)
    sandbox.fault("internal-server-error", endpoint="status", times=None)
    assert http.post("/api/messages/text", json={**TEXT, "to": "15559999999"}).status_code == 200
    answers = [http.post("/api/messages/text", json=TEXT).status_code for _ in range(3)]
    assert answers == [400, 400, 200]
    assert [http.get("/api/status").status_code for _ in range(3)] == [500, 500, 500]
    sandbox.clear_faults()
    assert http.get("/api/status").status_code == 200


def test_an_unknown_meta_code_can_be_ordered(sandbox: Sandbox) -> None:
    """Any number stands for a Meta code; a word that nobody knows is an error that names the known ones."""
    sandbox.fault("meta/139999")
    assert client(sandbox).get("/api/status").json()["error"] == "(#139999) Something went wrong"
    with pytest.raises(ValueError, match="unknown fault; known are missing-required-field"):
        sandbox.fault("gremlins")


def test_the_control_desk_does_what_the_methods_do(sandbox: Sandbox) -> None:
    """Faults, account, clock, inbox and ledger can be worked over HTTP, and a mistake is named."""
    http = client(sandbox)
    ordered = http.post("/_sandbox/faults", json={"fault": "130429", "to": TO, "times": 2}).json()["ordered"]
    assert (ordered[0]["fault"], ordered[0]["times"]) == ("130429", 2)
    assert http.post("/api/messages/text", json=TEXT).status_code == 429
    assert http.get("/_sandbox/faults").json()["ordered"][0]["times"] == 1
    assert http.delete("/_sandbox/faults").json()["ordered"] == []
    message_id = http.post("/api/messages/text", json=TEXT).json()["messageId"]
    http.post("/_sandbox/advance", json={"seconds": 2})
    assert http.get(f"/api/status/message/{message_id}").json()["data"]["status"] == "sent"
    http.post("/_sandbox/inbox", json={"from": "1555", "text": "hi"})
    assert http.get("/api/inbox").json()["data"]["total"] == 1
    http.post("/_sandbox/account", json={"enabled": False})
    assert http.get("/api/status").status_code == 403
    ledger = http.get("/_sandbox/ledger").json()
    assert [one["id"] for one in ledger["sent"]] == [message_id]
    assert ledger["calls"][0] == {
        "method": "POST", "path": "/api/messages/text", "status": 429, "at": 1_700_000_000.0, "body": TEXT,
    }  # fmt: skip
    wrong = http.post("/_sandbox/faults", json={"fault": "130429", "time": 2})
    assert (wrong.status_code, wrong.json()["wrong"]) == (400, ["time: Extra inputs are not permitted"])
    assert http.post("/_sandbox/faults", content=b"{").status_code == 400


@pytest.mark.parametrize("path", ["/api/nothing", "/api/messages/text", "/"])
def test_what_does_not_exist_answers_in_the_envelope(sandbox: Sandbox, path: str) -> None:
    """An unknown path or method is refused as JSON too."""
    answer = client(sandbox).get(path)
    assert answer.status_code in (404, 405)
    assert answer.json()["success"] is False


def test_it_serves_on_a_port_and_stops(sandbox: Sandbox) -> None:
    """A served sandbox answers over TCP, frees its port when stopped, and stops only once."""
    server, url = serve(sandbox)
    headers = {"X-API-Key": DEMO_KEY}
    assert httpx.get(url + "status", headers=headers, timeout=60).json()["success"] is True
    server.stop()
    server.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(url + "status")


def test_stopping_does_not_wait_for_silent_calls(sandbox: Sandbox) -> None:
    """A call that is kept waiting for 30 seconds ends with the server."""
    sandbox.fault("not-sent-silent", seconds=30)
    server, url = serve(sandbox)
    with pytest.raises(httpx.TransportError):
        httpx.get(url + "status", timeout=0.2)
    watch = Workspace()
    watch.wait_for(lambda: sandbox.ledger.orders == (), what="the call")
    server.stop()
    watch.wait_for(lambda: sandbox.calls, what="its end")
    assert sandbox.calls[0].status is None


def test_the_command_serves_until_it_is_told_to_end() -> None:
    """run() prints the base URL and a key that work, and SIGTERM ends it cleanly."""
    code = "from bot.waconnect.sandbox import run; run(0)"
    with subprocess.Popen([sys.executable, "-u", "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        key = process.stdout.readline().split()[-1]
        assert httpx.get(url + "status", headers={"X-API-Key": key}, timeout=60).status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
