"""How the app is installed in the demonstration: as app_manifest.yml asks Slack for it. A test compares the two.

So a call that lacks a scope here lacks it there.
"""

from bot.standin.page import Command, Shortcut
from bot.views.help import EXAMPLES

SCOPES = frozenset(
    {
        *("app_mentions:read", "channels:history", "channels:read", "chat:write", "chat:write.public", "commands"),
        *("files:read", "files:write", "groups:history", "groups:read", "im:history", "mpim:history"),
        *("reactions:write", "usergroups:read"),
    }
)
EVENTS = frozenset(
    {
        *("app_home_opened", "app_mention", "app_uninstalled", "tokens_revoked"),
        *("message.channels", "message.groups", "message.im", "message.mpim"),
    }
)
_EXAMPLES = tuple((text, says.replace("`", "")) for text, says in EXAMPLES)  # a suggestion is plain text
COMMAND = Command("/waerror", "Explain a WaConnect or WhatsApp error", _EXAMPLES)
SHORTCUT = Shortcut("explain_error", "Explain this error")
