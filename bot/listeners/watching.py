"""`/waerror watch`, `mute` and `unmute`: how a channel is read, and which errors get no card in it."""

from collections.abc import Mapping
from datetime import UTC, datetime

from bot.desk.durations import read_duration
from bot.house import House
from bot.listeners.typed import Said, Typed, said
from bot.store import WATCHES, Deed, Mute, Watch
from bot.telemetry import report
from bot.views.blocks import message, outside, section
from bot.views.incident import clock


def watch(house: House, typed: Typed) -> Said:
    wanted = typed.rest.lower()
    if wanted in WATCHES:
        house.store.channels.set_watch(typed.team, typed.channel, wanted, typed.user)
        house.store.audit.note(Deed(typed.team, typed.user, "watch", wanted, channel=typed.channel))
        report("channel.watched", channel=typed.channel, watch=wanted)
    unknown = f"`{outside(wanted, 40)}` is none of on, off, quiet and channel. " if wanted not in ("", *WATCHES) else ""
    says = unknown + _WATCH_SAYS[house.duties.triage.watch(typed.team, typed.channel)]
    return message([section(says)], "watch"), says


def mute(house: House, typed: Typed) -> Said:
    code, _, time = typed.rest.partition(" ")
    entry, lasts = house.knowledge.named(code) if code else None, read_duration(time)
    if entry is None or lasts is None:
        return said(f"Which error, and for how long? `/waerror mute 131047 2h`. {_muted(house, typed)}")
    at = datetime.now(UTC)
    until = at + lasts if lasts else None
    house.duties.triage.mute(typed.team, typed.channel, Mute(entry.id, typed.user, until))
    how_long = f"until {clock(until)}" if until else f"until somebody types `/waerror unmute {entry.label}`"
    return said(f"Muted here {how_long}: {outside(entry.label)} · {outside(entry.title)}. I go on counting it.")


def unmute(house: House, typed: Typed) -> Said:
    entry = house.knowledge.named(typed.rest) if typed.rest else None
    if entry is None:
        return said(f"Which error? `/waerror unmute 131047`. {_muted(house, typed)}")
    lifted = house.duties.triage.unmute(typed.team, typed.channel, entry.id, typed.user)
    title = f"{outside(entry.label)} · {outside(entry.title)}"
    return said(f"{title} gets its answers here again." if lifted else f"{title} was not muted here.")


def _muted(house: House, typed: Typed) -> str:
    names = [outside(mute.entry) for mute in house.store.mutes.of(typed.team, typed.channel, datetime.now(UTC))]
    return f"Muted here: {', '.join(names)}." if names else "Nothing is muted here."


_WATCH_SAYS: Mapping[Watch, str] = {
    "on": "I read what is posted at the top of this channel and answer the errors that I am sure of, one thread a "
    "cause. I must be a member: /invite me. `/waerror watch off` stops it, `quiet` only counts, `channel` shows the "
    "first answer of an incident in the channel as well.",
    "channel": "I read this channel and answer in threads; the first answer of an incident shows in the channel as "
    "well. `/waerror watch on` keeps to threads, `off` stops it.",
    "quiet": "I read and count what is posted here and write nothing: it shows in my Home tab and in the digest. "
    "`/waerror watch on` answers again.",
    "off": "I do not read this channel by myself. `/waerror watch on` starts it; I then must be a member of it.",
}
