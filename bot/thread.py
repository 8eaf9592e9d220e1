"""What stands in a Slack thread: posted once, edited after, found again when a crash fell between.

A reply is known by its card and kind. It is noted before it is posted; when the note is there without a `ts`,
the thread is searched for the reply's metadata before anything is posted again.

ThreadError
├── CannotPost      Slack will not have it there, however often we ask
└── SlackAway       Slack did not answer, or asks for patience: try again later
"""

from collections.abc import Mapping
from typing import Any, NoReturn

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.webhook import WebhookClient

from bot.diagnosis.text import of_message
from bot.store import Store
from bot.views.blocks import Blocks, clip

# `chat.update` takes no more than this; it is only the notification's text.
_LONGEST_TEXT = 3_000
_EVENT_TYPE = "waerror_reply"
_PASSING = frozenset(
    {"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}
)
_GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
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


class Thread:
    """Posts and edits the bot's replies."""

    def __init__(self, client: WebClient, store: Store) -> None:
        self._client = client
        self._cards = store.cards

    def show(self, card: str, kind: str, channel: str, thread: str, blocks: Blocks, text: str) -> None:
        """Post the card's reply of this kind in the thread, or edit it when it stands there. ThreadError."""
        reply, new = self._cards.begin_reply(card, kind, channel, thread)
        ts = reply.ts or (None if new else self._find(card, kind, channel, thread))
        text = clip(text, _LONGEST_TEXT)
        try:
            if ts is None:
                ts = self._post(card, kind, channel, thread, blocks, text)
            else:
                self._client.chat_update(channel=channel, ts=ts, blocks=blocks, text=text)
        except SlackApiError as error:
            if ts is not None and error.response["error"] in _GONE:
                self._cards.forget_reply(card, kind)
                self.show(card, kind, channel, thread, blocks, text)
                return
            if error.response["error"] not in _PASSING:
                self._cards.forget_reply(card, kind)
            _translate(error)
        except (SlackClientError, OSError) as error:
            _translate(error)
        self._cards.end_reply(card, kind, ts)

    def respond(self, response_url: str, blocks: Blocks, text: str, **options: Any) -> None:
        """Answer one person through the `response_url` of what they did. ThreadError."""
        webhook = WebhookClient(response_url, timeout=self._client.timeout)
        try:
            response = webhook.send(text=text, blocks=blocks, replace_original=False, **options)
        except (SlackClientError, OSError) as error:
            _translate(error)
        if response.status_code != 200:
            raise CannotPost(f"response_url answered {response.status_code}")

    def root_text(self, channel: str, thread: str) -> str:
        """The text of the thread's first message; empty when Slack does not show it to us. ThreadError."""
        try:
            found = self._client.conversations_replies(channel=channel, ts=thread, limit=1)
        except SlackApiError as error:
            if error.response["error"] in _PASSING:
                _translate(error)
            return ""
        except (SlackClientError, OSError) as error:
            _translate(error)
        messages = found.get("messages") or [{}]
        return of_message(messages[0])

    def _post(self, card: str, kind: str, channel: str, thread: str, blocks: Blocks, text: str) -> str:
        metadata = {"event_type": _EVENT_TYPE, "event_payload": {"card": card, "kind": kind}}
        posted = self._client.chat_postMessage(
            channel=channel,
            thread_ts=thread,
            blocks=blocks,
            text=text,
            metadata=metadata,
            unfurl_links=False,
            unfurl_media=False,
        )
        return str(posted["ts"])

    def _find(self, card: str, kind: str, channel: str, thread: str) -> str | None:
        """The reply that a process which died may have posted."""
        try:
            found = self._client.conversations_replies(channel=channel, ts=thread, limit=200, include_all_metadata=True)
        except (SlackClientError, OSError) as error:
            _translate(error)
        wanted = {"card": card, "kind": kind}
        return next((str(m["ts"]) for m in found.get("messages") or () if _payload(m) == wanted), None)


def _payload(message: Mapping[str, Any]) -> Any:
    metadata = message.get("metadata") or {}
    return metadata.get("event_payload") if metadata.get("event_type") == _EVENT_TYPE else None


def _translate(error: Exception) -> NoReturn:
    """The one place where slack_sdk's and the network's exceptions become ours."""
    if isinstance(error, SlackApiError):
        status = error.response.status_code
        reason = str(error.response.get("error") or f"HTTP {status}")
        if reason in _PASSING or status == 429 or status >= 500:
            raise SlackAway(reason) from error
        raise CannotPost(reason) from error
    raise SlackAway(type(error).__name__) from error
