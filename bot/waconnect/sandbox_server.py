"""Serves a WSGI application on a real port of this machine, reachable from nowhere else."""

import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from waitress import create_server, wasyncore  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_THREADS: Final = 16
"""Calls at a time: a silent call holds one until its caller leaves."""


class Server:
    """An application being served. Leaving it as a context, or `stop`, ends it.

    `ending` is called first, to tell waiting calls. Raises OSError when the port is taken.
    """

    def __init__(self, app: "WSGIApplication", port: int, *, ending: Callable[[], None]) -> None:
        self._ending = ending
        self._sockets: dict[int, Any] = {}
        self._waitress = create_server(
            app,
            map=self._sockets,
            host="127.0.0.1",
            port=port,
            threads=_THREADS,
            # An application that raises OSError then means: close without an answer.
            log_socket_errors=False,
            # waitress sees that a caller has left only while it may read ahead.
            channel_request_lookahead=1,
        )
        self.origin = f"http://127.0.0.1:{self._waitress.effective_port}"
        self._loop = threading.Thread(target=self._waitress.run, name="wsgi-server", daemon=True)
        self._loop.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Ends all calls and frees the port; a second time does nothing."""
        if not self._loop.is_alive():
            return
        self._ending()
        self._waitress.task_dispatcher.shutdown()
        # Sockets belong to the loop's thread; with none left, the loop returns. A loop that is awake closes its
        # trigger before we have pulled it.
        with suppress(OSError):
            self._waitress.trigger.pull_trigger(lambda: wasyncore.close_all(self._sockets))
        self._loop.join(timeout=5)
