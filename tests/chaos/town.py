"""The servers around the bot, and the bot as a process that is started and killed."""

import json
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bot.standin import Patience, People, Workspace, serve
from bot.waconnect.sandbox import DEMO_KEY, Sandbox
from bot.waconnect.sandbox_server import Server
from tests.scenarios.test_processes import MANIFEST, WAERROR

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

# Seconds that a call is on its way to WaConnect, and its answer on the way back: a kill must be able to fall there.
_WAY = 0.02
# From pending to sent, from sent to delivered.
_PACE = 0.15
_STARTS_WITHIN = 60.0
# Ten minutes become 1.2 seconds, the first back-off 4 milliseconds.
_SETTINGS = {
    "WAERROR_PACE": "0.002",
    "WAERROR_QUIET_SECONDS": "0.1",
    "WAERROR_RETRY_ATTEMPTS": "3",
    "WAERROR_SEARCH_LOOKS": "3",
    "WACONNECT_TIMEOUT_SECONDS": "0.6",
    "WAERROR_DATABASE_URL": "sqlite:///data/waerror.db",
}


class Far(Sandbox):
    """WaConnect is some way off."""

    posting = threading.Event()
    """A POST is on its way."""

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> "Iterable[bytes]":
        if environ["REQUEST_METHOD"] == "POST":
            self.posting.set()
        self.stopping.wait(_WAY)
        answer = super().__call__(environ, start_response)
        self.stopping.wait(_WAY)
        return answer


@dataclass(slots=True)
class Bot:
    """`waerror run`, one life after another on one database."""

    workspace: Workspace
    people: People
    sandbox: Far
    folder: Path
    env: dict[str, str]
    process: "subprocess.Popen[bytes] | None" = None
    lives: int = 0
    never: threading.Event = field(default_factory=threading.Event)

    @property
    def database(self) -> Path:
        return self.folder / "data" / "waerror.db"

    @property
    def is_connected(self) -> bool:
        return bool(self.workspace.courier.links)

    def spawn(self, **more: str) -> None:
        """A new process, not waited for."""
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [WAERROR, "run"], env=self.env | more, cwd=self.folder, stderr=log, stdout=log
            )
        self.lives += 1

    def connected(self) -> None:
        """It hears Slack. RuntimeError when it ended instead."""
        ended = self.process.poll if self.process else lambda: 1
        self.workspace.wait_for(lambda: self.is_connected or ended() is not None, _STARTS_WITHIN, "a connection")
        if ended() is not None:
            raise RuntimeError(f"the bot did not start:\n{self.tail()}")

    def kill(self) -> None:
        """`kill -9`; returns when nothing of it is left."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.workspace.wait_for(lambda: not self.is_connected, what="the end of the connection")

    def nap(self, seconds: float) -> None:
        self.never.wait(seconds)

    def tail(self, lines: int = 25) -> str:
        return "\n".join((self.folder / "log").read_text("utf-8").splitlines()[-lines:])

    def complaints(self) -> Counter[str]:
        """Events that somebody should look at, and how often."""
        lines = (json.loads(line) for line in (self.folder / "log").read_text("utf-8").splitlines() if line[:1] == "{")
        return Counter(line["event"][:60] for line in lines if line["level"] in ("error", "critical"))


@contextmanager
def opened(folder: Path, people: int) -> Iterator[Bot]:
    """Slack, WaConnect, and a bot between them that is not yet started."""
    workspace, sandbox = Workspace(patience=Patience(ack=1.0, redeliver_after=(0.0, 0.5, 2.0))), Far(pace_seconds=_PACE)
    for number in range(people):
        workspace.add_user(f"person{number}")
    workspace.scopes = frozenset(MANIFEST["oauth_config"]["scopes"]["bot"])
    workspace.events = frozenset(MANIFEST["settings"]["event_subscriptions"]["bot_events"])
    waconnect = Server(sandbox, 0, ending=sandbox.stopping.set)
    with waconnect, serve(workspace) as slack:
        env = _SETTINGS | {
            "SLACK_API_URL": slack.api_url,
            "SLACK_BOT_TOKEN": workspace.app.bot_token,
            "SLACK_APP_TOKEN": workspace.app.app_token,
            "PORT": "0",
            "WACONNECT_BASE_URL": f"{waconnect.origin}/api/",
            "WACONNECT_API_KEY": DEMO_KEY,
        }
        bot = Bot(workspace, People(workspace), sandbox, folder, env)
        try:
            yield bot
        finally:
            bot.kill()


def seconds() -> float:
    return time.monotonic()
