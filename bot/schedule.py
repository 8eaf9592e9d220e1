"""When something is due that people planned by the clock on their wall: 09:00 stays 09:00 when the clocks change."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_EXAMPLES = "off, daily 09:00 Europe/Madrid or weekly mon 09:00 America/Mexico_City"


@dataclass(frozen=True, slots=True)
class Schedule:
    """Every day, or every week on one day, at a time of a place. All that it returns is UTC."""

    at: time
    zone: ZoneInfo
    weekday: int | None = None
    """0 is Monday; None is every day."""

    @property
    def word(self) -> str:
        return "day" if self.weekday is None else "week"

    def last(self, now: datetime) -> datetime:
        """The newest moment that was due by now."""
        day = now.astimezone(self.zone).date()
        moments = (self._on(day - timedelta(days=back)) for back in range(-1, 9))
        return next(moment for moment in moments if moment and moment <= now)

    def next(self, now: datetime) -> datetime:
        """The first moment that is due after now."""
        day = now.astimezone(self.zone).date()
        moments = (self._on(day + timedelta(days=ahead)) for ahead in range(-1, 9))
        return next(moment for moment in moments if moment and moment > now)

    def before(self, due: datetime) -> datetime:
        """The moment that was due before this one: where its period begins."""
        return self.last(due - timedelta(seconds=1))

    def _on(self, day: date) -> datetime | None:
        """In the hour that a spring change skips, an hour later; in the hour that autumn repeats, the first time."""
        if self.weekday not in (None, day.weekday()):
            return None
        return datetime.combine(day, self.at, self.zone).astimezone(UTC)


def read_schedule(text: str) -> Schedule | None:
    """None for `off`. ValueError, in words, for what is no schedule."""
    match text.lower().split():
        case [] | ["off"]:
            return None
        case ["daily", at, _]:
            return Schedule(_time(at), _zone(text.split()[-1]))
        case ["weekly", day, at, _] if day[:3] in _DAYS:
            return Schedule(_time(at), _zone(text.split()[-1]), _DAYS.index(day[:3]))
        case _:
            raise ValueError(f"{text!r} is no schedule; write {_EXAMPLES}")


def _time(text: str) -> time:
    try:
        return time.fromisoformat(text.zfill(5))
    except ValueError:
        raise ValueError(f"{text!r} is no time of day; write it as 09:00") from None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise ValueError(f"{name!r} is no time zone that this machine knows; write one such as Europe/Madrid") from None
