"""The database, read beside whoever writes it: is it whole, is there room, does the key open it, is work left lying."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from shutil import disk_usage

from bot.desk.findings import Finding, Level, broken, doubtful, good, skipped
from bot.doctor.patient import Patient
from bot.store.backlog import PROMPT
from bot.store.condition import Condition
from bot.vault import Vault, VaultError

_POSTGRES = "Let WAERROR_DATABASE_URL name a PostgreSQL that runs, can be reached and lets us in."
_LITTLE, _NONE = 1_000_000_000, 100_000_000  # bytes


def look(patient: Patient) -> Iterator[Finding]:
    found = patient.condition
    if not found.exists:
        yield from _absent(patient, found)
    elif found.unreadable:
        do = "Restore the database from a backup." if found.file else _POSTGRES
        yield broken(f"the database cannot be read: {found.unreadable}", do)
    else:
        yield from _present(found)
    if found.file:
        yield from _room(found.file)


def _absent(patient: Patient, found: Condition) -> Iterator[Finding]:
    place = found.file or Path()
    folder = next((one for one in place.absolute().parents if one.exists()), Path("/"))
    if found.file and not folder.is_dir():
        yield broken(f"{folder} is no folder", "Let WAERROR_DATABASE_URL name a file in a folder.")
    else:
        yield good("no database yet; the bot makes it when it first runs")


def _present(found: Condition) -> Iterator[Finding]:
    if found.newer:
        says = f"a newer waerror wrote it ({', '.join(found.newer)})"
        yield doubtful(says, "Run the newest waerror on this database.")
    if found.lacking:
        says = f"{len(found.lacking)} changes of this release are not in it yet; the bot makes them when it starts"
        yield doubtful(says, "Restart the bot with this release.")
    if found.journal not in ("wal", ""):
        says = f"its journal is {found.journal}, so readers wait for writers"
        yield doubtful(says, "Put the database on a local disk; over a network WAL does not work.")
    if not found.whole:
        yield broken("the database is damaged", "Stop the bot, and restore database and key from a backup.")
    else:
        journal = f", journal {found.journal}" if found.journal else ""
        yield good(f"{found.version}{journal}, {found.size / 1e6:.1f} MB")


def _room(file: Path) -> Iterator[Finding]:
    folder = next(one for one in file.absolute().parents if one.exists())
    free = disk_usage(folder).free
    says, do = f"{free / 1e9:.1f} GB free for it", "Make room on the disk of the database."
    level: Level = "error" if free < _NONE else "warning" if free < _LITTLE else "good"
    yield Finding(level, says, "" if level == "good" else do)


def key(patient: Patient) -> Iterator[Finding]:
    """Does the key open what is stored, and is its file private?"""
    found, own = patient.condition, patient.settings.waerror_secret_key
    beside = found.file.with_name(f"{found.file.name}.key") if found.file else None
    if own is None and (beside is None or not beside.is_file()):
        if found.sealed:
            says = "what is stored is sealed, and there is no key"
            yield broken(says, "Put the key back: WAERROR_SECRET_KEY, or the .key file beside the database.")
        else:
            yield good("no key yet; the bot makes it beside the database")
        return
    if own is None and beside and beside.stat().st_mode & 0o077:
        yield doubtful(f"others may read {beside.name}", f"chmod 600 {beside.name}")
    yield _opens(own.get_secret_value() if own else (beside or Path()).read_text().strip(), found)


def _opens(key: str, found: Condition) -> Finding:
    try:
        vault = Vault(key)
        for sealed in found.sealed:
            vault.open(sealed)
    except VaultError as error:
        return broken(str(error), "Put the key back that sealed the database, first or further in the list.")
    return good("the key opens what is stored" if found.sealed else "a key is there; nothing is sealed yet")


def work(patient: Patient) -> Iterator[Finding]:
    """What waits to be done, and for how long. Cards of a storm wait by design."""
    waits = patient.condition.waits or {}
    late = [name for name in PROMPT if name in waits and waits[name].lag > patient.settings.waerror_ready_lag_seconds]
    for name in late:
        says = f"{waits[name].count} {name} wait, the first for {waits[name].lag:,.0f} s"
        yield broken(says, "Look whether the bot runs, and whether Slack and WaConnect answer it.")
    if not late:
        yield good(", ".join(f"{wait.count} {name} wait" for name, wait in waits.items()) or "nothing waits yet")


def synthetic(patient: Patient) -> Iterator[Finding]:
    """How the last synthetic error fared."""
    every, last = patient.settings.waerror_synthetic_seconds, patient.condition.synthetic
    if not every:
        yield skipped("not looked at: WAERROR_SYNTHETIC_SECONDS is 0")
        return
    if last is None:
        yield skipped("no synthetic error was sent yet")
        return
    ago = (datetime.now(UTC) - last.at).total_seconds()
    if last.failed:
        says = f"the last synthetic error did not come through ({last.failed}, {ago:,.0f} s ago)"
        yield broken(says, "Look for synthetic.failed in the bot's log.")
    elif ago > 2 * every + 60:
        says = f"the last synthetic error was {ago:,.0f} s ago"
        yield doubtful(says, "Look whether the bot runs.")
    else:
        yield good(f"the last synthetic error took {last.seconds:.2f} s, {ago:,.0f} s ago")
