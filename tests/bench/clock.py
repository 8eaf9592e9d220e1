"""Times, shares of them, and what a process takes of the memory."""

import gc
import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path


def milliseconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def rounds(ways: Sequence[Callable[[str], object]], texts: Sequence[str], times: int) -> list[list[float]]:
    """Way → text → its best time. The ways take turns, so that a busy moment of the machine does not hit one alone."""
    best = [[math.inf] * len(texts) for _ in ways]
    gc.collect()
    gc.freeze()  # what was loaded before is not what is timed
    for _ in range(times):
        for way, row in zip(ways, best, strict=True):
            for number, text in enumerate(texts):
                row[number] = min(row[number], milliseconds(lambda: way(text)))  # noqa: B023 - called at once
    gc.unfreeze()
    return best


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of all does not exceed."""
    return sorted(values)[min(len(values) - 1, math.ceil(share * len(values)) - 1)]


def peak_megabytes(process: int | None = None) -> float:
    """The most that a process (this one) has held: Linux's figure of this program alone, else what the system has.

    Of another process nothing but Linux tells: NaN.
    """
    status = Path(f"/proc/{process or 'self'}/status")
    if status.exists():
        lines = status.read_text("ascii", "replace").splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
    if process:
        return math.nan
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
