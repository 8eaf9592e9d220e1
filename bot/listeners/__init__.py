"""The thin edge to Bolt: a listener acknowledges, reads, asks the desk and begins a duty.

Listeners are plain functions. What Bolt passes them goes by name, and `house` is one of the names.
"""

from slack_bolt import App

from bot.house import House
from bot.listeners import (
    actions,
    bulk,
    command,
    corrections,
    events,
    home,
    house_key,
    incidents,
    menu,
    notes,
    presses,
    retries,
    shortcuts,
    stale,
    teaching,
    votes,
)


def register(app: App, house: House) -> None:
    """Every surface; `stale` last, because Bolt takes the first listener that matches."""
    house_key.register(app, house)
    for surface in (
        events,
        command,
        shortcuts,
        actions,
        home,
        incidents,
        bulk,
        retries,
        presses,
        menu,
        votes,
        notes,
        corrections,
        teaching,
        stale,
    ):
        surface.register(app)
