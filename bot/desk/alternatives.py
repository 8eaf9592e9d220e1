"""What an error may be instead of what its card says: other matches, the nearest, and what the words find."""

from bot.desk.answers import Answer
from bot.diagnosis.entries import Entry
from bot.knowledge import Knowledge

MOST = 8  # Slack shows ten radio buttons, and nobody reads more; one of them is *None of these*
_SEARCHED = 3 * MOST


def alternatives(given: Answer, text: str, knowledge: Knowledge, shown: str | None) -> tuple[Entry, ...]:
    """Entries to choose from, the likeliest first; `shown` is the one that the person refuses."""
    diagnosis = given.diagnosis
    near = [match.entry.id for match in (*diagnosis.matches, *diagnosis.near)]
    found = [name for name, _ in knowledge.search(text, _SEARCHED)]
    names = [name for name in dict.fromkeys([*near, *found]) if name != shown]
    return tuple(knowledge.entries[name] for name in names[:MOST])
