"""How steps that talk to Slack are repeated: while Slack is away, not when it refuses."""

from collections.abc import Callable
from typing import TypedDict

from bot.thread import SlackAway


class Patience(TypedDict):
    retries_allowed: bool
    max_attempts: int
    interval_seconds: float
    backoff_rate: float
    should_retry: Callable[[BaseException], bool]


# 1, 2, 4 … 256 seconds: an outage of Slack of eight minutes loses nothing.
PATIENT = Patience(
    retries_allowed=True,
    max_attempts=10,
    interval_seconds=1.0,
    backoff_rate=2.0,
    should_retry=lambda error: isinstance(error, SlackAway),
)
