"""Number and body behind a card, for the one person who may see them and nobody else.

The only view in which a number stands whole. Keys and tokens are masked here too.
"""

import json

from bot.desk import Answer
from bot.diagnosis.masking import mask_secrets
from bot.views.blocks import Blocks, clip, context, escape, message, section

# Below Slack's 3,000 characters of a section, with room for what escaping adds.
_LONGEST_BODY = 2_000


def reveal(answer: Answer, mark: str) -> Blocks:
    """To whom and what."""
    request = answer.request
    number = (request and request.recipient) or answer.diagnosis.seen.recipient
    body = json.dumps(request.plain, indent=2, ensure_ascii=False) if request else ""
    return message(
        [
            section(f"*To* {escape(clip(number, 40))}" if number else "*To* nobody that the paste names"),
            section(f"*{escape(request.endpoint)}*\n{_code(body)}") if request else None,
            context("Only you see this, and that you looked is recorded."),
        ],
        f"{mark}.reveal",
    )


def _code(text: str) -> str:
    """As a code block that its own text cannot end."""
    return f"```{clip(escape(clip(mask_secrets(text), _LONGEST_BODY)), 2_900).replace('```', '′′′')}```"
