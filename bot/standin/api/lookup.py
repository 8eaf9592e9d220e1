"""How arguments are found, or refused, as Slack refuses them. Shared by all methods."""

from copy import deepcopy

from bot.standin.blocks import checked_blocks
from bot.standin.values import Channel, Json, SlackRefusal
from bot.standin.workspace import Workspace

MAX_TEXT = 40_000  # chat.postMessage: msg_too_long beyond it
MAX_ATTACHMENTS = 100


def channel_of(workspace: Workspace, name: object) -> Channel:
    """A channel the app can see: by id, by name, or a person's id for the direct messages with them."""
    wanted = str(name)
    if wanted in workspace.users:
        return workspace.channels[workspace.direct(wanted)]
    found = [c for c in workspace.channels.values() if wanted == c.id or wanted.lstrip("#") == c.name]
    channel = found[0] if found else None
    # A private channel without the bot in it does not exist for the bot.
    hidden = channel and channel.kind == "private" and workspace.app.bot_user_id not in channel.members
    if channel is None or hidden:
        raise SlackRefusal("channel_not_found")
    return channel


def joined_channel(workspace: Workspace, name: object) -> Channel:
    channel = channel_of(workspace, name)
    if workspace.app.bot_user_id not in channel.members:
        raise SlackRefusal("not_in_channel")
    return channel


def message_of(workspace: Workspace, channel: Channel, ts: object, error: str = "message_not_found") -> Json:
    message = workspace.stored.get(channel.id, {}).get(str(ts))
    if message is None:
        raise SlackRefusal(error)
    return message


def content_of(args: Json, *, max_text: int = MAX_TEXT) -> Json:
    """Text, blocks and attachments of a message, checked."""
    content: Json = {}
    if args.get("markdown_text"):
        if args.get("text") or args.get("blocks"):
            raise SlackRefusal("markdown_text_conflict")
        content["text"] = str(args["markdown_text"])
    if args.get("text") is not None:
        content["text"] = str(args["text"])
    if args.get("blocks") not in (None, "", []):
        content["blocks"] = checked_blocks(args["blocks"])
    if args.get("attachments") not in (None, "", []):
        content["attachments"] = _attachments(args["attachments"])
    if args.get("metadata"):
        content["metadata"] = args["metadata"]
    if len(content.get("text", "")) > max_text:
        raise SlackRefusal("msg_too_long")
    if not any(content.get(part) for part in ("text", "blocks", "attachments")):
        raise SlackRefusal("no_text")
    return content


def thread_of(workspace: Workspace, channel: Channel, args: Json) -> str | None:
    """The parent named by thread_ts. A reply is no parent, though Slack lets that mistake pass."""
    if not args.get("thread_ts"):
        return None
    parent = message_of(workspace, channel, args["thread_ts"], "thread_not_found")
    if parent.get("thread_ts", parent["ts"]) != parent["ts"]:
        raise SlackRefusal("thread_not_found")
    return str(parent["ts"])


def flag(args: Json, name: str) -> bool:
    """A boolean argument; form-encoded callers send "1", "true", "0", "false"."""
    return str(args.get(name, "")).lower() in ("1", "true")


def page(items: list[Json], args: Json, *, most: int = 1000, usual: int = 100) -> tuple[list[Json], str]:
    """One page and the cursor of the next, which is empty at the end."""
    cursor, limit = str(args.get("cursor") or "0"), int(args.get("limit") or usual)
    if not cursor.isdigit():
        raise SlackRefusal("invalid_cursor")
    start, end = int(cursor), int(cursor) + max(1, min(limit, most))
    return deepcopy(items[start:end]), str(end) if end < len(items) else ""


def _attachments(given: object) -> list[Json]:
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise SlackRefusal("invalid_attachments")
    if len(given) > MAX_ATTACHMENTS:
        raise SlackRefusal("too_many_attachments")
    for attachment in given:
        if attachment.get("blocks"):
            checked_blocks(attachment["blocks"])
    return given
