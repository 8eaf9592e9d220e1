"""Server-sent events: what of a person's parts is new, changed or gone, as soon as it is.

The first event tells everything. Changes within one breath go together, so that a storm does not flood the browser.
"""

import json
import threading
from collections.abc import Iterator

from bot.standin.page.panel import Panel
from bot.standin.page.parts import Parts, parts
from bot.standin.workspace import Workspace

BREATH = 0.04  # seconds; below what a person notices
LOOK = 0.3  # seconds; what the panel shows changes without the workspace knowing
HEARTBEAT = 2.0  # seconds; a write is what tells that the browser has gone


def stream(workspace: Workspace, user: str, panel: Panel, ending: threading.Event) -> Iterator[str]:
    """Events until `ending` is set or the browser goes."""
    told: Parts = {}
    silent = 0.0
    while not ending.is_set():
        with workspace.changed:
            now = parts(workspace, user, panel)
            if now == told:
                workspace.changed.wait(LOOK)
        if now != told:
            yield _event(told, now)
            told, silent = now, 0.0
            ending.wait(BREATH)
        elif (silent := silent + LOOK) >= HEARTBEAT:
            yield ": here\n\n"
            silent = 0.0


def _event(told: Parts, now: Parts) -> str:
    """The parts are JSON already."""
    changed = ",".join(f"{json.dumps(name)}:{part}" for name, part in now.items() if told.get(name) != part)
    gone = json.dumps([name for name in told if name not in now])
    return f'data: {{"fresh":{json.dumps(not told)},"set":{{{changed}}},"gone":{gone}}}\n\n'
