"""Who may see what: a person sees of a channel what its members see, and nothing of one whose members are not told.

Members are remembered for a few minutes, so that opening a Home tab is not a call a channel.
"""

from collections.abc import Callable, Iterable
from copy import copy
from threading import Lock
from time import monotonic
from typing import Any

from slack_sdk import WebClient

from bot.slack_errors import ThreadError, speaking
from bot.workspaces import Workspaces

_LASTS, _REFUSAL_LASTS = 300.0, 30.0
_PAGE = 1_000
# A channel with more people than this is read so far; whoever comes after does not see it.
_MOST_PAGES = 10


class Audience:
    """The members of channels, and the Home tabs of people."""

    def __init__(self, workspaces: Workspaces, clock: Callable[[], float] = monotonic) -> None:
        self._workspaces = workspaces
        self._team = ""
        self._clock = clock
        self._kept: dict[tuple[str, str], tuple[float, frozenset[str] | None]] = {}
        self._lock = Lock()

    def of(self, team: str) -> "Audience":
        """The same, of this workspace."""
        bound = copy(self)
        bound._team = team
        return bound

    @property
    def address(self) -> str:
        """The workspace's own: every link into it begins so."""
        return self._workspaces.of(self._team).address

    @property
    def _client(self) -> WebClient:
        return self._workspaces.client(self._team)

    def sees(self, user: str, channels: Iterable[str]) -> tuple[frozenset[str], int]:
        """Which of these channels the person is in, and of how many Slack does not tell. Asks Slack."""
        told = {channel: self._members(channel) for channel in channels}
        unread = sum(members is None for members in told.values())
        return frozenset(channel for channel, members in told.items() if members and user in members), unread

    def remembered(self, user: str, channels: Iterable[str]) -> tuple[frozenset[str], bool]:
        """The same without asking: which are known, and whether that is all."""
        fresh = {channel: self._fresh(channel) for channel in channels}
        seen = frozenset(channel for channel, kept in fresh.items() if kept and kept[1] and user in kept[1])
        return seen, all(fresh.values())

    def publish(self, user: str, view: dict[str, Any]) -> None:
        """The Home tab of this person. ThreadError."""
        with speaking():
            self._client.views_publish(user_id=user, view=view)

    def _members(self, channel: str) -> frozenset[str] | None:
        kept = self._fresh(channel)
        if kept is None:
            members = self._ask(channel)
            kept = (self._clock() + (_REFUSAL_LASTS if members is None else _LASTS), members)
            with self._lock:
                self._kept[self._team, channel] = kept
        return kept[1]

    def _fresh(self, channel: str) -> tuple[float, frozenset[str] | None] | None:
        with self._lock:
            kept = self._kept.get((self._team, channel))
        return kept if kept and kept[0] > self._clock() else None

    def _ask(self, channel: str) -> frozenset[str] | None:
        found: set[str] = set()
        cursor = None
        try:
            for _ in range(_MOST_PAGES):
                with speaking():
                    page = self._client.conversations_members(channel=channel, limit=_PAGE, cursor=cursor)
                found.update(page.get("members") or ())
                cursor = (page.get("response_metadata") or {}).get("next_cursor")
                if not cursor:
                    break
        except ThreadError:
            return None
        return frozenset(found)
