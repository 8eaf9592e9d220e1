"""`waerror status`: WaConnect's record of one message, and why it failed if it did."""

import json
import sys
from typing import Any

import click

from bot.cli import account, config, shelf
from bot.cli.card import card, echo
from bot.diagnosis.entries import Entry
from bot.diagnosis.masking import mask, mask_number
from bot.duties.explaining import entry_for
from bot.knowledge import Knowledge
from bot.waconnect.errors import Refused, WaConnectError
from bot.waconnect.records import MessageStatus

FAILED, NO_ANSWER = 1, 3


@click.command(
    epilog="Exit codes: 0 it was read and has not failed, 1 it failed or WaConnect refused to tell (no such message, "
    "bad key), 2 wrong use or settings, 3 no clear answer from WaConnect."
)
@click.argument("message_id")
@click.option(
    "--account",
    "name",
    shell_complete=config.account_names,
    help="Whose message it is, where there are several accounts.",
)
@click.option("--json", "as_json", is_flag=True, help="Write the record as JSON; the recipient is masked in it.")
def command(message_id: str, name: str | None, as_json: bool) -> None:
    """Tell how far the message MESSAGE_ID (wamid.…) came."""
    settings, chosen = config.for_an_account(name)
    knowledge = shelf.opened()
    with account.waconnect(settings, chosen) as waconnect:
        try:
            found = waconnect.status(message_id.strip())
        except WaConnectError as error:
            _show_error(error, knowledge, as_json)
            sys.exit(FAILED if isinstance(error, Refused) else NO_ANSWER)
    entry = reason(found, knowledge)
    click.echo(json.dumps(record(found, entry), ensure_ascii=False)) if as_json else _show(found, entry)
    sys.exit(FAILED if found.status == "failed" else 0)


def reason(found: MessageStatus, knowledge: Knowledge) -> Entry | None:
    """The entry that explains why it failed; None where it did not, or where nothing is sure."""
    return entry_for(found.error_text or "", knowledge) if found.status == "failed" else None


def _show(found: MessageStatus, entry: Entry | None) -> None:
    to = f" to {mask_number(found.to)}" if found.to else ""
    click.echo(f"{found.type or 'message'}{to}: {found.status}")
    for step in found.history:
        click.echo(f"  {step.at.astimezone():%Y-%m-%d %H:%M:%S}  {step.status}" if step.at else f"  {step.status}")
    if found.error_text:
        click.echo(f"WaConnect says: {mask(found.error_text)}")
    if entry:
        echo(f"\n{card(entry)}")


def record(found: MessageStatus, entry: Entry | None) -> dict[str, Any]:
    """What WaConnect says of a message, as JSON, the recipient masked."""
    return {
        "messageId": found.message_id,
        "to": mask_number(found.to) if found.to else None,
        "type": found.type,
        "status": found.status,
        "at": found.at.isoformat() if found.at else None,
        "history": [{"status": step.status, "at": step.at.isoformat() if step.at else None} for step in found.history],
        "error": mask(found.error_text) if found.error_text else None,
        "entry": entry.id if entry else None,
    }


def refusal(error: WaConnectError, knowledge: Knowledge) -> dict[str, Any]:
    """Why there is no record, as JSON, masked."""
    entry = entry_for(error, knowledge)
    return {"error": mask(str(error)), "entry": entry.id if entry else None}


def _show_error(error: WaConnectError, knowledge: Knowledge, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(refusal(error, knowledge)))
        return
    entry = entry_for(error, knowledge)
    click.echo(f"Its status could not be read. {mask(str(error))}", err=True)
    if entry:
        echo(f"\n{card(entry)}")
