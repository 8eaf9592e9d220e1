"""Ten thousand alerts at five hundred a second: what the real bot counts, acknowledges, posts and edits meanwhile."""

import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench import seen
from tests.bench.alerts import Post, posts
from tests.bench.clock import percentile
from tests.bench.machine import Machine, running, team
from tests.bench.report import Finding, at_most, exactly

CHANNELS = tuple(f"alerts-{number}" for number in range(1, 7))
_ALERTS, _PER_SECOND = 10_000, 500.0
# Fifty reactions a minute: what a storm leaves to be shown is shown in less than this.
_LONGEST = 150.0
_ACK_P99, _ACK_WORST = 500.0, 3_000.0
_RIGHT_WITHIN = 5.0
_EDITS, _MINUTE = 50, 60.0
_MEGABYTES = 200.0
Key = tuple[str, str]
"""Channel and cause: an incident."""


@dataclass(frozen=True, slots=True)
class Stormed:
    """All that was seen of one storm. Times are seconds since 1970, spans seconds."""

    sent: Mapping[Key, Sequence[str]]
    """Incident → the `ts` of its alerts."""
    began: float
    ended: float
    acks: Sequence[float | None]
    """Of every event that the bot was sent; None: not acknowledged."""
    counted: Mapping[Key, int]
    sightings: int
    cards: Sequence[seen.Card]
    written: seen.Written
    peak: float
    """Megabytes."""

    @property
    def total(self) -> int:
        return sum(map(len, self.sent.values()))

    @property
    def alone(self) -> int:
        """Incidents that have exactly one card, in the thread of their first alert."""
        wanted = {(channel, min(stamps)) for (channel, _), stamps in self.sent.items()}
        threads = [(card.channel, card.thread) for card in self.cards]
        return sum(threads.count(place) == 1 for place in wanted)

    @property
    def firsts(self) -> list[float]:
        """From an incident's first alert to its card."""
        return [card.shown[0][0] - float(card.thread) for card in self.cards]

    @property
    def rights(self) -> list[float]:
        """For each card: from the end of the storm to the moment since which its count is right; inf: never."""
        wanted = {(channel, stamp): len(stamps) for (channel, _), stamps in self.sent.items() for stamp in stamps}
        spans = [card.right_since(wanted.get((card.channel, card.thread), -1)) - self.ended for card in self.cards]
        return [max(0.0, span) for span in spans]


def bench() -> Iterator[Finding]:
    with tempfile.TemporaryDirectory() as folder, running(team(CHANNELS), Path(folder)) as machine:
        yield finding(storm(machine, posts(_ALERTS, tuple(machine.workspace.channels)), _PER_SECOND))


def storm(machine: Machine, alerts: Sequence[Post], per_second: float) -> Stormed:
    """Posts them by the clock, and watches until everything is shown as it is."""
    sent: dict[Key, list[str]] = {}
    began, start = time.time(), time.monotonic()
    for number, post in enumerate(alerts):
        time.sleep(max(0.0, start + number / per_second - time.monotonic()))
        ts = machine.people.post_as_app(post.channel, post.app, **post.content)
        sent.setdefault((post.channel, post.cause), []).append(ts)
    ended = time.time()
    courier, calls = machine.workspace.courier, machine.workspace.calls
    while (not courier.idle or seen.pending(machine.database)) and time.time() < ended + _LONGEST:
        time.sleep(0.25)
    counted, sightings = seen.counted(machine.database)
    acks = [courier.acks[one.envelope_id].seconds for one in courier.sent if one.envelope_id in courier.acks]
    cards, written = seen.cards(machine.workspace), seen.written(calls)
    return Stormed(sent, began, ended, acks, counted, sightings, cards, written, machine.peak())


def finding(found: Stormed) -> Finding:
    spent = [1000 * seconds for seconds in found.acks if seconds is not None]
    expected = {key: len(stamps) for key, stamps in found.sent.items()}
    same = sum(found.counted.get(key) == count for key, count in expected.items())
    writes, rights = found.written, found.rights
    in_time = sum(span <= _RIGHT_WITHIN for span in rights)
    rows = [
        ["alerts a second, achieved", f"{found.total / (found.ended - found.began):.0f}"],
        ["events that the bot was sent", f"{len(found.acks):,}"],
        ["acknowledged after ms: median · p99 · worst", _spread(spent)],
        ["cards shown after seconds: median · p99 · worst", _spread(found.firsts)],
        ["counts right after the end, seconds: median · p99 · worst", _spread(rights)],
        [f"counts right {_RIGHT_WITHIN:.0f} s after the end", f"{in_time} of {len(expected)}"],
        [
            "posts: cards · remarks and notices",
            f"{len(found.cards)} · {sum(map(len, writes.posts.values())) - len(found.cards)}",
        ],
        ["edits · reactions", f"{len(writes.edits)} · {len(writes.reactions)}"],
        ["smallest gap between two posts of a channel, s", f"{seen.smallest_gap(writes.posts.values()):.3f}"],
        ["calls that Slack refused", f"{writes.refused}"],
    ]
    goals = [
        exactly("events not acknowledged", found.acks.count(None), 0),
        at_most("acknowledged, p99", percentile(spent, 0.99), _ACK_P99, " ms"),
        at_most("acknowledged, worst", max(spent), _ACK_WORST, " ms"),
        exactly("alerts counted", sum(found.counted.values()), found.total),
        exactly("sightings", found.sightings, found.total),
        exactly("incidents that count what was sent", same, len(expected)),
        exactly("incidents", len(found.counted), len(expected)),
        exactly("cards", len(found.cards), len(expected)),
        exactly("one card each, below its first alert", found.alone, len(expected)),
        at_most("posts of a channel in any second", max(seen.most_within(at, 1.0) for at in writes.posts.values()), 1),
        at_most("edits in any minute", seen.most_within(writes.edits, _MINUTE), _EDITS),
        at_most("reactions in any minute", seen.most_within(writes.reactions, _MINUTE), _EDITS),
        exactly(f"counts right within {_RIGHT_WITHIN:.0f} s", in_time, len(expected)),
        at_most("memory of the bot, peak", found.peak, _MEGABYTES, " MB"),
    ]
    channels, causes = (len(set(names)) for names in zip(*found.sent, strict=True))
    title = f"Storm: {found.total:,} alerts of {causes} causes in {channels} channels"
    load = f"{os.cpu_count()} cores, their load over five minutes {os.getloadavg()[1]:.1f}"
    note = f"The bot is a process of its own, with default settings. {load}."
    return Finding(title, ["figure", "found"], rows, goals, note)


def _spread(values: Sequence[float]) -> str:
    if not values:
        return "–"
    return f"{statistics.median(values):.1f} · {percentile(values, 0.99):.1f} · {max(values):.1f}"
