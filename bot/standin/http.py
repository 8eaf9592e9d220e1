"""A WSGI app on a port of loopback, in a thread of its own, until it is stopped."""

import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from waitress.server import create_server  # type: ignore[import-untyped]
from waitress.wasyncore import close_all  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Http:
    """A running server."""

    server: Any
    thread: threading.Thread

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.server.effective_port}"

    def stop(self) -> None:
        self.server.task_dispatcher.shutdown()
        # waitress's sockets belong to its own thread; it leaves its loop once all of them are closed. A loop that is
        # awake closes its trigger before we have pulled it.
        with suppress(OSError):
            self.server.trigger.pull_trigger(lambda: close_all(self.server._map))
        self.thread.join()


def start(app: "WSGIApplication", port: int, threads: int, name: str) -> Http:
    """Serve `app`; port 0 takes a free one. OSError when the port is taken."""
    server = create_server(app, host=HOST, port=port, threads=threads)
    thread = threading.Thread(target=server.run, name=name, daemon=True)
    thread.start()
    return Http(server, thread)
