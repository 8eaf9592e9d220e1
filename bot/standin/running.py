"""Any Bolt app against a workspace of its own: the page, the stand-in, and the app in a process of its own, unchanged.

Kept: who ends first ends all. Ctrl-C, SIGTERM and SIGHUP are passed on to the app, which gets time to close; its exit
code is what is given back.
"""

import math
import os
import signal
import socket
import subprocess
import sys
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

from bot.standin.ending import End, heard
from bot.standin.manifest import Manifest
from bot.standin.page import serve_page
from bot.standin.posting import posting
from bot.standin.server import Server, serve
from bot.standin.values import Installation, StandinError
from bot.standin.workspace import Workspace

CHILD = Path(__file__).with_name("child.py")
GRACE = 12.0  # seconds; Bolt's own handlers take up to ten to close
GLANCE = 0.05  # seconds; between two looks at whether the app is there, or gone
LONG = 8.0  # seconds; what begins later than that deserves a word
NO_SOCKET = "The app has opened no connection yet. Does it listen over HTTP? Then say where, as with --http 3000."
# Slack is on loopback here, and slack_sdk knows no exception from a proxy.
PROXIES = frozenset({"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"})
PEOPLE = ("ana", "ben", "cleo")


@dataclass(frozen=True, slots=True)
class Asked:
    """What to run. `app`: a path, or `-m` and a module's name, and arguments. `http`: where it listens, if it does.

    `channels`: more of them, by name, than are there anyway.
    """

    app: tuple[str, ...]
    channels: tuple[str, ...] = ()
    manifest: Manifest = field(default_factory=Manifest)
    http: str | None = None
    port: int = 0
    python: str = sys.executable
    browser: bool = False


def run(asked: Asked, tell: Callable[[str], None]) -> int:
    """Until the app ends or is ended; its exit code. `tell` gets what the person reads. OSError: a port is taken."""
    if asked.http and _listens(asked.http):
        raise StandinError(f"something listens at {asked.http} already")
    workspace = peopled(asked)
    page = serve_page(workspace, asked.manifest.panel, port=asked.port)
    with heard(signal.SIGINT, signal.SIGTERM, signal.SIGHUP) as end, serve(workspace) as server, page:
        tell(f"The workspace  {page.url}")
        for words in asked.manifest.absent:
            tell(f"Not here: {words}.")
        if asked.browser:
            webbrowser.open(page.url)
        return _accompanied(_started(asked, server), asked.http, workspace, end, tell)


def peopled(asked: Asked) -> Workspace:
    """Three people, who are in all channels, and so is the app."""
    app = Installation("A0APP", "B0APP", "U0APP", asked.manifest.name)
    workspace = Workspace(app, scopes=asked.manifest.scopes, events=asked.manifest.events)
    for name in PEOPLE:
        workspace.add_user(name, is_admin=name == PEOPLE[0])
    for name in ("general", "random", *asked.channels):
        workspace.add_channel(name)
    workspace.add_channel("team", kind="private")
    return workspace


def environment(server: Server) -> dict[str, str]:
    """The names under which samples, and Slack's own command line, pass tokens on."""
    app = server.workspace.app
    kept = {name: value for name, value in os.environ.items() if name.upper() not in PROXIES}
    return kept | {
        "SLACK_API_URL": server.api_url,
        "SLACK_BOT_TOKEN": app.bot_token,
        "SLACK_APP_TOKEN": app.app_token,
        "SLACK_SIGNING_SECRET": app.signing_secret,
        "SLACK_CLI_XOXB": app.bot_token,
        "SLACK_CLI_XAPP": app.app_token,
    }


def _started(asked: Asked, server: Server) -> subprocess.Popen[bytes]:
    """In a session of its own: Ctrl-C is for us, who then end the app and all that it started."""
    command = [asked.python, str(CHILD), *asked.app]
    return subprocess.Popen(command, env=environment(server), start_new_session=True)  # noqa: S603


def _accompanied(
    child: subprocess.Popen[bytes], http: str | None, workspace: Workspace, end: End, tell: Callable[[str], None]
) -> int:
    try:
        for words in news(http, workspace):
            if words:
                tell(words)
            if child.poll() is not None or end.wait(GLANCE):
                break
    finally:
        code = _ended(child, end.number)
    return code if code >= 0 else 128 - code


def news(http: str | None, workspace: Workspace) -> Iterator[str | None]:
    """At each look what there is to tell. An app that listens gets its envelopes from when it does."""
    wonder_at = monotonic() + LONG
    while not (_listens(http) if http else workspace.courier.links):
        is_late = monotonic() > wonder_at
        wonder_at = math.inf if is_late else wonder_at
        yield (f"Nothing listens at {http} yet." if http else NO_SOCKET) if is_late else None
    if http:
        workspace.answer_with(posting(http, workspace.app.signing_secret))
    yield "The app is connected."
    while True:
        yield None


def _ended(child: subprocess.Popen[bytes], number: signal.Signals) -> int:
    if child.poll() is None:
        _signal(child, number)
        try:
            child.wait(GRACE)
        except subprocess.TimeoutExpired:
            _signal(child, signal.SIGKILL)
    return child.wait()


def _signal(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(child.pid, number)


def _listens(url: str) -> bool:
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname or "", parts.port or 80), 1).close()
    except OSError:
        return False
    return True
