"""Slack's chart is new and its limits are not certain: once one is refused, bars of text take its place."""

from collections.abc import Callable

from bot.slack_errors import CannotPost, ThreadError
from bot.telemetry import trouble

# Slack's words for blocks that it does not take, in a message and in a view.
_REFUSALS = frozenset({"invalid_blocks", "invalid_arguments", "invalid_blocks_format"})


class Charting:
    """Remembers, for the life of the process, whether Slack takes charts."""

    def __init__(self) -> None:
        self._refused = False

    def show(self, show: Callable[[bool], None]) -> None:
        """`show(True)` draws with charts, `show(False)` without. ThreadError."""
        if self._refused:
            show(False)
            return
        try:
            show(True)
        except CannotPost as error:
            if str(error) not in _REFUSALS:
                raise
            self._refused = True  # before the bars are seen: who looks next must not get a chart
            try:
                show(False)
            except ThreadError:  # it was not the chart; nothing is learned
                self._refused = False
                raise
            trouble("chart.refused", error=str(error))
