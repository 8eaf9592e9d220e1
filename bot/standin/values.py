"""The nouns of the stand-in: frozen values that hold no behaviour and reach for nothing.

Messages, views and payloads stay plain dictionaries, because their shape is Slack's and not ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
ChannelKind = Literal["public", "private", "im"]

DEFAULT_SCOPES = frozenset(
    {
        *("app_mentions:read", "channels:history", "channels:read", "chat:write", "chat:write.public"),
        *("commands", "files:read", "files:write", "groups:history", "groups:read", "im:history", "im:read"),
        *("im:write", "mpim:history", "reactions:write", "usergroups:read", "users:read"),
    }
)
DEFAULT_EVENTS = frozenset(
    {
        *("app_home_opened", "app_mention", "app_uninstalled", "member_joined_channel", "tokens_revoked"),
        *("message.channels", "message.groups", "message.im"),
    }
)


class StandinError(AssertionError):
    """Something a person at a screen could not do, or did not come to see; tests read it as a failure."""


class NoSuchControl(StandinError):
    """There is no such button, field or message on the screen."""


class NotSeen(StandinError):
    """What was waited for did not come in time."""


class SlackRefusal(Exception):
    """The Web API says no. `error` is Slack's code, `more` the fields beside it in the answer."""

    def __init__(self, error: str, messages: tuple[str, ...] = (), **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.messages = messages
        self.more = more


@dataclass(frozen=True, slots=True)
class Installation:
    """Our app as it is installed in the team: ids and tokens. Nothing here opens a real Slack."""

    app_id: str = "A0WAERROR"
    bot_id: str = "B0WAERROR"
    bot_user_id: str = "U0WAERROR"
    bot_name: str = "waerror"
    bot_token: str = "xoxb-standin"  # noqa: S105 (opens nothing but the stand-in)
    app_token: str = "xapp-standin"  # noqa: S105 (opens nothing but the stand-in)
    signing_secret: str = "standin"  # noqa: S105 (opens nothing but the stand-in)
    team_id: str = "T0STANDIN"
    team_name: str = "Stand-in"
    team_domain: str = "standin"


@dataclass(frozen=True, slots=True)
class User:
    id: str
    name: str
    real_name: str
    is_bot: bool = False
    is_admin: bool = False
    tz: str = "Europe/Berlin"
    bot_id: str | None = None
    app_id: str | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    id: str
    name: str
    kind: ChannelKind = "public"
    members: frozenset[str] = frozenset()
    is_archived: bool = False


@dataclass(frozen=True, slots=True)
class Usergroup:
    id: str
    handle: str
    name: str
    users: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Envelope:
    """One delivery to the app, as Socket Mode frames it."""

    envelope_id: str
    type: Literal["events_api", "interactive", "slash_commands"]
    payload: Json
    accepts_response_payload: bool
    retry_attempt: int | None = None
    retry_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Ack:
    """What the app answered to one envelope. Unacknowledged means: not within the time Slack allows."""

    acknowledged: bool
    payload: Json | None = None
    seconds: float | None = None
    error: str | None = None
    """What the person reads instead, when the answer could not be shown."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a Web API method that the app made; the token is left out."""

    method: str
    args: Json
    at: float
    error: str | None = None


@dataclass(frozen=True, slots=True)
class ResponseUse:
    """One post to a response_url."""

    url: str
    body: Json
    at: float
    error: str | None = None


@dataclass(frozen=True, slots=True)
class ResponseUrl:
    id: str
    user: str
    channel: str
    issued: float
    message_ts: str | None = None
    thread_ts: str | None = None
    ephemeral: bool = False
    uses: int = 0


@dataclass(frozen=True, slots=True)
class Trigger:
    user: str
    issued: float
    used: bool = False


@dataclass(frozen=True, slots=True)
class RateLimits:
    """When chat.postMessage answers 429. Slack: about one a second a channel, short bursts tolerated."""

    per_second: float = 1.0
    burst: int = 3


@dataclass(frozen=True, slots=True)
class Failure:
    """What the next `times` calls of a method (or of "*") answer instead of doing their work; None: all of them."""

    method: str
    error: str | None = None
    status: int = 200
    times: int | None = 1
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class Patience:
    """How long Slack waits, in real seconds. Tests make these tiny."""

    ack: float = 3.0
    trigger: float = 3.0
    """How long a modal can be opened with what a press brought."""
    redeliver_after: tuple[float, ...] = (0.0, 60.0, 300.0)
    close_after_refresh: float = 2.0
    """Slack leaves some seconds between asking for a new connection and closing the old one."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the Web API puts on the wire."""

    body: Json
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
