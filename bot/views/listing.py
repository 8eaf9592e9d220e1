"""Incidents, causes and numbers a line each: what the Home tab, the commands and the digest have in common."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from bot.desk.incidents import REACTIONS
from bot.diagnosis.verdicts import duration
from bot.knowledge import Knowledge
from bot.store import Incident, Lengths, Top
from bot.views.blocks import clip, escape, outside
from bot.views.incident import clock, state, times

_USUAL_ACCOUNT = "default"
_LONGEST_NAME = 90


def name(entry: str, known: Knowledge) -> str:
    """`131047 · Re-engagement message`; the id of an entry that is not known any more."""
    found = known.entries.get(entry)
    return escape(clip(f"{found.label} · {found.title}", _LONGEST_NAME)) if found else outside(entry, _LONGEST_NAME)


def cause(entry: str, account: str, known: Knowledge) -> str:
    """With its account, where there is more than the usual one."""
    on = "" if account == _USUAL_ACCOUNT else f" on {outside(account, 40)}"
    return f"*{name(entry, known)}*{on}"


def incident(one: Incident, known: Knowledge, address: str) -> str:
    """State, cause, place, count, last seen, and the way to its thread."""
    seen = f"seen {times(one.count)}, last {clock(one.last_seen)}"
    label = "thread" if one.answered_at else "first alert"
    thread = f" · <{permalink(address, one.channel, one.root)}|{label}>" if one.root else ""
    what = f"{cause(one.cause.entry, one.cause.account, known)} in <#{escape(one.channel)}>"
    return f":{REACTIONS[one.state]}: {what}\n{state(one)} · {seen}{thread}"


def permalink(address: str, channel: str, ts: str) -> str:
    """Slack's address of a message at the top of a channel. `address`: the workspace's own, as auth.test tells it."""
    return f"{address.rstrip('/')}/archives/{channel}/p{ts.replace('.', '')}"


def top(n: int, one: Top, known: Knowledge) -> str:
    """`1. *131047 · Re-engagement message*: 42 alerts in 3 incidents, 2 channels · ▲ 12`"""
    spread = f"{counted(one.incidents, 'incident')}, {counted(one.channels, 'channel')}"
    what = f"{cause(one.entry, one.account, known)}: {counted(one.alerts, 'alert')} in {spread}"
    return f"{n}. {what} · {change(one)}"


def change(one: Top) -> str:
    """Against the period before."""
    more = one.alerts - one.before
    if one.is_new:
        return "new"
    return f"▲ {more:,}" if more > 0 else f"▼ {-more:,}" if more < 0 else "as before"


def tops(found: Sequence[Top], known: Knowledge) -> str:
    return "\n".join(top(n, one, known) for n, one in enumerate(found, 1))


def lengths(found: Lengths) -> str:
    """`half within 2 minutes, 9 in 10 within 14 minutes`"""
    if found.median is None or found.p90 is None:
        return "none yet"
    return f"half within {_length(found.median)}, 9 in 10 within {_length(found.p90)}"


def outcomes(retries: Mapping[str, int]) -> str:
    """`12: 9 delivered, 2 failed, 1 under way`"""
    told = ", ".join(f"{count:,} {outside(name, 30).replace('_', ' ')}" for name, count in retries.items())
    return f"{sum(retries.values()):,}: {told}"


def counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _length(found: timedelta) -> str:
    return "less than a second" if found < timedelta(seconds=1) else duration(found.total_seconds())
