"""What `/waerror help` says: what one can type, each with an example."""

from bot.views.blocks import Blocks, context, message, section

EXAMPLES = (
    ("/waerror 131047", "explains a code"),
    (
        "/waerror (#132000) Number of parameters does not match",
        "explains a pasted error; JSON, logs and curl too",
    ),
    ("/waerror wamid.…", "shows what became of a message"),
    ("/waerror watch on", "answers errors posted in this channel by themselves; also `off`, `quiet`, `channel`"),
    ("/waerror top 7d", "ranks the errors of the last 24 hours, or 7 days"),
    ("/waerror incidents", "lists what is open here and in your other channels"),
    ("/waerror search template paused", "finds errors by any words"),
    ("/waerror mute 131047 2h", "counts an error here without answering it; `unmute` ends that"),
    ("/waerror note 131047 text", "leaves a note on an error for everybody here; without text it lists them"),
    ("/waerror account", "shows whether key and account are good, and what fails"),
    ("/waerror status", "shows how I am; with a message's id, what became of it"),
    ("/waerror about", "tells my version and what I know"),
    ("/waerror help", "shows this"),
)


def usage(problem: str | None = None) -> Blocks:
    """Help, after a sentence on what could not be understood, if anything."""
    lines = [f"• `{example}` {says}" for example, says in EXAMPLES]
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
