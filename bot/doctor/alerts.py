"""Who may post alerts to us, as waerror.toml has it: a hook without its secret keeps the bot from starting."""

from collections.abc import Iterator

from bot.accounts.loading import AccountsError
from bot.desk.findings import Finding, broken, good, skipped
from bot.doctor.patient import Patient
from bot.intake.hooks import WATCH


def look(patient: Patient) -> Iterator[Finding]:
    try:
        _ = patient.accounts
    except AccountsError:
        yield skipped("not looked at: accounts must be readable first")
        return
    try:
        names = patient.hooks
    except AccountsError as error:
        for fault in error.faults:
            field, _, _ = fault.partition(":")
            yield broken(fault, f"Correct {field}: docs/alerts.md tells how.")
        return
    watched = sum(name.startswith(WATCH) for name in names)
    yield good(f"{len(names) - watched} systems may post, {watched} accounts are looked through")
