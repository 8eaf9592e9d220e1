"""What stands in a Slack thread: posted once, edited after, found again when a crash fell between.

A reply is known by its card and kind. It is noted before it is posted; when the note is there without a `ts`,
the thread is searched for the reply's metadata before anything is posted again. One shows a reply at a time.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, replace
from functools import partial
from time import time
from typing import Any

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse
from slack_sdk.webhook import WebhookClient

from bot.diagnosis.text import of_message
from bot.pacing import Pacing
from bot.slack import Clients
from bot.slack_errors import FOREIGN, CannotPost, SlackAway, is_passing, reason_of, speaking, translated
from bot.store import Reply, Store
from bot.views.blocks import Blocks, clip

# `chat.update` takes no more than this; it is only the notification's text.
_LONGEST_TEXT = 3_000
_EVENT_TYPE = "waerror_reply"
_GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
# Slack recommends pages of no more than this.
_PAGE = 200
_AS_IT_IS = frozenset({"already_reacted", "no_reaction"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reply belongs."""

    channel: str
    thread: str
    """The `ts` of the thread's first message; empty for the top of the channel."""
    user: str | None = None
    """Who is told directly where we may not post."""
    paid: bool = False
    """The turn to write was taken before."""
    broadcast: bool = False
    """A new reply shows in the channel as well."""


class Thread:
    """Posts and edits the bot's replies, each in its turn."""

    def __init__(self, clients: Clients, store: Store, timeout: float = 10.0, pace: float = 1.0) -> None:
        """`clients`: the way to speak in a workspace. `timeout`: seconds for a call to Slack."""
        self._clients = clients
        self._timeout = timeout
        self._team = ""
        self._cards = store.cards
        self._channels = store.channels
        self._locks = store.locks
        # A turn is waited for as long as a call to Slack; then it is as if Slack had asked for patience.
        self.pacing = Pacing(store.turns, pace, timeout)

    def of(self, team: str) -> "Thread":
        """The same, speaking in this workspace."""
        bound = copy(self)
        bound._team = team
        return bound

    @property
    def is_here(self) -> bool:
        """False where the bot is not, or no longer, installed: nothing is shown there."""
        return self._clients.has(self._team)

    @property
    def _client(self) -> WebClient:
        return self._clients.client(self._team)

    @contextmanager
    def alone(self, card: str, kind: str) -> Iterator[None]:
        """Nobody else shows this reply meanwhile: what is read inside is not older than what stands there. SlackAway.

        Two who post it at once would each find none to edit. It may take a turn and a call, and then some.
        """
        with self._locks.held(f"reply/{card}/{kind}", 3.0 * self._timeout) as mine:
            if not mine:
                raise SlackAway("somebody else is still writing this")
            yield

    def show(self, card: str, kind: str, place: Place, blocks: Blocks, text: str) -> None:
        """Post the card's reply of this kind, or edit it when it stands. Waits for its turn. ThreadError."""
        with self.alone(card, kind):
            try:
                self._show(card, kind, place, blocks, clip(text, _LONGEST_TEXT))
            except CannotPost as error:
                if not error.not_here or place.user is None:
                    raise
                self._show(card, kind, Place(place.user, ""), blocks, clip(text, _LONGEST_TEXT))

    def _await_turn(self, what: str, where: str) -> None:
        if not self.pacing.wait(what, where):
            raise SlackAway("it is not our turn to write yet")

    def mark(self, channel: str, ts: str, old: str | None, new: str | None) -> None:
        """Our reaction on a message. The turn was taken. ThreadError."""
        client, message = self._client, {"channel": channel, "timestamp": ts}
        if old:
            self._react(lambda: client.reactions_remove(name=old, **message))
        if new:
            self._react(lambda: client.reactions_add(name=new, **message))

    def _react(self, change: Callable[[], SlackResponse]) -> None:
        try:
            change()
        except FOREIGN as error:
            if reason_of(error) not in _AS_IT_IS:
                raise translated(error) from error

    def link(self, channel: str, ts: str) -> str | None:
        """Slack's own address of a message; None when it does not tell."""
        return self._shown(lambda: self._client.chat_getPermalink(channel=channel, message_ts=ts)).get("permalink")

    def check(self, blocks: Blocks) -> None:
        """Does Slack know us, and would it take these blocks? Nobody sees anything. ThreadError."""
        with speaking():
            client = self._client
            client.auth_test()
            client.blocks_validate(blocks=blocks)

    def attach(self, place: Place, name: str, content: str) -> None:
        """Share a text file in the thread. Waits for its turn. ThreadError."""
        self._await_turn("post", place.channel)
        with speaking():
            self._client.files_upload_v2(
                channel=place.channel, thread_ts=place.thread or None, filename=name, title=name, content=content
            )

    def _show(self, card: str, kind: str, place: Place, blocks: Blocks, text: str) -> None:
        self._clients.client(self._team)  # before anything is noted: where we are not installed, nothing is posted
        reply, new = self._cards.begin_reply(card, kind, place.channel, place.thread)
        try:
            ts = reply.ts or (None if new else self._find(card, kind, reply))
            if ts is None:
                self._cards.end_reply(card, kind, *self._post(card, kind, place, blocks, text))
            else:
                self._edit(reply.channel, ts, place.paid, blocks, text)
                self._cards.end_reply(card, kind, reply.channel, ts)
        except FOREIGN as error:
            failure, gone = translated(error), reason_of(error) in _GONE and not new
            # An edit that was refused leaves the reply where it stands.
            if gone or (reply.ts is None and isinstance(failure, CannotPost)):
                self._cards.forget_reply(card, kind)
            if not gone:
                raise failure from error
            self._show(card, kind, replace(place, paid=False), blocks, text)

    def _edit(self, channel: str, ts: str, paid: bool, blocks: Blocks, text: str) -> None:
        if not paid:
            self._await_turn("edit", self._team)
        self._client.chat_update(channel=channel, ts=ts, blocks=blocks, text=text)
        self._channels.wrote(channel, time())

    def respond(self, response_url: str, blocks: Blocks, text: str, **options: Any) -> None:
        """Answer one person through the `response_url` of what they did. ThreadError."""
        webhook = WebhookClient(response_url, timeout=round(self._timeout) or 1, retry_handlers=[])
        try:
            response = webhook.send(text=text, blocks=blocks, replace_original=False, **options)
        except FOREIGN as error:
            raise translated(error) from error
        if response.status_code != 200:
            kind = SlackAway if is_passing(response.status_code) else CannotPost
            raise kind(f"response_url answered {response.status_code}")

    def snippet(self, file: str) -> str:
        """The content of a shared text file, as Slack itself gives it; empty when it does not. ThreadError."""
        return str(self._shown(lambda: self._client.files_info(file=file)).get("content") or "")

    def history(self, channel: str, oldest: str, most: int) -> list[Mapping[str, Any]]:
        """What stands at the top of a channel after `oldest`: the newest `most` of it, oldest first. ThreadError."""
        found: list[Mapping[str, Any]] = []
        ask, cursor = self._client.conversations_history, None
        while len(found) < most:
            page = self._shown(partial(ask, channel=channel, oldest=oldest, limit=_PAGE, cursor=cursor))
            found += page.get("messages") or ()
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                break
        return [message for message in reversed(found[:most]) if message.get("ts", "") > oldest]

    def root_text(self, channel: str, thread: str) -> str:
        """The text of the thread's first message; empty when Slack does not show it to us. ThreadError."""
        found = self._shown(lambda: self._client.conversations_replies(channel=channel, ts=thread, limit=1))
        return of_message((found.get("messages") or [{}])[0])

    def _shown(self, ask: Callable[[], SlackResponse]) -> Mapping[str, Any]:
        """Slack's answer; nothing when it refuses, which is no reason not to go on."""
        try:
            found: Mapping[str, Any] = ask().data  # type: ignore[assignment]
        except FOREIGN as error:
            failure = translated(error)
            if isinstance(failure, CannotPost):
                return {}
            raise failure from error
        return found

    def _post(self, card: str, kind: str, place: Place, blocks: Blocks, text: str) -> tuple[str, str]:
        """The channel and the `ts` at which it stands."""
        if not place.paid:
            self._await_turn("post", place.channel)
        metadata = {"event_type": _EVENT_TYPE, "event_payload": {"card": card, "kind": kind}}
        posted = self._client.chat_postMessage(
            channel=place.channel,
            thread_ts=place.thread or None,
            reply_broadcast=(place.broadcast and bool(place.thread)) or None,
            blocks=blocks,
            text=text,
            metadata=metadata,
            unfurl_links=False,
            unfurl_media=False,
        )
        self._channels.wrote(str(posted["channel"]), time())
        return str(posted["channel"]), str(posted["ts"])

    def _find(self, card: str, kind: str, reply: Reply) -> str | None:
        """The reply that a process which died may have posted."""
        wanted, client = {"card": card, "kind": kind}, self._client
        if reply.thread:
            pages = client.conversations_replies(
                channel=reply.channel, ts=reply.thread, limit=_PAGE, include_all_metadata=True
            )
            messages = (message for page in pages for message in page.get("messages") or ())
        else:  # the newest come first, so one page has it
            page = client.conversations_history(channel=reply.channel, limit=_PAGE, include_all_metadata=True)
            messages = (message for message in page.get("messages") or ())
        return next((str(message["ts"]) for message in messages if _payload(message) == wanted), None)


def _payload(message: Mapping[str, Any]) -> Any:
    metadata = message.get("metadata") or {}
    return metadata.get("event_payload") if metadata.get("event_type") == _EVENT_TYPE else None
