"""Who is in a user group, as Slack tells it, kept for a few minutes. What Slack does not tell is not known."""

import time
from collections.abc import Callable, Iterable
from copy import copy
from threading import Lock

from bot.desk.rights import Groups
from bot.slack import Clients
from bot.slack_errors import CannotPost, ThreadError, speaking
from bot.telemetry import trouble


class UserGroups:
    """The user groups that settings name; safe to share between threads. `fresh`: seconds that an answer lasts."""

    def __init__(self, clients: Clients, fresh: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clients = clients
        self._team = ""
        self._fresh = fresh
        self._clock = clock
        self._known: dict[tuple[str, str], tuple[float, frozenset[str]]] = {}
        self._lock = Lock()

    def of(self, team: str) -> "UserGroups":
        """The same, of this workspace."""
        bound = copy(self)
        bound._team = team
        return bound

    def members(self, groups: Iterable[str]) -> Groups:
        """The people of each group; None where Slack does not tell. An old answer is no answer."""
        return {group: self._members(group) for group in groups}

    def _members(self, group: str) -> frozenset[str] | None:
        with self._lock:
            at, known = self._known.get((self._team, group), (0.0, None))
        if known is not None and self._clock() - at < self._fresh:
            return known
        try:
            found = self._told(group)
        except ThreadError as error:
            trouble("group.not_read", group=group, error=str(error))
            return None
        with self._lock:
            self._known[self._team, group] = (self._clock(), found)
        return found

    def _told(self, group: str) -> frozenset[str]:
        """ThreadError, also when Slack refuses to tell."""
        with speaking():
            users = self._clients.client(self._team).usergroups_users_list(usergroup=group).get("users")
        if not isinstance(users, list):
            raise CannotPost("Slack does not tell who is in the group")
        return frozenset(map(str, users))
