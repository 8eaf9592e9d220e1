"""`waerror retry`: a failed message sent again from the terminal, by the rules of the button and on the same record."""

import getpass
import json
import sys
from pathlib import Path

import click

from bot import desk
from bot.cli import account, config, shelf
from bot.cli.account import Opened
from bot.cli.ending import fail
from bot.cli.progress import Terminal, outcome_in_words, record
from bot.diagnosis.masking import mask_number
from bot.store import TERMINAL, Deed, Press, Quiet, new_press
from bot.views.submissions import faulty, in_words
from bot.waconnect import numbers
from bot.waconnect.finding import find_request
from bot.waconnect.payloads import ENDPOINTS, OutboundRequest

REFUSED, UNKNOWN = 1, 3
_GOOD = frozenset({"accepted", "delivered", "read", "undelivered"})


@click.command(
    epilog="Exit codes: 0 accepted or delivered, 1 not sent, refused or failed (it says why), 2 wrong use or settings, "
    "3 its fate is not known: it may have been sent."
)
@click.option(
    "--file",
    "file",
    required=True,
    type=click.Path(allow_dash=True),
    help="The request as JSON, or an alert that holds it; - reads stdin.",
)
@click.option("--endpoint", type=click.Choice(sorted(ENDPOINTS)), help="Where a bare body is sent to.")
@click.option("--message-id", help="The id of the message that failed: its status is read before anything is sent.")
@click.option(
    "--account",
    "name",
    shell_complete=config.account_names,
    help="Whose key sends it, where there are several accounts.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--follow/--no-follow", default=True, show_default=True, help="Wait for proof of delivery.")
@click.option("--json", "as_json", is_flag=True, help="Write the whole record as JSON, at the end.")
def command(
    file: str,
    endpoint: str | None,
    message_id: str | None,
    name: str | None,
    yes: bool,
    follow: bool,
    as_json: bool,
) -> None:
    """Send a failed message again, at most once, and follow it until delivery is proven."""
    settings, chosen = config.for_an_account(name)
    request = _request(_text(file), endpoint)
    _check(request, chosen.default_region or settings.waconnect_default_region)
    _ask(request, chosen.name, yes, from_stdin=file == "-", doubt=numbers.doubt(request.recipient or ""))
    with account.opened(settings, chosen) as opened:
        press = _claimed(opened, request, message_id)
        clients = {chosen.name: opened.waconnect}
        terminal = Terminal(opened.settings, opened.store, shelf.opened(), clients, quiet=as_json)
        outcome = terminal.deliver(press.id, follow)
        if as_json:
            click.echo(json.dumps(record(opened.store, press.id, outcome), ensure_ascii=False))
        else:
            click.echo(outcome_in_words(outcome))
    sys.exit(0 if outcome in _GOOD else UNKNOWN if outcome == "unknown" else REFUSED)


def _text(file: str) -> str:
    if file == "-":
        return shelf.stdin_text()
    try:
        return Path(file).read_text("utf-8-sig", errors="replace")
    except OSError as error:
        raise click.UsageError(f"{file} cannot be read: {error.strerror}.") from error


def _request(text: str, endpoint: str | None) -> OutboundRequest:
    """A bare body needs its endpoint; `{"endpoint", "body"}`, an alert or a curl command says it itself."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        data = None
    if endpoint is not None:
        if not isinstance(data, dict):
            raise click.UsageError("The file must hold one JSON object: the body of the request.")
        return OutboundRequest(endpoint, data)
    found = find_request(text)
    if found is None or found.request is None:
        raise click.UsageError("The file does not hold one request whose endpoint is clear. Say --endpoint.")
    return found.request


def _check(request: OutboundRequest, region: str | None) -> None:
    """The rules of the form, in the same words. Nothing is corrected here: the file is the person's own."""
    faults = [in_words(problem) for problem in faulty(request)]
    proposal = numbers.proposed(str(request.body.get("to") or ""), region)
    if proposal:
        faults.append(f"The number {proposal.says}: write {mask_number(proposal.number)} that way.")
    if faults:
        fail("\n".join(["Not sent. The request is not one that WaConnect takes:", *faults]), REFUSED)


def _ask(request: OutboundRequest, account: str, yes: bool, from_stdin: bool, doubt: str | None) -> None:
    sender = f"number {mask_number(request.sender)}" if request.sender else "its default number"
    says = (
        f"Send this {request.kind} message to {request.masked_recipient}, from the WaConnect account {account} and "
        f"{sender}? It is sent once."
    )
    if doubt:
        click.echo(f"Look twice: {doubt}.", err=True)
    if yes:
        return
    if from_stdin or not sys.stdin.isatty():
        raise click.UsageError("Nobody can be asked here. Say --yes to send without a question.")
    if not click.confirm(says, err=True):
        fail("Not sent.", REFUSED)


def _claimed(opened: Opened, request: OutboundRequest, message_id: str | None) -> Press:
    sent = {"endpoint": request.endpoint, "body": request.plain}
    user = f"{TERMINAL}:{_login()}"
    press = new_press(TERMINAL, "", "", user, sent, opened.account.name, message_id)
    claim = desk.claim_of(message_id, request, opened.account.team or "")
    detail = f"{request.kind} to {request.masked_recipient}"
    deed = Deed(_team(opened), user, "retry", detail=detail, account=opened.account.name)
    near = opened.store.presses.claim(claim, press, deed, quiet=opened.settings.waerror_quiet_seconds)
    if near is not None:
        fail(f"Not sent. {_already(near)}", REFUSED)
    return press


def _team(opened: Opened) -> str:
    """The workspace in whose record it stands: the bot's, where that is clear."""
    teams = opened.store.audit.teams()
    return teams[0] if len(teams) == 1 else TERMINAL


def _already(near: Press | Quiet) -> str:
    if isinstance(near, Quiet):
        at = f"{near.at.astimezone():%H:%M:%S}"
        return f"{near.press.user} wrote to the same recipient just now, at {at}. Try again in a moment."
    waits = f"it is scheduled for {near.due_at.astimezone():%Y-%m-%d %H:%M}" if near.due_at else "it is under way"
    state = f"it ended as: {near.outcome.replace('_', ' ')}" if near.outcome else waits
    at = f"{near.pressed_at.astimezone():%Y-%m-%d %H:%M:%S}"
    return f"This message is taken care of: {near.user} pressed at {at}, and {state}."


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # no login name, as in some containers
        return "unknown"
