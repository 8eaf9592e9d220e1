"""From an incident to what is shown of it: its alert read anew, its figures, its twin in another channel."""

from datetime import timedelta
from functools import lru_cache

from bot import desk
from bot.desk import Answer, Terms
from bot.duties.margins import margins
from bot.knowledge import Knowledge
from bot.slack_errors import ThreadError
from bot.store import Incident, Store
from bot.store.counting import minute
from bot.thread import Thread
from bot.views.blocks import Blocks
from bot.views.incident import Picture, incident_card, incident_summary
from bot.views.rate import Rate, rate, stretch_of

# A rate chart looks back this far at most.
_CHART = timedelta(days=20)


class Picturing:
    """Draws one incident."""

    def __init__(self, store: Store, knowledge: Knowledge, thread: Thread, terms: Terms) -> None:
        self._store = store
        self._knowledge = knowledge
        self._terms = terms
        # A message's address never changes.
        self._link = lru_cache(maxsize=1_000)(lambda team, channel, ts: thread.of(team).link(channel, ts))

    def card(self, one: Incident) -> tuple[Blocks, str]:
        """Its blocks, and its text for notifications."""
        kept = self._store.cards.find(one.id, one.team)
        answer = self.read(one.team, kept.text if kept else "", kept.account if kept else "")
        twin = self._store.incidents.find(one.twin, one.team) if one.twin else None
        beside = margins(self._store, self._knowledge, one.team, one.id, answer.diagnosis.best)
        named = self._store.sightings.named(one.id)
        picture = Picture(one, named, self._rate(one), twin, self._address(twin), beside)
        return incident_card(picture, answer), incident_summary(picture, answer)

    def read(self, team: str, text: str, home: str) -> Answer:
        """An alert of an incident; `home` is the account of its channel."""
        terms = self._terms.of(team).at(home)
        return desk.answer(text, "alert", self._knowledge, terms.can_act, terms)

    def _rate(self, one: Incident) -> Rate | None:
        first, last = minute(max(one.first_seen, one.last_seen - _CHART)), minute(one.last_seen)
        return rate(self._store.sightings.rate(one.id, first, stretch_of(first, last)), first, last)

    def _address(self, twin: Incident | None) -> str | None:
        if twin is None or twin.root is None:
            return None
        try:
            return self._link(twin.team, twin.channel, twin.root)
        except ThreadError:
            return None
