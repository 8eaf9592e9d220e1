"""An alert is counted before Slack hears that we have it; one card a cause, however many alerts come.

Nothing here waits for anybody: it reads a text, writes one transaction, and wakes the one who draws.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import time

from bot import desk
from bot.desk import Answer, Question, Terms
from bot.desk.incidents import CHANGES
from bot.diagnosis.unknown import worth_a_look
from bot.knowledge import Knowledge
from bot.settings import Settings
from bot.store import Deed, Incident, Mute, Store, Watch
from bot.store.audit import What
from bot.telemetry import report, trouble


class Triage:
    """What becomes of the posts of a watched channel."""

    def __init__(
        self, settings: Settings, store: Store, knowledge: Knowledge, terms: Terms, wake: Callable[[], None]
    ) -> None:
        self._settings = settings
        self._store = store
        self._knowledge = knowledge
        self._terms = terms
        self._wake = wake
        self._window = timedelta(seconds=settings.waerror_incident_window_seconds)

    def watch(self, team: str, channel: str) -> Watch:
        """How a channel is read. What was said in the channel overrules the settings."""
        usual: Watch = "channel" if self._settings.waerror_broadcast else "on"
        said = self._store.channels.watch(team, channel)
        return said or (usual if channel in self._settings.waerror_alert_channels else "off")

    def see(self, question: Question, text: str, watch: Watch | None = None) -> Answer | None:
        """Count it, or leave it in silence (None)."""
        at = datetime.now(UTC)
        home = self._terms.home_of(question.channel)
        given = self._read(text, home)
        alert = desk.alert(question, text, given, home) if given else None
        if given is None or alert is None:
            self._store.channels.read(question.team, question.channel, question.ts)
            if worth_a_look(text):
                self._store.queue.add(question.team, text, "unmatched")
            return None
        ear = self._store.channels.hear(question.team, question.channel, question.ts, question.is_bot, time())
        if ear.just_now:
            trouble("loop.suspected", channel=question.channel)
        if ear.deaf:
            return None
        watch = watch or self.watch(question.team, question.channel)
        counted = self._store.counting.see(alert, self._window, at, quiet=watch == "quiet")
        if counted and counted.is_first:  # a repeat is drawn in its time, and nobody need be woken for it
            report("incident.opened", entry=alert.cause.entry, channel=alert.channel, late=alert.late)
            self._wake()
        return given

    def correct(self, question: Question, text: str) -> None:
        """The post was edited: it is counted as what it is now."""
        home = self._terms.home_of(question.channel)
        given = self._read(text, home)
        alert = desk.alert(question, text, given, home) if given else None
        quiet = self.watch(question.team, question.channel) == "quiet"
        self._store.counting.correct(question.key, alert, self._window, datetime.now(UTC), quiet)
        self._wake()

    def change(self, one: Incident, pick: str, user: str) -> Incident | None:
        """What a person pressed; None when that is so already, or cannot be from here."""
        change, at = CHANGES[pick], datetime.now(UTC)
        if one.state not in change.offered_in:
            return None
        until = at + change.lasts if change.lasts else None
        if pick == "mute":
            self._store.mutes.set(one.team, one.channel, Mute(one.cause.entry, user, until))
        if pick == "unmute":
            self._store.mutes.lift(one.team, one.channel, one.cause.entry)
        changed = self._store.incidents.change(one.id, one.team, change.to, user, at, until)
        report(
            "incident.changed", to=change.to, entry=one.cause.entry, channel=one.channel, changed=changed is not None
        )
        if changed:
            self._note(one.team, one.channel, user, "incident", pick, one.cause.entry, one.cause.account, one.id)
        self._wake()
        return changed

    def mute(self, team: str, channel: str, mute: Mute) -> int:
        """No cards of this error in this channel; how many incidents fell silent."""
        self._store.mutes.set(team, channel, mute)
        self._note(team, channel, mute.user, "mute", "", mute.entry)
        muted = self._store.incidents.mute(team, channel, mute.entry, mute.user, datetime.now(UTC), mute.until)
        self._wake()
        return muted

    def unmute(self, team: str, channel: str, entry: str, user: str) -> bool:
        """False when it was not muted."""
        lifted = self._store.mutes.lift(team, channel, entry)
        woken = self._store.incidents.unmute(team, channel, entry, user, datetime.now(UTC))
        self._wake()
        if lifted or woken:
            self._note(team, channel, user, "unmute", "", entry)
        return lifted or woken > 0

    def _note(
        self, team: str, channel: str, user: str, what: What, result: str, entry: str, account: str = "", card: str = ""
    ) -> None:
        """For the record."""
        self._store.audit.note(Deed(team, user, what, result, entry, account, card, channel))

    def _read(self, text: str, home: str) -> Answer | None:
        given = desk.answer(text, "alert", self._knowledge, self._terms.can_act, self._terms.at(home))
        return given if given.diagnosis.answered and not desk.quotes_us(text, given) else None
