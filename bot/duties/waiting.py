"""What is done when its time has come: a look at a followed message, a scheduled retry that counts down and begins."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bot.duties.delivering import FIRST_LOOK, next_look
from bot.duties.reading import Reading
from bot.duties.sending import accepted_id
from bot.duties.timelines import Timelines
from bot.settings import Settings
from bot.store import Due, Press, Quiet, Store
from bot.telemetry import report

# The countdown is edited each hour, and in the last hour each few minutes: Slack takes few edits a minute.
_HOUR, _MINUTES = 3_600.0, 300.0
_SLACK_IS_AWAY = 30.0


class Waiting:
    """The deeds of the dues. `tell` shows a press in its thread, durably; `begin` begins its retry."""

    def __init__(
        self, settings: Settings, store: Store, reading: Reading, timelines: Timelines, nudge: Callable[[], None]
    ) -> None:
        self._settings = settings
        self._presses = store.presses
        self._incidents = store.incidents
        self._audit = store.audit
        self._dues = store.dues
        self._reading = reading
        self._timelines = timelines
        self._nudge = nudge

    def follow(self, press_id: str) -> None:
        """Begin to follow what was accepted; begun twice, it is followed once."""
        pause = min(FIRST_LOOK, self._settings.waerror_follow_seconds)
        first = datetime.now(UTC) + timedelta(seconds=pause * self._settings.waerror_pace)
        left = self._settings.waerror_follow_seconds - pause
        self._dues.add(Due(press_id, "follow", first, pause=pause, left=left))
        self._nudge()

    def look(self, due: Due, tell: Callable[[str], None]) -> None:
        """One status read: the next one is put off, or the press ends on what it proved."""
        if self._presses.find(due.press).outcome is None:
            message_id = accepted_id(self._presses.steps(due.press)) or ""
            news = self._reading.news(due.press, message_id)
            proof = self._reading.proof(due.press)
            if proof is None and due.left > 0:
                pause, left = next_look(due.pause, due.left)
                self._dues.put_off(due.press, pause * self._settings.waerror_pace, pause, left)
                if news:
                    tell(due.press)
                return
            self.end(due.press, proof or "undelivered")
        tell(due.press)
        self._dues.remove(due.press)

    def count_down(self, due: Due, begin: Callable[[str], None]) -> None:
        """Begin when it is due, else show how long it still takes."""
        press = self._presses.find(due.press)
        left = self._left(press, due)
        if left > 0:
            shown = self._timelines.try_to_draw(due.press)
            self._dues.put_off(due.press, _until_next_edit(left) if shown else min(_SLACK_IS_AWAY, left))
            return
        fired = self._presses.fire(due.press, self._settings.waerror_quiet_seconds)
        if isinstance(fired, Quiet):
            self._dues.put_off(due.press, max(self._settings.waerror_quiet_seconds, 1.0))
        elif fired:  # else somebody cancelled it, or sent it now, since it was taken up
            self._presses.begin_step(due.press, "fire", "is_due")
            begin(due.press)

    def end(self, press_id: str, outcome: str) -> None:
        """The one place where the bot writes an outcome; an incident whose every message arrived ends with it."""
        self._presses.end(press_id, outcome)
        self._audit.ended(press_id, outcome)
        self._incidents.made_good(self._presses.find(press_id).card, datetime.now(UTC))
        report("retry.ended", press=press_id, outcome=outcome)

    def _left(self, press: Press, due: Due) -> float:
        """Seconds until it is due; the pace shortens the wait as it does every other."""
        wait = (due.due_at or press.pressed_at) - press.pressed_at
        return (press.pressed_at + wait * self._settings.waerror_pace - datetime.now(UTC)).total_seconds()


def _until_next_edit(left: float) -> float:
    """An hour while hours are left, then some minutes, and never past the time itself."""
    return min(_HOUR, left - _HOUR) if left > _HOUR + _MINUTES else min(_MINUTES, left)
