"""What a person can press or fill in, found in blocks, and the values it then holds. Pure.

Slack gives `state.values` as block_id → action_id → {"type", and one field that depends on the type}.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from bot.standin.rendering import control
from bot.standin.values import Json, NoSuchControl

# Of each stateful element: the state's field, where the first value comes from, and whether options are chosen.
_FIELDS: dict[str, tuple[str, str]] = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "file_input": ("files", "initial_files"),
}


def controls(block: Json) -> Iterator[Json]:
    """What can be pressed, chosen or filled in, in one block."""
    elements = block.get("elements", []) if block["type"] in ("actions", "context_actions") else []
    for element in [*elements, block.get("accessory"), block.get("element")]:
        if element and element.get("type") != "image":
            yield element


def state_of(blocks: Iterable[Json]) -> Json:
    """What the fields hold before anybody touches them."""
    values: Json = {}
    for block in blocks:
        for element in controls(block):
            if element["type"] in _FIELDS:
                field, initial = _FIELDS[element["type"]]
                empty: list[Json] | None = [] if field.endswith("s") else None
                held = {"type": element["type"], field: element.get(initial, empty)}
                values.setdefault(block["block_id"], {})[element["action_id"]] = held
    return values


def find_control(blocks: Iterable[Json], action_id: str, value: str | None) -> tuple[Json, Json]:
    """The block and the control that a person would press."""
    seen = []
    for block in blocks:
        for element in controls(block):
            seen.append(f"{element['action_id']}={element.get('value', '')} {control(element)}")
            if element["action_id"] == action_id and _offers(element, value):
                return block, element
    wanted = action_id if value is None else f"{action_id} with value {value!r}"
    raise NoSuchControl(f"there is no {wanted} to press; there are: {'; '.join(seen) or 'no controls at all'}")


def action(block: Json, element: Json, value: Any, at: str) -> Json:
    """The entry of `actions` that Slack sends for a press or a choice."""
    common = {"action_id": element["action_id"], "block_id": block["block_id"], "type": element["type"]}
    common["action_ts"] = at
    if element["type"] == "feedback_buttons":
        sides = [element["positive_button"], element["negative_button"]]
        pressed = next(side for side in sides if value in (None, side["value"]))
        return common | {"text": pressed["text"], "value": pressed["value"]}
    if element["type"] in ("button", "icon_button", "workflow_button"):
        styled = {key: element[key] for key in ("text", "value", "style", "confirm") if key in element}
        return common | styled
    return common | {key: held for key, held in holding(element, value).items() if key != "type"}


def holding(element: Json, value: Any) -> Json:
    """What the field's state is once a person put `value` there; options are named by their value."""
    if element["type"] == "overflow":
        return {"type": "overflow", "selected_option": _option(element, value)}
    field, _ = _FIELDS[element["type"]]
    if field == "selected_option":
        return {"type": element["type"], field: _option(element, value) if value is not None else None}
    if field == "selected_options":
        return {"type": element["type"], field: [_option(element, one) for one in value or []]}
    return {"type": element["type"], field: value}


def is_empty(held: Json) -> bool:
    return all(value in (None, "", []) for key, value in held.items() if key != "type")


def options_of(element: Json) -> list[Json]:
    grouped = [option for group in element.get("option_groups", []) for option in group["options"]]
    return [*element.get("options", []), *grouped]


def _offers(element: Json, value: str | None) -> bool:
    if value is None or element["type"] in _FIELDS:
        return True
    if element["type"] == "feedback_buttons":
        return value in (element["positive_button"]["value"], element["negative_button"]["value"])
    if element["type"] == "overflow":
        return value in [option["value"] for option in options_of(element)]
    return bool(element.get("value") == value)


def _option(element: Json, value: Any) -> Json:
    for option in options_of(element):
        if option["value"] == value:
            return option
    offered = [option["value"] for option in options_of(element)]
    raise NoSuchControl(f"{element['action_id']} does not offer {value!r}; it offers {offered}")
