"""What was typed in the form: a request to send, errors beside its fields, or something that must be seen first.

What is typed is never changed silently: a corrected number is shown, with what was changed, and sent when the form is
submitted again.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from bot.views.blocks import clip
from bot.views.forms import FormOrigin, number_of, with_number
from bot.views.inputs import LOOKS, RAW, read_body
from bot.waconnect import numbers
from bot.waconnect.limits import FIELDS, Problem, problems
from bot.waconnect.payloads import ENDPOINTS, OutboundRequest

Errors = dict[str, str]
"""By block id, in the shape of Slack's `response_action: errors`."""
# Slack's limit for an error beside a field.
_LONGEST_ERROR = 300


@dataclass(frozen=True, slots=True)
class Look:
    """The form must be looked at again before anything is sent: what it then holds, and what it says."""

    request: OutboundRequest
    says: str
    asked: tuple[str, ...]
    """The numbers that are meant when they are submitted again."""


def origin(view: Mapping[str, Any]) -> FormOrigin | None:
    """Where the form was opened; None when it is from a release that spoke differently."""
    try:
        return FormOrigin.model_validate_json(view.get("private_metadata") or "")
    except ValidationError:
        return None


def read(
    view: Mapping[str, Any], origin: FormOrigin, base: OutboundRequest, region: str | None
) -> OutboundRequest | Errors | Look:
    """The request, when it may be sent. `base` is what was sent before: of it comes what is in no field."""
    request = _typed(view, base)
    return _checked(view, request, origin, base, region) if isinstance(request, OutboundRequest) else request


def _typed(view: Mapping[str, Any], base: OutboundRequest) -> OutboundRequest | Errors:
    blocks = _blocks(view)
    held = {name: text for name, (_, text) in blocks.items()}
    endpoint = held.pop("endpoint", "")
    if endpoint not in ENDPOINTS:
        return _beside(blocks, "endpoint", "This is not an endpoint that WaConnect documents.")
    try:
        return OutboundRequest(endpoint, read_body(endpoint, held, moved(base, endpoint).plain))
    except ValueError as error:
        return _beside(blocks, RAW, str(error))


def changed_endpoint(view: Mapping[str, Any], base: OutboundRequest, before: str) -> OutboundRequest:
    """What the form holds, for the endpoint that was just chosen; its fields are still those of the one `before`."""
    held = {name: text for name, (_, text) in _blocks(view).items()}
    after = held.pop("endpoint", before)
    if not {before, after} <= ENDPOINTS:
        return base
    try:
        request = moved(OutboundRequest(before, read_body(before, held, moved(base, before).plain)), after)
    except ValueError:  # the JSON that is being written is left behind
        return moved(base, after)
    return OutboundRequest(after, {**moved(base, after).plain, **request.plain})


def moved(request: OutboundRequest, endpoint: str) -> OutboundRequest:
    """The request for another endpoint: what both have stays, and what no endpoint has, since nobody knows it."""
    if endpoint == request.endpoint:
        return request
    theirs = {field.name for fields in FIELDS.values() for field in fields} - {f.name for f in FIELDS[endpoint]}
    return OutboundRequest(endpoint, {name: value for name, value in request.plain.items() if name not in theirs})


def wrong(view: Mapping[str, Any], field: str, says: str) -> Errors:
    """What is wrong with one field, beside it or as near as may be."""
    return _beside(_blocks(view), field, says)


def _checked(
    view: Mapping[str, Any], request: OutboundRequest, origin: FormOrigin, base: OutboundRequest, region: str | None
) -> OutboundRequest | Errors | Look:
    number = number_of(request)
    proposal = numbers.proposed(number, region)
    if proposal and number not in origin.asked:
        says = f"The number {proposal.says}. Below it stands as it will be sent: look at it, and submit again."
        return Look(with_number(request, proposal.number), says, (number, proposal.number))
    if faults := faulty(request):
        blocks = _blocks(view)
        return {name: text for fault in reversed(faults) for name, text in _error(blocks, fault).items()}
    doubt = None if request.recipient == base.recipient else numbers.doubt(number)
    if doubt and number not in origin.asked:
        return Look(request, f"{doubt}. Submit again if it is right.", (number,))
    return request


def faulty(request: OutboundRequest) -> tuple[Problem, ...]:
    """What is wrong by WaConnect's documentation, or by the numbering plan."""
    found = problems(request)
    if any(problem.field == "to" for problem in found):
        return found
    says = numbers.trouble(number_of(request))
    return (Problem("to", says), *found) if says else found


def in_words(problem: Problem) -> str:
    """`To: cannot be a phone number …`"""
    look = LOOKS.get(problem.field)
    return f"{look.label if look else problem.field.capitalize()} {problem.says}."


def _error(blocks: Mapping[str, tuple[str, str]], problem: Problem) -> Errors:
    """Beside the button's part that it names, else beside its field."""
    part = re.match(r"\((\d)\) (id|title)", problem.says)
    place = f"buttons.{int(part[1]) - 1}.{part[2]}" if part else problem.field
    return _beside(blocks, place, in_words(problem))


def _beside(blocks: Mapping[str, tuple[str, str]], name: str, says: str) -> Errors:
    """Slack takes errors only beside inputs that are there: at the whole request, or at the first of the field's."""
    near = next((one for one in blocks if one.startswith(f"{name}.")), None)
    found = next((one for one in (name, near, RAW, "endpoint", *blocks) if one in blocks), None)
    return {blocks[found][0]: clip(says, _LONGEST_ERROR)} if found else {}


def _blocks(view: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Field → its block id and what it holds."""
    found = {}
    for block, fields in view["state"]["values"].items():
        for held in fields.values():
            chosen = (held.get("selected_option") or {}).get("value")
            found[block.partition("~")[0]] = (block, str(held.get("value") or chosen or ""))
    return found
