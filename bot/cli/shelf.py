"""Where commands get the knowledge from, and how they say that it has faults."""

import os
import sys
from collections import Counter
from pathlib import Path

import click

from bot import knowledge


def opened(folder: Path | None = None) -> knowledge.Knowledge:
    """The knowledge, compiled in the cache. What is broken in it is left out, and one line on stderr says so."""
    try:
        return knowledge.load(folder, cache=cache())
    except knowledge.KnowledgeError as wrong:
        click.echo(_left_out(wrong, folder), err=True)
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


def ids(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """What `kb show` can be given, for a shell that completes: codes where a number is begun, else ids."""
    names = [entry for entry in opened().entries if entry.startswith(incomplete)]
    return names or [name for name in (id.partition("/")[2] for id in opened().entries) if name.startswith(incomplete)]


def stdin_text() -> str:
    """All of standard input; bytes that are not UTF-8 become a sign instead of an exception."""
    return sys.stdin.buffer.read().decode("utf-8-sig", errors="replace")


def _left_out(wrong: knowledge.KnowledgeError, folder: Path | None) -> str:
    """`knowledge/meta/1.toml: 2 faults. What is broken is left out; waerror kb lint names each.`"""
    by_file = Counter(fault.file for fault in wrong.faults)
    first, total = next(iter(by_file)), len(wrong.faults)
    others = f" and {len(by_file) - 1} more" if len(by_file) > 1 else ""
    lint = f"waerror kb lint --folder {folder}" if folder else "waerror kb lint"
    return f"{first}{others}: {total} fault{'s' * (total > 1)}. What is broken is left out; {lint} names each."
