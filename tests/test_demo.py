"""`waerror demo --story` is the real bot: it tells its whole story, and a broken bot breaks it."""

import os
import subprocess
import sys

import pytest

SCENES = ("132000", "Sources disagree", "131047 · Re", "Account good", "trying again in", "Done: delivered")


def demo(**environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bot.cli", "demo", "--story"]
    env = os.environ | environment
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=100, check=False)


def test_the_story_is_told_to_its_end() -> None:
    """All four scenes, in order, and one message in the sandbox's ledger."""
    told = demo()
    assert told.returncode == 0, told.stderr
    places = [told.stdout.index(scene) for scene in SCENES]
    assert places == sorted(places)
    assert "1 message sent" in told.stdout
    assert "15550104567" not in told.stdout.replace('"to": "15550104567"', "")  # only in what Ana pasted herself


@pytest.mark.parametrize("broken", [{"WAERROR_SECRET_KEY": "no key"}, {"WAERROR_RETRY_ATTEMPTS": "1"}])
def test_a_broken_bot_breaks_the_demo(broken: dict[str, str]) -> None:
    """One that cannot start, and one that does not wait out the rate limit."""
    told = demo(**broken)
    assert told.returncode == 1
    assert "The demo failed" in told.stderr
