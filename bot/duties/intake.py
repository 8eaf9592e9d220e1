"""What comes in without Slack: taken from those who post to us, looked for at WaConnect, and sorted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.duties.polling import Polling
from bot.duties.sorting import Sorting
from bot.duties.taking import Taking
from bot.duties.triage import Triage
from bot.intake.hooks import Hooks
from bot.settings import Settings
from bot.store import Store
from bot.waconnect.client import WaConnect


@dataclass(frozen=True, slots=True)
class Intake:
    """Ready to begin."""

    taking: Taking
    sorting: Sorting
    polling: Polling

    def start(self, team: str) -> None:
        """What was kept is sorted; failed messages are looked for, where that is wanted."""
        self.sorting.start()
        self.polling.start(team)

    def stop(self) -> None:
        self.polling.stop()
        self.sorting.stop()


def intake(
    settings: Settings,
    store: Store,
    triage: Triage,
    hooks: Hooks,
    show: Callable[[], None],
    clients: Mapping[str, WaConnect],
) -> Intake:
    """`show`: there is something new to be drawn."""
    sorting = Sorting(settings, store, triage, hooks, show)
    taking = Taking(store, sorting.wake)
    return Intake(taking, sorting, Polling(settings, store, taking, hooks, clients))
