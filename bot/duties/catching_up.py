"""After a downtime the watched channels are read from the last message handled, and what was missed is answered late.

Slack delivers again for five minutes only. Oldest first, so that a bot that dies while catching up goes on from there.
"""

from collections.abc import Mapping
from time import time

from bot import desk
from bot.desk import Me
from bot.duties.answering import Answering
from bot.duties.triage import Triage
from bot.settings import Settings
from bot.slack_errors import ThreadError
from bot.store import Store, Watch
from bot.telemetry import report, trouble
from bot.thread import Thread

# Of a channel that got more than this, the newest are read: nobody answers yesterday's thousandth alert.
_MOST = 1_000
# Where several bots run, what came just now is on its way to another one, and is not late yet.
_JUST_NOW = 5.0


class CatchingUp:
    """Reads what came while nobody listened."""

    def __init__(self, settings: Settings, store: Store, thread: Thread, triage: Triage, answering: Answering) -> None:
        self._longest = settings.waerror_catch_up_seconds
        self._channels = store.channels
        self._just_now = _JUST_NOW if store.is_shared else 0.0
        self._thread = thread
        self._triage = triage
        self._answering = answering

    def marks(self, team: str) -> Mapping[str, str]:
        """How far each channel was read. Take it before new events come in, for they move the marks."""
        return self._channels.read_to(team)

    def run(self, team: str, me: Me, marks: Mapping[str, str]) -> None:
        """One channel after the other; a channel that Slack does not show costs the others nothing."""
        for channel, read_to in sorted(marks.items()) if self._longest else ():
            watch = self._triage.watch(team, channel)
            if watch == "off":
                continue
            try:
                self._read(team, channel, read_to, watch, me)
            except ThreadError as error:
                trouble("catch_up.failed", channel=channel, error=str(error))

    def _read(self, team: str, channel: str, read_to: str, watch: Watch, me: Me) -> None:
        oldest = max(read_to, f"{time() - self._longest:.6f}")
        missed = self._thread.of(team).history(channel, oldest, _MOST)
        for message in missed:
            late = float(message.get("ts", 0)) <= time() - self._just_now
            question = desk.question({**message, "channel": channel}, team, me, watch, late=late)
            if question:
                self._answering.begin(question, watch)
        if missed:
            self._channels.read(team, channel, str(missed[-1]["ts"]))
            report("catch_up.read", channel=channel, messages=len(missed), cut=len(missed) >= _MOST)
