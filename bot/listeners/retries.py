"""*Retry message*: at once when all is known, else through a form. The claim is taken before anything begins."""

from datetime import UTC, datetime
from typing import Any

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from bot import desk
from bot.house import House
from bot.listeners.actions import TOO_OLD, answer, note, pressed, tell
from bot.listeners.rights import permitted
from bot.store import Deed, Press, new_press
from bot.store.audit import What
from bot.telemetry import report
from bot.views import forms
from bot.views.timeline import already
from bot.waconnect.payloads import OutboundRequest


def register(app: App) -> None:
    app.action("remedy.retry")(retry)
    app.view(forms.CALLBACK)(send)


def retry(ack: Ack, body: dict[str, Any], respond: Respond, client: WebClient, house: House) -> None:
    ack()
    found = pressed(house, body)
    if found is None or not house.can_act:
        tell(respond, TOO_OLD)
        return
    click, card = found
    origin = forms.FormOrigin(card=click.card, channel=click.channel, thread=click.thread)
    pasted = answer(house, card)
    if refused := _refused(house, click.team, click.user, origin, pasted.account):
        tell(respond, refused)
        return
    match desk.retry(pasted, card.created_at, datetime.now(UTC)):
        case desk.Refusal(says):
            note(house, click, "retry", pasted.account, "refused", says)
            tell(respond, says)
        case desk.Ask(request, hint):
            form = forms.retry_form(request, hint, origin, pasted.shown_account)
            client.views_open(trigger_id=body["trigger_id"], view=form)
            note(house, click, "retry", pasted.account, "asked")
        case desk.Send(request, claim):
            holder = _begin(house, origin, click.team, click.user, claim, request, pasted.account, "retry")
            if holder:
                tell(respond, already(holder))


def send(ack: Ack, body: dict[str, Any], view: dict[str, Any], house: House) -> None:
    """The form was submitted."""
    origin, request = forms.origin(view), forms.submitted(view)
    team, user = body["team"]["id"], body["user"]["id"]
    card = house.store.cards.find(origin.card, team) if origin else None
    if origin is None or card is None:
        ack(response_action="update", view=forms.refusal(TOO_OLD))
        return
    if isinstance(request, dict):
        ack(response_action="errors", errors=request)
        return
    pasted = answer(house, card)
    if refused := _refused(house, team, user, origin, pasted.account):
        ack(response_action="update", view=forms.refusal(refused))
        return
    if fault := desk.another_account(request, pasted.account, house.accounts):
        ack(response_action="errors", errors=forms.wrong_body(fault))
        return
    claim = desk.claim_of(pasted.message_id, pasted.request or request)
    holder = _begin(house, origin, team, user, claim, request, pasted.account, "retry.form")
    if holder:
        ack(response_action="update", view=forms.refusal(already(holder)))
    else:
        ack()


def _refused(house: House, team: str, user: str, origin: forms.FormOrigin, account: str) -> str | None:
    """Why this person may not retry."""
    return permitted(house, user, "retry", team=team, card=origin.card, channel=origin.channel, account=account)


def _begin(
    house: House,
    origin: forms.FormOrigin,
    team: str,
    user: str,
    claim: str,
    request: OutboundRequest,
    account: str,
    what: What,
) -> Press | None:
    """Claim the failed message and begin the retry; the press that holds it when it is claimed already."""
    sent = {"endpoint": request.endpoint, "body": request.plain}
    press = new_press(origin.card, origin.channel, origin.thread, user, sent, account)
    detail = f"{request.kind} to {request.masked_recipient}"
    deed = Deed(team, user, what, detail=detail, account=account, card=origin.card, channel=origin.channel)
    holder = house.store.presses.claim(claim, press, deed)
    report("retry.pressed", press=press.id, claimed=holder is None)
    if holder is None:
        house.duties.retrying.begin(press.id)
    return holder
