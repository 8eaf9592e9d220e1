"""What `/waerror help` says: what one can type, each with an example."""

from bot.views.blocks import Blocks, context, message, section

_EXAMPLES = (
    ("/waerror 131047", "explains a code"),
    (
        "/waerror (#132000) Number of parameters does not match",
        "explains a pasted error; JSON, logs and curl too",
    ),
    ("/waerror wamid.…", "shows what became of a message"),
    ("/waerror account", "shows whether key and account are good, and what fails"),
    ("/waerror watch on", "answers errors posted in this channel by themselves; `off` stops it"),
    ("/waerror help", "shows this"),
)


def usage(problem: str | None = None) -> Blocks:
    """Help, after a sentence on what could not be understood, if anything."""
    lines = [f"• `{example}` {says}" for example, says in _EXAMPLES]
    return message(
        [
            section(problem) if problem else None,
            section("\n".join(["*I explain WaConnect's and WhatsApp's errors.*", *lines])),
            context(
                "In a thread, mention me or use the message shortcut *Explain this error*: "
                "Slack does not take commands there. In a direct message just paste the error."
            ),
        ],
        "help",
    )
