"""Whether sending again can help, said the way a colleague would say it."""

from collections.abc import Callable
from math import ceil

from bot.diagnosis.entries import CanRetry, Verdict

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))

_WORDS: dict[CanRetry, Callable[[Verdict], str]] = {
    "now": lambda verdict: f"it can be sent again at once: {verdict.because}.",
    "after_wait": lambda verdict: f"in about {duration(verdict.wait_seconds or 1)}: {verdict.because}.",
    "after_fix": lambda verdict: f"not as it is: {verdict.because}. First fix {verdict.fix}.",
    "never": lambda verdict: f"never: {verdict.because}.",
}


def in_words(verdict: Verdict) -> str:
    """`Sending again: not as it is: it fails until the counts match. First fix the parameter list.`"""
    return f"Sending again: {_WORDS[verdict.can_retry](verdict)}"


def duration(seconds: float) -> str:
    """`5400` → `2 hours`: rounded to one unit, up, since nobody may press too early."""
    for size, unit in _UNITS:
        if seconds >= size:
            amount = ceil(seconds / size)
            return f"{amount} {unit}{'s' * (amount != 1)}"
    return "a second"


def brief(seconds: float) -> str:
    """`86400` → `24 h`, for a button; days only from the third on, since people think of a day as tomorrow."""
    if seconds > 2 * 86_400:
        return f"{ceil(seconds / 86_400)} days"
    return f"{ceil(seconds / 3_600)} h" if seconds > 3_600 - 60 else f"{ceil(seconds / 60)} min"
