"""Looks at settings, Slack, WaConnect, database and knowledge, and says what to do. It only reads.

A check is a row of the table: its name, the checks that must not be broken for it to make sense, and a function from
the patient to findings. It takes no lock and launches no workflow, so it may run beside the bot.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bot.desk.findings import Examined, Finding, broken, skipped
from bot.doctor import alerts, database, installation, knowing, settings, slack, tokens, waconnect
from bot.doctor.patient import Patient
from bot.telemetry import trouble

__all__ = ["CHECKS", "Check", "Patient", "examine"]


@dataclass(frozen=True, slots=True)
class Check:
    """One row."""

    name: str
    look: Callable[[Patient], Iterable[Finding]]
    needs: tuple[str, ...] = ()
    live: bool = True
    """It changes while the bot runs, so `/waerror health` shows it too."""


CHECKS = (
    Check("installation", installation.look, live=False),
    Check("settings", settings.look, live=False),
    Check("tokens", tokens.look, live=False),
    Check("slack", slack.greeting),
    Check("connection", slack.connection),
    Check("clock", slack.clock),
    Check("scopes", slack.scopes, ("slack",)),
    Check("channels", slack.channels, ("slack",)),
    Check("blocks", slack.blocks, ("slack",)),
    Check("accounts", waconnect.look),
    Check("alerts", alerts.look, live=False),
    Check("database", database.look),
    Check("key", database.key),
    Check("work", database.work, ("database",)),
    Check("synthetic", database.synthetic, ("database",)),
    Check("knowledge", knowing.look),
)


def examine(patient: Patient, checks: Iterable[Check] = CHECKS) -> tuple[Examined, ...]:
    """What every check found, in the order of the table. A check that itself fails is a finding too."""
    found: dict[str, Examined] = {}
    for check in checks:
        ill = [name for name in check.needs if name in found and found[name].level in ("error", "skipped")]
        findings = [_unlooked(ill)] if ill else _looked(check, patient)
        found[check.name] = Examined(check.name, tuple(findings))
    return tuple(found.values())


def _looked(check: Check, patient: Patient) -> list[Finding]:
    try:
        return list(check.look(patient))
    except Exception as error:  # noqa: BLE001 - one broken check must not hide what the others see
        trouble("doctor.check_failed", check=check.name, error=type(error).__name__, exc_info=error)
        says = f"this check itself failed: {type(error).__name__}"
        return [broken(says, f"Report that the doctor's check `{check.name}` failed, with the log line.")]


def _unlooked(ill: list[str]) -> Finding:
    return skipped(f"not looked at: {' and '.join(ill)} must be good first")
