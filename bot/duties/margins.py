"""What stands in a card's margins now: the newest correction, and the notes on the error that the card stands for."""

from bot.diagnosis.entries import Entry
from bot.diagnosis.values import Match
from bot.knowledge import Knowledge
from bot.store import Store
from bot.views.margins import Margins


def margins(store: Store, knowledge: Knowledge, team: str, card_id: str, best: Match | None) -> Margins:
    """`best`: what the card was diagnosed as; nothing stands beside a card without a diagnosis."""
    if best is None:
        return Margins()
    correction = store.corrections.of(card_id, team)
    instead = knowledge.entries.get(correction.to_entry) if correction and correction.to_entry else None
    entry = instead or best.entry
    return Margins(store.notes.of(team, entry.id), name(entry), correction, instead)


def name(entry: Entry) -> str:
    """What a person types for it: its code, or its id where it has none."""
    return entry.name if entry.codes else entry.id
