"""A press's message in the thread, drawn from what the database says now; two who draw it at once do so in turn."""

from bot.knowledge import Knowledge
from bot.settings import Settings
from bot.slack_errors import SlackAway, ThreadError
from bot.store import Press, Store
from bot.telemetry import trouble
from bot.thread import Place, Thread
from bot.views import timeline


class Timelines:
    """Draws timelines."""

    def __init__(self, settings: Settings, store: Store, knowledge: Knowledge, thread: Thread) -> None:
        self._followed = settings.waerror_follow_seconds
        self._store = store
        self._knowledge = knowledge
        self._thread = thread

    def draw(self, press_id: str) -> None:
        """Post it, or edit it. ThreadError."""
        press, kind = self._store.presses.find(press_id), f"retry/{press_id}"
        thread = self._thread.of(self._store.cards.team_of(press.card) or "")
        with thread.alone(press.card, kind):
            drawn = self._timeline(self._store.presses.find(press_id))
            place = Place(press.channel, press.thread, press.user)
            blocks = timeline.retry(drawn, press.card)
            thread.show(press.card, kind, place, blocks, timeline.retry_summary(drawn))

    def try_to_draw(self, press_id: str) -> bool:
        """False when Slack is away, and asking again may help."""
        try:
            self.draw(press_id)
        except ThreadError as error:
            trouble("retry.not_shown", press=press_id, error=str(error))
            return not isinstance(error, SlackAway)
        return True

    def _timeline(self, press: Press) -> timeline.Timeline:
        steps, due = self._store.presses.steps(press.id), self._store.dues.find(press.id)
        last = next((step.data["entry"] for step in reversed(steps) if step.data.get("entry")), None)
        entry = self._knowledge.entries.get(last) if last and press.outcome in ("refused", "failed") else None
        return timeline.Timeline(press, steps, entry, due.due_at if due else None, self._followed)
