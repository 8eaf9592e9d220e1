"""*Retry message*: at once when all is known, else through a form. The claim is taken before anything begins."""

from datetime import UTC, datetime
from typing import Any

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from bot import desk
from bot.house import House
from bot.listeners.actions import TOO_OLD, answer, pressed, tell
from bot.store import Press, new_press
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
    match desk.retry(answer(house, card), card.created_at, datetime.now(UTC)):
        case desk.Refusal(says):
            tell(respond, says)
        case desk.Ask(request, hint):
            client.views_open(trigger_id=body["trigger_id"], view=forms.retry_form(request, hint, origin))
        case desk.Send(request, claim):
            holder = _begin(house, origin, click.user, claim, request)
            if holder:
                tell(respond, already(holder))


def send(ack: Ack, body: dict[str, Any], view: dict[str, Any], house: House) -> None:
    """The form was submitted."""
    origin, request = forms.origin(view), forms.submitted(view)
    card = house.store.cards.find(origin.card, body["team"]["id"]) if origin else None
    if origin is None or card is None:
        ack(response_action="update", view=forms.refusal(TOO_OLD))
        return
    if isinstance(request, dict):
        ack(response_action="errors", errors=request)
        return
    pasted = answer(house, card)
    claim = desk.claim_of(pasted.message_id, pasted.request or request)
    holder = _begin(house, origin, body["user"]["id"], claim, request)
    if holder:
        ack(response_action="update", view=forms.refusal(already(holder)))
    else:
        ack()


def _begin(house: House, origin: forms.FormOrigin, user: str, claim: str, request: OutboundRequest) -> Press | None:
    """Claim the failed message and begin the retry; the press that holds it when it is claimed already."""
    sent = {"endpoint": request.endpoint, "body": request.plain}
    press = new_press(origin.card, origin.channel, origin.thread, user, sent)
    holder = house.store.presses.claim(claim, press)
    report("retry.pressed", press=press.id, claimed=holder is None)
    if holder is None:
        house.duties.retrying.begin(press.id)
    return holder
