"""The form behind *Fix and retry…*: the request as far as it is known, to be put right and sent once."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from slack_sdk.models.blocks import (
    InputBlock,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    StaticSelectElement,
)
from slack_sdk.models.views import View

from bot.views.blocks import clip, context, escape, section
from bot.waconnect.limits import problems
from bot.waconnect.payloads import ENDPOINTS, OutboundRequest

CALLBACK = "retry.send"
_ENDPOINT, _BODY = "endpoint", "body"
# Slack's limit for an initial value; a longer request must be pasted by the person.
_LONGEST_BODY = 3_000


class FormOrigin(BaseModel):
    """Where the form was opened: the card and the thread that gets the timeline."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    card: str
    channel: str
    thread: str


def retry_form(request: OutboundRequest, hint: str, origin: FormOrigin, account: str = "") -> View:
    """The modal. `hint` says why it asks; `account` is named where there are several."""
    sender = f"the WaConnect account *{escape(account)}*" if account else "this bot's WaConnect account"
    return View(
        type="modal",
        callback_id=CALLBACK,
        title=PlainTextObject(text="Retry message"),
        submit=PlainTextObject(text="Send once"),
        close=PlainTextObject(text="Cancel"),
        private_metadata=origin.model_dump_json(),
        blocks=[
            section(escape(hint)),
            _endpoint_input(request.endpoint),
            _body_input(request.plain),
            context(f"It is sent once, from {sender}. The thread shows what becomes of it."),
        ],
    )


def refusal(says: str) -> View:
    """What replaces the form when it can no longer help, in our own words: mentions in them are meant."""
    return View(type="modal", title=PlainTextObject(text="Retry message"), blocks=[section(says)])


def wrong_body(says: str) -> dict[str, str]:
    """What is wrong with the request, beside its field, in the shape of Slack's `response_action: errors`."""
    return {_BODY: clip(says, 300)}


def submitted(view: Mapping[str, Any]) -> OutboundRequest | dict[str, str]:
    """The request, or what is wrong, by block id, in the shape of Slack's `response_action: errors`."""
    values = view["state"]["values"]
    endpoint = values[_ENDPOINT][_ENDPOINT]["selected_option"]["value"]
    try:
        body = json.loads(values[_BODY][_BODY]["value"] or "")
    except (json.JSONDecodeError, RecursionError) as error:
        where = f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        return {_BODY: f"This is not JSON{where}."}
    if not isinstance(body, dict):
        return {_BODY: 'This must be a JSON object, such as {"to": "15551234567", "body": "Hello"}.'}
    if endpoint not in ENDPOINTS:
        return {_ENDPOINT: "This is not an endpoint that WaConnect documents."}
    request = OutboundRequest(endpoint, body)
    faults = problems(request)
    return {_BODY: clip(" ".join(f"{f.field}: {f.says}" for f in faults), 300)} if faults else request


def origin(view: Mapping[str, Any]) -> FormOrigin | None:
    """Where the form was opened; None when it is from a release that spoke differently."""
    try:
        return FormOrigin.model_validate_json(view.get("private_metadata") or "")
    except ValidationError:
        return None


def _endpoint_input(chosen: str) -> InputBlock:
    options = [_option(endpoint) for endpoint in sorted(ENDPOINTS)]
    element = StaticSelectElement(action_id=_ENDPOINT, options=options, initial_option=_option(chosen))
    return InputBlock(block_id=_ENDPOINT, label=PlainTextObject(text="Endpoint"), element=element)


def _body_input(body: Mapping[str, Any]) -> InputBlock:
    text = json.dumps(body, indent=2, ensure_ascii=False)
    filled = text if len(text) <= _LONGEST_BODY else None
    return InputBlock(
        block_id=_BODY,
        label=PlainTextObject(text="Request body (JSON)"),
        element=PlainTextInputElement(action_id=_BODY, multiline=True, initial_value=filled),
        hint=PlainTextObject(text="to: digits only, with the country code, without + or spaces"),
    )


def _option(endpoint: str) -> Option:
    return Option(text=PlainTextObject(text=endpoint), value=endpoint)
