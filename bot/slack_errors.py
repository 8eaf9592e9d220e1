"""What a call to Slack can raise, translated in one place; no exception of slack_sdk or the network goes further.

ThreadError
├── CannotPost      Slack will not have it there, however often we ask
└── SlackAway       Slack did not answer, or asks for patience: try again later
"""

from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException

from slack_sdk.errors import SlackApiError, SlackClientError

FOREIGN = (SlackClientError, HTTPException, OSError)
"""Slack's no, no answer, and an answer that was cut off."""
_PASSING = frozenset(
    {"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}
)
# How slack_sdk words that a page came instead of JSON: something before Slack answered.
_NO_JSON = "Received a response in a non-JSON format"
_NOT_HERE = frozenset({"not_in_channel", "channel_not_found", "is_archived", "restricted_action"})


class ThreadError(Exception):
    """Slack did not take the message."""


class CannotPost(ThreadError):
    """Slack refuses the message here; asking again does not help."""

    @property
    def not_here(self) -> bool:
        """The bot may not post in this channel at all."""
        return str(self) in _NOT_HERE


class SlackAway(ThreadError):
    """Slack did not answer, or asks for patience."""


@contextmanager
def speaking() -> Iterator[None]:
    """A call to Slack elsewhere than in a thread: what it raises becomes a ThreadError."""
    try:
        yield
    except FOREIGN as error:
        raise translated(error) from error


def reason_of(error: Exception) -> str:
    """Slack's own word for it; empty when Slack said nothing."""
    return str(error.response.get("error") or "") if isinstance(error, SlackApiError) else ""


def is_passing(status: int) -> bool:
    return status == 429 or status >= 500


def translated(error: Exception) -> ThreadError:
    """The one place where slack_sdk's and the network's exceptions become ours."""
    if not isinstance(error, SlackApiError):
        return SlackAway(type(error).__name__)
    status, reason = error.response.status_code, reason_of(error)
    if reason.startswith(_NO_JSON):
        return SlackAway(f"HTTP {status} without JSON")
    return (SlackAway if reason in _PASSING or is_passing(status) else CannotPost)(reason or f"HTTP {status}")
