"""`waerror mcp`: coding assistants ask what people ask, over standard input and output (Model Context Protocol)."""

import click

from bot.cli import config, shelf


@click.command(epilog="Exit codes: 0 the assistant went away, 2 wrong use, or the SDK is not installed.")
def command() -> None:
    """Serve the knowledge to a coding assistant on standard input and output.

    It only reads: explain_error, search_errors, message_status. Numbers are masked. Message status needs
    WACONNECT_API_KEY. To be started by the assistant, as {"command": "waerror", "args": ["mcp"]}.
    """
    try:
        from bot.cli.assistant import served
    except ModuleNotFoundError as absent:
        if not (absent.name or "").startswith("mcp"):
            raise
        config.fail("This needs the SDK of the Model Context Protocol: pip install 'mcp>=2.3'.")
    served(shelf.opened()).run("stdio")
