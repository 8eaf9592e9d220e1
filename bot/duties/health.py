"""`/waerror account`: how the accounts are, asked of WaConnect, kept, and compared with the last time."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from dbos import DBOS, DBOSConfiguredInstance, SetWorkflowID

from bot.accounts import Account, Accounts
from bot.desk import Click
from bot.diagnosis.masking import mask
from bot.duties.explaining import entry_for
from bot.duties.patience import NOT_SHOWN, PATIENT
from bot.knowledge import Knowledge
from bot.store import Health, Store
from bot.telemetry import report, trouble
from bot.thread import Thread
from bot.views.health import Checked, health, summary
from bot.waconnect.client import WaConnect
from bot.waconnect.errors import WaConnectError
from bot.waconnect.records import MessageStatus

# The order of WaConnect's list is not documented: the newest of so many is taken for the newest.
_LOOKED_AT = 20


@DBOS.dbos_class()
class Healths(DBOSConfiguredInstance):
    """Asks how accounts are."""

    def __init__(
        self, store: Store, knowledge: Knowledge, thread: Thread, accounts: Accounts, clients: Mapping[str, WaConnect]
    ) -> None:
        super().__init__("healths")
        self._healths = store.healths
        self._knowledge = knowledge
        self._thread = thread
        self._accounts = accounts
        self._clients = clients

    def begin(self, click: Click, names: tuple[str, ...]) -> None:
        with SetWorkflowID(f"health:{click.id}"):
            DBOS.start_workflow(self.show, asdict(click), list(names))

    @DBOS.workflow()
    def show(self, clicked: dict[str, Any], names: list[str]) -> None:
        try:
            self.show_once(clicked, names)
        except NOT_SHOWN as error:
            trouble("health.not_shown", error=str(error))

    @DBOS.step(**PATIENT)
    def show_once(self, clicked: dict[str, Any], names: list[str]) -> None:
        click = Click(**clicked)
        wanted = [account for account in self._accounts.of_team(click.team).all if account.name in names]
        checked = [self._checked(click.team, account) for account in wanted]
        if click.response_url and checked:
            self._thread.respond(click.response_url, health(checked), summary(checked))

    def check(self, team: str) -> None:
        """Ask about every account, and keep what is heard."""
        for account in self._accounts.of_team(team).all:
            self._checked(team, account)

    def _checked(self, team: str, account: Account) -> Checked:
        now = self._asked(account.name)
        report("health.checked", account=account.name, outcome=now.outcome, seconds=round(now.seconds, 3))
        return account, now, self._healths.keep(team, now)

    def _asked(self, name: str) -> Health:
        client = self._clients[name]
        at, probe = datetime.now(UTC), client.probe()
        if probe.outcome != "good":
            return Health(name, at, probe.outcome, probe.seconds)
        why, when = self._last_error(client)
        return Health(name, at, probe.outcome, probe.seconds, _counts(client), why, when)

    def _last_error(self, client: WaConnect) -> tuple[str, datetime | None]:
        """The newest failure in words, and when; empty where none is listed."""
        try:
            failure = _newest_failure(client)
        except WaConnectError as error:
            trouble("health.failures_not_read", error=type(error).__name__)
            return "not known: WaConnect did not list the failed messages", None
        return (self._why(failure), failure.at) if failure else ("", None)

    def _why(self, failure: MessageStatus) -> str:
        """By its entry where one is sure, else as WaConnect words it."""
        entry = entry_for(failure.error_text, self._knowledge) if failure.error_text else None
        known = f"{entry.label} · {entry.title}" if entry else mask(failure.error_text or "WaConnect names no reason")
        return known[:200]


def _counts(client: WaConnect) -> Mapping[str, int] | None:
    try:
        return client.statistics()
    except WaConnectError as error:
        trouble("health.statistics_not_read", error=type(error).__name__)
        return None


def _newest_failure(client: WaConnect) -> MessageStatus | None:
    failed = [one for one in client.recent(limit=_LOOKED_AT, status="failed") if one.status == "failed"]
    return max(failed, key=lambda one: one.at.timestamp() if one.at else 0.0, default=None)
