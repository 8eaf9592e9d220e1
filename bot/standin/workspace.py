"""The state of one make-believe team, its lock, and the views that tests read.

Kept: every change is made under `changed` and announced, so that waiting needs no sleeping; readers get copies.
Rules of Slack are not here: `api` has what the app may do, `people` what people do.
"""

import threading
import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import KW_ONLY, dataclass, field, replace
from typing import TypeVar

from bot.standin.clock import Timestamps
from bot.standin.courier import Courier, Deliver, retried
from bot.standin.ids import as_id
from bot.standin.oauth import SignIn
from bot.standin.values import (
    DEFAULT_EVENTS,
    DEFAULT_SCOPES,
    Ack,
    Call,
    Channel,
    ChannelKind,
    Failure,
    Installation,
    Json,
    NoSuchControl,
    NotSeen,
    Patience,
    RateLimits,
    ResponseUrl,
    ResponseUse,
    StandinError,
    Trigger,
    User,
    Usergroup,
)

T = TypeVar("T")
GLANCE = 0.05  # seconds; what is waited for may also lie outside of the team, where no change is announced


@dataclass(eq=False)
class Workspace:
    """One team with our app installed in it. `clock` gives message times and ages of handles."""

    app: Installation = field(default_factory=Installation)
    _: KW_ONLY
    clock: Callable[[], float] = time.time
    patience: Patience = field(default_factory=Patience)
    scopes: frozenset[str] = DEFAULT_SCOPES
    events: frozenset[str] = DEFAULT_EVENTS
    rate_limits: RateLimits | None = None
    url: str = "http://127.0.0.1:0"
    socket_url: str = "ws://127.0.0.1:0"
    users: dict[str, User] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    usergroups: dict[str, Usergroup] = field(default_factory=dict)
    stored: dict[str, dict[str, Json]] = field(default_factory=dict)
    whispers: dict[str, list[Json]] = field(default_factory=dict)
    open_views: dict[str, Json] = field(default_factory=dict)
    stacks: dict[str, list[str]] = field(default_factory=dict)
    homes: dict[str, Json] = field(default_factory=dict)
    view_errors: dict[str, dict[str, str]] = field(default_factory=dict)
    choices: dict[str, Json] = field(default_factory=dict)
    offers: dict[tuple[str, str, str], list[Json]] = field(default_factory=dict)
    files: dict[str, Json] = field(default_factory=dict)
    triggers: dict[str, Trigger] = field(default_factory=dict)
    response_urls: dict[str, ResponseUrl] = field(default_factory=dict)
    response_uses: list[ResponseUse] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    buckets: dict[str, tuple[float, float]] = field(default_factory=dict)
    tickets: set[str] = field(default_factory=set)
    sign_in: SignIn = field(default_factory=SignIn)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def __post_init__(self) -> None:
        self.timestamps = Timestamps(self.clock)
        self.courier = Courier(self.changed, lambda: self.patience)
        bot = self.app
        user = User(bot.bot_user_id, bot.bot_name, bot.bot_name, True, False, "UTC", bot.bot_id, bot.app_id)
        self.users[user.id] = user

    # Setting the scene

    def add_user(self, name: str, *, is_admin: bool = False, tz: str = "Europe/Berlin") -> str:
        return self._keep(User(as_id("U", name), name, name.title(), False, is_admin, tz)).id

    def add_app(self, name: str) -> str:
        """Another app's bot, such as Grafana."""
        user, bot, app = (as_id(prefix, name) for prefix in "UBA")
        return self._keep(User(user, name, name, True, bot_id=bot, app_id=app)).id

    def add_channel(
        self, name: str, *, members: tuple[str, ...] = (), bot: bool = True, kind: ChannelKind = "public"
    ) -> str:
        """A channel with these people (all people, when none are named), with our bot or without."""
        ids = {self.user_id(member) for member in members}
        everyone = ids or {user.id for user in self.users.values() if not user.is_bot}
        bots = {self.app.bot_user_id} if bot else set()
        channel = Channel(as_id("C", name), name.lstrip("#"), kind, frozenset(everyone | bots))
        with self.changed:
            self.channels[channel.id] = channel
        return channel.id

    def add_usergroup(self, handle: str, users: tuple[str, ...]) -> str:
        group = Usergroup(as_id("S", handle), handle, handle, tuple(self.user_id(user) for user in users))
        with self.changed:
            self.usergroups[group.id] = group
        return group.id

    def set_member(self, channel: str, user: str, is_member: bool) -> None:
        with self.changed:
            old = self.channels[self.channel_id(channel)]
            members = old.members | {user} if is_member else old.members - {user}
            self.channels[old.id] = replace(old, members=members)
            self.changed.notify_all()

    def fail_next(
        self,
        method: str,
        error: str | None = None,
        *,
        status: int = 200,
        times: int | None = 1,
        retry_after: int | None = None,
    ) -> None:
        """Let the next calls of `method` ("*" for any) fail with Slack's error code or a status; see `Failure`."""
        with self.changed:
            self.failures.append(Failure(method, error, status, times, retry_after))

    def fail_no_more(self) -> None:
        """What `fail_next` ordered, and did not happen yet, will not."""
        with self.changed:
            self.failures.clear()

    def answer_with(self, deliver: Deliver | None) -> None:
        """Bring envelopes to a function in this process; None goes back to Socket Mode."""
        with self.changed:
            self.courier.deliver = deliver
            self.changed.notify_all()

    # Names

    def user_id(self, name: str) -> str:
        for user in list(self.users.values()):
            if name.lstrip("@") in (user.id, user.name):
                return user.id
        raise NoSuchControl(f"nobody is called {name!r} here; there are {[u.name for u in self.users.values()]}")

    def channel_id(self, name: str) -> str:
        """By id, by `#name`, or a person's direct messages with the bot by `@name`."""
        if name.startswith("@"):
            return self.direct(self.user_id(name))
        for channel in list(self.channels.values()):
            if name == channel.id or (channel.kind != "im" and name.lstrip("#") == channel.name):
                return channel.id
        raise NoSuchControl(f"no channel {name!r}; there are {[c.name for c in self.channels.values()]}")

    def direct(self, user: str) -> str:
        """The conversation between this person and our bot, opened when it is not yet there."""
        with self.changed:
            channel = Channel("D" + user[1:], user, "im", frozenset({user, self.app.bot_user_id}))
            self.channels.setdefault(channel.id, channel)
            return channel.id

    # What a person could see

    def messages(self, channel: str) -> list[Json]:
        """Every message of a channel, replies too, oldest first."""
        with self.changed:
            stored = self.stored.get(self.channel_id(channel), {})
            return deepcopy([stored[ts] for ts in sorted(stored)])

    def thread(self, channel: str, ts: str) -> list[Json]:
        """A message and its replies."""
        return [m for m in self.messages(channel) if ts in (m["ts"], m.get("thread_ts"))]

    def message(self, channel: str, ts: str) -> Json:
        for message in self.messages(channel):
            if message["ts"] == ts:
                return message
        raise NoSuchControl(f"no message {ts} in {channel}")

    def ephemerals(self, user: str) -> list[Json]:
        with self.changed:
            return deepcopy(self.whispers.get(self.user_id(user), []))

    @property
    def views(self) -> list[Json]:
        """Every open modal of everybody, the first opened first."""
        with self.changed:
            return deepcopy([self.open_views[id] for stack in self.stacks.values() for id in stack])

    def view(self, user: str) -> Json | None:
        """The modal this person has before them."""
        with self.changed:
            stack = self.stacks.get(self.user_id(user), [])
            return deepcopy(self.open_views[stack[-1]]) if stack else None

    def home(self, user: str) -> Json | None:
        with self.changed:
            return deepcopy(self.homes.get(self.user_id(user)))

    def calls_of(self, method: str) -> list[Call]:
        with self.changed:
            return [call for call in self.calls if call.method == method]

    # Waiting

    def wait_for(self, predicate: Callable[[], T], timeout: float = 30.0, what: str = "what was waited for") -> T:
        """The first true answer of `predicate`, asked again after every change."""
        end = time.monotonic() + timeout
        with self.changed:
            while not (found := predicate()):
                left = end - time.monotonic()
                if left <= 0:
                    raise NotSeen(f"{what} did not come within {timeout} s; the last calls: {self.calls[-5:]}")
                self.changed.wait(min(left, GLANCE))
            return found

    def settle(self, timeout: float = 30.0) -> None:
        """Wait until every envelope sent so far is acknowledged or given up."""
        self.wait_for(lambda: self.courier.idle, timeout, "an acknowledgement of every envelope")

    def redeliver(self, event_id: str, attempt: int = 1, reason: str = "timeout") -> Ack:
        """Send an event again, as Slack does when it believes that the first delivery was lost."""
        sent = [e for e in self.courier.sent if e.payload.get("event_id") == event_id]
        if not sent:
            raise StandinError(f"no event {event_id} was ever sent")
        again = retried(sent[0], attempt, reason)
        self.courier.post(again)
        return self.courier.answer_to(again.envelope_id)

    def refresh_connections(self, reason: str = "refresh_requested") -> None:
        self.courier.refresh(reason)

    def drop_connections(self) -> None:
        """Close the connections without notice, as a restart on Slack's side does."""
        self.courier.drop()

    def close(self) -> None:
        self.courier.close()

    def _keep(self, user: User) -> User:
        with self.changed:
            self.users[user.id] = user
        return user
