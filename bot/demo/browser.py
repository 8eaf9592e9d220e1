"""The workspace of `make demo`: the page, with what there is to try beside it, until somebody ends it."""

import signal
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.demo.ledger import sheets
from bot.demo.manifest import COMMAND, SHORTCUT
from bot.demo.pastes import PASTES
from bot.demo.stage import ANA, Stage, staged
from bot.demo.tricks import firing, restarting
from bot.demo.trouble import Trouble
from bot.standin.display import has_display
from bot.standin.ending import heard
from bot.standin.page import Group, Panel, serve_page

# Ben may not retry; a time-out is short, and a bulk retry slow enough to be stopped, for those who watch.
_RULES = {
    "WAERROR_MAY_RETRY": ANA,
    "WAERROR_MAY_BULK": ANA,
    "WACONNECT_TIMEOUT_SECONDS": "3",
    "WAERROR_BULK_PER_SECOND": "3",
}


def open_workspace(port: int, tell: Callable[[str], None]) -> None:
    """Serve it until Ctrl-C or SIGTERM. `tell` gets what the person reads. OSError when the port is taken."""
    with heard(signal.SIGINT, signal.SIGTERM) as ended, workspace(port) as (stage, url):
        tell(f"The workspace  {url}")
        tell("You are Ana; Ben, who may not retry, is one click away. Ctrl-C ends it, and nothing is kept.")
        if has_display():
            webbrowser.open(url)
        stage.wait_for_bot(or_for=ended.is_set)
        tell("The bot is connected.")
        ended.wait()


@contextmanager
def workspace(port: int = 0, **settings: str) -> Iterator[tuple[Stage, str]]:
    """The stage and the address of its page. The bot is on its way."""
    with staged(**_RULES, **settings) as stage:
        trouble = Trouble(stage.sandbox)
        with serve_page(stage.workspace, _panel(stage, trouble), port=port) as page:
            try:
                yield stage, page.url
            finally:
                trouble.close()


def _panel(stage: Stage, trouble: Trouble) -> Panel:
    return Panel(
        commands=(COMMAND,),
        shortcuts=(SHORTCUT,),
        groups=(
            Group("Alerts in #wa-alerts", firing(stage)),
            Group("Pastes for #support", PASTES),
            Group("WaConnect's troubles", trouble.switches()),
            Group("The bot", (restarting(stage),)),
        ),
        sheets=sheets(stage.sandbox),
    )
