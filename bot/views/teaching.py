"""The form behind *Teach me…*: all that is needed to make an entry of an unknown error."""

from collections.abc import Mapping

from slack_sdk.models.views import View

from bot.desk.drafts import LONGEST_CAUSE, LONGEST_SAYS, LONGEST_STEPS, LONGEST_TITLE
from bot.views import fields
from bot.views.blocks import context

CALLBACK = "error.teach"
CAN_RETRY: Mapping[str, str] = {
    "after_fix": "Not as it is: something must be fixed first",
    "after_wait": "Yes, after a while",
    "now": "Yes, at once",
    "never": "No, never",
}
FIXED_BY: Mapping[str, str] = {
    "integration": "We, in our integration",
    "waconnect-admin": "WaConnect's administrator",
    "meta-business": "Whoever has our Meta Business Suite",
    "recipient": "Only the recipient",
    "nobody": "Nobody",
}
FAMILIES = {"waconnect": "WaConnect itself", "meta": "Meta, passed on by WaConnect"}


def form(says: str, code: int | None, carries: str) -> View:
    """`says`, `code`: what could be read of the paste, masked."""
    line, title, cause, steps = LONGEST_SAYS, LONGEST_TITLE, LONGEST_CAUSE, LONGEST_STEPS
    differs = "As it is printed. Write {name} for what differs each time."
    return fields.form(
        "Teach me",
        CALLBACK,
        carries,
        [
            context("A draft for the knowledge base. I recognise the error once a maintainer has accepted it."),
            fields.text("title", "What is it called?", title, "Such as: Template was paused"),
            fields.text("codes", "Its code", 100, "Numbers, if it has any", str(code or ""), optional=True),
            fields.text("says", "What does it say?", line, differs, says),
            fields.text("cause", "Why does it happen?", cause, lines=True),
            fields.text("resolution", "What to do?", steps, "A step a line", lines=True),
            fields.choice("can_retry", "Can sending the same message again help?", CAN_RETRY),
            fields.text(
                "fix", "What must be fixed first?", title, "If so: a noun, 'the template's name'", optional=True
            ),
            fields.text("wait", "How long to wait?", 20, "If so: 90 seconds, 5 minutes, 1 hour", optional=True),
            fields.choice("fixed_by", "Who can fix it?", FIXED_BY),
            fields.choice("family", "Whose error is it?", FAMILIES, "waconnect"),
        ],
        "Keep the draft",
    )
