# ruff: noqa: E501 - a case is a row
"""A verdict is said in words, and so is a wait."""

import pytest

from bot.diagnosis.entries import Verdict
from bot.diagnosis.verdicts import duration, in_words

VERDICTS = (
    (Verdict(can_retry="now", because="it passes by itself"), "Sending again: it can be sent again at once: it passes by itself."),
    (Verdict(can_retry="after_wait", wait_seconds=4, because="the limit refills"), "Sending again: in about 4 seconds: the limit refills."),
    (Verdict(can_retry="after_fix", fix="the parameter list", because="it fails again"), "Sending again: not as it is: it fails again. First fix the parameter list."),
    (Verdict(can_retry="never", because="the user said no"), "Sending again: never: the user said no."),
)  # fmt: skip
DURATIONS = ((0.2, "a second"), (1, "1 second"), (59, "59 seconds"), (60, "1 minute"), (61, "2 minutes"), (5400, "2 hours"), (86_400, "1 day"), (90_000, "2 days"))  # fmt: skip


@pytest.mark.parametrize(("verdict", "words"), VERDICTS)
def test_a_verdict_is_a_sentence(verdict: Verdict, words: str) -> None:
    assert in_words(verdict) == words


@pytest.mark.parametrize(("seconds", "words"), DURATIONS)
def test_a_wait_is_rounded_up_to_one_unit(seconds: float, words: str) -> None:
    assert duration(seconds) == words
