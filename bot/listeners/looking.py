"""`/waerror top`, `incidents` and `search`: what came, what is open, what is known. The database answers."""

from datetime import UTC, datetime

from bot.duties.surveying import STRETCHES
from bot.house import House
from bot.listeners.typed import Promised, Said, Typed, said
from bot.views import commands as view
from bot.views.blocks import outside

_MOST_FOUND = 8


def top(house: House, typed: Typed) -> Said:
    stretch = typed.rest.lower() or "24h"
    if stretch not in STRETCHES:
        return said(f"`{outside(stretch, 20)}` is no stretch that I rank. `/waerror top 24h` or `/waerror top 7d`.")
    return view.top(house.duties.surveying.trend(typed.team, stretch, datetime.now(UTC)), house.knowledge)


def incidents(house: House, typed: Typed) -> Said | Promised:
    """At once what is known of who is where; the rest comes when Slack has told it."""
    surveying = house.duties.surveying
    found, all_known = surveying.incidents_at_once(typed.team, typed.user, typed.channel)
    shown = view.incidents(
        found, typed.channel, house.knowledge, surveying.address(typed.team), more_comes=not all_known
    )
    return shown if all_known else Promised(shown, lambda: house.duties.homing.list_incidents(typed.click))


def search(house: House, typed: Typed) -> Said:
    found = [name for name, _ in house.knowledge.search(typed.rest, _MOST_FOUND)]
    return view.search(typed.rest, found, house.knowledge)
