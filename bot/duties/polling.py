"""WaConnect is asked for the messages that failed, so that nobody needs to set an alert up.

A message is known by its id. What had failed when an account was first looked through is the past: it is kept as known,
and shown to nobody. What comes after goes the way of what webhooks bring, so whoever else tells of it, it counts once.

The list's order is not documented. From newer to older a look ends where everything is known, and every tenth looks
deeper, since an old message may fail late; otherwise it goes on, some pages at a time, to the end.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.duties.loop import Loop
from bot.duties.taking import Taking
from bot.intake.failures import of_status
from bot.intake.hooks import WATCH, Hook, Hooks
from bot.settings import Settings
from bot.store import Store
from bot.telemetry import report, trouble
from bot.waconnect.client import WaConnect
from bot.waconnect.errors import Refused, WaConnectError
from bot.waconnect.records import MessageStatus, failed_at

# Pages overlap: while we read, messages come and go, and what follows moves.
_PAGE, _OVERLAP, _MOST_PAGES = 50, 10, 10
_DEEP_EVERY = 10
# A message may fail late, and its record then stands where it was when it was sent. Nobody looks further back.
_LIFE = timedelta(days=3)
_SHORTEST_PAUSE, _LONGEST_PAUSE = 1.0, 900.0
# Of a key that is not good: people must do something first.
_LOCKED_OUT = frozenset({401, 403})


@dataclass(slots=True)
class _Look:
    """How far we are with an account; what must outlive the process is in the database."""

    hook: Hook
    team: str
    client: WaConnect
    since: datetime
    is_first: bool
    """Nothing is known yet: what failed before `since`, or at no known time, is the past."""
    tells: bool
    """The first look tells of what failed since then; else all that it sees is the past, whatever the clocks say."""
    offset: int = 0
    rounds: int = 0
    faults: int = 0
    due: datetime = field(default_factory=lambda: datetime.now(UTC))


class Polling:
    """Looks for failed messages, for every hook whose name begins with WATCH."""

    def __init__(
        self, settings: Settings, store: Store, taking: Taking, hooks: Hooks, clients: Mapping[str, WaConnect]
    ) -> None:
        self._pause = settings.waerror_watch_seconds
        self._back = timedelta(seconds=settings.waerror_watch_back_seconds)
        self._away = timedelta(seconds=max(settings.waerror_catch_up_seconds, settings.waerror_watch_back_seconds))
        # What was known is forgotten with the retention; it must not look new then.
        self._life = min(_LIFE, timedelta(days=settings.waerror_retention_days))
        self._store = store
        self._taking = taking
        self._watches = [hook for name, hook in hooks.items() if name.startswith(WATCH)]
        self._clients = clients
        self._looks: list[_Look] = []
        self._team = ""
        self._teams: Callable[[], Iterable[str]] = tuple
        self._lead = store.lead("polling")
        self._loop = Loop("polling", self._round, after_fault=_SHORTEST_PAUSE)

    def start(self, team: str, teams: Callable[[], Iterable[str]] = tuple) -> None:
        """Nothing to do without WAERROR_WATCH_SECONDS. `team`: of the settings' token; else the only one there is."""
        if self._pause and self._watches:
            self._team, self._teams = team, teams
            self._loop.start()

    def stop(self) -> None:
        """A page that is being read is left."""
        self._loop.stop(_SHORTEST_PAUSE)
        self._lead.resign()

    def _round(self) -> float:
        """Every account whose time has come, one after the other; the seconds until the next one's."""
        if not self._lead.is_mine():  # of several bots one looks; who takes over begins where that one was
            self._looks.clear()
            return _SHORTEST_PAUSE
        begun = [look.hook for look in self._looks]  # the others wait until the bot is installed somewhere
        missing = [hook for hook in self._watches if hook not in begun]
        self._looks += [self._begun(hook, team) for hook in missing if (team := self._team_of(hook))]
        if not self._looks:
            return self._pause
        for look in self._looks:
            if look.due <= datetime.now(UTC) and not self._loop.is_stopped:
                look.due = datetime.now(UTC) + timedelta(seconds=self._look(look))
        left = min(look.due for look in self._looks) - datetime.now(UTC)
        return max(0.0, left.total_seconds())

    def _team_of(self, hook: Hook) -> str:
        """Of several workspaces nobody knows which one an account belongs to that names none: then it is empty."""
        there = list(self._teams())
        return hook.team or self._team or (there[0] if len(there) == 1 else "")

    def _begun(self, hook: Hook, team: str) -> _Look:
        """From where it was left, unless nobody looked for too long."""
        at, name = datetime.now(UTC), hook.account
        kept = self._store.polls.begin(team, name, at - self._back)
        since, is_first = kept.since, kept.looked_at is None
        tells = bool(self._back)
        if kept.looked_at and kept.looked_at < at - self._away:
            since, is_first, tells = at - self._away, True, True
            self._store.polls.restart(team, name, since)
        return _Look(hook, team, self._clients[name], since, is_first, tells)

    def _look(self, look: _Look) -> float:
        """The seconds until the next look at this account."""
        try:
            is_done = self._read(look)
        except WaConnectError as error:
            look.faults += 1
            return self._after(look, error)
        look.faults = 0
        if not is_done:
            return min(self._pause, _SHORTEST_PAUSE)
        look.rounds += 1
        look.is_first = False
        self._store.polls.done(look.team, look.hook.account, datetime.now(UTC))
        return self._pause

    def _read(self, look: _Look) -> bool:
        """Some pages; True when there is nothing left to read."""
        for _ in range(_MOST_PAGES):
            page = look.client.recent(limit=_PAGE, offset=look.offset, status="failed")
            new = self._take(look, page)
            order = _order(page)
            if len(page) < _PAGE:
                # From older to newer the next ones come at the end.
                look.offset = max(0, look.offset + len(page) - _OVERLAP) if order > 0 else 0
                return True
            if order <= 0 and self._is_enough(look, page, new):
                look.offset = 0
                return True
            look.offset += _PAGE - _OVERLAP
        return False

    def _is_enough(self, look: _Look, page: Sequence[MessageStatus], new: int) -> bool:
        last = failed_at(page[-1])
        if last is not None and last < datetime.now(UTC) - self._life:
            return True
        return not new and not look.is_first and look.rounds % _DEEP_EVERY != 0

    def _take(self, look: _Look, page: Sequence[MessageStatus]) -> int:
        """How many of a page are new."""
        failed = {one.message_id: one for one in page if one.status == "failed" and one.message_id}.values()
        past = [of_status(one) for one in failed if self._is_past(one, look)]
        new = [of_status(one) for one in failed if not self._is_past(one, look)]
        hook = look.hook
        self._taking.take(look.team, hook, hook.channel, past, is_past=True)
        taken = self._taking.take(look.team, hook, hook.channel, new)
        if taken:
            report("polling.found", account=hook.account, failed=taken)
        return taken

    def _is_past(self, one: MessageStatus, look: _Look) -> bool:
        at = failed_at(one)
        if look.is_first:
            return not look.tells or at is None or at < look.since
        return at is not None and at < datetime.now(UTC) - self._life

    def _after(self, look: _Look, error: WaConnectError) -> float:
        """What to wait after WaConnect did not answer as it should."""
        status = error.status if isinstance(error, Refused) else None
        trouble("polling.paused", account=look.hook.account, error=type(error).__name__, status=status)
        if status in _LOCKED_OUT:
            return max(self._pause, min(_LONGEST_PAUSE, 10 * self._pause))
        asked = error.retry_after if isinstance(error, Refused) and error.retry_after else 0.0
        doubled = self._pause * 2.0 ** min(look.faults, 10)
        return max(min(doubled, _LONGEST_PAUSE), min(asked, _LONGEST_PAUSE))


def _order(page: Sequence[MessageStatus]) -> int:
    """-1 from newer to older, 1 from older to newer, 0 where that cannot be seen."""
    times = [at for one in page if (at := one.at or failed_at(one))]
    if len(times) < 2 or times[0] == times[-1]:
        return 0
    return -1 if times[0] > times[-1] else 1
