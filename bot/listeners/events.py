"""Events are kept before they are acknowledged: a middleware that raises is not acknowledged, and Slack sends
again; one that returned has the question in the database. A listener would run after the acknowledgement.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from slack_bolt import App, BoltContext, BoltResponse

from bot import desk
from bot.duties.leaving import leave
from bot.house import House
from bot.listeners import home
from bot.telemetry import count, report

# Nobody removes the bot and installs it again within this; Slack's clock and ours are hardly so far apart.
_CLOCKS_DIFFER = timedelta(seconds=5)


def register(app: App) -> None:
    app.middleware(keep)


def keep(body: dict[str, Any], context: BoltContext, house: House, next: Callable[[], BoltResponse]) -> BoltResponse:
    """A middleware. What we do not read is acknowledged too, else Slack sends it again."""
    count("event.heard", kind=_KINDS.get(str(body.get("type", "command"))))
    if body.get("type") != "event_callback":
        return next()
    house.pulse.hear()
    read = _READ.get(str(body["event"].get("type")))
    if read:
        read(body, context, house)
    return BoltResponse(status=200)


def _take(body: dict[str, Any], context: BoltContext, house: House) -> None:
    event, team = body["event"], str(body.get("team_id"))
    me = desk.Me(str(context.bot_user_id), str(context.bot_id), body.get("api_app_id"))
    triage = house.duties.triage
    watch = triage.watch(team, str(event.get("channel")))
    if event.get("subtype") == "message_changed":
        edited = desk.edited(event, team, me, watch)
        if edited:
            triage.correct(edited, edited.text)
        return
    question = desk.question(event, team, me, watch)
    if question:
        house.duties.answering.begin(question, watch)


def _show_home(body: dict[str, Any], context: BoltContext, house: House) -> None:
    home.opened(body["event"], str(body.get("team_id")), house)


# A command has no type.
_KINDS = {
    "event_callback": "event",
    "command": "command",
    "block_actions": "click",
    "view_submission": "form",
    "view_closed": "form",
    "message_action": "shortcut",
    "shortcut": "shortcut",
}


def _leave(body: dict[str, Any], context: BoltContext, house: House) -> None:
    """The bot was removed, or its token taken from it. What waits is called off first: without a token it still is.

    Slack tells again what it believes lost, for minutes: by then the bot may be back, and stays.
    """
    team, event = str(body.get("team_id")), body["event"]
    if event.get("type") == "tokens_revoked" and not (event.get("tokens") or {}).get("bot"):
        return  # a person's token, and we have none
    told = body.get("event_time")
    if isinstance(told, int):
        removed_at = datetime.fromtimestamp(told, UTC)
        if house.store.installations.is_newer(team, removed_at + _CLOCKS_DIFFER):
            report("workspace.back_already", team=team)
            return
    leave(house.store, team)
    house.workspaces.remove(team)


_READ: Mapping[str, Callable[[dict[str, Any], BoltContext, House], None]] = {
    "app_home_opened": _show_home,
    "app_mention": _take,
    "app_uninstalled": _leave,
    "message": _take,
    "tokens_revoked": _leave,
}
