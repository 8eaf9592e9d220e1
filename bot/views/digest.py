"""The digest: what is new, what came most, how soon it was answered, what became of retries, what got no answer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import Block

from bot.knowledge import Knowledge
from bot.store import Opened, Period, Top, Unanswered
from bot.views import listing
from bot.views.blocks import Blocks, context, header, message, outside, section
from bot.views.chart import Course, chart
from bot.views.home import Unmatched
from bot.views.incident import clock, times

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Digest:
    """The figures of one period."""

    word: str
    """day or week."""
    period: Period
    late: bool
    alerts: int
    alerts_before: int
    tops: Sequence[Top]
    new: Sequence[tuple[str, str]]
    """Entry and account of each cause that was never seen before."""
    opened: Opened
    retries: Mapping[str, int]
    unanswered: Sequence[Unanswered]
    unmatched: Sequence[Unmatched]
    course: Course

    @property
    def is_empty(self) -> bool:
        """Nothing came, and nobody did anything."""
        return not (self.alerts or self.opened.count or self.retries or self.unmatched)


def digest(shown: Digest, known: Knowledge, charts: bool, mark: str) -> Blocks:
    """`charts`: Slack takes them, as far as we know."""
    return message([*_body(shown, known, charts)], mark)


def summary(shown: Digest) -> str:
    """For notifications."""
    return f"Errors of the last {shown.word}: {listing.counted(shown.alerts, 'alert')}, {_new_causes(shown)}."


def _body(shown: Digest, known: Knowledge, charts: bool) -> Iterator[Block | None]:
    yield header(f"Errors of the last {shown.word}")
    yield context(":hourglass_flowing_sand: Late: I was away when it was due.") if shown.late else None
    yield section(
        f"*{listing.counted(shown.alerts, 'alert')}* ({_compared(shown)}) in "
        f"{listing.counted(shown.opened.count, 'new incident')}, {_new_causes(shown)}."
    )
    yield section(_named("Never seen before", shown.new, known)) if shown.new else None
    yield section(f"*Top errors*\n{listing.tops(shown.tops, known)}") if shown.tops else None
    yield chart(shown.course, charts) if shown.alerts else None
    yield section("\n".join(_numbers(shown, known)))
    span = f"{clock(shown.period.since)} to {clock(shown.period.until)}"
    yield context(f"{span}. ▲ and ▼: alerts more and fewer than in the {shown.word} before.")


def _numbers(shown: Digest, known: Knowledge) -> Iterator[str]:
    opened = shown.opened
    yield f"*First answer*: {listing.lengths(opened.answered)}"
    yield f"*Resolved*: {opened.resolved.count:,} of {opened.count:,}; {listing.lengths(opened.resolved)}"
    if shown.retries:
        yield f"*Retries*: {listing.outcomes(shown.retries)}"
    if shown.unanswered:
        without = "; ".join(_without_card(one, known) for one in shown.unanswered)
        yield f"*Without an answer*: {without}"
    if shown.unmatched:
        samples = "; ".join(f"“{outside(one.sample, 80)}” {times(one.count)}" for one in shown.unmatched[:_MOST_NAMED])
        yield f"*Not recognised*: {samples}"


def _without_card(one: Unanswered, known: Knowledge) -> str:
    return f"{listing.name(one.entry, known)} ({listing.counted(one.alerts, 'alert')})"


def _named(title: str, causes: Sequence[tuple[str, str]], known: Knowledge) -> str:
    lines = [f"• {listing.cause(entry, account, known)}" for entry, account in causes[:_MOST_NAMED]]
    more = len(causes) - _MOST_NAMED
    return "\n".join([f"*{title}*", *lines, *([f"and {more:,} more"] if more > 0 else [])])


def _compared(shown: Digest) -> str:
    more = shown.alerts - shown.alerts_before
    return f"▲ {more:,}" if more > 0 else f"▼ {-more:,}" if more < 0 else f"as the {shown.word} before"


def _new_causes(shown: Digest) -> str:
    return f"{listing.counted(len(shown.new), 'cause')} never seen before" if shown.new else "no new cause"
