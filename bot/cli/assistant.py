"""The tools of `waerror mcp`. They only read, they bound what they take, and they tell nothing personal.

An answer has the shape that the command with `--json` has. What an assistant should do differently is said in a
sentence; everything else that fails stays here, in the log on stderr.
"""

import json
import logging
from typing import Annotated, Any

import click
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ResourceNotFoundError, ToolError
from mcp_types import ToolAnnotations
from pydantic import Field

from bot import __version__
from bot.cli import config
from bot.desk import LONGEST_PASTE
from bot.diagnosis import diagnose
from bot.diagnosis.entries import Entry
from bot.diagnosis.told import record
from bot.diagnosis.values import Mode
from bot.knowledge import Knowledge
from bot.waconnect.errors import WaConnectError

INSTRUCTIONS = """\
Errors of WhatsApp messages sent through WaConnect (Meta's Cloud API): what they mean, what to do, and whether sending \
again can help. Ask explain_error with the whole text at hand; search_errors finds by words; message_status asks \
WaConnect what became of a message. Nothing here sends a message. Read `verdict` before you propose to send again: a \
send without a clear answer may have been delivered."""
_LONGEST_WORDS, _LONGEST_ID = 500, 1_000
_LOCAL = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
_REMOTE = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=True)


def served(known: Knowledge) -> "MCPServer[Any]":
    """The server with its tools, ready to run."""
    logging.getLogger("mcp").setLevel("WARNING")  # at INFO it writes what a tool refused, and that is not ours to keep
    server: MCPServer[Any] = MCPServer(
        "waerror", title="waerror", version=__version__, instructions=INSTRUCTIONS, log_level="WARNING"
    )
    _add_knowledge(server, known)

    @server.tool(title="What became of a message", annotations=_REMOTE)
    def message_status(
        message_id: Annotated[str, Field(max_length=_LONGEST_ID, description="wamid.…")],
        account: Annotated[str | None, Field(description="the account's name, where there are several")] = None,
    ) -> dict[str, Any]:
        """Ask WaConnect how far a message came: pending, sent, delivered, read or failed, and why. Numbers masked."""
        return _status(message_id, account, known)

    return server


def _add_knowledge(server: "MCPServer[Any]", known: Knowledge) -> None:
    @server.tool(title="Explain an error", annotations=_LOCAL)
    def explain_error(
        text: Annotated[str, Field(description="a code, a payload, a log line, a sentence: whatever there is")],
        mode: Annotated[Mode, Field(description="ask names the nearest too; alert tells only what is sure")] = "ask",
    ) -> dict[str, Any]:
        """Explain a WhatsApp, WaConnect or Meta error: cause, steps, and whether sending again can help."""
        if len(text) > LONGEST_PASTE:
            raise ToolError(f"The text is longer than {LONGEST_PASTE} characters. Send the part around the error.")
        return record(diagnose(text, known, mode))

    @server.tool(title="Search the errors", annotations=_LOCAL)
    def search_errors(
        words: Annotated[str, Field(max_length=_LONGEST_WORDS, description="any words, in any order")],
        limit: Annotated[int, Field(ge=1, le=50)] = 10,
    ) -> dict[str, Any]:
        """Find known errors by words, best first: id, title, codes, cause and verdict."""
        return {"entries": [_short(known.entries[name]) for name, _ in known.search(words, limit)]}

    @server.resource("waerror://entry/{family}/{name}", mime_type="application/json")
    def entry(family: str, name: str) -> str:
        """All that is known about one error, by its id."""
        found = known.entries.get(f"{family}/{name}")
        if found is None:
            raise ResourceNotFoundError("There is no such entry.")
        return found.model_dump_json()


def _short(entry: Entry) -> dict[str, Any]:
    verdict = entry.verdict.model_dump(exclude_none=True)
    return {"id": entry.id, "title": entry.title, "codes": entry.codes, "cause": entry.cause, "verdict": verdict}


def _status(message_id: str, name: str | None, known: Knowledge) -> dict[str, Any]:
    from bot.cli import account, status  # they bring the whole bot, for which who only explains need not wait

    try:
        settings, chosen = config.account_of(name)
        with account.waconnect(settings, chosen) as waconnect:
            try:
                found = waconnect.status(message_id.strip())
            except WaConnectError as error:
                told = status.refusal(error, known)
            else:
                return status.record(found, status.reason(found, known))
    except (config.SettingsWrong, click.ClickException) as wrong:
        raise ToolError(str(wrong)) from wrong
    raise ToolError(json.dumps(told, ensure_ascii=False))
