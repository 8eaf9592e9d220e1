"""The stand-in's own tables agree with published copies of Slack's reference, where those are at hand."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.standin.methods import METHODS
from bot.standin.rules import BLOCKS, ELEMENTS, LEAVES, SHAPES, VIEWS
from bot.standin.shapes import Kind, Many, Object, OneOf, Rule, Shape, Text, Word

Json = dict[str, Any]
SHARED = Path(os.environ.get("WAERROR_SHARED", Path(__file__).parents[2] / "shared")) / "schemas"

# Names that the schema's file gives to our shapes.
NAMES = {
    "confirm": "confirm_object",
    "option": "option_object_overflow",
    "rich_option": "option_object_radio_or_checkbox",
    "option_group": "option_group_object",
    "feedback": "feedback_button_subobject",
    "series": "data_visualization_series",
    "point": "data_visualization_data_point",
    "segment": "data_visualization_segment",
    "axes": "data_visualization_axis_config",
    "email_text_input": "email_input_element",
    "url_text_input": "url_input_element",
    "text": "rich_text_text_leaf",
    "link": "rich_text_link_leaf",
    "raw_text": "table_cell",
    "raw_number": "data_table_cell",
}
# Where we know better, or the schema says nothing.
OPEN = {
    ("image", "alt_text"),  # the schema bounds the block's and not the element's
    ("plain_text_input", "initial_value"),
    ("email_text_input", "initial_value"),
    ("url_text_input", "initial_value"),
    ("number_input", "initial_value"),
}


def read(name: str) -> Json:
    path = SHARED / name
    if not path.is_file():
        pytest.skip(f"NOT COMPARED with Slack's reference: no {name}; say where it is with WAERROR_SHARED")
    found: Json = json.loads(path.read_text("utf-8"))
    return found


def test_methods_scopes_and_arguments_are_slacks() -> None:
    reference = read("slack-methods.json")
    compared = METHODS.keys() & reference.keys()
    assert len(compared) > 25
    for name in compared:
        assert sorted(METHODS[name].scopes) == sorted(reference[name]["scope"].get("bot", [])), name
        needed = set(reference[name]["required"]) - {"token"}
        assert set(METHODS[name].required) == needed, name


def test_every_block_and_element_we_take_is_in_the_schema_with_our_limits() -> None:
    schema = read("slack-block-kit.schema.json")["$defs"]
    faults = []
    groups = [(BLOCKS, "_block"), (ELEMENTS, "_element"), (SHAPES, ""), (LEAVES, ""), (VIEWS, "_view")]
    for shapes, suffix in groups:
        for name, shape in shapes.items():
            faults += list(compare(name, shape, schema, NAMES.get(name, name + suffix)))
    assert faults == []


def compare(name: str, shape: Shape, schema: Json, defined: str) -> Iterator[str]:
    if defined not in schema:
        yield f"{name}: the schema has no {defined}"
        return
    theirs = branch(name, schema[defined])
    fields = theirs["properties"].keys() - {"type", "block_id"}
    if fields != shape.fields.keys():
        yield f"{name}: fields differ: {sorted(fields ^ shape.fields.keys())}"
    if set(theirs.get("required", [])) - {"type"} != set(shape.required):
        yield f"{name}: required differ: {theirs.get('required')} and {shape.required}"
    for key in fields & shape.fields.keys():
        if (name, key) not in OPEN and not isinstance(shape.fields[key], Kind):
            ours, published = limits(shape.fields[key]), limits_of(theirs["properties"][key], schema)
            if any(published.get(limit, value) != value for limit, value in ours.items()):
                yield f"{name}.{key}: {ours} here, {published} there"


def branch(name: str, definition: Json) -> Json:
    """One of several shapes under one name."""
    found = [one for one in definition.get("oneOf", []) if "properties" in one]
    if "properties" in definition:
        return definition
    return next((one for one in found if one["properties"]["type"].get("const") == name), found[0] if found else {})


def limits(rule: Rule) -> Json:
    if isinstance(rule, Text):
        return {"most": rule.most, "least": 1}
    if isinstance(rule, Word):
        return {"one_of": rule.one_of} if rule.one_of else {"most": rule.most}
    if isinstance(rule, Many):
        return {"items": (rule.least, rule.most)}
    assert isinstance(rule, OneOf | Object | Kind)
    return {}


def limits_of(node: Json, schema: Json) -> Json:
    """What the schema says of a field, through its references."""
    if "$ref" in node:
        return limits_of(schema[node["$ref"].rpartition("/")[2]], schema)
    found: Json = {}
    for part in [*node.get("oneOf", [])[:1], *node.get("allOf", [])]:
        found |= limits_of(part, schema)
    if "text" in node.get("properties", {}):
        found |= limits_of(node["properties"]["text"], schema)
    if "maxLength" in node:
        found["most"] = node["maxLength"]
    if "maxItems" in node:
        found["items"] = (node.get("minItems", 0), node["maxItems"])
    if "enum" in node:
        found["one_of"] = tuple(node["enum"])
    return found
