"""Several bots on one PostgreSQL. Slack's stand-in gives each envelope to one of their connections, in turn."""

import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from random import Random

from tests import postgres
from tests.chaos import town
from tests.scenarios.test_processes import WAERROR

# A dead one is noticed after this long; by default it is 20 seconds.
_BEAT, _DEAD_AFTER = 1.0, 6.0
_STARTS_WITHIN, _STOPS_WITHIN = 60.0, 30.0
# Of those that end, so many are killed; the others are asked to.
_KILLED = 0.75
# What ended is started again at the next look with this probability; what has not come up yet is ended with this one.
_STARTED, _NIPPED = 0.6, 0.1


@dataclass(slots=True)
class Fleet(town.Bot):
    """`bots` has a place for each, which is empty while it is dead."""

    url: str = ""
    bots: "list[subprocess.Popen[bytes] | None]" = field(default_factory=list)
    ends: Counter[str] = field(default_factory=Counter)
    """`kill -9`, SIGTERM, and what ended by itself, by its exit code."""
    most_dead: int = 0

    @property
    def database(self) -> str:  # type: ignore[override]
        return self.url

    def start(self, place: int) -> None:
        with (self.folder / "log").open("ab") as log:
            self.bots[place] = subprocess.Popen([WAERROR, "run"], env=self.env, cwd=self.folder, stderr=log, stdout=log)
        self.lives += 1

    def start_all(self) -> None:
        """All of them, connected."""
        for place, bot in enumerate(self.bots):
            if bot is None or bot.poll() is not None:
                self.start(place)
        self.workspace.wait_for(lambda: len(self.workspace.courier.links) >= len(self.bots), _STARTS_WITHIN, "all bots")

    def shake(self, dice: Random) -> None:
        """One of them ends, or one that has ended begins."""
        place = dice.randrange(len(self.bots))
        bot = self.bots[place]
        if bot is not None and bot.poll() is not None:  # it ended by itself
            self.ends[f"exit {bot.returncode}"] += 1
            self.bots[place] = bot = None
        if bot is None:
            if dice.random() < _STARTED:
                self.start(place)
        elif not self._all_are_up and dice.random() > _NIPPED:
            return
        elif dice.random() < _KILLED:
            bot.kill()
            bot.wait()
            self.ends["kill -9"] += 1
            self.bots[place] = None
        else:
            bot.send_signal(signal.SIGTERM)
            self.ends["SIGTERM"] += 1
            bot.wait(_STOPS_WITHIN)
            self.bots[place] = None
        self.most_dead = max(self.most_dead, self.bots.count(None))

    @property
    def _all_are_up(self) -> bool:
        return len(self.workspace.courier.links) >= len(self.bots) - self.bots.count(None)

    def end(self) -> None:
        for bot in filter(None, self.bots):
            bot.kill()
            bot.wait()


@contextmanager
def opened(folder: Path, people: int, count: int) -> Iterator[Fleet]:
    """Slack, WaConnect, PostgreSQL, and places for so many bots that are not yet started."""
    with postgres.served() as server, server.database() as url, town.opened(folder, people) as bot:
        env = {
            "WAERROR_DATABASE_URL": url,
            "WAERROR_SECRET_KEY": postgres.KEY,
            "WAERROR_REPLICA_BEAT_SECONDS": str(_BEAT),
            "WAERROR_REPLICA_DEAD_SECONDS": str(_DEAD_AFTER),
        }
        given = {each.name: getattr(bot, each.name) for each in fields(town.Bot)}
        fleet = Fleet(**given | {"env": bot.env | env, "url": url, "bots": [None] * count})
        try:
            yield fleet
        finally:
            fleet.end()
