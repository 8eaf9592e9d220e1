"""A stand-in for WaConnect that behaves like its documentation, and misbehaves as it is told to.

It is a WSGI application: tests mount it in-process, `waerror sandbox` serves it on a port. Whatever goes wrong on
the wire, the ledger tells which messages really went out.
"""

import signal
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from io import BytesIO
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import click
from werkzeug.wrappers import Request, Response

from bot.waconnect.faults import Order
from bot.waconnect.ledger import Account, Call, Ledger, Sent
from bot.waconnect.sandbox_api import FAILS_WITH, create_api
from bot.waconnect.sandbox_control import (
    PREFIX,
    AccountChange,
    Incoming,
    change_account,
    create_control,
    write,
)
from bot.waconnect.sandbox_server import Server
from bot.waconnect.sandbox_wire import play

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

DEMO_KEY: Final = "wba_sandbox_demo"
_ACCOUNTS: Final[Mapping[str, Account]] = MappingProxyType({DEMO_KEY: Account()})


class Sandbox:
    """The whole stand-in. `pace_seconds` is how long a message stays pending, then sent, then delivered."""

    def __init__(
        self,
        keys: Mapping[str, Account] = _ACCOUNTS,
        *,
        clock: Callable[[], float] = time.time,
        pace_seconds: float = 2.0,
    ) -> None:
        self.ledger = Ledger(keys, clock, pace_seconds)
        self.stopping = threading.Event()
        """Set when the sandbox ends: silent and dripping calls end with it."""
        self._api = create_api(self.ledger)
        self._control = create_control(self.ledger)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if str(environ.get("PATH_INFO", "")).startswith(PREFIX + "/"):
            return self._control(environ, start_response)
        return self._answered(environ)(environ, start_response)

    wsgi_app = __call__

    @property
    def sent(self) -> tuple[Sent, ...]:
        """The messages that really went out, in order."""
        return self.ledger.sent

    @property
    def calls(self) -> tuple[Call, ...]:
        """The calls received, in order; those to the control desk are not among them."""
        return self.ledger.calls

    def fault(
        self,
        name: str,
        *,
        to: str | None = None,
        endpoint: str | None = None,
        times: int | None = 1,
        **more: float | str | bool | None,
    ) -> None:
        """Orders a fault of `faults.FAULTS`, or any Meta code; faults are used up in the order they came.

        `more` is `status`, `retry_after`, `seconds`, `sent`, `code`, as `faults.Order` explains them. Raises
        ValueError for a name that nobody knows.
        """
        order = {"fault": name, "to": to, "endpoint": endpoint, "times": times, **more}
        self.ledger.order(Order.model_validate(order))

    def clear_faults(self) -> None:
        self.ledger.clear_orders()

    def account(self, key: str | None = None, *, enabled: bool | None = None, revoked: bool = False) -> None:
        """Switches an account on or off, or revokes its key."""
        change_account(self.ledger, AccountChange(key=key, enabled=enabled, revoked=revoked))

    def advance(self, seconds: float) -> None:
        """Sets the clock forward, so that statuses move on without anybody waiting."""
        self.ledger.advance(seconds)

    def receive(self, sender: str, text: str, key: str | None = None) -> str:
        """Somebody writes to the account; gives the message's id."""
        return write(self.ledger, Incoming.model_validate({"from": sender, "text": text, "key": key}))

    def _answered(self, environ: "WSGIEnvironment") -> Response:
        call = Request(environ)
        # Read once here, to know the recipient; Flask reads it again.
        environ["wsgi.input"] = BytesIO(call.get_data())
        status: int | None = None
        try:
            answer = self._answer(call)
            status = answer.status_code
            return answer
        finally:
            self.ledger.add_call(call.method, call.path, status, call.get_json(silent=True))

    def _answer(self, call: Request) -> Response:
        order = self.ledger.take_order(call.path.removeprefix("/api/"), _recipient(call))
        if order is None:
            return self._real(call)
        if order.what.manner == "late":
            call.environ[FAILS_WITH] = order.code
        return play(order, call, self._real(call) if order.sends else None, self.stopping)

    def _real(self, call: Request) -> Response:
        return Response.from_app(self._api, call.environ, buffered=True)


def serve(sandbox: Sandbox, port: int = 0) -> tuple[Server, str]:
    """Starts serving; gives the server, to be stopped, and the base URL. Port 0 takes a free one."""
    server = Server(sandbox, port, ending=sandbox.stopping.set)
    return server, f"{server.origin}/api/"


def run(port: int) -> None:
    """Serves a sandbox with a demo account until Ctrl-C or SIGTERM. Raises OSError when the port is taken."""
    ended = threading.Event()
    signals = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, lambda *_: ended.set()) for number in signals}
    try:
        server, url = serve(Sandbox(), port)
        with server:
            _greet(url)
            ended.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _greet(url: str) -> None:
    click.echo(f"WaConnect sandbox  {url}")
    click.echo(f"API key            {DEMO_KEY}")
    click.echo(f"Faults and ledger  {url.removesuffix('/api/')}{PREFIX}/faults and {PREFIX}/ledger")
    click.echo("Ctrl-C ends it.")


def _recipient(call: Request) -> str | None:
    body = call.get_json(silent=True) if call.method == "POST" else None
    to = body.get("to") if isinstance(body, dict) else None
    return str(to) if to is not None else None
