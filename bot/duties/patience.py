"""How steps that talk to Slack are repeated: while Slack is away, not when it refuses."""

from collections.abc import Callable
from typing import TypedDict

from dbos._error import DBOSMaxStepRetriesExceeded

from bot.slack_errors import SlackAway, ThreadError

# What a step raises in the end: Slack's no at once, or the last of many tries.
NOT_SHOWN = (ThreadError, DBOSMaxStepRetriesExceeded)


class Patience(TypedDict):
    """The options of a DBOS step."""

    retries_allowed: bool
    max_attempts: int
    interval_seconds: float
    backoff_rate: float
    should_retry: Callable[[BaseException], bool]


def _patience(attempts: int) -> Patience:
    return Patience(
        retries_allowed=True,
        max_attempts=attempts,
        interval_seconds=1.0,
        backoff_rate=2.0,
        should_retry=lambda error: isinstance(error, SlackAway),
    )


# 1, 2, 4 … seconds, at most an hour: an outage of Slack of four hours loses no answer.
PATIENT = _patience(14)
# Progress that the next step shows anyway: a message on its way does not wait for Slack.
BRIEF = _patience(3)
