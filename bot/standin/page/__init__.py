"""A chat client in the browser for the people of a workspace: what they see, live, and what they can do.

Kept: the page knows Slack and not the app under test; what an app wants beside it (things to try, a ledger) is given
as values of `panel`. It answers loopback only, and only the page that it served itself.
"""

from bot.standin.page.panel import Command, Group, Panel, Paste, Sheet, Shortcut, Switch, Trick
from bot.standin.page.server import Page, serve_page

__all__ = [
    "Command",
    "Group",
    "Page",
    "Panel",
    "Paste",
    "Sheet",
    "Shortcut",
    "Switch",
    "Trick",
    "serve_page",
]
