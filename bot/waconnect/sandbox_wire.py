"""How an ordered fault shows on the wire: one function a manner, in one table.

Silence and reset end a call by raising OSError. waitress then closes the connection without a byte, and httpx's
WSGI transport lets it through to the client: both ways a caller sees no answer.
"""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from werkzeug.wrappers import Request, Response

from bot.waconnect.faults import Manner, Order

_DISCONNECTED: Final = "waitress.client_disconnected"
"""In the environment when a real port is served; in-process there is nobody to keep waiting."""
_PATIENCE: Final = 0.05
"""Seconds between two looks whether the caller has gone."""
_PIECES: Final = 10
_PAGE: Final = "<html><head><title>{0}</title></head><body><h1>{0}</h1><hr>nginx</body></html>"

Play = Callable[[Order, Request, Response | None, threading.Event], Response]
"""Order, call, the real answer if the call was carried out, the sandbox's end → what the caller gets."""


def play(order: Order, call: Request, real: Response | None, stopping: threading.Event) -> Response:
    """The answer to a call that a fault was ordered for. Raises OSError when there is to be none."""
    if real is not None and real.status_code >= 400:
        return real
    return _PLAYS[order.what.manner](order, call, real, stopping)


def _error(order: Order, call: Request, real: Response | None, stopping: threading.Event) -> Response:
    fault = order.what
    answer = _json({"success": False, "error": fault.error}, order.status or fault.status)
    if order.retry_after is not None:
        answer.headers["Retry-After"] = str(order.retry_after)
    return answer


def _page(order: Order, call: Request, real: Response | None, stopping: threading.Event) -> Response:
    page = _PAGE.format(order.what.error)
    return Response(page, status=order.status or order.what.status, content_type="text/html")


def _silence(order: Order, call: Request, real: Response | None, stopping: threading.Event) -> Response:
    gone = call.environ.get(_DISCONNECTED)
    left = order.seconds if gone else 0.0
    while gone and left > 0 and not gone() and not stopping.wait(min(_PATIENCE, left)):
        left -= _PATIENCE
    raise TimeoutError("the sandbox stays silent, as ordered")


def _reset(order: Order, call: Request, real: Response | None, stopping: threading.Event) -> Response:
    raise ConnectionResetError("the sandbox hangs up, as ordered")


def _drip(order: Order, call: Request, real: Response | None, stopping: threading.Event) -> Response:
    body = real.get_data() if real else b"{}"
    return Response(_pieces(body, order.seconds / _PIECES, stopping), content_type="application/json")


def _pieces(body: bytes, pause: float, stopping: threading.Event) -> Iterator[bytes]:
    length = len(body) // _PIECES + 1
    for start in range(0, len(body), length):
        yield body[start : start + length]
        if stopping.wait(pause):
            return


def _rubbish(order: Order, call: Request, real: Response | None, stopping: threading.Event) -> Response:
    return Response('{"success": tru', status=order.status or 200, content_type="application/json")


def _late(order: Order, call: Request, real: Response | None, stopping: threading.Event) -> Response:
    return real or _json({"success": True}, 200)


def _json(data: Mapping[str, object], status: int) -> Response:
    return Response(json.dumps(data), status=status, content_type="application/json")


_PLAYS: Final[Mapping[Manner, Play]] = MappingProxyType(
    {
        "error": _error,
        "page": _page,
        "silence": _silence,
        "reset": _reset,
        "drip": _drip,
        "rubbish": _rubbish,
        "late": _late,
    }
)
