"""A Slack for tests and demonstrations: Slack's servers on the wire, and the people in front of them.

Kept: nothing here knows the app under test; it talks to it as Slack does and imports nothing of it. Strict where
Slack is strict, so that what passes here passes there. See README.md for how to use it.
"""

from bot.standin.answers import Answer
from bot.standin.people import People
from bot.standin.rendering import pings, plain
from bot.standin.server import Server, serve
from bot.standin.values import (
    Ack,
    Call,
    Channel,
    Envelope,
    Installation,
    NoSuchControl,
    NotSeen,
    Patience,
    RateLimits,
    ResponseUse,
    StandinError,
    User,
)
from bot.standin.workspace import Workspace

__all__ = [
    "Ack",
    "Answer",
    "Call",
    "Channel",
    "Envelope",
    "Installation",
    "NoSuchControl",
    "NotSeen",
    "Patience",
    "People",
    "RateLimits",
    "ResponseUse",
    "Server",
    "StandinError",
    "User",
    "Workspace",
    "pings",
    "plain",
    "serve",
]
