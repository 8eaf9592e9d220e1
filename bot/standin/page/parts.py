"""What one person sees, as named parts of JSON text: a part that reads the same has not changed.

`team`, `bot`, `modals`, `home`, `panel`, then one part a message (`message:CHANNEL:TS`), one a message that only this
person sees (`whisper:CHANNEL:TS`), one a switch and a sheet of the panel.
"""

import json
from collections.abc import Iterator

from bot.standin.page.panel import Panel
from bot.standin.values import Channel, Json
from bot.standin.workspace import Workspace

Parts = dict[str, str]


def parts(workspace: Workspace, user: str, panel: Panel) -> Parts:
    """Everything, at this moment. Call it under the workspace's lock."""
    found = {
        "team": _team(workspace, user),
        "bot": {"connected": bool(workspace.courier.links) or workspace.courier.deliver is not None},
        "modals": _modals(workspace, user),
        "home": workspace.homes.get(user),
        "panel": panel.shown(),
        **dict(panel.states()),
        **dict(_messages(workspace, user)),
    }
    return {name: json.dumps(part) for name, part in found.items()}


def seen_by(workspace: Workspace, user: str) -> list[Channel]:
    """This person's channels; the conversation with the app comes last."""
    found = [channel for channel in workspace.channels.values() if user in channel.members]
    return sorted(found, key=lambda channel: channel.kind == "im")


def _team(workspace: Workspace, user: str) -> Json:
    people = [{"id": one.id, "name": one.name, "bot": one.is_bot} for one in workspace.users.values()]
    groups = [{"id": one.id, "handle": one.handle} for one in workspace.usergroups.values()]
    channels = [{"id": one.id, "name": one.name, "kind": one.kind} for one in seen_by(workspace, user)]
    app = {"user": workspace.app.bot_user_id, "name": workspace.app.bot_name}
    name = workspace.app.team_name
    return {"me": user, "name": name, "app": app, "users": people, "groups": groups, "channels": channels}


def _modals(workspace: Workspace, user: str) -> list[Json]:
    """The stack, the lowest first."""
    return [workspace.open_views[id] for id in workspace.stacks.get(user, [])]


def _messages(workspace: Workspace, user: str) -> Iterator[tuple[str, Json]]:
    for channel in seen_by(workspace, user):
        for ts, message in workspace.stored.get(channel.id, {}).items():
            yield f"message:{channel.id}:{ts}", message
    for whisper in workspace.whispers.get(user, []):
        yield f"whisper:{whisper['channel']}:{whisper['ts']}", whisper
