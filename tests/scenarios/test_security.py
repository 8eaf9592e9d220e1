"""Who means harm: what they paste, press, type and serve is tried through the real bot, and each try is counted."""

import gzip
import json
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from cryptography.fernet import Fernet

from bot.desk.incidents import CHANGES
from bot.standin import pings
from bot.store import Note
from bot.waconnect.client import WaConnect
from bot.waconnect.errors import WaConnectError
from bot.waconnect.sandbox import DEMO_KEY, Sandbox
from bot.waconnect.sandbox import serve as serve_sandbox
from tests import leaks
from tests.scenarios.conftest import ALERTS, SUPPORT, OpenTown, Town
from tests.scenarios.rest import at_rest
from tests.scenarios.sends import PASTE, TO, form, posts
from tests.tally import tried

TEAM, OTHER = "T0STANDIN", "T0OTHER"
REFUSAL = '400 {"success": false, "error": "(#131047) Re-engagement message"}'


def answered(town: Town, text: str) -> str:
    """What the bot says to somebody who writes this to it."""
    ts = town.people.say("ana", SUPPORT, f"@waerror {text}")
    return town.workspace.wait_for(lambda: "\n".join(town.replies(SUPPORT, ts)), what="an answer")


def is_alive(town: Town) -> None:
    assert "131047 · Re-engagement" in answered(town, "131047")


def ours(town: Town) -> Iterator[dict[str, Any]]:
    """Every message of the bot that somebody can see."""
    me = town.workspace.app.bot_user_id
    for channel in (ALERTS, SUPPORT):
        yield from (message for message in town.workspace.messages(channel) if message.get("user") == me)
    for user in ("ana", "ben"):
        yield from town.workspace.ephemerals(user)


# What is pasted

MENTIONS = {
    "mass mention": "<!channel> <!here> <!everyone> <!subteam^S0OPS|@ops>",
    "person": "<@U0BEN> <@U0BEN|ben> @ben",
    "link": "<https://evil.example/login|Click to fix> <mailto:a@evil.example|write> <tel:+15550001111|call>",
    "date": "<!date^1^{date}|<!channel>>",
    "mrkdwn": "*bold* _it_ ~no~ `code` ```fence``` > quote\n> quote\n• list :rotating_light:",
    "escaped": "&lt;!channel&gt; &amp;lt;!here&amp;gt; &lt;https://evil.example|x&gt;",
    "unescaped twice": "&amp;lt;!channel&amp;gt;",
    "broken": "<!channel <!here> <<!channel>> <@U0BEN",
    "in fields": '{"error":{"message":"<!channel>","code":131047,"error_data":{"details":"<https://evil.example|x>"}}}',
    "in keys": '{"<!channel>":{"<@U0BEN>":131047}}',
    "controls": "\x00\x07\x1b[31m\u202e<!channel>\u202c\u200b<\u200b!channel>",
}
SURFACES = ("paste", "alert", "file", "command", "search", "mute", "note", "account")


def put(town: Town, surface: str, text: str) -> None:
    """Bring a text in through one of the ways in."""
    people = town.people
    if surface == "paste":
        answered(town, f"131047 {text}")
    elif surface == "alert":
        ts = people.post_as_app(ALERTS, "notify", text=f"{REFUSAL} {text}", attachments=[{"text": text, "title": text}])
        town.settled(ALERTS, ts)
    elif surface == "file":
        ts = people.share_file("ana", ALERTS, f"{text[:40]}.txt", f"{REFUSAL}\n{text}")
        town.settled(ALERTS, ts)
    else:
        typed = {"command": text, "note": f"note 131047 {text}"}.get(surface, f"{surface} {text}")
        assert people.command("ana", SUPPORT, "/waerror", typed).acknowledged


@pytest.mark.parametrize("surface", SURFACES)
def test_nothing_pasted_pings_or_links(town: Town, surface: str) -> None:
    """Whatever way it comes in, nobody is called and nothing of it can be clicked."""
    for text in MENTIONS.values():
        put(town, surface, text)
        tried("mrkdwn, mentions and links")
    at_rest(town)
    for message in ours(town):
        assert {*pings(message)} <= {"<@U0ANA>"}  # who wrote it is named
        told = json.dumps(message, ensure_ascii=False)
        assert "<https://evil.example" not in told
        assert "<tel:" not in told
        assert "<mailto:" not in told


@pytest.mark.parametrize(
    "text",
    [
        " ".join(f"error {code} failed;" for code in range(130_000, 135_000)),
        "131047 " + "x" * 39_000,
        "131047 " + "<&>" * 13_000,
        "131047\n" * 5_000,
        f"131047 {'👩‍👩‍👧' * 4_000}",
        json.dumps({"error": {"code": 131047, "message": "y" * 30_000}}),
    ],
    ids=["codes", "one word", "signs that grow when escaped", "lines", "emoji", "a message"],
)
def test_no_paste_breaks_the_blocks(town: Town, text: str) -> None:
    """The stand-in refuses what Slack would refuse, and nothing was refused."""
    assert "Sending again" in answered(town, text) or "recognise" in answered(town, text)
    tried("block overflow")
    assert [call for call in town.workspace.calls if call.error] == []


BOMBS = {
    "deep": '{"a":' * 8_000,
    "deep and closed": '{"a":' * 4_000 + "131047" + "}" * 4_000,
    "arrays": "[" * 39_000,
    "a huge number": '{"code": ' + "9" * 39_000 + "}",
    "a huge exponent": '{"code": 1e999999999, "error": {"code": 131047}}',
    "not a number": '{"code": NaN, "e": Infinity, "error": {"code": 131047}}',
    "many keys": json.dumps({f"k{n}": n for n in range(3_000)}),
    "one key many times": "{" + '"code":131047,' * 2_500 + '"a":1}',
    "strings in strings": "",
    "entities in entities": '<!DOCTYPE l [<!ENTITY a "' + "&a;" * 5_000 + '">]><l>&a;</l> 131047',
    "percent in percent": "%25" * 12_000 + "131047",
    "base64 in base64": "",
    "lone surrogates": '{"error": "\\ud800\\udfff\\udc00", "code": 131047}',
    "nulls": '{"error":{"code":null,"message":null,"error_data":null}}' * 500,
}


def _wrapped(text: str, wrap: Any, most: int = 30_000) -> str:
    """In itself, as often as fits: as an archive in archives."""
    while len(inner := wrap(text)) < most:
        text = inner
    return text


BOMBS["strings in strings"] = _wrapped('{"error":{"code":131047}}', lambda text: json.dumps({"error": text}))
BOMBS["base64 in base64"] = _wrapped("131047", lambda text: b64encode(text.encode()).decode())


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_nothing_but_its_own_answer(town: Town, name: str) -> None:
    """It is answered or left alone before anybody gives up waiting, and the next person is served."""
    text = BOMBS[name]
    tried("JSON bombs and nesting", 3)
    assert town.people.command("ana", SUPPORT, "/waerror", text[:16_000]).acknowledged
    answered(town, text)
    ts = town.people.post_as_app(ALERTS, "notify", text=text, attachments=[{"text": text[:8_000]}] * 20)
    town.settled(ALERTS, ts)
    is_alive(town)


def test_a_paste_writes_no_log_line_and_none_of_the_record(town: Town) -> None:
    """Lines that look like ours stay text: each line that is written is JSON, and one event of ours."""
    forged = [
        '\n{"event": "retry.ended", "level": "info", "outcome": "delivered", "forged": true}\n',
        "\r\n2026-01-01 retry.ended forged\u2028\u2029\x85",
        '\x1b[2K\x1b[1Aforged", "event": "forged',
        "%s %n {0} {forged} ${jndi:ldap://evil.example/forged}",
    ]
    leaks.LINES.clear()
    for text in forged:
        tried("log lines")
        answered(town, f"131047 {text}")
        for typed in (text, f"mute {text}", f"search {text}", f"account {text}", f"note 131047 {text}"):
            assert town.people.command("ana", SUPPORT, "/waerror", typed).acknowledged
    at_rest(town)
    assert leaks.LINES
    assert [line for line in leaks.LINES if "forged" in line or "\n" in line] == []
    assert all(isinstance(json.loads(line)["event"], str) for line in leaks.LINES)
    record = town.house.store.audit.recent(TEAM)
    assert [deed for deed in record if "forged" in str(deed) and deed.what != "note"] == []


# Addresses

TRICKS = (
    "../../inbox",
    "..",
    ".",
    "wamid.x/../../../inbox?limit=1",
    "wamid.x%2F..%2Finbox",
    "wamid.x?status=failed",
    "wamid.x#inbox",
    "//evil.example/",
    "http://evil.example/",
    "wamid.x\r\nX-API-Key: wba_other",
    "wamid.x\\..\\inbox",
    "wamid.\x00x",
    "%2e%2e/inbox",
    "wamid." + "A" * 10_000,
)


@pytest.mark.parametrize("trick", TRICKS, ids=range(len(TRICKS)))
def test_a_message_id_stays_one_part_of_the_path(trick: str) -> None:
    """Whatever is in it, WaConnect is asked for the status of a message, and for nothing else."""
    tried("path tricks in message ids")
    sandbox = Sandbox()
    server, url = serve_sandbox(sandbox)
    with server, WaConnect(url, DEMO_KEY, timeout_seconds=5) as client:
        with pytest.raises(WaConnectError):
            client.status(trick)
        assert [call for call in sandbox.calls if not call.path.startswith("/api/status/message/")] == []


@pytest.mark.parametrize("trick", TRICKS, ids=range(len(TRICKS)))
def test_a_typed_message_id_asks_for_no_more(town: Town, trick: str) -> None:
    """In the command as well."""
    tried("path tricks in message ids")
    assert town.people.command("ana", SUPPORT, "/waerror", f"status {trick}").acknowledged
    assert town.people.command("ana", SUPPORT, "/waerror", trick).acknowledged
    at_rest(town)
    assert [call for call in town.sandbox.calls if not call.path.startswith("/api/status/message/")] == []


@contextmanager
def canary() -> Iterator[tuple[str, list[str]]]:
    """An address inside, and who came to it."""
    heard: list[str] = []

    class Hears(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.path)
            self.send_response(200)
            self.end_headers()

        do_POST = do_HEAD = do_GET

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hears)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", heard
    finally:
        server.shutdown()
        server.server_close()


def test_no_address_of_a_paste_is_ever_fetched(town: Town) -> None:
    """Not a mediaUrl, not a link, not a picture, not a file's address: also when it is sent again."""
    with canary() as (inside, heard):
        request = {"to": TO, "mediaUrl": f"{inside}/media", "caption": f"{inside}/caption"}
        failed = f"POST {inside}/api/messages/image\n{json.dumps(request)}\n\n429 (#130429) Rate limit hit"
        ts = town.people.say("ana", SUPPORT, f"@waerror {failed}")
        card = town.reply_ts(SUPPORT, ts, "Sending again")
        for action in ("remedy.retry", "card.why", "remedy.recheck"):
            if action in json.dumps(town.workspace.message(SUPPORT, card)):
                town.people.click("ana", SUPPORT, card, action)
        picture = {"image_url": f"{inside}/image", "thumb_url": f"{inside}/thumb", "title_link": f"{inside}/link"}
        attachment = {"text": f"{REFUSAL} {inside}/text", "from_url": f"{inside}/from", **picture}
        town.people.post_as_app(ALERTS, "notify", text=f"{REFUSAL} <{inside}/slack|x>", attachments=[attachment])
        file = {"id": "F0FORGED", "mode": "snippet", "url_private": f"{inside}/private", "mimetype": "text/plain"}
        town.people.say("ana", ALERTS, REFUSAL, files=[file], subtype="file_share", upload=False)
        town.people.command("ana", SUPPORT, "/waerror", f"{failed} {inside}/typed")
        tried("addresses that must not be fetched", 12)
        at_rest(town)
        assert heard == []
        assert all(call.path.startswith(("/api/messages/", "/api/status")) for call in town.sandbox.calls)


INSIDE = (
    *("http://127.0.0.1/a.jpg", "http://169.254.169.254/latest/", "http://[::1]/", "http://10.0.0.1/a"),
    *("http://metadata.internal/", "http://2130706433/", "file:///etc/passwd", "http://a@127.0.0.1/"),
)


def test_media_inside_is_refused_in_the_form(town: Town) -> None:
    """WhatsApp could not fetch it either; nothing is sent."""
    request = {"to": TO, "mediaUrl": "https://example.com/a.jpg"}
    text = f"POST /api/messages/image\n{json.dumps(request)}\n\n400 (#131053) Media upload error"
    _, view = form(town, text)
    for inside in INSIDE:
        tried("addresses that must not be fetched")
        refused = town.people.submit_view("ana", view["id"], {"to": TO, "mediaUrl": inside})
        assert "mediaUrl" in str((refused.payload or {}).get("errors")), inside
    assert town.sandbox.sent == ()


@contextmanager
def serving(body: bytes, **headers: str) -> Iterator[str]:
    """A WaConnect that answers everything with this."""

    class Serves(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                self.wfile.write(body)
            except OSError:
                self.close_connection = True

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Serves)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b'{"a":' * 200_000, {}),
        (b"[" * 2_000_000, {}),
        (json.dumps({"success": True, "data": [{"status": "failed"}] * 20_000}).encode(), {}),
        (b'{"success": true, "data": "' + b"x" * 20_000_000 + b'"}', {}),
        (gzip.compress(b" " * 200_000_000, 9), {"Content_Encoding": "gzip"}),
        (gzip.compress(gzip.compress(b"0" * 100_000_000)), {"Content_Encoding": "gzip, gzip"}),
        (b"\xff\xfe" * 1_000, {}),
    ],
    ids=["deep", "arrays", "many records", "20 MB", "zip bomb", "zip in zip", "no text"],
)
def test_a_hostile_waconnect_is_read_so_far_and_no_further(body: bytes, headers: dict[str, str]) -> None:
    """An answer in our own words or an error of ours, without much computing."""
    tried("answers of a hostile WaConnect", 3)
    start = time.thread_time()
    with serving(body, **headers) as url, WaConnect(url, DEMO_KEY, timeout_seconds=5) as client:
        client.probe()
        for ask in (lambda: client.status("wamid.x"), lambda: client.recent(limit=5), client.statistics):
            try:
                ask()
            except WaConnectError:
                continue
    assert time.thread_time() - start < 20


# What is pressed

ACTIONS = (
    *("remedy.retry", "remedy.recheck", "remedy.status", "card.share", "card.why", "card.reveal", "card.vote"),
    *("card.more", "card.more.note", "entry.show.0", "incident.history", "incident.bulk"),
    *(f"incident.{change}" for change in CHANGES),
    *("press.cancel", "press.now", "press.check", "press.anyway", "bulk.stop", "bulk.approve", "bulk.outcomes"),
    *("home.unmute", "home.check", "card.teach", "nobody.has.this"),
)
FORGED = (
    "",
    "null",
    "[]",
    "{",
    '{"v":1}',
    '{"v":2,"card":"' + "a" * 24 + '"}',
    '{"v":1,"card":"' + "a" * 24 + '"}',
    '{"v":1,"card":"' + "a" * 24 + '","to":"15550001111"}',
    '{"v":1,"card":"../../etc/passwd"}',
    '{"v":1,"card":"\' OR 1=1 --"}',
    '{"v":1,"card":"' + "a" * 24 + '","pick":"$(reboot)"}',
    '{"v":1,"card":{"$ne":null}}',
    "{" * 1_000,
    "0" * 2_000,
)


def press(town: Town, action: str, value: str) -> None:
    """A button that somebody else's app, or a person with a console, made to look like ours."""
    button = {"type": "button", "action_id": action, "value": value, "text": {"type": "plain_text", "text": "x"}}
    if not value:
        del button["value"]
    ts = town.people.say("ben", SUPPORT, "x", blocks=[{"type": "actions", "elements": [button]}])
    assert town.people.click("ana", SUPPORT, ts, action).acknowledged


@pytest.mark.parametrize("action", ACTIONS)
def test_a_forged_value_presses_nothing(town: Town, action: str) -> None:
    """What a button says is looked up, never done. Whoever pressed is told that it is too old, or nothing."""
    before = len(town.house.store.audit.recent(TEAM))
    for value in FORGED:
        press(town, action, value)
        tried("clicks with a forged value")
    at_rest(town)
    assert posts(town) == []
    assert town.workspace.view("ana") is None
    assert len(town.house.store.audit.recent(TEAM)) == before
    assert "Something went wrong" not in "".join(map(json.dumps, town.workspace.ephemerals("ana")))
    assert [line for line in leaks.LINES if "listener.failed" in line] == []


def test_another_workspaces_ids_lead_nowhere(town: Town) -> None:
    """Card, incident and press of another workspace exist in the same database, and cannot be reached from here."""
    store = town.house.store
    card = "c" * 24
    store.cards.keep(card, OTHER, PASTE, "ask", "default")
    store.notes.add(OTHER, "meta/131047", "U0EVE", "their secret note")
    store.channels.set_watch(OTHER, SUPPORT, "on", "U0EVE")
    for action in ACTIONS:
        press(town, action, json.dumps({"v": 1, "card": card}))
        press(town, action, json.dumps({"v": 1, "card": card, "pick": "yes"}))
        tried("another workspace's ids", 2)
    at_rest(town)
    assert posts(town) == []
    assert town.workspace.view("ana") is None
    assert town.house.store.audit.recent(TEAM) == ()
    assert "their secret note" not in answered(town, "131047")
    seen = "".join(map(json.dumps, [*town.workspace.ephemerals("ana"), *town.workspace.messages(SUPPORT)]))
    assert "Your order left the warehouse" not in seen
    assert store.channels.watched(TEAM) == {}


# What is typed

SQL = (
    "'; DROP TABLE cards; --",
    '"; DELETE FROM notes; --',
    "' OR '1'='1",
    "%' UNION SELECT sealed FROM cards --",
    "1; ATTACH DATABASE '/tmp/x' AS x",
    "\\'; UPDATE audit SET user='x'; --",
    'NEAR("a" "b") OR title:* AND NOT {',
    ":b_team %(team)s ? $1 {0}",
    "\x00' OR 1=1",
)


@pytest.mark.parametrize("text", SQL, ids=range(len(SQL)))
def test_sql_in_every_text_field_stays_text(town: Town, text: str) -> None:
    """Commands, pastes, notes and forms; afterwards every table is there and has what was put into it, no more."""
    store, people = town.house.store, town.people
    store.notes.add(TEAM, "meta/131049", "U0BEN", "keep me")
    before = tables(town)
    for word in (
        "",
        "top",
        "incidents",
        "search",
        "account",
        "status",
        "mute",
        "unmute",
        "watch",
        "note 131047",
        "note",
    ):
        assert people.command("ana", SUPPORT, "/waerror", f"{word} {text}".strip()).acknowledged
        tried("SQL in text fields")
    answered(town, f"131047 {text}")
    alert = people.post_as_app(ALERTS, text, text=f"{REFUSAL} {text}", attachments=[{"title": text, "fallback": text}])
    town.settled(ALERTS, alert)
    _, view = form(town, PASTE.replace("130429", "131047").replace("Rate limit hit", "Re-engagement message"))
    people.submit_view("ana", view["id"], {"to": text, "body": text})
    tried("SQL in text fields", 4)
    at_rest(town)
    after = tables(town)
    assert after.keys() == before.keys()
    assert all(after[name] >= count for name, count in before.items())
    kept: tuple[Note, ...] = store.notes.of(TEAM, "meta/131049")
    assert [note.text for note in kept] == ["keep me"]
    said = [note.text for note in store.notes.of(TEAM, "meta/131047")]
    assert len(said) <= 1  # one was written, as text
    assert [line for line in leaks.LINES if "failed" in line and "listener" in line] == []
    is_alive(town)


def tables(town: Town) -> dict[str, int]:
    """How many rows each table has."""
    with town.house.store.figures._engine.connect() as db:
        names = db.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
        return {name: db.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar_one() for name in names}  # noqa: S608


# The key of what is stored


def test_without_the_right_key_nothing_is_sent_and_a_person_is_told(open_town: OpenTown) -> None:
    """A card whose paste cannot be opened; with the old key further in the list it can."""
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    with open_town(waerror_secret_key=old) as town:
        ts = town.people.say("ana", SUPPORT, f"@waerror {PASTE}")
        card = town.reply_ts(SUPPORT, ts, "Sending again")
        buttons = [b for b in town.workspace.message(SUPPORT, card)["blocks"] if b["type"] == "actions"]
    with open_town(waerror_secret_key=new) as town:
        ts = town.people.say("ben", SUPPORT, "the card", blocks=buttons)
        tried("the key is missing or another")
        town.people.click("ana", SUPPORT, ts, "remedy.retry")
        town.workspace.wait_for(lambda: "Something went wrong on my side" in town.whisper("ana"))
        assert town.sandbox.sent == ()
        is_alive(town)
    with open_town(waerror_secret_key=f"{new},{old}") as town:
        ts = town.people.say("ben", SUPPORT, "the card", blocks=buttons)
        tried("the key is missing or another")
        town.people.click("ana", SUPPORT, ts, "remedy.retry")
        town.reply(SUPPORT, ts, "Done:")
        assert len(town.sandbox.sent) == 1
