"""Waiting for what comes after an acknowledgement: listeners go on after theirs, and workflows after the listeners.

What is asserted of what does *not* happen is asserted here, once it would have happened.
"""

from contextlib import suppress
from threading import Barrier

from dbos import DBOS

from bot.standin import NoSuchControl
from tests.scenarios.conftest import Town, finished


def at_rest(town: Town) -> None:
    """Until all that people and apps did so far was dealt with, and what came of it stands in Slack."""
    town.workspace.settle()
    _listeners_end(town)
    for workflow in DBOS.list_workflows(status="PENDING"):
        finished(workflow.workflow_id)
    town.drawn()


def click_if_there(town: Town, who: str, channel: str, ts: str, action: str) -> None:
    """A button may be edited away under the finger."""
    with suppress(NoSuchControl):
        town.people.click(who, channel, ts, action)


def _listeners_end(town: Town) -> None:
    """All threads of the pool at once can only be had when none is at work."""
    assert town.app is not None
    pool = town.app.listener_runner.listener_executor
    threads: int = pool._max_workers  # type: ignore[attr-defined]
    together = Barrier(threads + 1)
    for _ in range(threads):
        pool.submit(together.wait)
    together.wait()
