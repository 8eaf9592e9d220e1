"""Where several bots share a database: each says that it lives, and what a dead one left another one takes over.

A workflow belongs to the bot that runs it. When that one is dead, or has stopped, a survivor gives its workflows back
to the queue, from which any bot takes them, each once: DBOS gives back only what still is the dead one's, and lets no
result of a former owner in any more. A bot that was taken for dead and is not ends itself, for others do by now what it
believes to be doing.

Who could not reach the database for a while cannot know whether the others could: it buries nobody until the others
had time to say that they live.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from dbos import DBOS, WorkflowStatus

from bot import __version__
from bot.duties.loop import Loop
from bot.settings import Settings
from bot.store import Store
from bot.telemetry import report, trouble


class Heart:
    """Beats where the database is shared; elsewhere it has nothing to do."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self.is_lost = False
        """It was taken for dead."""
        self._is_shared, self._me = store.is_shared, store.me
        self._replicas, self._dues = store.replicas, store.dues
        self._pause = settings.waerror_replica_beat_seconds
        self._dead_after = settings.waerror_replica_dead_seconds
        self._beat_at = self._well_since = monotonic() - self._dead_after
        self._take_up: Callable[[], None] = lambda: None
        self._lost: Callable[[], None] = lambda: None
        self._loop = Loop("replica", self._round, after_fault=self._pause)

    @contextmanager
    def joined(self) -> Iterator[None]:
        """Around everything that is done under its name; afterwards the others need not wait until it is dead."""
        if self._is_shared:
            self._replicas.join(self._me, __version__)
            report("replica.joined", replica=self._me, version=__version__)
        try:
            yield
        finally:
            if self._is_shared and not self.is_lost:
                self._replicas.leave(self._me)

    @contextmanager
    def beating(self, take_up: Callable[[], None]) -> Iterator[None]:
        """Alive, and looking after the others. `take_up` begins what a dead bot had promised and not begun."""
        self._take_up = take_up
        if self._is_shared:
            self._loop.start()
        try:
            yield
        finally:
            self._loop.stop(self._pause)

    def when_lost(self, end: Callable[[], None]) -> None:
        """What is called when it was taken for dead."""
        self._lost = end
        if self.is_lost:
            end()

    def _round(self) -> float:
        if not self._replicas.beat(self._me):
            self.is_lost = True
            trouble("replica.taken_for_dead", replica=self._me)
            self._lost()
            return self._pause
        now = monotonic()
        if now - self._beat_at > self._dead_after:
            self._well_since = now
        self._beat_at = now
        if now - self._well_since >= self._dead_after:
            self._look_after_the_others()
        return self._pause

    def _look_after_the_others(self) -> None:
        """By what is left, and not by who was just buried: one that was taken for dead may have begun something since.

        Whoever begins a workflow has joined before, so who runs one and is not there is dead.
        """
        buried = self._replicas.bury(self._me, self._dead_after)
        running = {one.executor_id for one in _pending()}
        living = {one.id for one in self._replicas.all()}
        dead = sorted(filter(None, running - living))
        recovered = len(DBOS._recover_pending_workflows(dead)) if dead else 0
        freed = self._dues.free(living)
        if buried or recovered or freed:
            report("replica.buried", buried=buried, workflows=recovered, dues=freed)
            self._take_up()


def _pending() -> list[WorkflowStatus]:
    return DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
