"""A modal is filled in and submitted as a person can do it, and then does what the app answered.

`fill_in` refuses what Slack's client refuses: a required field left empty, a text outside its lengths, a value
that a menu does not offer, a field that is not there.
"""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from bot.standin.api.views import MAX_STACK, refill, show
from bot.standin.blocks import checked_view
from bot.standin.events import new_response_url
from bot.standin.rendering import text_of
from bot.standin.screens import controls, holding, is_empty, state_of
from bot.standin.suggestions import offering
from bot.standin.values import Json, NoSuchControl, SlackRefusal
from bot.standin.workspace import Workspace

PRESSED = ("button", "icon_button", "workflow_button", "feedback_buttons", "overflow")


def remembered(workspace: Workspace, message: Json, block: Json, element: Json, value: Any) -> Json:
    """The state of a message's fields, in which earlier choices stay. Buttons have no state."""
    state: Json = workspace.choices.setdefault(message["ts"], state_of(blocks_of(message)))
    if element["type"] not in PRESSED:
        state.setdefault(block["block_id"], {})[element["action_id"]] = holding(element, value)
    return deepcopy(state)


def blocks_of(message: Json) -> list[Json]:
    """A message's own blocks and those in its attachments."""
    inside = [block for one in message.get("attachments", []) for block in one.get("blocks", [])]
    return [*message.get("blocks", []), *inside]


def opened(workspace: Workspace, user: str, view_id: str) -> Json:
    stack = workspace.stacks.get(user, [])
    if view_id not in stack[-1:]:
        raise NoSuchControl(f"{view_id} is not the modal that {user} has before them; open are {stack}")
    return workspace.open_views[view_id]


def on_screen(workspace: Workspace, user: str) -> Json:
    """The top modal, or else the Home tab."""
    stack = workspace.stacks.get(user, [])
    if stack:
        return workspace.open_views[stack[-1]]
    if user in workspace.homes:
        return workspace.homes[user]
    raise NoSuchControl(f"{user} has neither a modal nor a Home tab before them")


def fill_in(workspace: Workspace, view: Json, values: Json) -> None:
    """Put values into the fields and check what the client checks before it sends."""
    if not view.get("submit") and any(block["type"] == "input" for block in view["blocks"]):
        raise NoSuchControl("this modal has no submit button")
    keep(workspace, view, values)
    for block in view["blocks"]:
        if block["type"] == "input":
            _check(block, view["state"]["values"][block["block_id"]][block["element"]["action_id"]])


def keep(workspace: Workspace, view: Json, values: Json) -> None:
    """Put values into the fields as they are typed."""
    left = dict(values)
    for block in view["blocks"]:
        for element in controls(block):
            for name in {block["block_id"], element["action_id"]} & left.keys():
                given = left.pop(name)
                menu = offering(workspace, view["id"], block, element)
                held = holding(menu, given[element["action_id"]] if isinstance(given, dict) else given)
                view["state"]["values"].setdefault(block["block_id"], {})[element["action_id"]] = held
    if left:
        fields = [f"{b['block_id']}/{e['action_id']}" for b in view["blocks"] for e in controls(b)]
        raise NoSuchControl(f"no field {sorted(left)}; there are {fields}")


def sent(workspace: Workspace, user: str, view: Json) -> Json:
    return {"view": deepcopy(view), "response_urls": [*_response_urls(workspace, user, view)]}


def obey(workspace: Workspace, user: str, view: Json, answer: Json) -> str | None:
    """Close, update, push, clear or show errors. Returns what is wrong with the answer, if anything."""
    deed = answer.get("response_action")
    stack = workspace.stacks[user]
    if view["id"] not in stack:  # the app closed or replaced it meanwhile through views.*
        return None
    workspace.view_errors.pop(view["id"], None)
    if deed == "errors":
        return _show_errors(workspace, view, answer.get("errors") or {})
    try:
        if deed == "update":
            refill(workspace, view, checked_view(answer.get("view"), "modal"))
        elif deed == "push":
            if len(stack) >= MAX_STACK:
                return "push_limit_reached"
            show(workspace, user, checked_view(answer.get("view"), "modal"))
        elif deed == "clear":
            stack.clear()
        else:
            stack.remove(view["id"])
    except SlackRefusal as refusal:
        return f"{refusal.error}: {'; '.join(refusal.messages)}"
    return None


def _response_urls(workspace: Workspace, user: str, view: Json) -> Iterator[Json]:
    """One for each channel chosen in a menu that asks for it with `response_url_enabled`."""
    for block in view["blocks"]:
        element = block.get("element", {})
        if element.get("response_url_enabled"):
            held = view["state"]["values"][block["block_id"]][element["action_id"]]
            channel = held.get("selected_conversation") or held.get("selected_channel")
            if channel in workspace.channels:
                named = {"block_id": block["block_id"], "action_id": element["action_id"], "channel_id": channel}
                yield named | {"response_url": new_response_url(workspace, user, channel)}


def _show_errors(workspace: Workspace, view: Json, errors: Json) -> str | None:
    """Slack shows an error only at an input block, and takes none of them when one names anything else."""
    inputs = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
    if not errors or not errors.keys() <= inputs:
        return f"invalid_errors: {sorted(errors)} are not input blocks of this view, which has {sorted(inputs)}"
    workspace.view_errors[view["id"]] = errors
    return None


def _check(block: Json, held: Json) -> None:
    label = text_of(block["label"])
    if is_empty(held) and not block.get("optional"):
        raise NoSuchControl(f"the client asks to fill in {label!r} first")
    text, element = held.get("value"), block["element"]
    if isinstance(text, str) and text:
        least, most = element.get("min_length", 0), element.get("max_length", 3000)
        if not least <= len(text) <= most:
            raise NoSuchControl(f"{label!r} takes {least} to {most} characters, not {len(text)}")
