"""chat.* and reactions.*: what the app writes. Its own posts come back to it as events, as on Slack."""

import re
from copy import deepcopy

from bot.standin import messages
from bot.standin.api.lookup import channel_of, content_of, flag, joined_channel, message_of, thread_of
from bot.standin.events import emit
from bot.standin.values import Channel, Json, SlackRefusal
from bot.standin.workspace import Workspace

_EMOJI = re.compile(r"[\w'+-]+(::skin-tone-[2-6])?")  # without the colons
MAX_UPDATE_TEXT = 4_000  # chat.update refuses longer texts, chat.postMessage only beyond 40,000


def post_message(workspace: Workspace, args: Json) -> Json:
    channel = _writable(workspace, args["channel"])
    content = content_of(args)
    author = messages.bot_author(workspace)
    message = messages.post(workspace, channel, author, content, thread_of(workspace, channel, args))
    message |= {key: flag(args, key) for key in ("unfurl_links", "unfurl_media") if key in args}
    if flag(args, "reply_broadcast") and message.get("thread_ts"):
        message["subtype"] = "thread_broadcast"
    return {"channel": channel.id, "ts": message["ts"], "message": deepcopy(message)}


def update(workspace: Workspace, args: Json) -> Json:
    channel = channel_of(workspace, args["channel"])
    message = message_of(workspace, channel, args["ts"])
    if message.get("user") != workspace.app.bot_user_id:
        raise SlackRefusal("cant_update_message")
    content = content_of(args, max_text=MAX_UPDATE_TEXT)
    # Slack: a new text without blocks takes the old blocks away; attachments stay unless they are given.
    if "blocks" not in content:
        message.pop("blocks", None)
    messages.change(workspace, channel, message, content, workspace.app.bot_user_id)
    return {"channel": channel.id, "ts": message["ts"], "text": message["text"], "message": deepcopy(message)}


def delete(workspace: Workspace, args: Json) -> Json:
    channel = channel_of(workspace, args["channel"])
    message = message_of(workspace, channel, args["ts"])
    if message.get("user") != workspace.app.bot_user_id:
        raise SlackRefusal("cant_delete_message")
    messages.remove(workspace, channel, message)
    return {"channel": channel.id, "ts": message["ts"]}


def post_ephemeral(workspace: Workspace, args: Json) -> Json:
    channel = joined_channel(workspace, args["channel"])
    user = str(args["user"])
    if user not in channel.members:
        raise SlackRefusal("user_not_in_channel")
    content = content_of(args)
    message = messages.whisper(workspace, user, channel.id, content, thread_of(workspace, channel, args))
    return {"message_ts": message["ts"]}


def permalink(workspace: Workspace, args: Json) -> Json:
    channel = channel_of(workspace, args["channel"])
    message = message_of(workspace, channel, args["message_ts"])
    ts = str(message["ts"])
    link = f"https://{workspace.app.team_domain}.slack.com/archives/{channel.id}/p{ts.replace('.', '')}"
    if message.get("thread_ts", ts) != ts:
        link += f"?thread_ts={message['thread_ts']}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def add_reaction(workspace: Workspace, args: Json) -> Json:
    channel = joined_channel(workspace, args["channel"])
    if not _EMOJI.fullmatch(str(args["name"])):
        raise SlackRefusal("invalid_name")
    message = message_of(workspace, channel, args["timestamp"])
    react(workspace, channel, message, str(args["name"]), workspace.app.bot_user_id)
    return {}


def react(workspace: Workspace, channel: Channel, message: Json, name: str, user: str) -> None:
    found = [one for one in message.get("reactions", []) if one["name"] == name]
    if found and user in found[0]["users"]:
        raise SlackRefusal("already_reacted")
    if found:
        found[0]["users"].append(user)
        found[0]["count"] += 1
    else:
        message.setdefault("reactions", []).append({"name": name, "users": [user], "count": 1})
    item = {"type": "message", "channel": channel.id, "ts": message["ts"]}
    event: Json = {"type": "reaction_added", "user": user, "reaction": name, "item": item}
    event |= {"item_user": message.get("user"), "event_ts": workspace.timestamps.next()}
    emit(workspace, "reaction_added", event, channel)


def remove_reaction(workspace: Workspace, args: Json) -> Json:
    if not (args.get("channel") and args.get("timestamp")):
        raise SlackRefusal("no_item_specified")
    channel = joined_channel(workspace, args["channel"])
    message = message_of(workspace, channel, args["timestamp"])
    user = workspace.app.bot_user_id
    for one in message.get("reactions", []):
        if one["name"] == args["name"] and user in one["users"]:
            one["users"].remove(user)
            one["count"] -= 1
            message["reactions"] = [kept for kept in message["reactions"] if kept["users"]]
            return {}
    raise SlackRefusal("no_reaction")


def _writable(workspace: Workspace, name: object) -> Channel:
    """chat:write.public lets the app post to public channels without joining them; nothing else does."""
    channel = channel_of(workspace, name)
    member = workspace.app.bot_user_id in channel.members
    if not member and not (channel.kind == "public" and "chat:write.public" in workspace.scopes):
        raise SlackRefusal("not_in_channel")
    if channel.is_archived:
        raise SlackRefusal("is_archived")
    return channel
