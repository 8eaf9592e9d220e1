"""Whether Slack is heard is judged by what was tried, not by a clock alone."""

import logging
from time import monotonic

from slack_sdk import WebClient

from bot.line import Line
from bot.watchdog import of_line


def test_a_process_that_slept_opens_its_socket_anew_before_it_gives_up() -> None:
    """A laptop's lid, a paused container, a machine that stood still: nobody was asked meanwhile, so nobody is deaf."""
    line = Line("xapp-x", logging.getLogger("slack_sdk"), WebClient(), concurrency=1)
    gave_up: list[str] = []
    try:
        loop = of_line(line, 120.0, lambda: gave_up.append("now"))
        line.heard_at = monotonic() - 3_600
        assert 0 < loop._work() <= 60
        assert 0 < loop._work() <= 60
        line.hear()
        assert loop._work() <= 60
    finally:
        line.close()
    assert gave_up == []
