"""Watches the way to Slack: slack_sdk's socket may look open and be deaf, and then nobody is answered or told.

A silent socket is opened anew once half of the patience is over, or later where the process slept; when that does not
help, the process ends, and whoever runs it starts it again. Over HTTP there is nothing to be deaf; there Slack is asked
how it is.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from slack_sdk import WebClient

from bot.duties.loop import Loop
from bot.house import Pulse
from bot.line import Line
from bot.slack_errors import ThreadError, speaking
from bot.telemetry import trouble

# A fault of our own is no reason to stop watching.
_AFTER_FAULT = 5.0


def of_line(line: Line, patience: float, give_up: Callable[[], None]) -> Loop:
    """Calls `give_up` after so many seconds without a sign from Slack, the last half of them on a new connection."""
    cut_at: list[float] = []

    def look() -> float:
        silent, now = line.silent, monotonic()
        if silent < patience / 2:
            cut_at.clear()
            return patience / 2 - silent
        if not cut_at:  # however long it was silent: it may be us who slept
            cut_at.append(now)
            trouble("line.silent", seconds=round(silent))
            line.cut()
        left = cut_at[0] + patience / 2 - now
        if left > 0:
            return left
        trouble("line.deaf", seconds=round(silent))
        give_up()
        return patience

    return Loop("watchdog", look, after_fault=_AFTER_FAULT)


@contextmanager
def watched(loop: Loop) -> Iterator[None]:
    """Until the end of the block."""
    loop.start()
    try:
        yield
    finally:
        loop.stop(0.0)


def of_slack(client: WebClient, pulse: Pulse, every: float) -> Loop:
    """Notes in the pulse what Slack says to us."""

    def look() -> float:
        try:
            with speaking():
                _ = client.auth_test() if client.token else client.api_test()
            pulse.refusal = None
        except ThreadError as error:
            pulse.refusal = str(error)
            trouble("slack.not_well", error=pulse.refusal)
        return every

    return Loop("watchdog", look, after_fault=_AFTER_FAULT)
