"""What Slack tells the app about: payloads in the shapes Slack sends, and who gets to hear them.

An event goes out only when the app subscribed to it, has the scope for it and, for a channel's event, is a member.
"""

from copy import deepcopy
from typing import Any
from uuid import uuid4

from bot.standin.values import Channel, Envelope, Json, ResponseUrl, Trigger
from bot.standin.workspace import Workspace

MESSAGE_EVENTS = {"public": "message.channels", "private": "message.groups", "im": "message.im"}
CHANNEL_TYPES = {"public": "channel", "private": "group", "im": "im"}
EVENT_SCOPES = {
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "app_mention": "app_mentions:read",
    "member_joined_channel": "channels:read",
    "reaction_added": "reactions:read",
}


def emit(workspace: Workspace, name: str, event: Json, channel: Channel | None = None) -> str | None:
    """Send an event and return its event_id, or None when the app does not get to hear it."""
    subscribed = name in workspace.events and EVENT_SCOPES.get(name, "") in {"", *workspace.scopes}
    present = channel is None or workspace.app.bot_user_id in channel.members
    if not (subscribed and present):
        return None
    payload = _event_callback(workspace, event)
    workspace.courier.post(Envelope(str(uuid4()), "events_api", payload, accepts_response_payload=False))
    return str(payload["event_id"])


def emit_message(workspace: Workspace, channel: Channel, event: Json) -> str | None:
    """A message event, and an app_mention beside it when the text names our bot in a channel."""
    event = {
        **event,
        "channel": channel.id,
        "event_ts": event.get("event_ts", event["ts"]),
        "channel_type": CHANNEL_TYPES[channel.kind],
    }
    sent = emit(workspace, MESSAGE_EVENTS[channel.kind], event, channel)
    named = f"<@{workspace.app.bot_user_id}" in (event.get("text") or "")
    own = event.get("user") == workspace.app.bot_user_id
    if named and not own and channel.kind != "im" and event.get("subtype") in (None, "file_share"):
        mention = {key: value for key, value in event.items() if key != "channel_type"}
        emit(workspace, "app_mention", mention | {"type": "app_mention"}, channel)
    return sent


def interactive(workspace: Workspace, type: str, user: str, fields: Json) -> Envelope:
    """A click, a shortcut or a submission."""
    payload = {"type": type, "team": _team(workspace), "user": _person(workspace, user)} | {
        "api_app_id": workspace.app.app_id,
        "token": "standin-verification-token",
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": new_trigger(workspace, user),
        **fields,
    }
    return Envelope(str(uuid4()), "interactive", payload, accepts_response_payload=True)


def suggestion(workspace: Workspace, user: str, fields: Json) -> Envelope:
    """A person types in a menu whose options the app gives. Nothing can be opened with it: it has no trigger."""
    envelope = interactive(workspace, "block_suggestion", user, fields)
    del envelope.payload["trigger_id"]
    return envelope


def in_message(channel: Channel, message: Json, ephemeral: bool) -> Json:
    """What a press in a message says of where it was. Slack leaves `message` out for an ephemeral one."""
    place = {"type": "message", "message_ts": message["ts"], "channel_id": channel.id, "is_ephemeral": ephemeral}
    if message.get("thread_ts"):
        place["thread_ts"] = message["thread_ts"]
    fields = {"container": place, "channel": {"id": channel.id, "name": shown_name(channel)}}
    return fields | ({} if ephemeral else {"message": deepcopy(message)})


def in_view(view: Json) -> Json:
    """What a press in a modal or the Home tab says of where it was."""
    return {"container": {"type": "view", "view_id": view["id"]}, "view": deepcopy(view)}


def slash_command(workspace: Workspace, user: str, channel: Channel, command: str, text: str, url: str) -> Envelope:
    payload = {
        "token": "standin-verification-token",
        "team_id": workspace.app.team_id,
        "team_domain": workspace.app.team_domain,
        "channel_id": channel.id,
        "channel_name": shown_name(channel),
        "user_id": user,
        "user_name": workspace.users[user].name,
        "command": command,
        "text": text,
        "api_app_id": workspace.app.app_id,
        "is_enterprise_install": "false",
        "response_url": url,
        "trigger_id": new_trigger(workspace, user),
    }
    return Envelope(str(uuid4()), "slash_commands", payload, accepts_response_payload=True)


def shown_name(channel: Channel) -> str:
    """Slack calls private channels `privategroup` and direct messages `directmessage` in these payloads."""
    return {"public": channel.name, "private": "privategroup", "im": "directmessage"}[channel.kind]


def new_trigger(workspace: Workspace, user: str) -> str:
    with workspace.changed:
        trigger = f"{len(workspace.triggers) + 1}.{workspace.timestamps.next()}.{uuid4().hex}"
        workspace.triggers[trigger] = Trigger(user, workspace.clock())
        return trigger


def new_response_url(workspace: Workspace, user: str, channel: str, **source: Any) -> str:
    with workspace.changed:
        kept = ResponseUrl(uuid4().hex, user, channel, workspace.clock(), **source)
        workspace.response_urls[kept.id] = kept
        return f"{workspace.url}/response/{kept.id}"


def _event_callback(workspace: Workspace, event: Json) -> Json:
    app = workspace.app
    authorization = {
        "enterprise_id": None,
        "team_id": app.team_id,
        "user_id": app.bot_user_id,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return {
        "token": "standin-verification-token",
        "team_id": app.team_id,
        "context_team_id": app.team_id,
        "context_enterprise_id": None,
        "api_app_id": app.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": "Ev" + uuid4().hex[:10].upper(),
        "event_time": int(workspace.clock()),
        "authorizations": [authorization],
        "is_ext_shared_channel": False,
        "event_context": "4-" + uuid4().hex,
    }


def _team(workspace: Workspace) -> Json:
    return {"id": workspace.app.team_id, "domain": workspace.app.team_domain}


def _person(workspace: Workspace, user: str) -> Json:
    name = workspace.users[user].name
    return {"id": user, "username": name, "name": name, "team_id": workspace.app.team_id}
