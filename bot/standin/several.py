"""Several teams behind one address: whose token, code or handle it is, to that team the request goes."""

from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs

from bot.standin.workspace import Workspace

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


def among(teams: Sequence[tuple[Workspace, Wsgi]]) -> Wsgi:
    """One WSGI app for all; what is nobody's is the first's."""

    def dispatch(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = BytesIO(body)
        chosen = next((wsgi for team, wsgi in teams if _is_of(team, environ, body)), teams[0][1])
        return chosen(environ, start_response)

    return dispatch


def _is_of(team: Workspace, environ: Environ, body: bytes) -> bool:
    path, header = environ["PATH_INFO"], environ.get("HTTP_AUTHORIZATION", "")
    if path == "/api/oauth.v2.access":
        form = parse_qs(body.decode("utf-8", "replace"))
        return any(team.sign_in.knows(grant) for name in ("code", "refresh_token") for grant in form.get(name, ()))
    if path.startswith("/response/"):
        return path.rpartition("/")[2] in team.response_urls
    return header.removeprefix("Bearer ").strip() in {team.app.bot_token, *team.sign_in.older}
