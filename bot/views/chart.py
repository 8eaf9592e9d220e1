"""How many alerts came when, as Slack's own chart, or as a row of bars where Slack does not take one.

slack_sdk has no model for the chart yet. Its limits differ between sources, so we stay far below them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any

from slack_sdk.models.blocks import Block

from bot.store import Period
from bot.views.blocks import clip, section
from bot.views.rate import bars

_MOST_POINTS, _TITLE, _LABEL = 20, 50, 20
# Hours a bar: the first that needs no more than `_FEWEST` of them, so that a week's bars are half days.
STRETCHES = (1, 2, 6, 12, 24)
_FEWEST = 14


@dataclass(frozen=True, slots=True)
class Course:
    """Counts over time, oldest first, and what each stands for."""

    title: str
    labels: tuple[str, ...]
    counts: tuple[int, ...]
    stretch: str
    """`2 hours`: what one bar stands for."""


class ChartBlock(Block):
    """`data_visualization`, a type that slack_sdk does not know."""

    type = "data_visualization"

    @property
    def attributes(self) -> set[str]:  # type: ignore[override]
        return super().attributes | {"title", "chart"}

    def __init__(self, title: str, chart: dict[str, Any]) -> None:
        super().__init__(type=self.type)
        self.title = title
        self.chart = chart


def hours(period: Period) -> int:
    """How many hours a bar of this period's chart stands for."""
    length = (period.until - period.since) / timedelta(hours=1)
    return next((one for one in STRETCHES if length / one <= _FEWEST), STRETCHES[-1])


def course(title: str, period: Period, counts: Sequence[int], zone: tzinfo) -> Course:
    """The counts of a period by `hours(period)`; labels are wall-clock times of the zone."""
    step = hours(period)
    shown = counts[-_MOST_POINTS:]
    first = period.since + timedelta(hours=step) * (len(counts) - len(shown))
    starts = [(first + timedelta(hours=step) * n).astimezone(zone) for n in range(len(shown))]
    long = period.until - period.since > timedelta(days=1, hours=1)
    stretch = "a day" if step == 24 else "an hour" if step == 1 else f"{step} hours"
    return Course(title, tuple(_label(at, long) for at in starts), tuple(shown), stretch)


def chart(shown: Course, as_chart: bool) -> Block:
    """`as_chart`: Slack takes them, as far as we know."""
    if not as_chart:
        return _as_text(shown)
    points = [{"label": name, "value": count} for name, count in zip(shown.labels, shown.counts, strict=True)]
    axes = {"categories": list(shown.labels), "y_label": "alerts"}
    series = [{"name": "alerts", "data": points}]
    return ChartBlock(clip(shown.title, _TITLE), {"type": "bar", "series": series, "axis_config": axes})


def _as_text(shown: Course) -> Block:
    most = max(shown.counts)
    span = f"{shown.labels[0]} to {shown.labels[-1]}"
    return section(f"{shown.title}\n`{bars(shown.counts)}`  {span}, {shown.stretch} a bar, {most:,} at most")


def _label(at: datetime, long: bool) -> str:
    return clip(f"{at:%a %d %H:%M}" if long else f"{at:%H:%M}", _LABEL)
