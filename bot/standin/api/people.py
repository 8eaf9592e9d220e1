"""auth.test, users.*, usergroups.*, bots.*, team.info and the opening of Socket Mode: who is who."""

from uuid import uuid4

from bot.standin.api.lookup import flag, page
from bot.standin.values import Json, SlackRefusal, User
from bot.standin.workspace import Workspace


def api_test(workspace: Workspace, args: Json) -> Json:
    if args.get("error"):
        raise SlackRefusal(str(args["error"]))
    return {"args": args}


def auth_test(workspace: Workspace, args: Json) -> Json:
    app = workspace.app
    return {
        "url": f"https://{app.team_domain}.slack.com/",
        "team": app.team_name,
        "user": app.bot_name,
        "team_id": app.team_id,
        "user_id": app.bot_user_id,
        "bot_id": app.bot_id,
        "is_enterprise_install": False,
    }


def open_connection(workspace: Workspace, args: Json) -> Json:
    ticket = uuid4().hex
    workspace.tickets.add(ticket)
    return {"url": f"{workspace.socket_url}/link/?ticket={ticket}&app_id={workspace.app.app_id}"}


def bot_info(workspace: Workspace, args: Json) -> Json:
    wanted = args.get("bot") or workspace.app.bot_id
    for user in workspace.users.values():
        if user.bot_id == wanted:
            bot = {"id": user.bot_id, "app_id": user.app_id, "user_id": user.id, "name": user.name}
            return {"bot": bot | {"deleted": False, "updated": 1700000000, "icons": {}}}
    raise SlackRefusal("bot_not_found")


def team_info(workspace: Workspace, args: Json) -> Json:
    app = workspace.app
    return {"team": {"id": app.team_id, "name": app.team_name, "domain": app.team_domain, "email_domain": ""}}


def user_info(workspace: Workspace, args: Json) -> Json:
    user = workspace.users.get(str(args["user"]))
    if user is None:
        raise SlackRefusal("user_not_found")
    return {"user": _described(workspace, user)}


def users(workspace: Workspace, args: Json) -> Json:
    found, cursor = page([_described(workspace, user) for user in workspace.users.values()], args)
    return {"members": found, "response_metadata": {"next_cursor": cursor}}


def usergroups(workspace: Workspace, args: Json) -> Json:
    found = []
    for group in workspace.usergroups.values():
        shown: Json = {"id": group.id, "team_id": workspace.app.team_id, "is_usergroup": True}
        shown |= {"name": group.name, "handle": group.handle, "date_delete": 0}
        if flag(args, "include_users"):
            shown["users"] = list(group.users)
        if flag(args, "include_count"):
            shown["user_count"] = len(group.users)
        found.append(shown)
    return {"usergroups": found}


def usergroup_users(workspace: Workspace, args: Json) -> Json:
    group = workspace.usergroups.get(str(args["usergroup"]))
    if group is None:
        raise SlackRefusal("no_such_subteam")
    return {"users": list(group.users)}


def _described(workspace: Workspace, user: User) -> Json:
    profile: Json = {"real_name": user.real_name, "display_name": user.name, "team": workspace.app.team_id}
    if user.bot_id:
        profile |= {"bot_id": user.bot_id, "api_app_id": user.app_id}
    return {
        "id": user.id,
        "team_id": workspace.app.team_id,
        "name": user.name,
        "real_name": user.real_name,
        "deleted": False,
        "tz": user.tz,
        "tz_offset": 0,
        "locale": "en-US",
        "profile": profile,
        "is_admin": user.is_admin,
        "is_owner": False,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": 1700000000,
    }
