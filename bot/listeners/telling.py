"""`/waerror status`, `about`, `account` and `help`: how the bot is, which one it is, and what one can type."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot import desk
from bot.house import House
from bot.listeners.typed import Said, Typed, said
from bot.views import commands as view
from bot.views.help import usage

_LOOKS_BACK = timedelta(days=2)
NO_ACCOUNT = "This bot has no WaConnect API key (WACONNECT_API_KEY), so there is nothing to ask WaConnect with."


def status(house: House, typed: Typed) -> Said:
    """Of a message, where one is named; else the bot's own."""
    message_id = desk.only_message_id(typed.rest)
    if message_id is None:
        return view.status(_state(house, typed))
    if not house.can_act:
        return said(NO_ACCOUNT)
    house.duties.checking.begin_status(typed.click, message_id)
    return said("Looking …")


def account(house: House, typed: Typed) -> Said:
    if not house.can_act:
        return said(NO_ACCOUNT)
    house.duties.checking.begin_recheck(typed.click)
    return said("Asking WaConnect …")


def about(house: House, typed: Typed) -> Said:
    return view.about(house.duties.surveying.about(), house.knowledge)


def help_(house: House, typed: Typed) -> Said:
    return usage(), "How to use waerror"


def _state(house: House, typed: Typed) -> view.State:
    pacing, incidents = house.thread.pacing, house.store.incidents
    return view.State(
        about=house.duties.surveying.about(),
        since=house.pulse.since,
        connected=house.pulse.connected,
        heard_at=house.pulse.heard_at,
        open=house.store.figures.live(typed.team),
        waiting=len(incidents.pending(datetime.now(UTC) - _LOOKS_BACK)),
        turns={
            "posts here": pacing.left("post", typed.channel),
            "edits": pacing.left("edit"),
            "reactions": pacing.left("react"),
        },
        size=_size(house.settings.database_file),
    )


def _size(database: Path) -> int:
    """With what was written last and not yet moved into it."""
    files = (database, database.with_name(f"{database.name}-wal"))
    return sum(file.stat().st_size for file in files if file.is_file())
