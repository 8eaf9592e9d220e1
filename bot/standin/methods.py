"""The Web API methods the stand-in knows: scopes (any one suffices), arguments it cannot do without, token.

Written by hand from Slack's method pages; a test compares it with a copy of Slack's own reference.
"""

from dataclasses import dataclass
from typing import Literal

_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
_OPEN = ("channels:manage", "groups:write", "im:write", "mpim:write")


@dataclass(frozen=True, slots=True)
class Method:
    scopes: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    token: Literal["bot", "app", "none"] = "bot"  # noqa: S105 (a kind of token)


METHODS: dict[str, Method] = {
    "api.test": Method(token="none"),  # noqa: S106
    "apps.connections.open": Method(token="app"),  # noqa: S106
    "auth.test": Method(),
    "blocks.validate": Method(token="none"),  # noqa: S106
    "bots.info": Method(("users:read",)),
    "chat.delete": Method(("chat:write",), ("channel", "ts")),
    "chat.getPermalink": Method((), ("channel", "message_ts")),
    "chat.postEphemeral": Method(("chat:write",), ("channel", "user")),
    "chat.postMessage": Method(("chat:write",), ("channel",)),
    "chat.update": Method(("chat:write",), ("channel", "ts")),
    "conversations.history": Method(_HISTORY, ("channel",)),
    "conversations.info": Method(_READ, ("channel",)),
    "conversations.join": Method(("channels:join",), ("channel",)),
    "conversations.list": Method(_READ),
    "conversations.members": Method(_READ, ("channel",)),
    "conversations.open": Method(_OPEN),
    "conversations.replies": Method(_HISTORY, ("channel", "ts")),
    "files.completeUploadExternal": Method(("files:write",), ("files",)),
    "files.getUploadURLExternal": Method(("files:write",), ("filename", "length")),
    "files.info": Method(("files:read",), ("file",)),
    "oauth.v2.access": Method(token="none"),  # noqa: S106
    "reactions.add": Method(("reactions:write",), ("channel", "name", "timestamp")),
    "reactions.remove": Method(("reactions:write",), ("name",)),
    "team.info": Method(("team:read",)),
    "usergroups.list": Method(("usergroups:read",)),
    "usergroups.users.list": Method(("usergroups:read",), ("usergroup",)),
    "users.info": Method(("users:read",), ("user",)),
    "users.list": Method(("users:read",)),
    "views.open": Method((), ("view",)),
    "views.publish": Method((), ("user_id", "view")),
    "views.push": Method((), ("view",)),
    "views.update": Method((), ("view",)),
}
