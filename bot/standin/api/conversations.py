"""conversations.*: what the app may read. Each kind of channel needs the scope of its kind."""

from dataclasses import replace

from bot.standin.api.lookup import channel_of, flag, joined_channel, message_of, page
from bot.standin.events import emit
from bot.standin.values import Channel, ChannelKind, Json, SlackRefusal
from bot.standin.workspace import Workspace

_TYPES: dict[str, ChannelKind | None] = {
    "public_channel": "public",
    "private_channel": "private",
    "im": "im",
    "mpim": None,
}
_AREAS: dict[ChannelKind, str] = {"public": "channels", "private": "groups", "im": "im"}


def history(workspace: Workspace, args: Json) -> Json:
    """Newest first, without replies, as Slack gives it."""
    channel = joined_channel(workspace, args["channel"])
    _need(workspace, channel.kind, "history")
    stored = workspace.stored.get(channel.id, {})
    found = [m for ts, m in sorted(stored.items(), reverse=True) if m.get("thread_ts", ts) == ts]
    return _paged("messages", [m for m in found if _within(m["ts"], args)], args)


def replies(workspace: Workspace, args: Json) -> Json:
    """The parent first, then the replies, oldest first."""
    channel = joined_channel(workspace, args["channel"])
    _need(workspace, channel.kind, "history")
    message = message_of(workspace, channel, args["ts"], "thread_not_found")
    parent = message.get("thread_ts", message["ts"])
    stored = workspace.stored[channel.id]
    found = [m for ts, m in sorted(stored.items()) if parent in (ts, m.get("thread_ts"))]
    return _paged("messages", [m for m in found if m["ts"] == parent or _within(m["ts"], args)], args)


def info(workspace: Workspace, args: Json) -> Json:
    channel = channel_of(workspace, args["channel"])
    _need(workspace, channel.kind, "read")
    shown = described(workspace, channel)
    if flag(args, "include_num_members"):
        shown["num_members"] = len(channel.members)
    return {"channel": shown}


def list_all(workspace: Workspace, args: Json) -> Json:
    kinds: list[ChannelKind | None] = []
    for name in str(args.get("types") or "public_channel").split(","):
        if name.strip() not in _TYPES:
            raise SlackRefusal("invalid_types")
        kinds.append(_TYPES[name.strip()])
    for kind in [kind for kind in kinds if kind]:
        _need(workspace, kind, "read")
    bot = workspace.app.bot_user_id
    seen = [c for c in workspace.channels.values() if c.kind in kinds and (c.kind == "public" or bot in c.members)]
    kept = [c for c in seen if not (c.is_archived and flag(args, "exclude_archived"))]
    return _paged("channels", [described(workspace, channel) for channel in kept], args)


def members(workspace: Workspace, args: Json) -> Json:
    channel = channel_of(workspace, args["channel"])
    _need(workspace, channel.kind, "read")
    ids, cursor = page([{"id": id} for id in sorted(channel.members)], args)
    return {"members": [one["id"] for one in ids], "response_metadata": {"next_cursor": cursor}}


def join(workspace: Workspace, args: Json) -> Json:
    channel = channel_of(workspace, args["channel"])
    if channel.kind != "public":
        raise SlackRefusal("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackRefusal("is_archived")
    bring_in(workspace, channel, workspace.app.bot_user_id, None)
    return {"channel": described(workspace, workspace.channels[channel.id])}


def open_direct(workspace: Workspace, args: Json) -> Json:
    if args.get("channel"):
        channel = channel_of(workspace, args["channel"])
        return {"channel": described(workspace, channel) if flag(args, "return_im") else {"id": channel.id}}
    users = [user for user in str(args.get("users") or "").split(",") if user]
    if not users:
        raise SlackRefusal("users_list_not_supplied")
    if len(users) > 1:
        raise SlackRefusal("method_not_supported_for_channel_type")
    if users[0] not in workspace.users:
        raise SlackRefusal("user_not_found")
    _need(workspace, "im", "write")
    known = "D" + users[0][1:] in workspace.channels
    channel = workspace.channels[workspace.direct(users[0])]
    shown = described(workspace, channel) if flag(args, "return_im") else {"id": channel.id}
    return {"channel": shown} | ({"no_op": True, "already_open": True} if known else {})


def bring_in(workspace: Workspace, channel: Channel, user: str, inviter: str | None) -> None:
    """Someone becomes a member, and the members hear of it."""
    grown = replace(channel, members=channel.members | {user})
    with workspace.changed:
        workspace.channels[channel.id] = grown
        workspace.changed.notify_all()
    event = {"type": "member_joined_channel", "user": user, "channel": channel.id, "channel_type": channel.id[0]}
    event |= {"team": workspace.app.team_id, "event_ts": workspace.timestamps.next()}
    emit(workspace, "member_joined_channel", event | ({"inviter": inviter} if inviter else {}), grown)


def described(workspace: Workspace, channel: Channel) -> Json:
    common = {"id": channel.id, "created": 1700000000, "is_archived": channel.is_archived}
    common |= {"is_im": channel.kind == "im", "context_team_id": workspace.app.team_id}
    if channel.kind == "im":
        return common | {"user": channel.name, "is_open": True}
    topic = {"value": "", "creator": "", "last_set": 0}
    return common | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.kind == "public",
        "is_group": channel.kind == "private",
        "is_private": channel.kind == "private",
        "is_mpim": False,
        "is_member": workspace.app.bot_user_id in channel.members,
        "topic": topic,
        "purpose": topic,
    }


def _need(workspace: Workspace, kind: ChannelKind, deed: str) -> None:
    scope = f"{_AREAS[kind]}:{deed}"
    if scope not in workspace.scopes:
        raise SlackRefusal("missing_scope", needed=scope, provided=",".join(sorted(workspace.scopes)))


def _within(ts: str, args: Json) -> bool:
    oldest, latest = str(args.get("oldest") or "0"), str(args.get("latest") or "9999999999")
    at = float(ts)
    if flag(args, "inclusive"):
        return float(oldest) <= at <= float(latest)
    return float(oldest) < at < float(latest)


def _paged(name: str, items: list[Json], args: Json) -> Json:
    shown, cursor = page(items, args)
    return {name: shown, "has_more": bool(cursor), "response_metadata": {"next_cursor": cursor}}
