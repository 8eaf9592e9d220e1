"""A Home tab is made when its viewer opens it or presses something in it, and at no other time.

Nothing is lost with it, so it is no durable workflow. One at a time a viewer, and the newest wish wins.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Lock

from bot.audience import Audience
from bot.desk import Click
from bot.duties.charting import Charting
from bot.duties.health import Healths
from bot.duties.surveying import Surveying
from bot.knowledge import Knowledge
from bot.slack_errors import ThreadError
from bot.telemetry import report, trouble
from bot.thread import Thread
from bot.views.commands import incidents as incidents_view
from bot.views.home import home as home_view

# So many viewers are served at once; the others wait a moment.
_HANDS = 4


class Homing:
    """Publishes Home tabs, and answers what a command could not at once."""

    def __init__(
        self,
        knowledge: Knowledge,
        thread: Thread,
        audience: Audience,
        surveying: Surveying,
        healths: Healths,
        charting: Charting,
    ) -> None:
        self._knowledge = knowledge
        self._thread = thread
        self._audience = audience
        self._surveying = surveying
        self._healths = healths
        self._charting = charting
        self._hands = ThreadPoolExecutor(_HANDS, thread_name_prefix="home")
        self._lock = Lock()
        self._wanted: dict[tuple[str, str], str] = {}
        self._busy: set[tuple[str, str]] = set()

    def stop(self) -> None:
        """What is being published is; what waits is asked for again by whoever looks next."""
        self._hands.shutdown(cancel_futures=True)

    def show(self, team: str, user: str, says: str = "") -> None:
        """Publish this person's Home tab soon; returns at once. `says`: a sentence above everything."""
        viewer = (team, user)
        with self._lock:
            self._wanted[viewer] = says or self._wanted.get(viewer, "")
            if viewer in self._busy:
                return
            self._busy.add(viewer)
        self._begin(partial(self._serve, viewer))

    def check(self, team: str, user: str) -> None:
        """Ask WaConnect about every account, then publish."""
        self._begin(partial(self._check, team, user))

    def list_incidents(self, click: Click) -> None:
        """Everything that is open where this person is, through their command's response_url."""
        self._begin(partial(self._list, click))

    def _begin(self, work: Callable[[], None]) -> None:
        self._hands.submit(_carefully, work)

    def _serve(self, viewer: tuple[str, str]) -> None:
        """Until nobody asked for it meanwhile."""
        while (says := self._next(viewer)) is not None:
            _carefully(partial(self._publish, *viewer, says))

    def _next(self, viewer: tuple[str, str]) -> str | None:
        with self._lock:
            if viewer not in self._wanted:
                self._busy.discard(viewer)
            return self._wanted.pop(viewer, None)

    def _publish(self, team: str, user: str, says: str) -> None:
        shown = self._surveying.home(team, user, says)
        audience = self._audience.of(team)
        self._charting.show(lambda charts: audience.publish(user, home_view(shown, self._knowledge, charts)))
        report("home.shown", incidents=len(shown.incidents), unread=shown.unread)

    def _check(self, team: str, user: str) -> None:
        self._healths.check(team)
        self.show(team, user)

    def _list(self, click: Click) -> None:
        found = self._surveying.incidents(click.team, click.user, click.channel)
        blocks, text = incidents_view(found, click.channel, self._knowledge, self._surveying.address(click.team))
        self._thread.respond(click.response_url or "", blocks, text)


def _carefully(work: Callable[[], None]) -> None:
    try:
        work()
    except ThreadError as error:
        trouble("home.not_shown", error=str(error))
    except Exception as error:  # noqa: BLE001 - the thread pool would swallow it
        trouble("home.failed", exc_info=error)
