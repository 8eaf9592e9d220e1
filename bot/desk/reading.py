"""In a storm the same alert comes again and again with another number in it; what is the same is read once.

A number of ten digits and more is a phone number or an id, never a code; message ids, hashes and times name no error
either. With those put aside, a thousand alerts of one service are a dozen texts.
"""

import re
from collections import OrderedDict
from dataclasses import replace

from bot.desk.answers import NO_TERMS, Answer, Terms, answer_of
from bot.diagnosis import diagnose
from bot.diagnosis.values import Diagnosis
from bot.knowledge import Knowledge

_PUT_ASIDE = re.compile(
    r"(?P<id>wamid\.[A-Za-z0-9+/_=-]{8,})"
    r"|(?P<hash>(?<![0-9A-Za-z])(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{24,64})(?![0-9A-Za-z]))"
    r"|(?P<time>(?<!\d)\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?!\d))"
    r"|(?P<number>(?<![\d.])\d{10,20}(?![\d.]))"
)
_INSTEAD = {
    "id": "wamid.HBgLMTU1NTAwMDAwMDAVAgARGBI",
    "hash": "0f0f0f0f-0f0f-0f0f-0f0f-0f0f0f0f0f0f",
    "time": "2026-01-01T00:00:00",
}
_MOST = 1_000  # kinds of alert; some kilobytes each
_LONGEST = 8_000  # characters; a longer one is a log, and hardly comes twice


def put_aside(text: str) -> tuple[str, dict[str, str]]:
    """The text without what differs, and which number stands where: by its stand-in of as many digits."""
    numbers: dict[str, str] = {}
    stand_ins: dict[str, str] = {}

    def instead(found: re.Match[str]) -> str:
        if found.lastgroup != "number":
            return _INSTEAD[str(found.lastgroup)]
        number = found[0]
        stand_in = stand_ins.setdefault(number, f"1{len(stand_ins) + 1:0{len(number) - 1}}")
        numbers[stand_in] = number
        return stand_in

    return _PUT_ASIDE.sub(instead, text), numbers


class Reader:
    """Reads alerts. Not for several threads at once."""

    def __init__(self, knowledge: Knowledge, can_act: bool) -> None:
        self._knowledge = knowledge
        self._can_act = can_act
        self._read: OrderedDict[str, Diagnosis] = OrderedDict()

    def read(self, text: str, terms: Terms = NO_TERMS) -> Answer:
        """The same as `answer(text, "alert", …)`."""
        can_act = self._can_act if terms is NO_TERMS else terms.can_act
        if len(text) > _LONGEST:
            return answer_of(text, diagnose(text, self._knowledge, "alert"), can_act, terms)
        same, numbers = put_aside(text)
        diagnosis = self._diagnosis(same)
        seen = diagnosis.seen
        recipient = numbers.get(seen.recipient or "", seen.recipient)
        return answer_of(text, replace(diagnosis, seen=replace(seen, recipient=recipient)), can_act, terms)

    def _diagnosis(self, text: str) -> Diagnosis:
        found = self._read.get(text)
        if found is None:
            found = self._read[text] = diagnose(text, self._knowledge, "alert")
            if len(self._read) > _MOST:
                self._read.popitem(last=False)
        self._read.move_to_end(text)
        return found
