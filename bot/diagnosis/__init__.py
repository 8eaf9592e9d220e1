"""Text in, diagnosis out. Pure: no clock, no environment, no network, no file, no Slack.

`diagnose` reads a text (`text`, `sightings`), lets the evidence add up (`matching`) and says what it is sure of.
An alert is answered only when that is likely at least; a person who asked also gets the nearest candidates.
"""

from bot.diagnosis import matching, sightings
from bot.diagnosis.index import Knowledge
from bot.diagnosis.text import plain
from bot.diagnosis.values import Diagnosis, Mode

_CANDIDATES = 3

__all__ = ["Knowledge", "diagnose"]


def diagnose(text: str, knowledge: Knowledge, mode: Mode) -> Diagnosis:
    """What this text is about."""
    paste = sightings.read(plain(text), knowledge.index.knows)
    found = matching.match(paste, knowledge.index, knowledge.search, mode)
    sure = tuple(match for match in found if match.confidence != "possible")
    if not sure:
        return Diagnosis(mode, False, tuple(found[:_CANDIDATES]) if mode == "ask" else (), seen=paste.seen)
    unsure = mode == "ask" and all(match.confidence != "certain" for match in sure)
    near = tuple(found[len(sure) : _CANDIDATES]) if unsure else ()
    return Diagnosis(mode, True, sure, near, sure[0].sighting)
