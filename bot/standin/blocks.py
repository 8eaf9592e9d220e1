"""Blocks and views are accepted or refused as Slack does, with messages that point at the fault.

Pure. The limits are in rules.py; here is only how each rule is checked, and the rules that span several blocks.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from bot.standin.rules import (
    AT_MOST,
    BLOCKS,
    CHARTS,
    ELEMENTS,
    LEAVES,
    MAX_BLOCKS,
    MAX_BLOCKS_JSON,
    ONLY_IN,
    SHAPES,
    VIEWS,
)
from bot.standin.screens import controls, options_of
from bot.standin.shapes import Kind, Many, Object, OneOf, Rule, Shape, Text, Word
from bot.standin.values import Json, SlackRefusal


def checked_blocks(blocks: Any) -> list[Json]:
    """The blocks of a message, or SlackRefusal."""
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise SlackRefusal("invalid_blocks_format")
    if faults := list(faults_of(blocks, "message", "/blocks")):
        raise SlackRefusal("invalid_blocks", tuple(f"[ERROR] {fault}" for fault in faults), errors=faults)
    if len(json.dumps(blocks, ensure_ascii=False)) > MAX_BLOCKS_JSON:
        raise SlackRefusal("msg_blocks_too_long")
    return blocks


def checked_view(view: Any, type: str | None) -> Json:
    """A modal or a Home tab, or SlackRefusal; `type` is the one that the method takes."""
    if not isinstance(view, dict) or view.get("type") not in VIEWS or type not in (None, view["type"]):
        given = view.get("type") if isinstance(view, dict) else view
        raise SlackRefusal("invalid_arguments", (f"[ERROR] unsupported type: {given} [json-pointer:/view/type]",))
    if faults := list(_view_faults(view)):
        raise SlackRefusal("invalid_arguments", tuple(f"[ERROR] {fault}" for fault in faults))
    return view


def faults_of(blocks: list[Json], surface: str, at: str) -> Iterator[str]:
    """Everything Slack would find wrong, each with a JSON pointer."""
    if len(blocks) > MAX_BLOCKS[surface]:
        yield _fault(f"no more than {MAX_BLOCKS[surface]} items allowed", at)
    for number, block in enumerate(blocks):
        yield from _block_faults(block, surface, f"{at}/{number}")
    yield from _repeated(blocks, at)
    counts = Counter(block.get("type") for block in blocks)
    for type, most in AT_MOST.items():
        if counts[type] > most:
            yield _fault(f"no more than {most} {type} blocks allowed", at)


def _view_faults(view: Json) -> Iterator[str]:
    yield from _shape(view, VIEWS[view["type"]], "/view", extra=("type",))
    if isinstance(view.get("blocks"), list):
        yield from faults_of(view["blocks"], view["type"], "/view/blocks")
        asks = any(isinstance(block, dict) and block.get("type") == "input" for block in view["blocks"])
        if asks and view["type"] == "modal" and not view.get("submit"):
            yield _fault("missing required field: submit", "/view")


def _block_faults(block: Any, surface: str, at: str) -> Iterator[str]:
    type = block.get("type") if isinstance(block, dict) else None
    if type not in BLOCKS:
        yield _fault(f"unsupported type: {type}", f"{at}/type")
    elif surface not in ONLY_IN.get(type, (surface,)):
        yield _fault(f"block type {type} not allowed on this surface", f"{at}/type")
    else:
        yield from _shape(block, BLOCKS[type], at, extra=("type", "block_id"))
        if "block_id" in block:
            yield from _word(block["block_id"], Word(255), f"{at}/block_id")


def _repeated(blocks: list[Json], at: str) -> Iterator[str]:
    """A block_id is unique in its message or view, an action_id in its block."""
    ids = Counter(str(block["block_id"]) for block in blocks if isinstance(block, dict) and block.get("block_id"))
    for id in (id for id, times in ids.items() if times > 1):
        yield _fault(f"`block_id` {id} already exists", at)
    for number, block in enumerate(blocks):
        if isinstance(block, dict) and block.get("type") in BLOCKS and isinstance(block.get("elements", []), list):
            found = [one["action_id"] for one in controls(block) if isinstance(one, dict) and "action_id" in one]
            for id in (id for id, times in Counter(map(str, found)).items() if times > 1):
                yield _fault(f"`action_id` {id} already exists", f"{at}/{number}")


def _shape(value: Any, shape: Shape, at: str, extra: tuple[str, ...] = ()) -> Iterator[str]:
    if not isinstance(value, dict):
        yield _fault("must provide an object", at)
        return
    for name in shape.required:
        if value.get(name) is None:
            yield _fault(f"missing required field: {name}", at)
    if shape.either and not any(value.get(name) for name in shape.either):
        yield _fault("must define either " + " or ".join(f"`{name}`" for name in shape.either), at)
    for name, given in value.items():
        if name in shape.fields and given is not None:
            rule = shape.fields[name]
            yield from _CHECKS[type(rule)](given, rule, f"{at}/{name}")
        elif name not in shape.fields and name not in extra:
            yield _fault(f"invalid additional property: {name}", at)


def _text(value: Any, rule: Text, at: str) -> Iterator[str]:
    kinds = ("plain_text",) if rule.plain_only else ("plain_text", "mrkdwn")
    if not isinstance(value, dict):
        yield _fault("must provide an object", at)
    elif value.get("type") not in kinds:
        yield _fault(f"unsupported type: {value.get('type')}", f"{at}/type")
    else:
        words = Shape({"text": Word(rule.most)}, ("text",))
        extra = ("type", "emoji") if value["type"] == "plain_text" else ("type", "verbatim")
        yield from _shape(value, words, at, extra)


def _word(value: Any, rule: Word, at: str) -> Iterator[str]:
    if not isinstance(value, str):
        yield _fault("must be a string", at)
    elif len(value) < rule.least:
        yield _fault(f"must be more than {rule.least - 1} characters", at)
    elif len(value) > rule.most:
        yield _fault(f"must be less than {rule.most + 1} characters", at)
    elif rule.one_of and value not in rule.one_of:
        yield _fault("must be a valid enum value", at)


def _kind(value: Any, rule: Kind, at: str) -> Iterator[str]:
    # In Python a bool is an int, in JSON it is not.
    if not isinstance(value, rule.types) or (isinstance(value, bool) and bool not in rule.types):
        yield _fault(f"must be of type {' or '.join(type.__name__ for type in rule.types)}", at)


def _one_of(value: Any, rule: OneOf, at: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield _fault("must provide an object", at)
    elif value.get("type") not in rule.types:
        yield _fault(f"unsupported type: {value.get('type')}", f"{at}/type")
    elif value["type"] in ("plain_text", "mrkdwn"):
        yield from _text(value, Text(), at)
    elif shape := next((table[value["type"]] for table in _TABLES if value["type"] in table), None):
        yield from _shape(value, shape, at, extra=("type", "block_id"))
        yield from _chosen(value, at)


def _chosen(element: Json, at: str) -> Iterator[str]:
    """What is chosen at first is one of the options, word for word."""
    if not element.keys() & {"options", "option_groups"}:
        return
    try:
        offered = options_of(element)
        initial = [element["initial_option"]] if element.get("initial_option") else element.get("initial_options") or []
        missing = [option for option in initial if option not in offered]
    except (TypeError, KeyError, AttributeError):
        return  # the shape is wrong, which is said already
    if missing:
        yield _fault("initial option is not among the options", at)


def _object(value: Any, rule: Object, at: str) -> Iterator[str]:
    yield from _shape(value, SHAPES[rule.shape], at)


def _many(value: Any, rule: Many, at: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield _fault("must provide an array", at)
        return
    if len(value) > rule.most:
        yield _fault(f"no more than {rule.most} items allowed", at)
    if len(value) < rule.least:
        yield _fault(f"no fewer than {rule.least} items allowed", at)
    for number, one in enumerate(value):
        yield from _CHECKS[type(rule.of)](one, rule.of, f"{at}/{number}")


def _fault(words: str, at: str) -> str:
    return f"{words} [json-pointer:{at}]"


_TABLES = (ELEMENTS, LEAVES, CHARTS, BLOCKS)
_CHECKS: dict[type[Rule], Callable[[Any, Any, str], Iterator[str]]] = {
    Text: _text,
    Word: _word,
    Kind: _kind,
    OneOf: _one_of,
    Object: _object,
    Many: _many,
}
