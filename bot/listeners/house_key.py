"""Gives every middleware and listener after it the argument `house`: as it is for the workspace that speaks."""

from collections.abc import Callable

from slack_bolt import App, BoltContext, BoltResponse

from bot.house import House


def register(app: App, house: House) -> None:
    @app.middleware
    def hand_over(context: BoltContext, next: Callable[[], BoltResponse]) -> BoltResponse:
        context["house"] = here = house.of(context.team_id or "")
        if here.workspaces.has(here.team):
            context["client"] = here.workspaces.client(here.team)  # Bolt's own copy is not counted
        return next()
