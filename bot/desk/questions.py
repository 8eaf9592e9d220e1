"""Quiet first: a message becomes a Question only when somebody asked us, or when it stands at the top of a
channel that we were told to read. What we or a copy of us wrote never does.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.diagnosis.text import of_message
from bot.diagnosis.values import Mode

# Every block that we post carries it, so that a copy of this bot knows our messages for what they are.
OUR_BLOCKS = "waerror."
# Slack's other subtypes (joins, topics, edits, deletions) are about messages, not messages.
_READ_SUBTYPES = frozenset({None, "bot_message", "file_share", "thread_broadcast"})
_TEXTS = frozenset({"text/plain", "text/csv", "application/json"})
_MOST_SNIPPETS = 3
# An alert that came by a webhook stands nowhere in Slack yet: in place of a `ts` its key has an id that begins so.
UNPOSTED = "~"
_LONGEST_NAME = 80  # Slack's own limit for an app's name is 35
# Slack's own limit for a message; a shortcut on a longer forwarded one still ends.
LONGEST_PASTE = 40_000


@dataclass(frozen=True, slots=True)
class Me:
    """Who we are in a workspace."""

    user: str
    bot: str
    app: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A message that may deserve an answer."""

    key: str
    """`team/channel/ts`: a message is answered once, by whichever events we hear of it."""
    team: str
    channel: str
    thread: str
    """Where the answer goes: the `ts` of the thread's first message."""
    mode: Mode
    text: str
    """Plain text; empty when only our name stood in a thread, which asks about the thread's first message."""
    user: str | None = None
    snippets: tuple[str, ...] = ()
    """Ids of shared text files, whose preview is only their beginning."""
    source: str = ""
    """Who posted it: an app's name, or `<@U…>` for a person."""
    is_bot: bool = False
    late: bool = False
    """It was posted while the bot was away."""
    response_url: str | None = None
    """Shortcuts come with one: a way to answer where we may not post."""

    @property
    def ts(self) -> str:
        """Slack's id of the message, for those that are about one message."""
        return self.key.split("/")[2]

    @property
    def is_posted(self) -> bool:
        """It stands in Slack; what came by a webhook does not."""
        return not self.ts.startswith(UNPOSTED)


def question(event: Mapping[str, Any], team: str, me: Me, watch: str, late: bool = False) -> Question | None:
    """What to do with a `message` or `app_mention` event: a Question, or None for silence.

    `watch`: how its channel is read; in one that is `off` only people who ask get an answer.
    """
    if event.get("subtype") not in _READ_SUBTYPES or not event.get("ts") or is_ours(event, me):
        return None
    mode = _mode(event, me, watch)
    if mode is None:
        return None
    channel, ts = str(event["channel"]), str(event["ts"])
    text = of_message({**event, "text": without_mention(str(event.get("text") or ""), me)})[:LONGEST_PASTE]
    thread = str(event.get("thread_ts") or ts)
    return Question(
        key=f"{team}/{channel}/{ts}",
        team=team,
        channel=channel,
        thread=thread,
        mode=mode,
        text=text,
        user=event.get("user"),
        snippets=snippets(event),
        source=source(event),
        is_bot=_is_bot(event),
        late=late,
    )


def edited(event: Mapping[str, Any], team: str, me: Me, watch: str) -> Question | None:
    """A `message_changed` event as the question that the message now asks; None when its words did not change.

    Slack sends it for links that unfold as well, and for edits of our own.
    """
    new, old = event.get("message"), event.get("previous_message")
    if not isinstance(new, Mapping) or not isinstance(old, Mapping) or of_message(new) == of_message(old):
        return None
    place = {name: event[name] for name in ("channel", "channel_type") if name in event}
    found = question({**new, **place}, team, me, watch)
    return found if found and found.mode == "alert" else None


def shortcut_question(body: Mapping[str, Any]) -> Question:
    """*Explain this error*: each use is a question of its own, also about a message that was answered before."""
    message, channel, team = body["message"], body["channel"]["id"], body["team"]["id"]
    ts = str(message["ts"])
    return Question(
        key=f"{team}/{channel}/{ts}/{body['action_ts']}",
        team=team,
        channel=channel,
        thread=str(message.get("thread_ts") or ts),
        mode="ask",
        text=of_message(message)[:LONGEST_PASTE],
        user=body["user"]["id"],
        snippets=snippets(message),
        response_url=body.get("response_url"),
    )


def source(message: Mapping[str, Any]) -> str:
    """Who posted it: an app by its name, a person by `<@U…>`, which Slack shows as the name."""
    profile = message.get("bot_profile")
    named = (profile.get("name") if isinstance(profile, Mapping) else None) or message.get("username")
    if _is_bot(message):
        return str(named or message.get("bot_id") or "an app")[:_LONGEST_NAME]
    return f"<@{message['user']}>" if message.get("user") else ""


def _is_bot(message: Mapping[str, Any]) -> bool:
    return bool(message.get("bot_id")) or message.get("subtype") == "bot_message"


def snippets(message: Mapping[str, Any]) -> tuple[str, ...]:
    """The text files of a message; the bytes of any other file are nothing to read."""
    files = [file for file in message.get("files") or () if isinstance(file, Mapping)]
    texts = [file for file in files if file.get("mode") in ("snippet", "post") or file.get("mimetype") in _TEXTS]
    return tuple(str(file["id"]) for file in texts if file.get("id"))[:_MOST_SNIPPETS]


def is_ours(event: Mapping[str, Any], me: Me) -> bool:
    """Written by us, by a webhook of our app, or by a copy of us."""
    blocks = event.get("blocks") or ()
    return (
        event.get("user") == me.user
        or (event.get("bot_id") is not None and event.get("bot_id") == me.bot)
        or (event.get("app_id") is not None and event.get("app_id") == me.app)
        or any(str(block.get("block_id", "")).startswith(OUR_BLOCKS) for block in blocks)
    )


def without_mention(text: str, me: Me) -> str:
    return re.sub(rf"<@{re.escape(me.user)}(\|[^>]*)?>", "", text).strip()


def _mode(event: Mapping[str, Any], me: Me, watch: str) -> Mode | None:
    # Only people ask: a bot that mentions us, or writes to us, could do so because we answered.
    asked = event.get("channel_type") == "im" or f"<@{me.user}" in str(event.get("text"))
    if asked and not _is_bot(event):
        return "ask"
    top_level = event.get("thread_ts") in (None, event["ts"])
    return "alert" if top_level and watch != "off" else None
