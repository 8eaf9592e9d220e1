"""What is behind *Why?*: each piece of evidence, for and against, and what else it could have been."""

from slack_sdk.models.blocks import Block

from bot.desk import Answer
from bot.diagnosis.values import Match
from bot.views.blocks import Blocks, context, escape, message, outside, section

# A paste seldom has more errors than this; the card names as many.
_MOST = 6


def evidence(answer: Answer, mark: str) -> Blocks:
    """The evidence of every error on the card, strongest first."""
    shown: list[Block | None] = [_match(match) for match in answer.diagnosis.matches[:_MOST]]
    near = " · ".join(f"{match.entry.label} {match.entry.title}" for match in answer.diagnosis.near)
    if near:
        shown.append(context(f"It could also have been: {outside(near, 600)}"))
    shown.append(context("`certain` is right 199 times in 200, `likely` 9 times in 10, `possible` is a candidate."))
    return message(shown, f"{mark}.why")


def _match(match: Match) -> Block:
    pieces = "\n".join(f"• {outside(piece, 200)}" for piece in match.why)
    return section(f"*{escape(match.entry.label)} · {escape(match.entry.title)}*: {match.confidence}\n{pieces}")
