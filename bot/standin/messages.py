"""Messages come to be, change and go; the app is told of each as Slack tells it."""

from collections.abc import Iterable
from copy import deepcopy
from uuid import uuid4

from bot.standin.events import emit_message
from bot.standin.rendering import plain
from bot.standin.screens import controls
from bot.standin.values import Channel, Json, User
from bot.standin.workspace import Workspace

_REPLIES = ("reply_count", "reply_users", "reply_users_count", "latest_reply")
_TOMBSTONE: Json = {
    "subtype": "tombstone",
    "text": "This message was deleted.",
    "user": "USLACKBOT",
    "parent_user_id": "USLACKBOT",
    "hidden": True,
}


def post(workspace: Workspace, channel: Channel, author: Json, content: Json, thread_ts: str | None = None) -> Json:
    """Store a message and tell the app. Returns the stored message itself."""
    with workspace.changed:
        ts = workspace.timestamps.next()
        message: Json = {
            "type": "message",
            "text": "",
            "ts": ts,
            "team": workspace.app.team_id,
            **author,
            **finished(content),
        }
        stored = workspace.stored.setdefault(channel.id, {})
        parent = stored.get(thread_ts or "")
        if parent:
            message |= {"thread_ts": parent["ts"], "parent_user_id": parent.get("user")}
            _count_reply(parent, message)
        stored[ts] = message
        workspace.changed.notify_all()
        emit_message(workspace, channel, deepcopy(message))
        return message


def change(workspace: Workspace, channel: Channel, message: Json, content: Json, editor: str | None) -> None:
    with workspace.changed:
        before = deepcopy(message)
        message.update(finished(content))
        now = workspace.timestamps.next()
        if editor:
            message["edited"] = {"user": editor, "ts": now}
        event = {"message": deepcopy(message), "previous_message": before, "hidden": True}
        _tell(workspace, channel, "message_changed", now, event)


def remove(workspace: Workspace, channel: Channel, message: Json) -> None:
    """A message with replies leaves a tombstone, since their thread begins there; it goes with the last of them."""
    with workspace.changed:
        stored = workspace.stored[channel.id]
        if message.get("reply_count"):
            thread = {name: value for name, value in message.items() if name in (*_REPLIES, "type", "ts", "thread_ts")}
            left = stored[message["ts"]] = thread | _TOMBSTONE
            event = {"message": deepcopy(left), "previous_message": deepcopy(message), "hidden": True}
            _tell(workspace, channel, "message_changed", workspace.timestamps.next(), event)
            return
        del stored[message["ts"]]
        event = {"deleted_ts": message["ts"], "previous_message": deepcopy(message), "hidden": True}
        _tell(workspace, channel, "message_deleted", workspace.timestamps.next(), event)
        parent = _recounted(message.get("thread_ts", ""), stored)
        if parent and parent.get("subtype") == "tombstone" and not parent.get("reply_count"):
            remove(workspace, channel, parent)


def whisper(workspace: Workspace, user: str, channel: str, content: Json, thread_ts: str | None = None) -> Json:
    """A message that only one person sees. Slack sends no event for it and no method reads it back."""
    with workspace.changed:
        message: Json = {"type": "message", "ts": workspace.timestamps.next(), "channel": channel}
        message |= {"is_ephemeral": True, "user": user, **bot_author(workspace), **finished(content)}
        if thread_ts:
            message["thread_ts"] = thread_ts
        workspace.whispers.setdefault(user, []).append(message)
        workspace.changed.notify_all()
        return message


def bot_author(workspace: Workspace) -> Json:
    return author(workspace, workspace.users[workspace.app.bot_user_id])


def author(workspace: Workspace, user: User) -> Json:
    """Who wrote it. Apps' posts carry bot_id, app_id and bot_profile, and no subtype."""
    if not user.bot_id:
        return {"user": user.id, "client_msg_id": str(uuid4())}
    profile = {"id": user.bot_id, "app_id": user.app_id, "user_id": user.id, "name": user.name} | {
        "icons": {"image_36": "https://a.slack-edge.com/80588/img/plugins/app/bot_36.png"},
        "deleted": False,
        "updated": 1700000000,
        "team_id": workspace.app.team_id,
    }
    return {"user": user.id, "bot_id": user.bot_id, "app_id": user.app_id, "bot_profile": profile}


def finished(content: Json) -> Json:
    """What Slack adds while storing: ids for blocks, controls and attachments, and a text where there is none."""
    content = deepcopy(content)
    if "blocks" in content:
        content["blocks"] = with_ids(content["blocks"])
    if "attachments" in content:
        content["attachments"] = [_attachment(n, a) for n, a in enumerate(content["attachments"], 1)]
    if content.get("blocks") and not content.get("text"):
        content["text"] = plain({"blocks": content["blocks"]})
    return content


def with_ids(blocks: Iterable[Json]) -> list[Json]:
    named = deepcopy(list(blocks))
    for block in named:
        block.setdefault("block_id", uuid4().hex[:5])
        for control in controls(block):
            control.setdefault("action_id", uuid4().hex[:5])
    return named


def _attachment(number: int, attachment: Json) -> Json:
    content = {"id": number, **attachment}
    if "blocks" in content:
        content["blocks"] = with_ids(content["blocks"])
    content.setdefault("fallback", content.get("text") or content.get("title") or "[no preview available]")
    return content


def _count_reply(parent: Json, reply: Json) -> None:
    users = parent.get("reply_users", [])
    users = users if reply["user"] in users else [*users, reply["user"]]
    parent.update(
        thread_ts=parent["ts"],
        reply_count=parent.get("reply_count", 0) + 1,
        reply_users=users,
        reply_users_count=len(users),
        latest_reply=reply["ts"],
    )


def _recounted(thread_ts: str, stored: dict[str, Json]) -> Json | None:
    """The message above a reply that has gone; a thread of none is none."""
    parent = stored.get(thread_ts)
    if parent is None:
        return None
    for name in _REPLIES:
        parent.pop(name, None)
    for reply in [one for one in stored.values() if one.get("thread_ts") == thread_ts and one is not parent]:
        _count_reply(parent, reply)
    return parent


def _tell(workspace: Workspace, channel: Channel, subtype: str, ts: str, fields: Json) -> None:
    workspace.changed.notify_all()
    emit_message(workspace, channel, {"type": "message", "subtype": subtype, "ts": ts, **fields})
