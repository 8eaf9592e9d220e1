"""The manifest asks Slack for what the code uses: every surface has a listener, every scope a reason, both ways."""

import ast
import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from click.testing import CliRunner
from slack_sdk import WebClient

from bot.cli import main
from bot.listeners import command, events, shortcuts

ROOT = Path(__file__).parent.parent
SHARED = Path(os.environ.get("WAERROR_SHARED", ROOT.parent / "shared")) / "schemas"
MANIFEST: dict[str, Any] = yaml.safe_load((ROOT / "app_manifest.yml").read_text("utf-8"))
SCOPES = frozenset(MANIFEST["oauth_config"]["scopes"]["bot"])
EVENTS = tuple(MANIFEST["settings"]["event_subscriptions"]["bot_events"])
FEATURES = MANIFEST["features"]
# Any one of a method's scopes suffices for Slack; we read all four kinds of conversation, so we need all four.
HISTORY = frozenset({"channels:history", "groups:history", "im:history", "mpim:history"})
READ = frozenset({"channels:read", "groups:read"})  # of channels alone: who writes to us directly is no audience
METHODS = {
    "api_test": frozenset[str](),
    "auth_test": frozenset[str](),
    "chat_getPermalink": frozenset[str](),
    "chat_postMessage": frozenset({"chat:write", "chat:write.public"}),  # .public: shortcuts where we are not
    "chat_update": frozenset({"chat:write"}),
    "conversations_history": HISTORY,
    "conversations_members": READ,
    "files_upload_v2": frozenset({"files:write"}),  # the table of a bulk retry's outcomes
    "files_info": frozenset({"files:read"}),
    "conversations_replies": HISTORY,
    "oauth_v2_access": frozenset[str](),
    "reactions_add": frozenset({"reactions:write"}),
    "reactions_remove": frozenset({"reactions:write"}),
    "usergroups_users_list": frozenset({"usergroups:read"}),  # who may, where a setting names a user group
    "views_open": frozenset[str](),
    "views_publish": frozenset[str](),
    "views_update": frozenset[str](),
}
EVENT_SCOPES = {
    "app_mention": "app_mentions:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
}
# Scopes that a method takes as well, and that we do not ask for.
UNUSED = {"conversations_members": frozenset({"im:read", "mpim:read"})}
# Every module that talks to the real Slack; the stand-in plays its part, and the demonstration is its audience.
SPEAKERS = [path for path in (ROOT / "bot").rglob("*.py") if not {"standin", "demo"} & set(path.parts)]


def called() -> set[str]:
    """The Web API methods that the code calls, as slack_sdk names them."""
    nodes = (node for path in SPEAKERS for node in ast.walk(ast.parse(path.read_text("utf-8"))))
    calls = (node.func for node in nodes if isinstance(node, ast.Call))
    names = {func.attr for func in calls if isinstance(func, ast.Attribute) and "_" in func.attr.strip("_")}
    return {name for name in names if hasattr(WebClient, name) and not name.startswith("_")}


def registered(method: str) -> list[Any]:
    """First arguments of `app.<method>(…)` in the listeners, names looked up."""
    values = vars(command) | vars(shortcuts)
    nodes = (node for path in SPEAKERS for node in ast.walk(ast.parse(path.read_text("utf-8"))))
    calls = [node for node in nodes if isinstance(node, ast.Call) and ast.unparse(node.func) == f"app.{method}"]
    return [eval(ast.unparse(call.args[0]), dict(values)) for call in calls]  # noqa: S307 - our own source


def shared(name: str) -> Any:
    path = SHARED / name
    if not path.is_file():
        pytest.skip(f"NOT COMPARED with Slack's reference: no {name}; say where it is with WAERROR_SHARED")
    return json.loads(path.read_text("utf-8"))


def test_it_is_valid_by_slacks_own_schema() -> None:
    """Slack takes it as it is pasted."""
    jsonschema.validate(MANIFEST, shared("slack-manifest.schema.json"))


def test_commands_have_listeners_and_listeners_commands() -> None:
    """A command that nobody answers is an error that a person sees."""
    assert [one["command"] for one in FEATURES["slash_commands"]] == registered("command")


def test_shortcuts_have_listeners_and_listeners_shortcuts() -> None:
    """Slack calls a message shortcut `message` in the manifest and `message_action` in the payload."""
    wanted = [{"type": "message_action", "callback_id": one["callback_id"]} for one in FEATURES["shortcuts"]]
    assert {one["type"] for one in FEATURES["shortcuts"]} == {"message"}
    assert wanted == registered("shortcut")


def test_events_are_read_and_what_is_read_is_subscribed_to() -> None:
    """`message.channels` and its like arrive as `message`."""
    assert {event.partition(".")[0] for event in EVENTS} == events._READ.keys()
    assert registered("event") == []  # all of them go through the middleware that keeps them


def test_every_method_that_is_called_may_be_called() -> None:
    """A method that this table does not know needs a look at its scopes first."""
    assert called() == METHODS.keys()
    assert [name for name in called() if not METHODS[name] <= SCOPES] == []


def test_no_scope_is_asked_for_without_a_reason() -> None:
    """A called method, a subscribed event, or the slash command and shortcuts."""
    by_method = frozenset[str]().union(*(METHODS[name] for name in called()))
    by_event = {EVENT_SCOPES[name] for name in EVENTS if name in EVENT_SCOPES}  # app_home_opened needs none
    assert by_method | by_event | {"commands"} == SCOPES


def test_our_table_of_methods_agrees_with_slacks() -> None:
    """Where a copy of Slack's reference is at hand."""
    reference = shared("slack-methods.json")
    # Two are not in the copy at hand, and the third is two methods in one.
    for name in called() - {"api_test", "files_info", "files_upload_v2"}:
        slacks = set(reference[name.replace("_", ".")]["scope"].get("bot", []))
        assert METHODS[name] - {"chat:write.public"} == slacks - UNUSED.get(name, frozenset()), name
    for upload in ("files.getUploadURLExternal", "files.completeUploadExternal"):
        assert METHODS["files_upload_v2"] == set(reference[upload]["scope"]["bot"])


def test_over_http_only_the_way_in_is_another() -> None:
    """`waerror manifest --http`: the same app, valid too, with addresses in the place of the socket."""
    done = CliRunner().invoke(main, ["manifest", "--http", "https://waerror.example.com/"])
    shown: dict[str, Any] = yaml.safe_load(done.output)
    jsonschema.validate(shown, shared("slack-manifest.schema.json"))
    address = "https://waerror.example.com/slack/events"
    settings, command = shown["settings"], shown["features"]["slash_commands"][0]
    assert not settings.pop("socket_mode_enabled")
    assert settings["event_subscriptions"].pop("request_url") == address
    assert settings["interactivity"].pop("request_url") == address
    assert command.pop("url") == address
    assert shown["oauth_config"].pop("redirect_urls") == ["https://waerror.example.com/slack/oauth_redirect"]
    assert shown | {"settings": settings | {"socket_mode_enabled": True}} == MANIFEST


def test_the_manifest_wants_an_address_that_slack_can_call() -> None:
    """Slack calls https only; nothing but an address gets into the file."""
    for host in ("http://waerror.example.com", "waerror.example.com", "https://x\nsettings: {}", "https://a b"):
        assert CliRunner().invoke(main, ["manifest", "--http", host]).exit_code == 2


def test_what_the_code_relies_on_is_switched_on() -> None:
    """Socket Mode, clicks, and direct messages that people may write."""
    settings, home = MANIFEST["settings"], FEATURES["app_home"]
    assert settings["socket_mode_enabled"]
    assert settings["interactivity"]["is_enabled"]
    assert not settings["token_rotation_enabled"]
    assert home["home_tab_enabled"]
    assert home["messages_tab_enabled"]
    assert not home["messages_tab_read_only_enabled"]
    assert not FEATURES["slash_commands"][0]["should_escape"]  # pastes arrive as they were
