"""What `/waerror top`, `incidents`, `search`, `status` and `about` say. What does not fit is counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from slack_sdk.models.blocks import Block

from bot.diagnosis.wording import FAMILIES, second_line
from bot.knowledge import Knowledge
from bot.store import Incident
from bot.views import listing
from bot.views.blocks import Blocks, context, escape, message, outside, section
from bot.views.chart import chart
from bot.views.home import About, Trend
from bot.views.home import about as about_line
from bot.views.incident import clock

MOST_INCIDENTS = 12


@dataclass(frozen=True, slots=True)
class State:
    """How the bot itself is doing."""

    about: About
    since: datetime
    connected: bool | None
    """None: it does not listen over Socket Mode."""
    heard_at: datetime | None
    open: int
    waiting: int
    """Incidents that are not shown as they are."""
    turns: Mapping[str, int]
    """Writes that Slack would take now, by what they are."""
    size: int
    """Bytes of the database."""


def incidents(
    found: Sequence[Incident], channel: str, known: Knowledge, address: str, more_comes: bool = False
) -> tuple[Blocks, str]:
    """Those of this channel stand first."""
    here = sum(one.channel == channel for one in found)
    elsewhere = len(found) - here
    says = f"{listing.counted(here, 'open incident')} here, {elsewhere:,} in your other channels"
    if more_comes:
        says = f"{listing.counted(here, 'open incident')} here; I am looking at your other channels …"
    if not found and not more_comes:
        says = "Nothing is open here, nor in your other channels. Enjoy the quiet."
    left = len(found) - MOST_INCIDENTS
    blocks: list[Block | None] = [section(f"*{says}*" if found else says)]
    blocks += [section(listing.incident(one, known, address)) for one in found[:MOST_INCIDENTS]]
    blocks.append(context(f"and {left:,} more") if left > 0 else None)
    return message(blocks, "incidents"), says


def top(trend: Trend, known: Knowledge, charts: bool = False) -> tuple[Blocks, str]:
    """`charts`: an answer to a command cannot be tried twice, so it takes bars of text."""
    if not trend.tops:
        says = f"No alerts in {trend.stretch}. Nothing to rank."
        return message([section(says)], "top"), says
    says = f"Top errors in {trend.stretch}"
    compared = context("▲ and ▼: alerts more and fewer than in the stretch before. new: never seen before.")
    ranking = section(f"*{says}*\n{listing.tops(trend.tops, known)}")
    return message([ranking, chart(trend.course, charts), compared], "top"), says


def search(words: str, found: Sequence[str], known: Knowledge) -> tuple[Blocks, str]:
    """`found`: ids of entries, best first."""
    asked = outside(words, 80)
    if not words:
        says = "Search for what? `/waerror search template paused`"
    elif not found:
        says = f"Nothing that I know has the words “{asked}”. Paste the error itself: `/waerror` and the text."
    else:
        says = f"Found for “{asked}”"
        lines = [f"• {listing.name(name, known)}: `/waerror {escape(opens(name, known))}`" for name in found]
        return message([section("\n".join([f"*{says}*", *lines])), context(_nearest(found, known))], "search"), says
    return message([section(says)], "search"), says


def opens(name: str, known: Knowledge) -> str:
    """What to type after `/waerror` to see this entry: its code where that means it alone, else its id."""
    code = str(known.entries[name].codes[0]) if known.entries[name].codes else ""
    found = known.named(code) if code else None
    return code if found and found.id == name else name


def status(state: State) -> tuple[Blocks, str]:
    line = {True: "connected to Slack", False: "not connected to Slack at the moment", None: "not on Socket Mode"}
    heard = f"last heard from Slack {clock(state.heard_at)}" if state.heard_at else "nothing heard from Slack yet"
    turns = ", ".join(f"{count} {what}" for what, count in state.turns.items())
    lines = [
        f"*Running* since {clock(state.since)}, {line[state.connected]}, {heard}.",
        f"*Incidents*: {state.open:,} open; {state.waiting:,} to be drawn.",
        f"*Slack takes now*: {turns}.",
        f"*Database*: {_bytes(state.size)}.",
    ]
    return message([section("\n".join(lines)), context(about_line(state.about))], "status"), "The bot's own state"


def about(shown: About, known: Knowledge) -> tuple[Blocks, str]:
    families = [name.partition("/")[0] for name in known.entries]
    parts = ", ".join(f"{escape(says)} {families.count(family):,}" for family, says in FAMILIES.items())
    says = "I explain WaConnect's and WhatsApp's errors in the thread where they land, and do the safe next step."
    return message([section(says), section(f"I know {parts}."), context(about_line(shown))], "about"), says


def _nearest(found: Sequence[str], known: Knowledge) -> str:
    return f"Nearest: {escape(second_line(known.entries[found[0]]))}"


def _bytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{size / 1_000:.0f} kB"
