"""Pastes and requests are kept for the settings' days, then deleted; the record of who did what stays.

What an incident counted stays too: of an old alert only its sealed text is deleted, never that it came, when, and how
many it hit (under pseudonyms). Of what was learned, the sample and the draft of a done item are deleted.

A purge only deletes what is too old, so it may be cut off and begun again at any time. Every bot does it at its start
and every few hours, unless another one is just at it.
"""

from datetime import UTC, datetime, timedelta

from bot.duties.loop import Loop
from bot.settings import Settings
from bot.store import Store
from bot.telemetry import report

_EVERY = 6 * 3600.0


class Purging:
    """Forgets in time."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._keep = timedelta(days=settings.waerror_retention_days)
        self._store = store
        self._loop = Loop("purge", self._round, after_fault=_EVERY)

    def start(self) -> None:
        self._loop.start()

    def stop(self) -> None:
        """One that is under way may be cut off."""
        self._loop.stop(0.0)

    def purge(self, now: datetime | None = None) -> int:
        """Delete what is too old; how many texts and requests there were."""
        before = (now or datetime.now(UTC)) - self._keep
        store = self._store
        nouns = (
            store.cards,
            store.presses,
            store.questions,
            store.sightings,
            store.queue,
            store.arrivals,
            store.plains,
            store.bulks,
            store.corrections,
        )
        forgotten = sum(noun.forget_before(before) for noun in nouns)
        report("purge.done", forgotten=forgotten)
        return forgotten

    def _round(self) -> float:
        with self._store.locks.held("purge", 0.0) as mine:
            if mine:
                self.purge()
        return _EVERY
