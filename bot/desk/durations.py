"""How people write a stretch of time: `90m`, `2h`, `3d`, `1w`."""

import re
from datetime import timedelta

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_WRITTEN = re.compile(r"(\d{1,4})\s*([smhdw])[a-z]*", re.IGNORECASE)
_LONGEST = timedelta(days=366)


def read_duration(text: str) -> timedelta | None:
    """Zero for an empty text; None for one that is no stretch of time, or longer than a year."""
    if not text.strip():
        return timedelta()
    found = _WRITTEN.fullmatch(text.strip())
    lasts = timedelta(**{_UNITS[found[2].lower()]: int(found[1])}) if found else None
    return lasts if lasts and lasts <= _LONGEST else None
