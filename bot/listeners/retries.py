"""*Retry message*: at once, at its time, or through a form. The claim is taken before anything begins."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from bot import desk
from bot.desk import Answer, Click
from bot.house import House
from bot.listeners.actions import TOO_OLD, answer, note, pressed, taken, tell
from bot.listeners.rights import permitted
from bot.store import Card, Deed, Press, Quiet, new_press
from bot.store.audit import What
from bot.telemetry import report
from bot.views import forms, submissions
from bot.waconnect.payloads import OutboundRequest


def register(app: App) -> None:
    app.action("remedy.retry")(retry)
    app.action(forms.ENDPOINT)(other_endpoint)
    app.view(forms.CALLBACK)(send)


@dataclass(frozen=True, slots=True)
class Form:
    """A form that somebody has open: where it came from, and what it is about."""

    origin: forms.FormOrigin
    card: Card
    given: Answer
    click: Click

    @property
    def base(self) -> OutboundRequest:
        """What was sent before."""
        return desk.asked(self.given).request

    def why(self, hint: str | None = None) -> forms.Why:
        best = self.given.diagnosis.best
        due_at = desk.due_at(self.given, self.card.created_at, datetime.now(UTC))
        hint = hint or desk.asked(self.given).hint
        return forms.Why(hint, best.entry if best else None, due_at, self.given.shown_account)

    def again(self, request: OutboundRequest, hint: str | None = None, asked: tuple[str, ...] = ()) -> Any:
        """The same form with other contents."""
        origin = self.origin.model_copy(update={"drawn": self.origin.drawn + 1, "asked": asked})
        return forms.retry_form(request, self.why(hint), origin)


def retry(ack: Ack, body: dict[str, Any], respond: Respond, client: WebClient, house: House) -> None:
    ack()
    found = pressed(house, body)
    if found is None or not house.can_act:
        tell(respond, TOO_OLD)
        return
    click, card = found
    given = answer(house, card)
    if refused := _refused(house, click, given):
        tell(respond, refused)
        return
    match desk.retry(given, card.created_at, datetime.now(UTC)):
        case desk.Refusal(says):
            note(house, click, "retry", given.account, "refused", says)
            tell(respond, says)
        case desk.Ask(request, hint):
            origin = forms.FormOrigin(card=click.card, channel=click.channel, thread=click.thread)
            request, hint = forms.corrected(request, hint, house.region(given.account))
            why = Form(origin, card, given, click).why(hint)
            client.views_open(trigger_id=body["trigger_id"], view=forms.retry_form(request, why, origin))
            note(house, click, "retry", given.account, "asked")
        case desk.Send() as wanted:
            near = _begin(house, click, given, wanted, "retry")
            if near:
                tell(respond, taken(house, near))


def send(ack: Ack, body: dict[str, Any], view: dict[str, Any], house: House) -> None:
    """The form was submitted."""
    form = _form(house, body, view)
    if form is None or not house.can_act:
        ack(response_action="update", view=forms.refusal(TOO_OLD))
        return
    if refused := _refused(house, form.click, form.given):
        ack(response_action="update", view=forms.refusal(refused))
        return
    match submissions.read(view, form.origin, form.base, house.region(form.given.account)):
        case submissions.Look(shown, says, asked):
            ack(response_action="update", view=form.again(shown, says, asked))
        case OutboundRequest() as request:
            ack(**_send(house, form, request, view))
        case errors:
            ack(response_action="errors", errors=errors)


def other_endpoint(ack: Ack, body: dict[str, Any], client: WebClient, house: House) -> None:
    """Another endpoint has other fields; what was typed moves with it."""
    ack()
    view = body["view"]
    form = _form(house, body, view)
    if form is None:
        client.views_update(view_id=view["id"], view=forms.refusal(TOO_OLD))
        return
    request = submissions.changed_endpoint(view, form.base, form.origin.endpoint)
    client.views_update(view_id=view["id"], hash=view["hash"], view=form.again(request, asked=form.origin.asked))


def _form(house: House, body: dict[str, Any], view: dict[str, Any]) -> Form | None:
    """None when it is from another release, or about a card that is gone."""
    origin, team, user = submissions.origin(view), str(body["team"]["id"]), str(body["user"]["id"])
    card = house.store.cards.find(origin.card, team) if origin else None
    if origin is None or card is None:
        return None
    click = Click(str(view["id"]), origin.card, team, user, origin.channel, origin.thread, None)
    return Form(origin, card, answer(house, card), click)


def _refused(house: House, click: Click, given: Answer) -> str | None:
    """Why this person may not retry."""
    where = {"team": click.team, "card": click.card, "channel": click.channel, "account": given.account}
    return permitted(house, click.user, "retry", **where)


def _send(house: House, form: Form, request: OutboundRequest, view: dict[str, Any]) -> dict[str, Any]:
    """Begin it, or say why not; what Slack is answered."""
    if fault := desk.another_account(request, form.given.account, house.accounts):
        return {"response_action": "errors", "errors": submissions.wrong(view, "phoneNumberId", fault)}
    wanted = desk.sending(form.given, request, form.card.created_at, datetime.now(UTC))
    near = _begin(house, form.click, form.given, wanted, "retry.form")
    return {"response_action": "update", "view": forms.refusal(taken(house, near))} if near else {}


def _begin(house: House, click: Click, given: Answer, wanted: desk.Send, what: What) -> Press | Quiet | None:
    """Claim the failed message and begin; what holds it, or is too near, when it may not be."""
    sent = {"endpoint": wanted.request.endpoint, "body": wanted.request.plain}
    press = new_press(click.card, click.channel, click.thread, click.user, sent, given.account, wanted.failed_id)
    detail = f"{wanted.request.kind} to {wanted.request.masked_recipient}"
    deed = Deed(click.team, click.user, what, "", detail, given.account, click.card, click.channel)
    quiet, best = house.settings.waerror_quiet_seconds, given.diagnosis.best
    because = best.entry.verdict.because if best else ""
    near = house.store.presses.claim(wanted.claim, press, deed, quiet=quiet, due_at=wanted.due_at, because=because)
    report("retry.pressed", press=press.id, claimed=near is None, scheduled=wanted.due_at is not None)
    if near is None and wanted.due_at is not None:
        house.duties.retrying.begin_waiting()
    elif near is None:
        house.duties.retrying.begin(press.id)
    return near
