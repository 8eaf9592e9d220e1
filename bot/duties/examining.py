"""`/waerror health`: the doctor's look at what changes while the bot runs, for the one who asked."""

from dataclasses import asdict
from typing import Any

from dbos import DBOS, DBOSConfiguredInstance, SetWorkflowID

from bot.accounts import Accounts
from bot.desk import Click
from bot.desk.findings import failed, in_short
from bot.doctor import CHECKS, Patient, examine
from bot.duties.patience import BRIEF, NOT_SHOWN
from bot.settings import Settings
from bot.telemetry import report, trouble
from bot.thread import Thread
from bot.views.findings import findings


@DBOS.dbos_class()
class Examining(DBOSConfiguredInstance):
    """Looks, and tells."""

    def __init__(self, settings: Settings, thread: Thread, accounts: Accounts) -> None:
        super().__init__("examining")
        self._settings = settings
        self._thread = thread
        self._accounts = accounts

    def begin(self, click: Click, connected: bool | None) -> None:
        """`connected`: whether Slack's events reach this process; None without Socket Mode."""
        with SetWorkflowID(f"examine:{click.id}"):
            DBOS.start_workflow(self.show, asdict(click), connected)

    @DBOS.workflow()
    def show(self, clicked: dict[str, Any], connected: bool | None) -> None:
        try:
            self.show_once(clicked, connected)
        except NOT_SHOWN as error:
            trouble("examination.not_shown", error=str(error))

    @DBOS.step(**BRIEF)
    def show_once(self, clicked: dict[str, Any], connected: bool | None) -> None:
        click = Click(**clicked)
        patient = Patient(self._settings, connected=connected, accounts=self._accounts)
        found = examine(patient, [check for check in CHECKS if check.live])
        report("examination.done", failed=failed(found))
        if click.response_url:
            self._thread.respond(click.response_url, findings(found), in_short(found))
