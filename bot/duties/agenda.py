"""What is still to be shown, most urgent first: what a person did, new cards, headers, reactions, remarks.

In a storm of causes a channel gets so many new cards a minute; the others wait until it calms down, and one notice
in the channel says so. A task shows what is true when it is done, not when it was planned.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from bot.desk.incidents import REACTIONS, edit_due, note_due
from bot.duties.announcing import Announcing
from bot.duties.picturing import Picturing
from bot.duties.task import LOOKS_BACK, Task
from bot.duties.watching import watch_of
from bot.settings import Settings
from bot.store import Incident, Notice, Store
from bot.telemetry import report
from bot.thread import Place, Thread
from bot.views import incident as view

# Without a new alert for this long, a channel has calmed down.
_CALM = timedelta(seconds=1)
_MINUTE = timedelta(minutes=1)
_GONE = frozenset({"thread_not_found", "message_not_found"})
_Where = tuple[str, str]
_CHANGED, _CARD, _HEADER, _REACTION, _REMARK, _NOTICE = range(6)


class Agenda:
    """Reads the store for what is not shown as it is."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        thread: Thread,
        picturing: Picturing,
        announcing: Announcing,
    ) -> None:
        self._settings = settings
        self._store = store
        self._incidents = store.incidents
        self._thread = thread
        self._picturing = picturing
        self._announcing = announcing
        self._pace = settings.waerror_pace
        self._most_cards = settings.waerror_cards_per_minute
        self._reactions = settings.waerror_reactions

    def of(self, at: datetime) -> list[Task]:
        """Every task, the most urgent first; of equals, the one that waits longest."""
        pending = [one for one in self._incidents.pending(at - LOOKS_BACK) if self._thread.of(one.team).is_here]
        notices = [one for one in self._store.channels.notices(at.timestamp()) if self._thread.of(one.team).is_here]
        room = self._room(pending, {(one.team, one.channel) for one in notices if one.kind == "storm"}, at)
        tasks = [task for one in pending for task in self._tasks(one, at, room)]
        tasks += [*self._notices(notices, at), *self._announcing.tasks(at)]
        return sorted(tasks, key=lambda task: (task.urgency, task.due))

    def _room(self, pending: Sequence[Incident], storms: set[_Where], at: datetime) -> dict[_Where, int]:
        """By channel, how many cards may be posted now. A channel where some must wait has a storm."""
        wanted: dict[_Where, int] = {}
        for one in pending:
            if _wants_card(one):
                wanted[one.team, one.channel] = wanted.get((one.team, one.channel), 0) + 1
        room = {}
        for (team, channel), count in wanted.items():
            lately, newest = self._incidents.lately(team, channel, at - _MINUTE * self._pace)
            calm = newest is None or newest < at - _CALM * self._pace
            room[team, channel] = count if calm else max(0, self._most_cards - lately)
            if room[team, channel] < count and (team, channel) not in storms:
                self._store.channels.begin_storm(team, channel, at.timestamp())
        return room

    def _tasks(self, one: Incident, at: datetime, room: dict[_Where, int]) -> Iterator[Task]:
        task = partial(self._task, one)
        if one.answered_at is None or one.root is None:
            if _wants_card(one) and room[one.team, one.channel] > 0:
                room[one.team, one.channel] -= 1
                yield task(_CARD, "post", one.first_seen, self._draw if one.root else self._announce)
            return
        if one.version > one.drawn:
            drawn_at = one.drawn_at or one.answered_at
            urgency = _CHANGED if one.state_at > drawn_at else _HEADER
            yield task(
                urgency, "edit", edit_due(one.changed_at, one.last_seen, drawn_at, one.state_at, self._pace), self._draw
            )
        storms = (one.team, one.channel) in room  # cards wait here: nothing that can wait is to take their time
        if one.marked != one.state and (one.marked or not storms):
            yield task(_REACTION, "react", one.state_at, self._mark)
        if storms:
            return
        if one.reopened > one.reopened_told and one.state != "muted":
            yield task(_REMARK, "post", at, self._tell_reopened)
        if note_due(one.count, one.noted) and one.state not in ("muted", "snoozed"):
            yield task(_REMARK, "post", at, self._tell_count)

    def _task(self, one: Incident, urgency: int, turn: str, due: datetime, do: Callable[[str], None]) -> Task:
        key = f"{do.__name__.strip('_')}/{one.id}"
        give_up = partial(self._give_up, one.id, urgency)
        return Task(urgency, key, one.team, one.channel, turn, due, partial(do, one.id), give_up)

    def _draw(self, id: str) -> None:
        """The card, posted or edited."""
        one = self._incidents.find(id)
        if one is None or one.root is None:
            return
        blocks, text = self._picturing.card(one)
        first = one.answered_at is None
        loud = first and watch_of(self._settings, self._store, one.team, one.channel) == "channel"
        place = Place(one.channel, one.root, paid=True, broadcast=loud)
        self._thread.of(one.team).show(one.id, "card", place, blocks, text)
        at = datetime.now(UTC)
        told = {"answered_at": at, "root": one.root} if first else {}
        self._incidents.note(one.id, drawn=one.version, drawn_at=at, **told)
        if first:
            waited = (at - one.first_seen).total_seconds()
            report("incident.answered", entry=one.cause.entry, channel=one.channel, seconds=round(waited, 3))

    def _announce(self, id: str) -> None:
        """What came by a webhook stands nowhere yet: it is posted, so that it can be explained in its thread."""
        one = self._incidents.find(id)
        if one is None or one.root is not None:
            return
        shown = self._announcing.announcement(one)
        if shown is None:  # an alert in the channel, which somebody deleted
            self._incidents.note(id, drawn=one.version)
            return
        self._thread.of(one.team).show(one.id, "alert", Place(one.channel, "", paid=True), *shown)
        standing = self._store.cards.standing(one.id, "alert")
        self._incidents.note(id, root=standing and standing.ts, marked="")

    def _mark(self, id: str) -> None:
        one = self._incidents.find(id)
        if one is None or one.root is None:
            return
        if self._reactions:
            old = REACTIONS.get(one.marked) if one.marked else None  # type: ignore[call-overload]
            self._thread.of(one.team).mark(one.channel, one.root, old, REACTIONS[one.state])
        self._incidents.note(one.id, marked=one.state)

    def _tell_count(self, id: str) -> None:
        one = self._incidents.find(id)
        if one and one.root and (reached := note_due(one.count, one.noted)):
            self._remark(one, f"count/{reached}", view.count_remark(reached))
            self._incidents.note(one.id, noted=reached)

    def _tell_reopened(self, id: str) -> None:
        one = self._incidents.find(id)
        if one and one.root:
            self._remark(one, f"reopened/{one.reopened}", view.reopened_remark(one))
            self._incidents.note(one.id, reopened_told=one.reopened)

    def _remark(self, one: Incident, kind: str, says: str) -> None:
        place = Place(one.channel, one.root or "", paid=True)
        self._thread.of(one.team).show(one.id, kind, place, view.remark(says, one.id), says)

    def _give_up(self, id: str, urgency: int, error: str) -> None:
        one = self._incidents.find(id)
        if one is None:
            return
        if error in _GONE:  # the alert was deleted
            self._incidents.reroot(id)
        elif urgency in (_CHANGED, _CARD, _HEADER):
            self._incidents.note(id, drawn=one.version)
        elif urgency == _REACTION:
            self._incidents.note(id, marked=one.state)
        else:
            self._incidents.note(
                id, noted=max(one.noted, note_due(one.count, one.noted) or 1), reopened_told=one.reopened
            )

    def _notices(self, notices: Sequence[Notice], at: datetime) -> Iterator[Task]:
        """What is said to a channel as a whole: a storm, once when it begins and once when it is over; a loop."""
        for notice in notices:
            waiting = self._incidents.waiting(notice.team, notice.channel)
            over = notice.kind == "storm" and not waiting.cards
            if over and not notice.told:
                self._store.channels.close(notice)
            elif over or not notice.told:
                done = partial(self._store.channels.close if over else self._store.channels.tell, notice)
                do = partial(self._tell, notice, done)
                key = f"{notice.kind}/{notice.channel}"
                turn, give_up = "edit" if over else "post", partial(_regardless, done)
                yield Task(_NOTICE, key, notice.team, notice.channel, turn, at, do, give_up)

    def _tell(self, notice: Notice, done: Callable[[], None]) -> None:
        says = view.notice(notice, self._incidents.waiting(notice.team, notice.channel))
        card = f"{notice.kind}-{notice.channel}-{notice.since:.0f}"
        place = Place(notice.channel, "", paid=True)
        self._thread.of(notice.team).show(card, "notice", place, view.remark(says, notice.kind), says)
        done()


def _regardless(done: Callable[[], None], _error: str) -> None:
    done()


def _wants_card(one: Incident) -> bool:
    """It is live, nobody muted it, and its card or what it stands below is not there yet."""
    return (
        (one.answered_at is None or one.root is None)
        and one.version > one.drawn
        and one.state != "muted"
        and one.count > 0
    )
