"""The remedy *Retry all…*: planned, run, told."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.duties.brakes import Brakes
from bot.duties.bulk_planning import BulkPlanning
from bot.duties.bulk_reporting import BulkReporting
from bot.duties.bulk_running import BulkRunning
from bot.duties.picturing import Picturing
from bot.duties.retrying import Retrying
from bot.settings import Settings
from bot.store import Store
from bot.thread import Thread
from bot.waconnect.client import WaConnect


@dataclass(frozen=True, slots=True)
class BulkRetries:
    """Its parts, each with a thread of its own but the planning."""

    planning: BulkPlanning
    running: BulkRunning
    reporting: BulkReporting

    def start(self) -> None:
        self.running.start()
        self.reporting.start()

    def stop(self) -> None:
        self.reporting.stop()
        self.running.stop()


def bulk_retries(
    settings: Settings,
    store: Store,
    thread: Thread,
    picturing: Picturing,
    retrying: Retrying,
    clients: Mapping[str, WaConnect],
) -> BulkRetries:
    """Each message goes the course of *Retry message*, with the same deeds."""
    brakes = Brakes(lambda name: clients[name].probe() if name in clients else None, settings.waerror_pace)
    running = BulkRunning(settings, store, thread.pacing, retrying.sending, retrying.waiting, brakes)
    reporting = BulkReporting(settings, store, thread, running.is_mine)
    return BulkRetries(BulkPlanning(store, picturing, clients), running, reporting)
