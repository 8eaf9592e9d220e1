"""Sets the stage: WaConnect's sandbox, Slack's stand-in, and the bot between them, all on this machine."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.demo.manifest import EVENTS, SCOPES
from bot.demo.process import Bot, BotFailed
from bot.standin import NotSeen, People, Workspace, serve
from bot.waconnect.sandbox import DEMO_KEY, Sandbox
from bot.waconnect.sandbox import serve as serve_sandbox

ALERTS, SUPPORT = "C0WAALERTS", "C0SUPPORT"
ANA, BEN = "U0ANA", "U0BEN"
SENDER = "100000000000002"  # one of the sandbox's own numbers
# How long the bot may take to connect: the first start compiles the knowledge, and the machine may be busy otherwise.
_PATIENCE = 60.0
# Pauses between attempts and status reads are a quarter of the real ones, so that nobody waits long for the story.
_PACE = "0.25"


@dataclass(frozen=True, slots=True)
class Stage:
    """Everybody who takes part."""

    workspace: Workspace
    people: People
    sandbox: Sandbox
    bot: Bot

    def wait_for_bot(self, or_for: Callable[[], bool] = lambda: False) -> None:
        """Until it is connected, or `or_for` is true. BotFailed, with what it logged, when it does not come."""
        try:
            self.workspace.wait_for(lambda: self._heard_of() or or_for(), _PATIENCE, "the bot's connection")
            if self.bot.ended is not None:
                raise NotSeen("the bot did not connect")
        except NotSeen as error:
            raise BotFailed(f"{str(error)[:300]}\n{self.bot.last_words()}") from error

    def restart(self) -> None:
        """The bot goes and comes back; what it had promised must survive."""
        self.bot.stop()
        self.bot.start()
        self.wait_for_bot()

    def _heard_of(self) -> bool:
        return bool(self.workspace.courier.links) or self.bot.ended is not None


@contextmanager
def staged(**settings: str) -> Iterator[Stage]:
    """The stage, with the bot on its way. `settings` are the bot's, beside those that the stage needs.

    BotFailed, with what the bot logged, when something that the bot should do was waited for in vain.
    """
    workspace, sandbox = _team(), Sandbox(pace_seconds=1.0)
    waconnect, waconnect_url = serve_sandbox(sandbox)
    with TemporaryDirectory(prefix="waerror-demo-") as folder, waconnect, serve(workspace) as slack:
        environment = _environment(workspace, slack.api_url, waconnect_url, Path(folder)) | settings
        bot = Bot(environment, Path(folder))
        bot.start()
        try:
            yield Stage(workspace, People(workspace), sandbox, bot)
        except NotSeen as error:
            raise BotFailed(f"{str(error)[:300]}\n{bot.last_words()}") from error
        finally:
            bot.stop()


def _team() -> Workspace:
    workspace = Workspace(scopes=SCOPES, events=EVENTS)
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
