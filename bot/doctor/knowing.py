"""The knowledge: is every file good, and how long ago was it checked against its sources."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

from bot import knowledge
from bot.desk.findings import Finding, broken, doubtful, good
from bot.doctor.patient import Patient

# Meta changes its codes a few times a year.
_OLD_DAYS, _MOST_SHOWN = 180, 5


def look(patient: Patient) -> Iterator[Finding]:
    written, faults = knowledge.read(knowledge.find())
    for fault in faults[:_MOST_SHOWN]:
        yield broken(str(fault), "Correct the knowledge files; waerror kb lint names every fault.")
    if len(faults) > _MOST_SHOWN:
        yield broken(f"and {len(faults) - _MOST_SHOWN} more faults in the knowledge files")
    if written:
        yield _age([one.entry.checked for one in written], datetime.now(UTC).date())


def _age(checked: list[date], today: date) -> Finding:
    oldest = min(checked)
    days, old = (today - oldest).days, sum((today - one).days > _OLD_DAYS for one in checked)
    says = f"{len(checked)} entries, checked {days} days ago or less"
    if not old:
        return good(says)
    says = f"{old} of {len(checked)} entries were checked more than {_OLD_DAYS} days ago, the oldest on {oldest}"
    return doubtful(says, "Update waerror, or check the old entries against their sources.")
