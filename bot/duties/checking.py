"""Reads that change nothing: is the account good, and what became of a message. A repeated check edits its reply."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from dbos import DBOS, DBOSConfiguredInstance, SetWorkflowID

from bot.desk import Click
from bot.duties.explaining import account, entry_for
from bot.duties.patience import NOT_SHOWN, PATIENT
from bot.knowledge import Knowledge
from bot.store import Health, Store
from bot.telemetry import report, trouble
from bot.thread import Place, Thread
from bot.views import timeline
from bot.views.account import account as account_view
from bot.views.account import account_summary
from bot.views.blocks import Blocks
from bot.waconnect.client import Probe, WaConnect
from bot.waconnect.errors import WaConnectError


@DBOS.dbos_class()
class Checking(DBOSConfiguredInstance):
    """The remedies *Re-check account* and *Message status*."""

    def __init__(self, store: Store, knowledge: Knowledge, thread: Thread, accounts: Mapping[str, WaConnect]) -> None:
        super().__init__("checking")
        self._store = store
        self._knowledge = knowledge
        self._thread = thread
        self._accounts = accounts

    def begin_recheck(self, click: Click, name: str) -> None:
        with SetWorkflowID(f"recheck:{click.id}"):
            DBOS.start_workflow(self.recheck, asdict(click), name)

    def begin_status(self, click: Click, message_id: str, name: str) -> None:
        with SetWorkflowID(f"status:{click.id}"):
            DBOS.start_workflow(self.status, asdict(click), message_id, name)

    # `name`: of the account. A workflow that a release with one account began has none.
    @DBOS.workflow()
    def recheck(self, clicked: dict[str, Any], name: str = "") -> None:
        try:
            self.recheck_once(clicked, name)
        except NOT_SHOWN as error:
            trouble("account.not_shown", error=str(error))

    @DBOS.workflow()
    def status(self, clicked: dict[str, Any], message_id: str, name: str = "") -> None:
        try:
            self.status_once(clicked, message_id, name)
        except NOT_SHOWN as error:
            trouble("status.not_shown", error=str(error))

    @DBOS.step(**PATIENT)
    def recheck_once(self, clicked: dict[str, Any], name: str = "") -> None:
        click = Click(**clicked)
        probe, at = self._probe(name), datetime.now(UTC)
        report("account.checked", outcome=probe.outcome, seconds=round(probe.seconds, 3))
        self._store.healths.keep(click.team, Health(name, at, probe.outcome, probe.seconds))
        blocks = account_view(probe, click.user, at, click.card, self._shown(name))
        self._show(click, "account", blocks, account_summary(probe))

    def _probe(self, name: str) -> Probe:
        try:
            return account(self._accounts, name).probe()
        except WaConnectError as error:
            return Probe("unreachable", 0.0, error.detail)

    def _shown(self, name: str) -> str:
        return name if len(self._accounts) > 1 else ""

    @DBOS.step(**PATIENT)
    def status_once(self, clicked: dict[str, Any], message_id: str, name: str = "") -> None:
        click = Click(**clicked)
        self._show(click, "status", *self.read_status(message_id, click.card, name))

    def read_status(self, message_id: str, mark: str, name: str) -> tuple[Blocks, str]:
        """WaConnect's record of a message as a view; a failed one is explained in its turn."""
        try:
            found = account(self._accounts, name).status(message_id)
        except WaConnectError as error:
            explained = entry_for(error, self._knowledge)
            says = f"{error} (account {name})" if self._shown(name) else str(error)
            return timeline.status_failed(message_id, says, explained, mark), "Its status could not be read."
        failed = found.status == "failed" and found.error_text
        explained = entry_for(found.error_text or "", self._knowledge) if failed else None
        return timeline.status(found, explained, mark), f"Message status: {found.status}"

    def _show(self, click: Click, kind: str, blocks: Blocks, text: str) -> None:
        if click.response_url:
            self._thread.respond(click.response_url, blocks, text)
        else:
            self._thread.of(click.team).show(
                click.card, kind, Place(click.channel, click.thread, click.user), blocks, text
            )
