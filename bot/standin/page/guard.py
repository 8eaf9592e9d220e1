"""Who may talk to the page: this machine's browser, showing the page that was served from here, and nobody else.

A foreign site that the same browser shows can send requests to loopback; it knows neither the token nor our origin,
and a name that it makes point here (DNS rebinding) is not one of the hosts that are answered.
"""

import hmac
from urllib.parse import urlsplit

from flask import Request, Response

# Nothing from elsewhere, nothing inline, no frame around it.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
TOKEN_HEADER = "X-Page-Token"  # noqa: S105 (a header's name)
_NAMES = ("127.0.0.1", "localhost", "[::1]")


def refusal(request: Request, token: str) -> str | None:
    """Why this request is not answered; None when it is. What only shows the page needs no token."""
    if request.host.rpartition(":")[0] not in _NAMES:
        return "this host is not answered"
    origin = request.headers.get("Origin")
    if origin is not None and (urlsplit(origin).scheme, urlsplit(origin).netloc) != ("http", request.host):
        return "another origin is not answered"
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return "another site is not answered"
    if not _needs_token(request):
        return None
    given = request.headers.get(TOKEN_HEADER) or request.args.get("token", "")
    return None if hmac.compare_digest(given.encode(), token.encode()) else "the page's token is missing"


def guarded(response: Response) -> Response:
    response.headers.update(HEADERS)
    return response


def _needs_token(request: Request) -> bool:
    return request.path != "/" and not request.path.startswith("/static/")
