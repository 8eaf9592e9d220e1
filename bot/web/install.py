"""`/slack/install` and the way back: a workspace lets the bot in, and we keep the token that Slack gives, sealed.

Who comes back must bring the state that this browser was sent off with: ours, in time, and for the first time.
"""

from collections.abc import Mapping
from datetime import timedelta
from hmac import compare_digest
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from bot.house import House
from bot.slack import slack
from bot.slack_errors import SlackAway, ThreadError, speaking
from bot.store import Installation
from bot.telemetry import trouble
from bot.workspaces import exchange, token_of

INSTALL, BACK = "/slack/install", "/slack/oauth_redirect"
# As the manifest has them; a test compares.
SCOPES = (
    *("app_mentions:read", "channels:history", "channels:read", "chat:write", "chat:write.public", "commands"),
    *("files:read", "files:write", "groups:history", "groups:read", "im:history", "mpim:history"),
    *("reactions:write", "usergroups:read"),
)
_AUTHORIZE = "https://slack.com/oauth/v2/authorize"
_LASTS = timedelta(minutes=10)
_COOKIE = "waerror_install"
# Nothing of the address, in which a code stands, goes anywhere; nothing in the page is run or loaded.
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_PAGE = Markup(
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>waerror</title><h1>{}</h1><p>{}</p></html>\n'
)


class NotHere(Exception):
    """The workspace cannot have the bot; the message says why."""


def routes(house: House) -> Blueprint:
    """Nothing is served where there is no client id."""
    install = Blueprint("install", __name__)
    if house.settings.slack_client_id is None:
        return install

    @install.get(INSTALL)
    def begin() -> ResponseReturnValue:
        state = house.store.installations.state(_LASTS)
        asked = {"client_id": house.settings.slack_client_id or "", "scope": ",".join(SCOPES), "state": state}
        answer = redirect(f"{_AUTHORIZE}?{urlencode(asked)}")
        answer.headers.update(_HEADERS)
        answer.set_cookie(_COOKIE, state, max_age=_LASTS, path=BACK, secure=True, httponly=True, samesite="Lax")
        return answer

    @install.get(BACK)
    def back() -> ResponseReturnValue:
        return _back(house)

    return install


def _back(house: House) -> Response:
    state = request.args.get("state", "")
    mine = compare_digest(request.cookies.get(_COOKIE, "").encode(), state.encode())
    if not mine or not house.store.installations.returns(state):
        return _page(
            400, "Not installed", f"This way back is too old or was not begun in this browser. Open {INSTALL} again."
        )
    if "code" not in request.args:
        return _page(400, "Not installed", "Slack was told no. Nothing was changed.")
    try:
        house.workspaces.save(_installation(house, request.args["code"]))
    except NotHere as error:
        return _page(403, "Not installed", str(error))
    except ThreadError as error:
        trouble("workspace.not_installed", error=str(error))
        status = 503 if isinstance(error, SlackAway) else 400
        return _page(status, "Not installed", f"Slack did not accept this ({error}). Open {INSTALL} again.")
    return _page(200, "Installed", "waerror is in your workspace. Type /waerror help in Slack.")


def _installation(house: House, code: str) -> Installation:
    """NotHere; ThreadError."""
    told = exchange(house.settings, code=code)
    team = _team(told, house.settings.waerror_teams)
    token = token_of(told)
    with speaking():
        who = slack(house.settings, token.value).auth_test()
    if who["team_id"] != team:
        raise NotHere("Slack names two workspaces at once.")
    by = str((told.get("authed_user") or {}).get("id") or "")
    return Installation(team, str(who["user_id"]), str(who["bot_id"]), str(who["url"]), by, token)


def _team(told: Mapping[str, Any], allowed: frozenset[str]) -> str:
    team = str((told.get("team") or {}).get("id") or "")
    if not team or told.get("is_enterprise_install"):
        raise NotHere("waerror is installed in workspaces, not in a whole organisation.")
    if allowed and team not in allowed:
        raise NotHere("This waerror is not open to your workspace. Ask who runs it to add it to WAERROR_TEAMS.")
    return team


def _page(status: int, title: str, says: str) -> Response:
    return Response(
        _PAGE.format(escape(title), escape(says)), status, _HEADERS, content_type="text/html; charset=utf-8"
    )
