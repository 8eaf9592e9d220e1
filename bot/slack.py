"""The one way in which a client of Slack's Web API is made; each of its requests is counted, with how long it took."""

import re
from time import monotonic
from typing import Any, Protocol
from urllib.error import HTTPError
from urllib.request import Request

from slack_sdk import WebClient
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from bot.settings import Settings
from bot.telemetry import count

# Slack says no with status 200. Its own words come first in the answer.
_REFUSED = re.compile(r'\s*\{\s*"ok"\s*:\s*false')


class Clients(Protocol):
    """The workspaces that we speak in."""

    def has(self, team: str) -> bool: ...

    def client(self, team: str) -> WebClient:
        """ThreadError where the bot is not installed."""


class Slack(WebClient):
    """slack_sdk's own client. A request that is made again after a 429 is one more request."""

    def _perform_urllib_http_request_internal(self, url: str, req: Request) -> dict[str, Any]:
        began, status = monotonic(), "no answer"
        try:
            answer: dict[str, Any] = super()._perform_urllib_http_request_internal(url, req)
            status = "refused" if _REFUSED.match(str(answer["body"])[:40]) else str(answer["status"])
        except HTTPError as error:
            status = str(error.code)
            raise
        finally:
            method = url.removeprefix(self.base_url)
            count("slack.called", method=method, status=status, seconds=monotonic() - began)
        return answer


def slack(settings: Settings, token: str | None) -> WebClient:
    """A client that speaks with this token."""
    return Slack(
        token,
        base_url=settings.slack_api,
        timeout=round(settings.slack_timeout_seconds) or 1,
        # Not slack_sdk's own handler, which repeats a post whose connection broke: it may stand there already.
        retry_handlers=[RateLimitErrorRetryHandler(max_retry_count=3)],
    )
