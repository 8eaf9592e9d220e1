"""The Home tab: what is open in the viewer's channels first, then how things stand, then how it is set up.

Each section has a sentence for the day when there is nothing to show. What does not fit is counted, not hidden.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from slack_sdk.models.blocks import Block, DividerBlock

from bot.desk import OUR_BLOCKS
from bot.knowledge import Knowledge
from bot.store import Health, Incident, Mute, Top, Watch
from bot.views import listing
from bot.views.account import OUTCOMES
from bot.views.blocks import Blocks, actions, button, context, escape, header, outside, section
from bot.views.chart import Course, chart
from bot.views.health import counted
from bot.views.incident import clock, controls, times

MOST_BLOCKS = 100  # Slack's limit for a Home tab
MOST_INCIDENTS, MOST_CHANNELS, MOST_MUTES, MOST_UNMATCHED = 15, 12, 10, 5
# Buttons that belong to the Home itself and to no card.
ITSELF = "00000000"
_MODES: dict[Watch, str] = {
    "on": "answers in threads",
    "channel": "answers in threads, first answers in the channel too",
    "quiet": "only counts",
    "off": "not read",
}


class Unmatched(Protocol):
    """A text that nothing explained; `sample` is masked."""

    @property
    def sample(self) -> str: ...
    @property
    def count(self) -> int: ...
    @property
    def last_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Checked:
    """An account, and what was last heard of it: None when nobody asked yet."""

    account: str
    last: Health | None = None


@dataclass(frozen=True, slots=True)
class Trend:
    """The top causes of a stretch of time, such as `the last 24 hours`."""

    stretch: str
    tops: Sequence[Top]
    course: Course


@dataclass(frozen=True, slots=True)
class Watched:
    """A channel of the viewer's that is read, or has something muted. `mutes`: the button's id → the mute."""

    channel: str
    watch: Watch
    mutes: Sequence[tuple[str, Mute]] = ()


@dataclass(frozen=True, slots=True)
class About:
    """Which bot this is."""

    version: str
    knowledge: str
    checked: date | None
    entries: int


@dataclass(frozen=True, slots=True)
class Home:
    """All that one viewer's Home tab shows."""

    incidents: Sequence[Incident]
    healths: Sequence[Checked]
    trends: Sequence[Trend]
    unmatched: Sequence[Unmatched]
    channels: Sequence[Watched]
    about: About
    address: str
    says: str = ""
    """What came of the viewer's press, when it was not what they wanted."""
    unread: int = 0
    """Channels whose members Slack did not tell: they are not shown."""


def home(shown: Home, known: Knowledge, charts: bool) -> dict[str, Any]:
    """The view, as views.publish takes it. `charts`: Slack takes them, as far as we know."""
    return {"type": "home", "blocks": _marked([*_body(shown, known, charts)])}


def _body(shown: Home, known: Knowledge, charts: bool) -> Iterator[Block]:
    if shown.says:
        yield section(f":warning: {shown.says}")
    yield from _incidents(shown, known)
    yield from _accounts(shown)
    yield header("Top errors")
    for trend in shown.trends:
        yield from _trend(trend, known, charts)
    yield from _unmatched(shown.unmatched)
    yield from _channels(shown.channels, known)
    yield DividerBlock()
    yield context(about(shown.about))


def _incidents(shown: Home, known: Knowledge) -> Iterator[Block]:
    yield header("Open incidents in your channels")
    if not shown.incidents:
        yield section("Nothing is open in your channels. Enjoy the quiet.")
    for one in shown.incidents[:MOST_INCIDENTS]:
        yield section(listing.incident(one, known, shown.address))
        yield controls(one, menu=True)
    yield from _more(len(shown.incidents) - MOST_INCIDENTS, "type `/waerror incidents` in a channel")
    if shown.unread:
        left_out = listing.counted(shown.unread, "channel")
        yield context(f"Left out: {left_out} whose members Slack does not tell me. Invite me there: `/invite @waerror`")


def _accounts(shown: Home) -> Iterator[Block]:
    yield header("WaConnect")
    if not shown.healths:
        yield section(
            "This bot has no WaConnect API key (WACONNECT_API_KEY, or waerror.toml), so it explains and does not act."
        )
    yield from (section(_health(one, several=len(shown.healths) > 1)) for one in shown.healths[:5])
    check = [button("Check now", "home.check", ITSELF)] if shown.healths else []
    yield actions([*check, button("Refresh", "home.refresh", ITSELF)])


def _health(one: Checked, several: bool) -> str:
    name = f"*{outside(one.account, 60)}* · " if several else ""
    if one.last is None:
        return f"{name}The account was not checked yet."
    counts = f" Messages: {counted(one.last.counts)}." if one.last.counts else ""
    return f"{name}{OUTCOMES[one.last.outcome]}{counts} Last checked {clock(one.last.at)}."


def _trend(trend: Trend, known: Knowledge, charts: bool) -> Iterator[Block]:
    if not trend.tops:
        yield section(f"No alerts in {trend.stretch}. Nothing to rank.")
        return
    yield section(f"*{trend.stretch.capitalize()}*\n{listing.tops(trend.tops, known)}")
    yield chart(trend.course, charts)


def _unmatched(found: Sequence[Unmatched]) -> Iterator[Block]:
    yield header("Not recognised yet")
    if not found:
        yield section("Nothing waits to be learned: whatever came was recognised, or was not ours.")
    for one in found[:MOST_UNMATCHED]:
        yield section(f"“{outside(one.sample, 200)}” · {times(one.count)}, last {clock(one.last_at)}")
    yield from _more(len(found) - MOST_UNMATCHED)


def _channels(found: Sequence[Watched], known: Knowledge) -> Iterator[Block]:
    yield header("Watched channels")
    if not found:
        yield section("I read none of your channels yet. Type `/waerror watch on` in one, and invite me to it.")
    for one in found[:MOST_CHANNELS]:
        yield section(f"<#{escape(one.channel)}>: {_MODES[one.watch]}")
    yield from _more(len(found) - MOST_CHANNELS, "type `/waerror watch` in a channel")
    mutes = [(one.channel, key, mute) for one in found for key, mute in one.mutes]
    for channel, key, mute in mutes[:MOST_MUTES]:
        yield section(f":mute: {listing.name(mute.entry, known)} in <#{escape(channel)}>{_lasts(mute)}")
        yield actions([button("Unmute", "home.unmute", key)])
    yield from _more(len(mutes) - MOST_MUTES, "type `/waerror mute` in a channel")


def _lasts(mute: Mute) -> str:
    until = f"until {clock(mute.until)}" if mute.until else "until somebody lifts it"
    return f" · muted by <@{escape(mute.user)}> {until}"


def _more(count: int, where: str = "") -> Iterator[Block]:
    if count > 0:
        yield context(f"and {count:,} more" + (f": {where}" if where else ""))


def about(shown: About) -> str:
    checked = f", checked {shown.checked}" if shown.checked else ""
    return f"waerror {escape(shown.version)} · knowledge {shown.knowledge}{checked} · {shown.entries:,} errors known"


def _marked(blocks: Sequence[Block]) -> Blocks:
    """Each block marked as ours; the constants above keep their number below Slack's limit, a test holds that."""
    return [{**block.to_dict(), "block_id": f"{OUR_BLOCKS}home.{n}"} for n, block in enumerate(blocks[:MOST_BLOCKS])]
