"""The scopes that app_manifest.yml asks for, each with what does not work without it; a test holds both together."""

from collections.abc import Mapping

SCOPES: Mapping[str, str] = {
    "app_mentions:read": "nobody who mentions the bot gets an answer",
    "channels:history": "errors in public channels are not read",
    "channels:read": "the Home tab does not know who is in which channel",
    "chat:write": "nothing can be posted",
    "chat:write.public": "the message shortcut fails in channels without the bot",
    "commands": "/waerror and the shortcut do not work",
    "files:read": "shared text files are not read",
    "files:write": "a bulk retry's table of outcomes cannot be shown",
    "groups:history": "errors in private channels are not read",
    "groups:read": "the Home tab does not know who is in which private channel",
    "im:history": "direct messages are not read",
    "mpim:history": "group messages are not read",
    "reactions:write": "an incident's state does not show on its alert",
    "usergroups:read": "rights that name a user group let nobody through",
}
