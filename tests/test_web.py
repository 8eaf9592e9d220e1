"""The HTTP server takes no more than it must, and ends in order."""

import ast
import http.client
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask, request

from bot.web import MOST_BYTES
from bot.web.server import CannotServe, Web, serving

ROOT = Path(__file__).parent.parent
LIMITS = {"bind": "127.0.0.1", "port": 0, "threads": 4, "idle_seconds": 30.0}


def asked(web: Web, method: str = "GET", body: bytes = b"") -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=60)
    try:
        connection.request(method, "/", body)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def knock_for_ever(web: Web) -> None:
    while True:
        socket.create_connection(("127.0.0.1", web.port), timeout=60).close()


def test_a_request_under_way_is_answered_and_no_new_one_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A click in the last moment gets its acknowledgement; Slack gives what comes after to the next bot."""
    monkeypatch.setattr("bot.web.server._LONGEST_GOODBYE", 60.0)  # how long one waits for it is not the subject
    app, begun, go_on = Flask("slow"), threading.Event(), threading.Event()

    @app.get("/")
    def slow() -> str:
        begun.set()
        go_on.wait(60)
        return "answered"

    web = Web(app, **LIMITS)  # type: ignore[arg-type]
    web.start()
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(asked, web)
        assert begun.wait(60)
        ending = pool.submit(web.stop)
        with pytest.raises(ConnectionError):
            knock_for_ever(web)
        go_on.set()
        assert answer.result() == (200, b"answered")
        ending.result()


def test_the_largest_body_is_taken_whole() -> None:
    """One byte more is not, whether its length is told before or comes in pieces."""
    app = Flask("length")

    @app.post("/")
    def length() -> str:
        return str(len(request.get_data()))

    with serving(app, **LIMITS) as web:  # type: ignore[arg-type]
        assert asked(web, "POST", b"x" * MOST_BYTES) == (200, str(MOST_BYTES).encode())
        connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=60)
        connection.request("POST", "/", iter([b"x" * 65_536] * 17), encode_chunked=True)
        assert connection.getresponse().status == 413
        connection.close()


def test_an_address_that_cannot_be_read_is_refused(caplog: pytest.LogCaptureFixture) -> None:
    """400, and nothing in the log: anybody can do this, at any rate and with any words."""
    with serving(Flask("x"), **LIMITS) as web:  # type: ignore[arg-type]
        knocks = socket.create_connection(("127.0.0.1", web.port), timeout=60)
        knocks.sendall(b"GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b" 400 " in knocks.recv(100)
        knocks.close()
    assert caplog.records == []


def test_an_address_that_is_not_ours_is_told_in_words() -> None:
    """Whichever of the two settings it is."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotServe, match=rf"cannot listen on 127.0.0.1 port {port} \(Address already in use\)"):
            Web(Flask("x"), "127.0.0.1", port, 4, 30)
    with pytest.raises(CannotServe, match="WAERROR_BIND"):
        Web(Flask("x"), "no.such.host.invalid", 0, 4, 30)


_PROOFS = ("secret", "token", "signature", "proof")


def test_secrets_are_compared_in_constant_time() -> None:
    """Nothing that proves who calls is compared with `==`: how long that takes tells how much of it is right."""
    found = []
    for path in [*(ROOT / "bot" / "web").glob("*.py"), *(ROOT / "bot" / "intake").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.NotEq):
                sides = [one for one in (node.left, *node.comparators) if isinstance(one, ast.Name | ast.Attribute)]
                names = [ast.unparse(one).rpartition(".")[2].lower() for one in sides]
                found += [f"{path.name}: {name}" for name in names if any(word in name for word in _PROOFS)]
    assert found == []
