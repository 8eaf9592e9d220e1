"""One thing to show, as the agenda has it and as the one who draws does it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

# What Slack would not have shown for so long is not tried any more.
LOOKS_BACK = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to show."""

    urgency: int
    key: str
    team: str
    channel: str
    turn: str
    """The limit of Slack's that it counts against."""
    due: datetime
    do: Callable[[], None]
    give_up: Callable[[str], None]
    """Slack will not have it: what is noted, so that it is not tried for ever."""
