"""The dry run of an incident: every alert is read anew, and what is known of its message decides.

The status of the first messages that name an id is asked for as well; of the others it is read before each is sent.
"""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from bot.desk.bulk import Candidate, DryRun, candidate, dry_run
from bot.duties.picturing import Picturing
from bot.store import Incident, Store
from bot.waconnect.client import WaConnect
from bot.waconnect.errors import WaConnectError

# Alerts that one run looks at: a person waits for it, and a thousand take about a second.
MOST = 5_000
_READ_AT_ONCE, _MOST_READ = 8, 100
_ARRIVED = frozenset({"delivered", "read"})


class BulkPlanning:
    """Plans; it sends nothing."""

    def __init__(self, store: Store, picturing: Picturing, clients: Mapping[str, WaConnect]) -> None:
        self._store = store
        self._picturing = picturing
        self._clients = clients

    def dry_run(self, one: Incident) -> DryRun:
        """What would become of its newest `MOST` alerts."""
        at, card = datetime.now(UTC), self._store.cards.find(one.id, one.team)
        home, read = card.account if card else "", self._picturing.read
        found = [
            candidate(key, read(one.team, text, home), one.cause.account, seen_at, at)
            for key, text, seen_at in self._store.sightings.texts(one.id, MOST)
        ]
        arrived, held = self._store.presses.standing([each.claim for each in found if each.plan == "safe"])
        return dry_run(found, arrived | self._arrived(one.cause.account, found), held, max(0, one.count - len(found)))

    def _arrived(self, account: str, found: Iterable[Candidate]) -> frozenset[str]:
        """The claims of those whose message arrived after all."""
        named = [each for each in found if each.plan == "safe" and each.failed_id][:_MOST_READ]
        waconnect = self._clients.get(account)
        if waconnect is None or not named:
            return frozenset()
        with ThreadPoolExecutor(_READ_AT_ONCE) as pool:
            there = pool.map(lambda each: _has_arrived(waconnect, each), named)
            return frozenset(each.claim for each, arrived in zip(named, there, strict=True) if arrived)


def _has_arrived(waconnect: WaConnect, each: Candidate) -> bool:
    try:
        return waconnect.status(each.failed_id or "").status in _ARRIVED
    except WaConnectError:
        return False
