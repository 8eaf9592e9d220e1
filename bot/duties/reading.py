"""What WaConnect's records tell of a press: the newest status of its message, and the record of one that was lost."""

from collections.abc import Mapping
from datetime import datetime

from bot.diagnosis.masking import mask
from bot.duties.explaining import account, entry_for
from bot.knowledge import Knowledge
from bot.store import Press, Store
from bot.store.presses import Presses
from bot.telemetry import trouble
from bot.waconnect.client import WaConnect
from bot.waconnect.errors import WaConnectError
from bot.waconnect.lookup import CLOCKS_DIFFER, Findings, findings, made
from bot.waconnect.records import MessageStatus

# Proof: nothing better or worse is waited for.
PROVEN = frozenset({"delivered", "read", "failed"})
# Of a word that only WaConnect knows.
_LONGEST_STATUS = 30
# What is read of WaConnect's list: the order is not documented, so the newest may stand on a later page.
_PAGE, _MOST_PAGES = 50, 5


def seen_since(waconnect: WaConnect, presses: Presses, press: Press, since: datetime) -> Findings:
    """Records that may be this press's message. Raises WaConnectError when the list cannot be read."""
    records = _recent(waconnect, since)
    return findings(records.values(), press.outbound, since, presses.of_others(press.id, records))


def _recent(waconnect: WaConnect, since: datetime) -> dict[str, MessageStatus]:
    """Records by id, from as many pages as may hold one made since then."""
    found: dict[str, MessageStatus] = {}
    for number in range(_MOST_PAGES):
        page = waconnect.recent(limit=_PAGE, offset=number * _PAGE)
        new = {record.message_id: record for record in page if record.message_id not in found}
        found |= new
        if len(page) < _PAGE or not new or _older_follow(page, since):
            break
    return found


def _older_follow(page: tuple[MessageStatus, ...], since: datetime) -> bool:
    """The page runs from newer to older, and its end is older than what is looked for."""
    first, last = made(page[0]), made(page[-1])
    return first is not None and last is not None and first > last and last < since - CLOCKS_DIFFER


class Reading:
    """Reads a followed message's status and notes what is new."""

    def __init__(self, store: Store, knowledge: Knowledge, clients: Mapping[str, WaConnect]) -> None:
        self._presses = store.presses
        self._knowledge = knowledge
        self._clients = clients

    def news(self, press_id: str, message_id: str) -> str | None:
        """The newest status that was not noted before; None when nothing changed, or nothing could be read."""
        try:
            found = account(self._clients, self._presses.find(press_id).account).status(message_id)
        except WaConnectError as error:
            trouble("retry.status_not_read", press=press_id, error=type(error).__name__)
            return None
        news = None
        for said in dict.fromkeys([*(step.status for step in found.history), found.status]):
            state = mask(said)[:_LONGEST_STATUS]
            failed = state == "failed"
            data = self._failure(found) if failed else {}
            if state and self._presses.begin_step(press_id, f"status/{state}", state, **data):
                news = state
        return news

    def proof(self, press_id: str) -> str | None:
        """The status that ends the following, once it was noted: a crash may have come between."""
        states = [step.state for step in self._presses.steps(press_id) if step.name.startswith("status/")]
        return next((state for state in reversed(states) if state in PROVEN), None)

    def _failure(self, found: MessageStatus) -> dict[str, str | None]:
        """Steps are not sealed, and what WaConnect says of a failure may name the recipient."""
        entry = entry_for(found.error_text or "", self._knowledge)
        says = f"{entry.label} {entry.title}" if entry else mask(found.error_text or "WaConnect names no reason")
        return {"says": says, "entry": entry.id if entry else None}
