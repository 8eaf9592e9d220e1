"""Where commands get the knowledge from, and how they say that it has faults."""

import os
import sys
from pathlib import Path

from bot import knowledge


def opened(folder: Path | None = None) -> knowledge.Knowledge:
    """The knowledge, compiled in the cache; what is broken in it is left out and named on stderr once."""
    return knowledge.load(folder, cache=cache(), forgiving=True)


def cache() -> Path | None:
    """`WAERROR_CACHE_DIR`, or the platform's place for what can be made again."""
    if own := os.environ.get("WAERROR_CACHE_DIR"):
        return Path(own)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
        return Path(base) / "waerror" if base else None
    home = Path("~").expanduser()
    default = home / ("Library/Caches" if sys.platform == "darwin" else ".cache")
    return Path(os.environ.get("XDG_CACHE_HOME") or default) / "waerror"


def stdin_text() -> str:
    """All of standard input; bytes that are not UTF-8 become a sign instead of an exception."""
    return sys.stdin.buffer.read().decode("utf-8-sig", errors="replace")
