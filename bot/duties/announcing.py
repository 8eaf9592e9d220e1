"""What came by a webhook stands nowhere yet: it is posted, so that it can be explained in its thread.

What nothing explained is posted as it came, and its post is kept true: how often, and whether it is over. As with
cards, a channel gets so many new posts a minute; the others wait.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

from bot.desk.incidents import edit_due
from bot.duties.task import LOOKS_BACK, Task
from bot.intake.hooks import Hooks
from bot.settings import Settings
from bot.store import Incident, Plain, Store
from bot.thread import Place, Thread
from bot.views import arrival as view
from bot.views.blocks import Blocks

_MINUTE = timedelta(minutes=1)
# After everything that is about an incident.
_URGENCY = 9


class Announcing:
    """Posts at the top of a channel."""

    def __init__(self, settings: Settings, store: Store, thread: Thread, hooks: Hooks) -> None:
        self._plains = store.plains
        self._arrivals = store.arrivals
        self._channels = store.channels
        self._thread = thread
        self._hooks = hooks
        self._pace = settings.waerror_pace
        self._most = settings.waerror_cards_per_minute

    def announcement(self, one: Incident) -> tuple[Blocks, str] | None:
        """The message for an incident without one; None where nothing of it came by a webhook."""
        came = self._arrivals.origin(one.id)
        if came is None:
            return None
        source = self._source(came.hook)
        return view.arrival(came.told, source, one.id), view.summary(came.told, source)

    def tasks(self, at: datetime) -> Iterator[Task]:
        room: Counter[str] = Counter()
        for one in self._plains.pending(at - LOOKS_BACK):
            if self._channels.watch(one.team, one.channel) == "quiet":
                continue
            if one.posted_at is not None:
                drawn_at = one.drawn_at or one.posted_at
                due = at if one.over else edit_due(drawn_at, one.last_seen, drawn_at, drawn_at, self._pace)
                yield self._task(one, "edit", due)
                continue
            if one.channel not in room:
                room[one.channel] = self._most - self._plains.lately(one.team, one.channel, at - _MINUTE * self._pace)
            if room[one.channel] > 0:
                room[one.channel] -= 1
                yield self._task(one, "post", one.first_seen)

    def _task(self, one: Plain, turn: str, due: datetime) -> Task:
        give_up = partial(self._give_up, one)
        return Task(_URGENCY, f"plain/{one.id}", one.team, one.channel, turn, due, partial(self._draw, one.id), give_up)

    def _draw(self, id: str) -> None:
        one = self._plains.find(id)
        if one is None:
            return
        source = self._source(one.hook)
        blocks = view.plain(one.told, source, one.id, one.count, one.first_seen, one.last_seen, one.over)
        kind, place = f"plain/{one.episode}", Place(one.channel, "", paid=True)
        self._thread.of(one.team).show(one.id, kind, place, blocks, view.summary(one.told, source))
        at = datetime.now(UTC)
        self._plains.note(one.id, drawn=one.version, drawn_at=at, **({} if one.posted_at else {"posted_at": at}))

    def _give_up(self, one: Plain, _error: str) -> None:
        self._plains.note(one.id, drawn=one.version)

    def _source(self, name: str) -> str:
        hook = self._hooks.get(name)
        return hook.label if hook else name
