"""An alert is counted before Slack hears that we have it; one card a cause, however many alerts come.

Nothing here waits for anybody: it reads a text, writes one transaction, and wakes the one who draws.
"""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot import desk
from bot.desk import Alert, Answer, Question, Terms
from bot.desk.incidents import CHANGES
from bot.desk.reading import Reader
from bot.diagnosis.unknown import worth_a_look
from bot.duties.watching import watch_of
from bot.knowledge import Knowledge
from bot.settings import Settings
from bot.store import Counted, Deed, Ear, Heard, Incident, Mute, Store, Watch
from bot.store.audit import What
from bot.telemetry import count, diagnosed, report, trouble


@dataclass(slots=True)
class _Sheet:
    """A post on its way to be counted."""

    question: Question
    text: str
    watch: Watch
    home: str
    """The account that its channel belongs to."""
    given: Answer | None = None
    alert: Alert | None = None
    done: "Future[Answer | None]" = field(default_factory=Future)


class Triage:
    """What becomes of the posts of a watched channel."""

    def __init__(
        self, settings: Settings, store: Store, knowledge: Knowledge, terms: Terms, wake: Callable[[], None]
    ) -> None:
        self._settings = settings
        self._store = store
        self._terms = terms
        self._reader = Reader(knowledge, terms.can_act)
        self._wake = wake
        self._window = timedelta(seconds=settings.waerror_incident_window_seconds)
        # One clerk: Python computes one thing at a time anyway, and threads that compute at once make the one that
        # writes to the database wait five milliseconds after each of its statements.
        self._clerk = ThreadPoolExecutor(1, thread_name_prefix="counting")
        self._sheets: deque[_Sheet] = deque()

    def watch(self, team: str, channel: str) -> Watch:
        """How a channel is read."""
        return watch_of(self._settings, self._store, team, channel)

    def see(self, question: Question, text: str, watch: Watch | None = None) -> Answer | None:
        """Count it, or leave it in silence (None). What comes at the same time is counted in one transaction.

        What Slack delivers again is not even read: in a storm that is late, all of it comes twice.
        """
        watch = watch or self.watch(question.team, question.channel)
        return self._hand_in([_Sheet(question, text, watch, self._terms.of(question.team).home_of(question.channel))])[
            0
        ]

    def see_all(self, asked: Sequence[tuple[Question, str]]) -> list[Answer | None]:
        """The same for what came by webhooks, whoever posts in the channel; each with the account that it is about."""
        return self._hand_in(
            [
                _Sheet(one, one.text, self._loudness(one), home or self._terms.of(one.team).home_of(one.channel))
                for one, home in asked
            ]
        )

    def _loudness(self, question: Question) -> Watch:
        """A hook was asked for, so it is shown although nobody watches the channel; `quiet` holds for all."""
        return "quiet" if self._store.channels.watch(question.team, question.channel) == "quiet" else "on"

    def _hand_in(self, sheets: Sequence[_Sheet]) -> list[Answer | None]:
        self._sheets.extend(sheets)
        self._clerk.submit(self._work)
        return [sheet.done.result() for sheet in sheets]

    def _work(self) -> None:
        """All sheets that are there by now."""
        sheets = [self._sheets.popleft() for _ in range(len(self._sheets))]
        if not sheets:  # they were done together with an earlier one
            return
        try:
            known = self._store.counting.known([sheet.question.key for sheet in sheets])
            self._count([sheet for sheet in sheets if self._fill_in(sheet, sheet.question.key in known)])
        except Exception as error:  # noqa: BLE001 - raised where each was asked, and then Slack sends it again
            for sheet in sheets:
                if not sheet.done.done():
                    sheet.done.set_exception(error)

    def _fill_in(self, sheet: "_Sheet", is_known: bool) -> bool:
        """False when there is nothing to count. A text that cannot be read is no reason not to count the others."""
        question = sheet.question
        try:
            terms = self._terms.of(question.team).at(sheet.home)
            given = sheet.given = None if is_known else self._read(sheet.text, terms)
            sheet.alert = desk.alert(question, sheet.text, given, sheet.home) if given else None
            if is_known:
                count("event.repeated", kind="alert")
            else:
                diagnosed("alert", given.diagnosis.best if given else None)
            if sheet.alert is None:
                if question.is_posted:
                    self._store.channels.read(question.team, question.channel, question.ts)
                if not is_known and worth_a_look(sheet.text):
                    self._store.queue.add(question.team, sheet.text, "unmatched")
                sheet.done.set_result(None)
        except Exception as error:  # noqa: BLE001 - as above
            sheet.done.set_exception(error)
        return not sheet.done.done()

    def _count(self, sheets: Sequence["_Sheet"]) -> None:
        heard = [Heard(s.alert, s.question.is_bot, s.watch == "quiet") for s in sheets if s.alert]
        for sheet, came in zip(sheets, self._store.counting.see(heard, self._window, datetime.now(UTC)), strict=True):
            count("alert.counted", became=_became(came))
            if isinstance(came, Ear) and came.just_now:
                trouble("loop.suspected", channel=sheet.question.channel)
            if isinstance(came, Counted) and came.is_first and sheet.alert:  # a repeat is drawn in its time
                alert = sheet.alert
                report("incident.opened", entry=alert.cause.entry, channel=alert.channel, late=alert.late)
                self._wake()
            sheet.done.set_result(None if isinstance(came, Ear) else sheet.given)

    def correct(self, question: Question, text: str) -> None:
        """The post was edited: it is counted as what it is now."""
        terms = self._terms.of(question.team)
        home = terms.home_of(question.channel)
        given = self._clerk.submit(self._read, text, terms.at(home)).result()  # who reads, reads one thing at a time
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

    def _read(self, text: str, terms: Terms) -> Answer | None:
        given = self._reader.read(text, terms)
        return given if given.diagnosis.answered and not desk.quotes_us(text, given) else None


def _became(came: Counted | Ear | None) -> str:
    match came:
        case Counted(is_first=True):
            return "first"
        case Counted():
            return "again"
        case Ear():
            return "unheard"
        case None:
            return "repeated"
