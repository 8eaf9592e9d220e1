"""oauth.v2.access: a code, or what renews a token, becomes a token."""

from dataclasses import replace

from bot.standin.values import Json
from bot.standin.workspace import Workspace


def access(workspace: Workspace, args: Json) -> Json:
    sign_in, app = workspace.sign_in, workspace.app
    client = str(args.get("client_id", "")), str(args.get("client_secret", ""))
    number, renews = sign_in.trade(client, str(args.get("code", "")), str(args.get("refresh_token", "")))
    sign_in.older.add(app.bot_token)
    workspace.app = replace(app, bot_token=f"xoxb-{app.team_id}-{number}")
    rotation = {"refresh_token": renews, "expires_in": sign_in.lasts} if renews else {}
    return {
        "access_token": workspace.app.bot_token,
        "token_type": "bot",
        "scope": ",".join(sorted(workspace.scopes)),
        "bot_user_id": app.bot_user_id,
        "app_id": app.app_id,
        "team": {"id": app.team_id, "name": app.team_name},
        "enterprise": None,
        "authed_user": {"id": "U0INSTALLER"},
        "is_enterprise_install": False,
        **rotation,
    }
