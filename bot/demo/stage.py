"""Sets the stage: WaConnect's sandbox, Slack's stand-in, and `waerror run` as a process of its own over Socket Mode."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.standin import NotSeen, People, Workspace, serve
from bot.waconnect.sandbox import DEMO_KEY, Sandbox
from bot.waconnect.sandbox import serve as serve_sandbox

ALERTS, SUPPORT = "C0WAALERTS", "C0SUPPORT"
SENDER = "100000000000002"  # one of the sandbox's own numbers
# How long the bot may take to connect: the first start compiles the knowledge.
_PATIENCE = 30.0
# Pauses between attempts and status reads are a quarter of the real ones, so that the story is short.
_PACE = "0.25"


class BotFailed(RuntimeError):
    """The bot did not do its part."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Everybody who takes part."""

    workspace: Workspace
    people: People
    sandbox: Sandbox


@contextmanager
def staged() -> Iterator[Stage]:
    """The stage with the bot connected. BotFailed, with what the bot logged, when it does not come or does not last."""
    workspace, sandbox = _team(), Sandbox(pace_seconds=1.0)
    waconnect, waconnect_url = serve_sandbox(sandbox)
    with TemporaryDirectory(prefix="waerror-demo-") as folder, waconnect, serve(workspace) as slack:
        environment = _environment(workspace, slack.api_url, waconnect_url, Path(folder))
        with _bot(environment, Path(folder)) as process:
            try:
                workspace.wait_for(lambda: workspace.courier.links or process.poll(), _PATIENCE, "the bot's connection")
                if process.poll() is not None:
                    raise NotSeen("the bot did not connect")
                yield Stage(workspace, People(workspace), sandbox)
            except NotSeen as error:
                says = "is still running" if process.poll() is None else f"ended with {process.returncode}"
                log = (Path(folder) / "log").read_text()[-3_000:]
                raise BotFailed(f"{str(error)[:300]}\nThe bot {says}. Its log:\n{log}") from error


def _team() -> Workspace:
    workspace = Workspace()
    for name in ("ana", "ben"):
        workspace.add_user(name)
    workspace.add_channel("wa-alerts")
    workspace.add_channel("support")
    return workspace


def _environment(workspace: Workspace, slack: str, waconnect: str, folder: Path) -> dict[str, str]:
    return os.environ | {
        "SLACK_API_URL": slack,
        "SLACK_BOT_TOKEN": workspace.app.bot_token,
        "SLACK_APP_TOKEN": workspace.app.app_token,
        "WACONNECT_BASE_URL": waconnect,
        "WACONNECT_API_KEY": DEMO_KEY,
        "WAERROR_ALERT_CHANNELS": ALERTS,
        "WAERROR_DATABASE_URL": f"sqlite:///{folder}/waerror.db",
        "WAERROR_PACE": _PACE,
        "PORT": "0",
    }


@contextmanager
def _bot(environment: dict[str, str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "bot.cli", "run"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, cwd=folder, stdout=log, stderr=log)  # noqa: S603
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
