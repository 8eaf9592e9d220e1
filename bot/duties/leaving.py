"""The bot was removed from a workspace: nothing more is begun there, and what waits for its time there is called off.

What was sent already is followed to its end, which nobody sees; the record has it.
"""

from bot.store import Bulk, Store
from bot.telemetry import report

# Nobody pressed: the record says so by an empty name.
_NOBODY = ""
_WHY = "The bot was removed from the workspace."


def leave(store: Store, team: str) -> int:
    """How many scheduled and bulk retries were called off. Done twice, it does nothing the second time."""
    waiting = [press for press in store.dues.scheduled() if _team_of(store, press) == team]
    bulks = [bulk for bulk in store.bulks.live() if bulk.team == team]
    called_off = sum(_cancel(store, press) for press in waiting) + sum(_stop(store, bulk) for bulk in bulks)
    report("workspace.left", team=team, called_off=called_off)
    return called_off


def _cancel(store: Store, press_id: str) -> bool:
    cancelled = store.presses.cancel(press_id, _NOBODY)
    if cancelled:
        store.audit.ended(press_id, "cancelled")
        report("retry.ended", press=press_id, outcome="cancelled")
    return cancelled


def _stop(store: Store, bulk: Bulk) -> bool:
    return store.bulks.change(bulk.id, bulk.team, "stopped", ("asked", "running", "paused"), why=_WHY)


def _team_of(store: Store, press_id: str) -> str | None:
    return store.cards.team_of(store.presses.find(press_id).card)
