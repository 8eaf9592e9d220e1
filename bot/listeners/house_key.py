"""Gives every middleware and listener after it the argument `house`."""

from collections.abc import Callable

from slack_bolt import App, BoltContext, BoltResponse

from bot.house import House


def register(app: App, house: House) -> None:
    @app.middleware
    def hand_over(context: BoltContext, next: Callable[[], BoltResponse]) -> BoltResponse:
        context["house"] = house
        return next()
