"""waitress, with limits: nobody can make us read more, wait longer or open more than is said here."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from logging import ERROR, getLogger
from typing import Any

from flask import Flask
from waitress.channel import HTTPChannel  # type: ignore[import-untyped]
from waitress.parser import HTTPRequestParser, ParsingError  # type: ignore[import-untyped]
from waitress.server import create_server  # type: ignore[import-untyped]
from waitress.wasyncore import close_all, dispatcher  # type: ignore[import-untyped]

from bot.web import MOST_BYTES

# Slack's and every proxy's headers together are far below this.
_MOST_HEADER_BYTES = 32 * 1024
# Each open connection is a file; the usual limit of a process is 1,024.
_MOST_CONNECTIONS = 500
# A request that runs is answered before the server ends; Slack waits no longer than this.
_LONGEST_GOODBYE = 3.0


class CannotServe(OSError):
    """The address or port that is to be served on is taken or not ours."""


class _Parser(HTTPRequestParser):  # type: ignore[misc]
    """An address that Python cannot take apart is answered 400; waitress logs it, whole, as a fault of its own."""

    def parse_header(self, header_plus: bytes) -> None:
        try:
            super().parse_header(header_plus)
        except ValueError:
            raise ParsingError("Bad URI") from None


class _Channel(HTTPChannel):  # type: ignore[misc]
    parser_class = _Parser


class Web:
    """The HTTP server, running. `port` is the real one, also where 0 was wished for."""

    def __init__(self, app: Flask, bind: str, port: int, threads: int, idle_seconds: float) -> None:
        listening = _listening(bind, port)
        self._http: Any = create_server(
            app,
            sockets=[listening],
            threads=threads,
            ident=None,  # what we run on is nobody's business
            max_request_body_size=MOST_BYTES + 1,  # waitress refuses what is as large as this
            max_request_header_size=_MOST_HEADER_BYTES,
            inbuf_overflow=2 * MOST_BYTES,  # what people wrote never lies in a temporary file
            channel_timeout=max(1, round(idle_seconds)),
            cleanup_interval=max(1, round(idle_seconds / 2)),
            connection_limit=_MOST_CONNECTIONS,
            asyncore_use_poll=True,  # `select` cannot do more than 1,024 files
            log_socket_errors=False,  # who hangs up early is no trouble of ours
        )
        self._http.channel_class = _Channel
        self.port = int(listening.getsockname()[1])
        self._loop = threading.Thread(target=self._http.run, name="web", daemon=True)
        # It warns of every request that waits for a thread, and has no other words.
        getLogger("waitress.queue").setLevel(ERROR)

    def start(self) -> None:
        self._loop.start()

    def stop(self) -> None:
        """No new connections; what runs is answered."""
        self._in_loop(lambda: dispatcher.close(self._http))
        self._http.task_dispatcher.shutdown(timeout=_LONGEST_GOODBYE)
        self._in_loop(self._close)
        self._loop.join(_LONGEST_GOODBYE)

    def _in_loop(self, do: Any) -> None:
        """waitress's sockets belong to its own thread."""
        with suppress(OSError):  # it has just ended by itself
            self._http.trigger.pull_trigger(do)

    def _close(self) -> None:
        for channel in tuple(self._http.active_channels.values()):
            channel.handle_write()
        close_all(self._http._map)


@contextmanager
def serving(app: Flask, bind: str, port: int, threads: int, idle_seconds: float) -> Iterator[Web]:
    """Serve until the end of the block. CannotServe."""
    web = Web(app, bind, port, threads, idle_seconds)
    web.start()
    try:
        yield web
    finally:
        web.stop()


def _listening(bind: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    try:
        return socket.create_server((bind, port), family=family, backlog=1024)
    except (OSError, OverflowError) as error:
        why = str(getattr(error, "strerror", None) or error).partition(" (")[0]
        raise CannotServe(f"PORT, WAERROR_BIND: cannot listen on {bind} port {port} ({why}).") from error
