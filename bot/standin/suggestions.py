"""Menus whose options the app gives while a person types in them (`external_select`).

Kept: what the app offered can be chosen, and nothing else; what it offers is checked as a menu with fixed options is.
"""

from copy import deepcopy

from bot.standin.blocks import faults_of
from bot.standin.screens import options_of
from bot.standin.values import Json, NoSuchControl
from bot.standin.workspace import Workspace

MIN_QUERY_LENGTH = 3  # what Slack takes where `min_query_length` is not given
_ANSWERS = ("options", "option_groups")


def is_external(element: Json) -> bool:
    return str(element["type"]).endswith("external_select")


def asking(block: Json, element: Json, typed: str) -> Json:
    """What the payload says of the menu, wherever it stands. NoSuchControl when a client does not ask the app."""
    if not is_external(element):
        raise NoSuchControl(f"{element['action_id']} has its options with it, the app is not asked for them")
    least = element.get("min_query_length", MIN_QUERY_LENGTH)
    if len(typed) < least:
        raise NoSuchControl(f"the client asks the app once {least} characters are typed")
    return {"action_id": element["action_id"], "block_id": block["block_id"], "value": typed}


def take(workspace: Workspace, place: str, element: Json, block_id: str, answer: Json) -> str | None:
    """Keep what the app offers for the menu in `place`, a view's id or a message's ts. Says what is wrong with it."""
    offered = {name: answer[name] for name in _ANSWERS if answer.get(name)}
    menu = {"type": "static_select", "action_id": "menu", **offered}
    faults = list(faults_of([{"type": "actions", "elements": [menu]}], "message", "")) if offered else []
    if faults or not any(name in answer for name in _ANSWERS):
        return f"invalid_options: {'; '.join(faults) or 'neither `options` nor `option_groups` came'}"
    kept = workspace.offers.setdefault((place, block_id, element["action_id"]), [])
    kept.extend(option for option in options_of(menu) if option not in kept)
    return None


def offering(workspace: Workspace, place: str, block: Json, element: Json) -> Json:
    """The element as the person has it before them: with the options that the app has offered so far."""
    if not is_external(element):
        return element
    first = [element["initial_option"]] if element.get("initial_option") else element.get("initial_options", [])
    offered = workspace.offers.get((place, block["block_id"], element["action_id"]), [])
    return element | {"options": deepcopy([*first, *offered])}
