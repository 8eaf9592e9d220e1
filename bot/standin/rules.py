"""The shapes and limits of Block Kit, as tables; blocks.py checks against them.

The numbers are Slack's. A test compares them with a published schema of Block Kit. A type that is missing here
is refused as unknown: an app that needs it adds a line.
"""

from bot.standin.shapes import Kind, Many, Object, OneOf, Rule, Shape, Text, Word

FLAG, NUMBER, INTEGER, ANY = Kind((bool,)), Kind((int, float)), Kind((int,)), Kind((dict, list, str))
MAX_BLOCKS = {"message": 50, "modal": 100, "home": 100}
MAX_BLOCKS_JSON = 13_000  # all blocks of a message together; Slack counts otherwise, but fails near here
AT_MOST = {"table": 1, "data_visualization": 2}  # a message
ONLY_IN = {"alert": ("modal",), "context_actions": ("message",)}

_Fields = dict[str, Rule]
LABEL, PLACEHOLDER = Text(75, plain_only=True), Text(150, plain_only=True)
STYLE = Word(20, one_of=("primary", "danger"))
_ID = Word(255)
_PRESSED: _Fields = {"action_id": _ID, "confirm": Object("confirm")}
_FILLED: _Fields = {"action_id": _ID, "placeholder": PLACEHOLDER, "focus_on_load": FLAG}
_TYPED: _Fields = {**_FILLED, "initial_value": Word(3000, 0), "dispatch_action_config": Kind((dict,))}
_CHOSEN: _Fields = {**_FILLED, "confirm": Object("confirm")}
_OPTIONS: _Fields = {"options": Many(Object("option"), 100), "option_groups": Many(Object("option_group"), 100)}
_SEVERAL: _Fields = {"max_selected_items": INTEGER}
_WORDS = Many(_ID, 100)
_CHOICE: _Fields = {"action_id": _ID, "focus_on_load": FLAG, "confirm": Object("confirm")}
_TEN: _Fields = {"options": Many(Object("rich_option"), 10)}
_CONVERSATION: _Fields = {"default_to_current_conversation": FLAG, "filter": Kind((dict,))}
_URL = Word(3000)
_RICH = ("rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote")
_OTHER_LEAVES = ("user", "usergroup", "channel", "emoji", "team", "broadcast", "color", "date")
_RUN = Many(OneOf(("text", "link", *_OTHER_LEAVES)), 10_000, 0)
SELECTS = ("static_select", "external_select", "users_select", "conversations_select", "channels_select")
MULTI_SELECTS = tuple(f"multi_{name}" for name in SELECTS)
_PICKERS = ("checkboxes", "radio_buttons", "datepicker", "timepicker")
_SENTENCES = ("plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input")
ACTIONS = ("button", "overflow", "datetimepicker", "workflow_button", *_PICKERS, *SELECTS, *MULTI_SELECTS)
ACCESSORIES = ("button", "overflow", "image", "workflow_button", *_PICKERS, *SELECTS, *MULTI_SELECTS)
INPUTS = (*_SENTENCES, "datetimepicker", "file_input", *_PICKERS, *SELECTS, *MULTI_SELECTS)

SHAPES: dict[str, Shape] = {
    "confirm": Shape(
        {
            "title": Text(100, plain_only=True),
            "text": Text(300),
            "confirm": Text(30, plain_only=True),
            "deny": Text(30, plain_only=True),
            "style": STYLE,
        },
        ("title", "text", "confirm", "deny"),
    ),
    "option": Shape({"text": LABEL, "value": Word(150), "description": LABEL, "url": _URL}, ("text", "value")),
    "rich_option": Shape({"text": Text(75), "value": Word(150), "description": Text(75)}, ("text", "value")),
    "option_group": Shape({"label": LABEL, "options": Many(Object("option"), 100)}, ("label", "options")),
    "series": Shape({"name": Word(20), "data": Many(Object("point"), 20)}, ("name", "data")),
    "point": Shape({"label": Word(20), "value": NUMBER}, ("label", "value")),
    "segment": Shape({"label": Word(20), "value": NUMBER}, ("label", "value")),
    "axes": Shape(
        {"categories": Many(Word(20), 20, 0), "x_label": Word(50, 0), "y_label": Word(50, 0)}, ("categories",)
    ),
    "feedback": Shape({"text": LABEL, "value": Word(2000), "accessibility_label": Word(75)}, ("text", "value")),
}

ELEMENTS: dict[str, Shape] = {
    "button": Shape(
        {**_PRESSED, "text": LABEL, "url": _URL, "value": Word(2000), "style": STYLE, "accessibility_label": Word(75)},
        ("text",),
    ),
    "icon_button": Shape(
        {
            **_PRESSED,
            "text": LABEL,
            "value": Word(2000),
            "icon": Word(20, one_of=("trash",)),
            "accessibility_label": Word(75),
            "visible_to_user_ids": _WORDS,
        },
        ("icon", "text"),
    ),
    "workflow_button": Shape(
        {"action_id": _ID, "text": LABEL, "workflow": Kind((dict,)), "style": STYLE, "accessibility_label": Word(75)},
        ("text", "workflow", "action_id"),
    ),
    "feedback_buttons": Shape(
        {"action_id": _ID, "positive_button": Object("feedback"), "negative_button": Object("feedback")},
        ("positive_button", "negative_button"),
    ),
    "overflow": Shape({**_PRESSED, "options": Many(Object("option"), 5)}, ("options",)),
    "image": Shape(
        {"alt_text": Word(2000), "image_url": _URL, "slack_file": Kind((dict,))},
        ("alt_text",),
        ("image_url", "slack_file"),
    ),
    "checkboxes": Shape({**_CHOICE, **_TEN, "initial_options": Many(Object("rich_option"), 10)}, ("options",)),
    "radio_buttons": Shape({**_CHOICE, **_TEN, "initial_option": Object("rich_option")}, ("options",)),
    "datepicker": Shape({**_CHOSEN, "initial_date": Word(10)}),
    "timepicker": Shape({**_CHOSEN, "initial_time": Word(5), "timezone": Word(64)}),
    "datetimepicker": Shape({**_CHOICE, "initial_date_time": INTEGER}),
    "plain_text_input": Shape({**_TYPED, "multiline": FLAG, "min_length": INTEGER, "max_length": INTEGER}),
    "email_text_input": Shape(_TYPED),
    "url_text_input": Shape(_TYPED),
    "number_input": Shape(
        {**_TYPED, "is_decimal_allowed": FLAG, "min_value": Word(20), "max_value": Word(20)},
        ("is_decimal_allowed",),
    ),
    "rich_text_input": Shape({**_TYPED, "initial_value": OneOf(("rich_text",))}, ("action_id",)),
    "file_input": Shape({"action_id": _ID, "filetypes": _WORDS, "max_files": INTEGER}),
    "static_select": Shape({**_CHOSEN, **_OPTIONS, "initial_option": Object("option")}, (), tuple(_OPTIONS)),
    "external_select": Shape({**_CHOSEN, "initial_option": Object("option"), "min_query_length": INTEGER}),
    "users_select": Shape({**_CHOSEN, "initial_user": _ID}),
    "conversations_select": Shape(
        {**_CHOSEN, **_CONVERSATION, "initial_conversation": _ID, "response_url_enabled": FLAG}
    ),
    "channels_select": Shape({**_CHOSEN, "initial_channel": _ID, "response_url_enabled": FLAG}),
    "multi_static_select": Shape(
        {**_CHOSEN, **_OPTIONS, **_SEVERAL, "initial_options": Many(Object("option"), 100)}, (), tuple(_OPTIONS)
    ),
    "multi_external_select": Shape(
        {**_CHOSEN, **_SEVERAL, "initial_options": Many(Object("option"), 100), "min_query_length": INTEGER}
    ),
    "multi_users_select": Shape({**_CHOSEN, **_SEVERAL, "initial_users": _WORDS}),
    "multi_conversations_select": Shape({**_CHOSEN, **_SEVERAL, **_CONVERSATION, "initial_conversations": _WORDS}),
    "multi_channels_select": Shape({**_CHOSEN, **_SEVERAL, "initial_channels": _WORDS}),
    "rich_text_section": Shape({"elements": _RUN}, ("elements",)),
    "rich_text_quote": Shape({"elements": _RUN, "border": INTEGER}, ("elements",)),
    "rich_text_preformatted": Shape({"elements": _RUN, "border": INTEGER, "language": Word(50)}, ("elements",)),
    "rich_text_list": Shape(
        {
            "elements": Many(OneOf(("rich_text_section",)), 10_000),
            "style": Word(10, one_of=("bullet", "ordered")),
            "indent": INTEGER,
            "offset": INTEGER,
            "border": INTEGER,
        },
        ("elements", "style"),
    ),
    "raw_text": Shape({"text": Word(10_000, 0)}, ("text",)),
    "raw_number": Shape({"value": NUMBER, "text": Word(255)}, ("value",)),
}

# The two leaves of rich text that carry words; the others are taken as they come.
LEAVES: dict[str, Shape] = {
    "text": Shape({"text": Word(10_000, 0), "style": ANY}, ("text",)),
    "link": Shape({"url": Word(3000), "text": Word(10_000, 0), "unsafe": FLAG, "style": ANY}, ("url",)),
}

_COURSE = Shape({"series": Many(Object("series"), 6), "axis_config": Object("axes")}, ("series", "axis_config"))
CHARTS: dict[str, Shape] = {
    "area": _COURSE,
    "bar": _COURSE,
    "line": _COURSE,
    "pie": Shape({"segments": Many(Object("segment"), 6)}, ("segments",)),
}

BLOCKS: dict[str, Shape] = {
    "actions": Shape({"elements": Many(OneOf(ACTIONS), 25)}, ("elements",)),
    "alert": Shape(
        {"text": Text(), "level": Word(10, one_of=("default", "info", "warning", "error", "success"))}, ("text",)
    ),
    "context": Shape({"elements": Many(OneOf(("image", "plain_text", "mrkdwn")), 10)}, ("elements",)),
    "context_actions": Shape({"elements": Many(OneOf(("feedback_buttons", "icon_button")), 5)}, ("elements",)),
    "data_table": Shape(
        {
            "caption": Word(3000),
            "page_size": INTEGER,
            "row_header_column_index": INTEGER,
            "rows": Many(Many(OneOf(("raw_text", "raw_number", "rich_text")), 20), 101, 2),
        },
        ("caption", "rows"),
    ),
    "data_visualization": Shape({"title": Word(50), "chart": OneOf(tuple(CHARTS))}, ("title", "chart")),
    "divider": Shape({}),
    "header": Shape({"text": Text(150, plain_only=True), "level": INTEGER}, ("text",)),
    "image": Shape(
        {**ELEMENTS["image"].fields, "title": Text(2000, plain_only=True)}, ("alt_text",), ("image_url", "slack_file")
    ),
    "input": Shape(
        {
            "label": Text(2000, plain_only=True),
            "element": OneOf(INPUTS),
            "hint": Text(2000, plain_only=True),
            "optional": FLAG,
            "dispatch_action": FLAG,
        },
        ("label", "element"),
    ),
    "markdown": Shape({"text": Word(12_000)}, ("text",)),
    "rich_text": Shape({"elements": Many(OneOf(_RICH), 10_000, 0)}, ("elements",)),
    "section": Shape(
        {"text": Text(), "fields": Many(Text(2000), 10), "accessory": OneOf(ACCESSORIES), "expand": FLAG},
        (),
        ("text", "fields"),
    ),
    "table": Shape(
        {"rows": Many(Many(OneOf(("raw_text", "rich_text")), 20), 100), "column_settings": Kind((list,))}, ("rows",)
    ),
}

VIEWS: dict[str, Shape] = {
    "modal": Shape(
        {
            "title": Text(24, plain_only=True),
            "close": Text(24, plain_only=True),
            "submit": Text(24, plain_only=True),
            "blocks": ANY,
            "private_metadata": Word(3000, 0),
            "callback_id": Word(255, 0),
            "clear_on_close": FLAG,
            "notify_on_close": FLAG,
            "external_id": Word(255, 0),
            "submit_disabled": FLAG,
        },
        ("title", "blocks"),
    ),
    "home": Shape(
        {"blocks": ANY, "private_metadata": Word(3000, 0), "callback_id": Word(255, 0), "external_id": Word(255, 0)},
        ("blocks",),
    ),
}
