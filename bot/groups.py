"""Who is in a user group, as Slack tells it, kept for a few minutes. What Slack does not tell is not known."""

import time
from collections.abc import Callable, Iterable
from threading import Lock

from bot.desk.rights import Groups
from bot.telemetry import trouble
from bot.thread import Thread, ThreadError


class UserGroups:
    """The user groups that settings name; safe to share between threads. `fresh`: seconds that an answer lasts."""

    def __init__(self, thread: Thread, fresh: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._thread = thread
        self._fresh = fresh
        self._clock = clock
        self._known: dict[str, tuple[float, frozenset[str]]] = {}
        self._lock = Lock()

    def members(self, groups: Iterable[str]) -> Groups:
        """The people of each group; None where Slack does not tell. An old answer is no answer."""
        return {group: self._members(group) for group in groups}

    def _members(self, group: str) -> frozenset[str] | None:
        with self._lock:
            at, known = self._known.get(group, (0.0, None))
        if known is not None and self._clock() - at < self._fresh:
            return known
        try:
            found = self._thread.members(group)
        except ThreadError as error:
            trouble("group.not_read", group=group, error=str(error))
            return None
        with self._lock:
            self._known[group] = (self._clock(), found)
        return found
