"""Everything that speaks for or against an entry, as clues: a weight in log-odds and a reason in words.

The weights are the whole of the judgement. They were set by hand on real pastes and checked on others; a change
of one belongs with a run over a labelled corpus, never with a single text that went wrong.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.diagnosis import phrases, prose
from bot.diagnosis.entries import Cause, Entry
from bot.diagnosis.index import Index
from bot.diagnosis.numbers import LONG, Reading
from bot.diagnosis.sightings import Paste
from bot.diagnosis.values import Mode, Sighting
from bot.diagnosis.words import terms, words

_NEAR = 200  # characters on either side of a code that speak about it

# What has to be outweighed before anything is believed.
_DOUBT_SHORT = -2.5  # a short code
_DOUBT_OKAY = -2.0  # a short code that every HTTP log has
_DOUBT_RETIRED = -2.5  # an error that is no longer sent
_DOUBT_WORDS = -4.5  # words without a code
_DOUBT_NOWHERE = -1.5  # words without a code in a text that does not speak of WhatsApp
_SOMEWHERE = 1.2  # signs that weigh less than this are not enough for that: "recipient" is anybody's word

_HTTP = frozenset({0, 200, 201, 202, 204, 400, 402, 408, 410, 429, 500, 501})
_ALONE: Mapping[Mode, tuple[float, float]] = {"ask": (9.0, 9.0), "alert": (3.0, -1.0)}  # long, short
# Who asks about a text with a code in it asks about the code: a long one anywhere, a short one where it is called one.
_ASKED_LONG = 2.6
_ASKED_SHORT: Mapping[str, float] = {"error-word": 3.4, "error-behind": 4.2, "head-mark": 1.0, "mark": 5.4}
_FEWEST_ASKED = 100  # shorter numbers are counts
_QUESTION, _LINE = 300, 80  # characters; a longer text is a log, and what is in brackets there a reference
WHOLE = 9.0
_SUBCODE, _ANY_SUBCODE = 2.5, 1.5  # only Meta has subcodes
_STATUS = 0.4
_OWN_STATUS, _OTHER_STATUS = 1.0, -0.5  # where words lead; sources differ on many a status
_COMPANY = 2.0  # a second code: numbers of one family seldom meet by chance
_ENVELOPE = 1.5  # many an API refuses with `success: false`; few with this sentence and this status as well
_QUOTED = 0.9  # per unit of a quote's weight, where a code leads
_MOST_QUOTED = 6.0
_SUBJECT = 0.25
_MOST_SUBJECT = 3.0
_MOST_SURROUNDED = 6.0  # a short number is not made a code by what stands around it alone
_ALL = 0.95  # of a phrase: the rest may be a typo's
_SENTENCE, _WORDS = 0.6, 4  # a whole sentence of this many words is seldom somebody else's
_FRAGMENT, _FEWEST = -2.5, 2  # one telling word is no sentence
_SPOKEN = 0.8  # per unit of the context's weight, where words lead
_LEAST_SPOKEN, _MOST_SPOKEN = -4.0, 2.5


@dataclass(frozen=True, slots=True)
class Clue:
    weight: float
    why: str = ""


def of_number(reading: Reading, entry: Entry, paste: Paste, mode: Mode) -> Iterator[Clue]:
    """How the number stands in the text."""
    kind = "subcode" if reading.is_subcode else "code"
    long = reading.number >= LONG
    if paste.alone == reading.number:
        yield Clue(_ALONE[mode][not long], f"{kind} {reading.number}, and nothing else")
        return
    yield Clue(reading.stand.long if long else reading.stand.short, f"{kind} {reading.number} {reading.stand.why}")
    if reading.against:
        yield Clue(reading.against.long if long else reading.against.short, reading.against.why)
    elif mode == "ask" and (asked := _asked(reading, paste)):
        yield Clue(asked, "asked about")
    if not long:
        yield Clue(_DOUBT_SHORT)
    if reading.number in _HTTP:
        yield Clue(_DOUBT_OKAY)
    if entry.family == "onpremises":
        yield Clue(_DOUBT_RETIRED)


def _asked(reading: Reading, paste: Paste) -> float:
    """Nothing in a text that is another system's, and only a question's length counts as asking."""
    about, length = paste.context.weight, len(paste.text)
    brief = length <= (_LINE if reading.stand.name == "mark" else _QUESTION)
    if reading.number >= LONG:
        return _ASKED_LONG if is_ours(paste) or (brief and about >= 0) else 0.0
    asked = brief and about >= 0 and reading.number >= _FEWEST_ASKED
    return _ASKED_SHORT.get(reading.stand.name, 0.0) if asked else 0.0


def is_ours(paste: Paste) -> bool:
    """Whether the text speaks of WhatsApp."""
    return paste.context.weight > _SOMEWHERE


def of_object(sighting: Sighting, entry: Entry) -> Iterator[Clue]:
    """What stands in the same object."""
    if sighting.subcode is not None:
        own = {number for cause in entry.causes for number in cause.subcodes}.union(entry.subcodes)
        yield Clue(_SUBCODE if sighting.subcode in own else _ANY_SUBCODE, f"subcode {sighting.subcode}")
    if sighting.http_status is not None and sighting.http_status in entry.http:
        yield Clue(_STATUS, f"HTTP {sighting.http_status}")


def of_text(
    entry: Entry, code: int, at: int, paste: Paste, known: Index, quote: phrases.Quote | None
) -> Iterator[Clue]:
    """What the text around a code says."""
    if quote:
        yield Clue(min(_MOST_QUOTED, _QUOTED * quote.weight), _quoting(quote))
    near = paste.text[max(0, at - _NEAR) : at + _NEAR]
    if shared := prose.affinity(terms(words(near)), entry.id, known.prose):
        yield Clue(min(_MOST_SUBJECT, _SUBJECT * shared), "its subject stands beside it")
    if code >= LONG and paste.codes - {code}:
        yield Clue(_COMPANY, "other codes of WhatsApp stand beside it")
    yield from (Clue(sign.weight, sign.why) for sign in paste.context.signs)
    if code < LONG and (spare := sum(sign.weight for sign in paste.context.signs) - _MOST_SURROUNDED) > 0:
        yield Clue(-spare)


def of_words(entry: Entry, quote: phrases.Quote | None, paste: Paste) -> Iterator[Clue]:
    """What words say without a code."""
    about = paste.context.weight
    yield Clue(_DOUBT_WORDS + (0 if is_ours(paste) else _DOUBT_NOWHERE))
    spoken = max(_LEAST_SPOKEN, min(_MOST_SPOKEN, _SPOKEN * about))
    yield Clue(spoken, ", ".join(sign.why for sign in paste.context.signs))
    if quote:
        sentence = _SENTENCE if quote.share > _ALL and len(quote.phrase.words) >= _WORDS else 0
        yield Clue(quote.weight * (0.15 + 0.85 * quote.share) + 2 * quote.share + sentence, _quoting(quote))
        if quote.share <= _ALL and quote.telling < _FEWEST:
            yield Clue(_FRAGMENT)
        if (status := paste.seen.http_status) and entry.http:
            yield Clue(_OWN_STATUS if status in entry.http else _OTHER_STATUS, f"HTTP {status}")
            if entry.family == "waconnect" and status in entry.http and paste.context.has("envelope"):
                yield Clue(_ENVELOPE, "WaConnect's envelope with its HTTP status")
    if retired(entry):
        yield Clue(_DOUBT_RETIRED)


def cause_of(entry: Entry, sighting: Sighting, text: str) -> Cause | None:
    """The cause that the text proves: by its subcode, else by the longest phrase, the title's own last."""
    for cause in entry.causes:
        if sighting.subcode is not None and sighting.subcode in cause.subcodes:
            return cause
    folded, title = _folded(text), _folded(entry.title)
    proofs = [
        (phrase not in title, len(phrase), cause)
        for cause in entry.causes
        for phrase in map(_folded, cause.when)
        if phrase in folded
    ]
    return max(proofs, key=lambda proof: proof[:2])[2] if proofs else None


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def retired(entry: Entry) -> bool:
    return entry.family == "onpremises" or entry.no_longer_emitted is not None


def _quoting(quote: phrases.Quote) -> str:
    part = "its words" if quote.share > _ALL else "a part of its words"
    return f"{part}: “{quote.phrase.text}”"
