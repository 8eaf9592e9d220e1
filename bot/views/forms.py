"""The form behind *Fix and retry…*: what was sent, what is wrong with it and what is expected, to be sent once.

Fields that nobody documented are passed on as they were. `submissions` reads what was typed.
"""

from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict
from slack_sdk.models.blocks import InputBlock, Option, PlainTextObject, StaticSelectElement
from slack_sdk.models.views import View

from bot.diagnosis.entries import Entry
from bot.views.blocks import context, day_and_time, escape, outside, section
from bot.views.inputs import RAW, inputs, passed_on
from bot.waconnect import numbers
from bot.waconnect.payloads import ENDPOINTS, OutboundRequest

CALLBACK = "retry.send"
ENDPOINT = "retry.endpoint"
# Steps that are shown: it is read while somebody is paged, and the first ones decide.
_MOST_STEPS = 3


class FormOrigin(BaseModel):
    """Where the form was opened, and what was shown since: Slack keeps this for us."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    card: str
    channel: str
    thread: str
    endpoint: str = "messages/text"
    """Whose fields are shown."""
    drawn: int = 0
    """How often it was drawn anew; Slack keeps what was typed in a field whose id stays."""
    asked: tuple[str, ...] = ()
    """Numbers that the person was asked about; submitted again, they are meant."""


@dataclass(frozen=True, slots=True)
class Why:
    """What the form says besides its fields."""

    hint: str
    wrong: Entry | None = None
    """The diagnosis of what was sent."""
    due_at: datetime | None = None
    """It is sent then, since sooner cannot help."""
    account: str = ""
    """Whose key sends it, named where there are several."""


def retry_form(request: OutboundRequest, why: Why, origin: FormOrigin) -> View:
    """The modal."""
    tag = f"~{origin.drawn}"
    more = passed_on(request.endpoint, request.plain)
    fields = list(inputs(request.endpoint, request.plain, tag))
    kept = more and all(field.block_id != f"{RAW}{tag}" for field in fields)
    when = (
        f"once, at {day_and_time(why.due_at)}: sooner cannot help. The thread can cancel it." if why.due_at else "once."
    )
    sender = f"the WaConnect account *{escape(why.account)}*" if why.account else "this bot's WaConnect account"
    return View(
        type="modal",
        callback_id=CALLBACK,
        title=PlainTextObject(text="Retry message"),
        submit=PlainTextObject(text="Schedule" if why.due_at else "Send once"),
        close=PlainTextObject(text="Cancel"),
        private_metadata=origin.model_copy(update={"endpoint": request.endpoint}).model_dump_json(),
        blocks=[
            *([section(_wrong(why.wrong))] if why.wrong else []),
            section(f"*{escape(why.hint)}*"),
            _endpoint_input(request.endpoint, tag),
            *fields,
            *([context(f"Sent as it was, for want of a field: {outside(', '.join(more))}")] if kept else []),
            context(f"It is sent {when} From {sender}; the thread shows what becomes of it."),
        ],
    )


def refusal(says: str) -> View:
    """What replaces the form when it can no longer help, in our own words: mentions in them are meant."""
    return View(type="modal", title=PlainTextObject(text="Retry message"), blocks=[section(says)])


def corrected(request: OutboundRequest, hint: str, region: str | None) -> tuple[OutboundRequest, str]:
    """What the form opens with: a number that WaConnect would not take is corrected, and the hint says so."""
    proposal = numbers.proposed(number_of(request), region)
    if proposal is None:
        return request, hint
    return with_number(request, proposal.number), f"{hint} The number is corrected below: it {proposal.says}."


def number_of(request: OutboundRequest) -> str:
    """As it was typed; WaConnect takes it as text."""
    to = request.body.get("to")
    return str(to) if isinstance(to, str | int) and not isinstance(to, bool) else ""


def with_number(request: OutboundRequest, number: str) -> OutboundRequest:
    return OutboundRequest(request.endpoint, {**request.plain, "to": number})


def _wrong(entry: Entry) -> str:
    steps = [f"• {escape(step)}" for step in entry.resolution[:_MOST_STEPS]]
    return "\n".join([f"*{escape(entry.label)} · {escape(entry.title)}*", escape(entry.cause), *steps])


def _endpoint_input(chosen: str, tag: str) -> InputBlock:
    """Another endpoint has other fields, so a choice is told at once."""
    options = [_option(endpoint) for endpoint in sorted(ENDPOINTS)]
    element = StaticSelectElement(action_id=ENDPOINT, options=options, initial_option=_option(chosen))
    label = PlainTextObject(text="Endpoint")
    return InputBlock(block_id=f"endpoint{tag}", label=label, element=element, dispatch_action=True)


def _option(endpoint: str) -> Option:
    return Option(text=PlainTextObject(text=endpoint), value=endpoint)
