"""An error inside another answer, in three lines."""

from bot.diagnosis.entries import Entry
from bot.diagnosis.verdicts import in_words
from bot.views.blocks import escape


def explanation(entry: Entry) -> str:
    return "\n".join(
        [
            f"*{escape(entry.label)} · {escape(entry.title)}*",
            escape(entry.cause),
            escape(in_words(entry.verdict)),
        ]
    )
