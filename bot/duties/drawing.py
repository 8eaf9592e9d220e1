"""What is true of an incident stands in its thread: one card, edited and not posted again.

The database says what is true and what was last shown, so nothing that happens to this process is lost: whoever starts
next goes on. A round looks at all that is not shown as it is (`agenda`), most urgent first, and does what is in turn;
one thing at a time a channel, so that nothing overtakes.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from time import monotonic

from bot.duties.agenda import Agenda
from bot.duties.loop import Loop
from bot.duties.task import Task
from bot.settings import Settings
from bot.slack_errors import CannotPost, SlackAway
from bot.store import Store
from bot.telemetry import trouble
from bot.thread import Thread

# Slack's calls take a third of a second and more; so many channels are written to at once.
_HANDS = 8
# What changes by itself (naps that end, incidents that fall quiet) is looked at this often.
_GLANCE = 1.0
# Of several bots one draws, and what the others counted wakes nobody here.
_GLANCE_AT_OTHERS = 0.25
# A storm wakes us all the time: a round that took long, since so many others wanted something, is followed by a rest.
_RESTS = 5.0
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0


class Drawing:
    """The one who draws. `start` and `stop` are the process's, `wake` is anybody's."""

    def __init__(self, settings: Settings, store: Store, thread: Thread, agenda: Agenda) -> None:
        self._incidents = store.incidents
        self._pacing = thread.pacing
        self._agenda = agenda
        self._window = timedelta(seconds=settings.waerror_incident_window_seconds)
        self._busy: set[str] = set()
        self._pauses: dict[str, tuple[float, float]] = {}
        self._full: dict[tuple[str, str], float] = {}
        self._glanced = 0.0
        self._hands = ThreadPoolExecutor(_HANDS, thread_name_prefix="drawing")
        self._lead = store.lead("drawing")
        self._glance = _GLANCE_AT_OTHERS if store.is_shared else _GLANCE
        self._loop = Loop("drawing", lambda: self._round(datetime.now(UTC)), after_fault=_GLANCE, rests=_RESTS)

    def start(self) -> None:
        self._loop.start()

    def stop(self) -> None:
        """What is being written is written to its end."""
        self._loop.stop()
        self._hands.shutdown()
        self._lead.resign()

    def wake(self) -> None:
        self._loop.wake()

    def _round(self, at: datetime) -> float:
        """Do what can be done now; the seconds until it is worth looking again."""
        if not self._lead.is_mine():
            return _GLANCE
        if monotonic() - self._glanced >= _GLANCE:
            self._glanced = monotonic()
            self._incidents.pass_time(at, self._window)
        waits = [self._glance]
        before = set(self._busy)  # what is being written there may have changed what the agenda has just read
        for task in self._agenda.of(at):
            if task.channel not in before | self._busy and not self._is_paused(task):
                waits.append(self._begin(task, at))
        return min(waits)

    def _begin(self, task: Task, at: datetime) -> float:
        """Begin it when it is due and in turn; else the seconds until it may be."""
        if task.due > at:
            return (task.due - at).total_seconds()
        wait = self._turn(task.turn, task.channel if task.turn == "post" else task.team)
        if not wait:
            self._busy.add(task.channel)
            self._hands.submit(self._do, task)
        return wait or self._glance

    def _turn(self, what: str, where: str) -> float:
        """0.0 when a turn was taken. Nobody asks again before one can be free: there may be a hundred who would."""
        wait = self._full.get((what, where), 0.0) - monotonic()
        if wait <= 0:
            wait = self._pacing.take(what, where)
            self._full[what, where] = monotonic() + wait
        return wait

    def _do(self, task: Task) -> None:
        try:
            task.do()
            self._pauses.pop(task.key, None)
        except SlackAway as error:
            last = self._pauses.get(task.key, (0.0, _FIRST_PAUSE / 2))[1]
            pause = min(2 * last, _LONGEST_PAUSE)
            self._pauses[task.key] = (monotonic() + pause, pause)
            trouble("drawing.postponed", what=task.key, error=str(error))
        except CannotPost as error:
            trouble("drawing.refused", what=task.key, error=str(error))
            task.give_up(str(error))
        except Exception as error:  # noqa: BLE001 - the thread pool would swallow it
            self._pauses[task.key] = (monotonic() + _LONGEST_PAUSE, _LONGEST_PAUSE)
            trouble("drawing.failed", what=task.key, exc_info=error)
        finally:
            if task.turn == "post":  # the pause is from the end of one post to the next, however long each takes
                self._full["post", task.channel] = monotonic() + self._pacing.shortest("post")
            self._busy.discard(task.channel)
            self.wake()

    def _is_paused(self, task: Task) -> bool:
        return self._pauses.get(task.key, (0.0, 0.0))[0] > monotonic()
