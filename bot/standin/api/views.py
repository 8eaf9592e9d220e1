"""views.* and blocks.validate: modals and the Home tab. A trigger works once, for three seconds."""

from copy import deepcopy
from dataclasses import replace
from uuid import uuid4

from bot.standin import messages
from bot.standin.blocks import checked_blocks, checked_view
from bot.standin.screens import state_of
from bot.standin.values import Json, SlackRefusal
from bot.standin.workspace import Workspace

MAX_STACK = 3  # Slack shows at most three modals on top of one another


def open_view(workspace: Workspace, args: Json) -> Json:
    view = checked_view(args["view"], "modal")
    user = _spend(workspace, args)
    workspace.stacks[user] = []
    return {"view": deepcopy(show(workspace, user, view))}


def push(workspace: Workspace, args: Json) -> Json:
    view = checked_view(args["view"], "modal")
    user = _spend(workspace, args)
    if not workspace.stacks.get(user):
        raise SlackRefusal("not_found")
    if len(workspace.stacks[user]) >= MAX_STACK:
        raise SlackRefusal("push_limit_reached")
    return {"view": deepcopy(show(workspace, user, view))}


def update(workspace: Workspace, args: Json) -> Json:
    found = _open(workspace, args)
    view = checked_view(args["view"], found["type"])
    if args.get("hash") and args["hash"] != found["hash"]:
        raise SlackRefusal("hash_conflict")
    return {"view": deepcopy(refill(workspace, found, view))}


def publish(workspace: Workspace, args: Json) -> Json:
    user = str(args["user_id"])
    if user not in workspace.users:
        raise SlackRefusal("invalid_arguments", ("[ERROR] user_not_found",))
    view = checked_view(args["view"], "home")
    old = workspace.homes.get(user)
    if args.get("hash") and old and args["hash"] != old["hash"]:
        raise SlackRefusal("hash_conflict")
    workspace.homes[user] = _stored(workspace, view, old["id"] if old else None)
    return {"view": deepcopy(workspace.homes[user])}


def validate(workspace: Workspace, args: Json) -> Json:
    if args.get("blocks"):
        checked_blocks(args["blocks"])
    elif args.get("view"):
        checked_view(args["view"], None)
    elif args.get("message"):
        checked_blocks(args["message"].get("blocks", []))
    else:
        raise SlackRefusal("invalid_arguments")
    return {}


def show(workspace: Workspace, user: str, view: Json) -> Json:
    """Put a modal on top of what this person has open."""
    stack = workspace.stacks.setdefault(user, [])
    kept = _stored(workspace, view, None)
    kept["previous_view_id"] = stack[-1] if stack else None
    kept["root_view_id"] = stack[0] if stack else kept["id"]
    workspace.open_views[kept["id"]] = kept
    stack.append(kept["id"])
    workspace.changed.notify_all()
    return kept


def refill(workspace: Workspace, old: Json, view: Json) -> Json:
    """The same window with other contents. What was typed stays where block_id and action_id stay."""
    kept = _stored(workspace, view, old["id"])
    for block_id, fields in kept["state"]["values"].items():
        for action_id in fields:
            fields[action_id] = old["state"]["values"].get(block_id, {}).get(action_id, fields[action_id])
    kept |= {"previous_view_id": old["previous_view_id"], "root_view_id": old["root_view_id"]}
    old.clear()
    old.update(kept)
    workspace.changed.notify_all()
    return old


def _stored(workspace: Workspace, view: Json, id: str | None) -> Json:
    app = workspace.app
    blocks = messages.with_ids(view["blocks"])
    kept = {"title": None, "close": None, "submit": None, "private_metadata": "", "callback_id": ""} | {
        "external_id": "",
        "clear_on_close": False,
        "notify_on_close": False,
        **view,
        "blocks": blocks,
        "state": {"values": state_of(blocks)},
        "id": id or "V0" + uuid4().hex[:9].upper(),
        "hash": f"{workspace.timestamps.next()}.{uuid4().hex[:6]}",
        "team_id": app.team_id,
        "app_id": app.app_id,
        "app_installed_team_id": app.team_id,
        "bot_id": app.bot_id,
        "previous_view_id": None,
    }
    return kept | {"root_view_id": kept["id"]}


def _open(workspace: Workspace, args: Json) -> Json:
    if args.get("view_id") in workspace.open_views:
        return workspace.open_views[args["view_id"]]
    for home in workspace.homes.values():
        if args.get("view_id") == home["id"]:
            return home
    for view in workspace.open_views.values():
        if args.get("external_id") and view["external_id"] == args["external_id"]:
            return view
    raise SlackRefusal("not_found")


def _spend(workspace: Workspace, args: Json) -> str:
    id = str(args.get("trigger_id") or args.get("interactivity_pointer") or "")
    trigger = workspace.triggers.get(id)
    if trigger is None:
        raise SlackRefusal("invalid_trigger_id")
    if trigger.used:
        raise SlackRefusal("exchanged_trigger_id")
    if workspace.clock() - trigger.issued > workspace.patience.trigger:
        raise SlackRefusal("expired_trigger_id")
    workspace.triggers[id] = replace(trigger, used=True)
    return trigger.user
