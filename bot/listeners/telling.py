"""`/waerror status`, `health`, `about`, `account` and `help`: how the bot is, which one it is, what one can type."""

from datetime import UTC, datetime

from bot import desk
from bot.desk import Click
from bot.desk.healths import accounts_asked
from bot.duties.task import LOOKS_BACK
from bot.house import House
from bot.listeners.typed import Promised, Said, Typed, said
from bot.store import Deed
from bot.views import commands as view
from bot.views.blocks import escape
from bot.views.help import usage

NO_ACCOUNT = "This bot has no WaConnect API key (WACONNECT_API_KEY), so there is nothing to ask WaConnect with."


def status(house: House, typed: Typed) -> Said | Promised:
    """Of a message, where one is named; else the bot's own."""
    message_id = desk.only_message_id(typed.rest)
    if message_id is None:
        return view.status(_state(house, typed))
    if not house.can_act:
        return said(NO_ACCOUNT)
    return look_for(house, typed.click, message_id)


def look_for(house: House, click: Click, message_id: str) -> Promised:
    """What became of a message of this channel's account."""
    home = house.home(click.channel)

    def begin() -> None:
        house.store.audit.note(Deed(click.team, click.user, "status", account=home, channel=click.channel))
        house.duties.checking.begin_status(click, message_id, home)

    return Promised(said("Looking …"), begin)


def account(house: House, typed: Typed) -> Said | Promised:
    """How an account is, or all of them: what WaConnect says comes after."""
    says, names = accounts_asked(house.accounts, typed.channel, typed.rest.lower())

    def begin() -> None:
        told = Deed(typed.team, typed.user, "account", account=" ".join(names), channel=typed.channel)
        house.store.audit.note(told)
        house.duties.healths.begin(typed.click, names)

    return Promised(said(escape(says)), begin) if names else said(escape(says))


def health(house: House, typed: Typed) -> Promised:
    """Whether all that the bot needs works: Slack, WaConnect and the rest are asked after the acknowledgement."""
    says = said("Looking at Slack, WaConnect, the database and the knowledge …")
    return Promised(says, lambda: house.duties.care.examining.begin(typed.click, house.pulse.connected))


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
        waiting=len(incidents.pending(datetime.now(UTC) - LOOKS_BACK)),
        turns={
            "posts here": pacing.left("post", typed.channel),
            "edits": pacing.left("edit", typed.team),
            "reactions": pacing.left("react", typed.team),
        },
        size=house.store.size(house.settings.database_file),
    )
