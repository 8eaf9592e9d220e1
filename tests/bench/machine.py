"""The real bot: `waerror run` in a process of its own, over Socket Mode, against the stand-in in this process."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.standin import People, Workspace, serve
from tests.bench.clock import peak_megabytes
from tests.bench.corpus import ROOT

_STARTS_WITHIN, _STOPS_WITHIN = 60.0, 20.0
_MANIFEST = yaml.safe_load((ROOT / "app_manifest.yml").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Machine:
    """A bot that runs, and who talks to it."""

    workspace: Workspace
    people: People
    process: subprocess.Popen[bytes]
    folder: Path

    @property
    def database(self) -> Path:
        return self.folder / "data" / "waerror.db"

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text("utf-8", "replace")

    def peak(self) -> float:
        """The most memory that the bot has held, in megabytes."""
        return peak_megabytes(self.process.pid)


def team(channels: Sequence[str]) -> Workspace:
    """A workspace with these channels, which grants the bot what its manifest asks for."""
    workspace = Workspace()
    workspace.add_user("ana")
    for name in channels:
        workspace.add_channel(name)
    workspace.scopes = frozenset(_MANIFEST["oauth_config"]["scopes"]["bot"])
    workspace.events = frozenset(_MANIFEST["settings"]["event_subscriptions"]["bot_events"])
    return workspace


@contextmanager
def running(
    workspace: Workspace, folder: Path, command: Sequence[str] = (), env: Mapping[str, str] | None = None
) -> Iterator[Machine]:
    """The bot with its default settings, connected. `command` runs another app in its place."""
    with serve(workspace) as slack, (folder / "log").open("wb") as log:
        told = {
            "SLACK_API_URL": slack.api_url,
            "SLACK_BOT_TOKEN": workspace.app.bot_token,
            "SLACK_APP_TOKEN": workspace.app.app_token,
            "WAERROR_ALERT_CHANNELS": ",".join(workspace.channels),
            "PORT": "0",
        }
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "WAERROR_CACHE_DIR")}
        command = command or [str(Path(sys.executable).with_name("waerror")), "run"]
        process = subprocess.Popen(command, env=kept | told | dict(env or {}), cwd=folder, stdout=log, stderr=log)
        machine = Machine(workspace, People(workspace), process, folder)
        try:
            workspace.wait_for(lambda: workspace.courier.links or process.poll() is not None, _STARTS_WITHIN)
            if process.poll() is not None:
                raise RuntimeError(f"the bot did not start: {machine.log[-2000:]}")
            yield machine
        finally:
            process.terminate()
            try:
                process.wait(_STOPS_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
