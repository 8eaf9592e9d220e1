"""`waerror run` as a process of its own, that can be stopped and started again while the stage stands."""

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

# How long it may take to finish what it has in hand, before it is killed.
_GRACE = 10.0


class BotFailed(RuntimeError):
    """The bot did not do its part."""


@dataclass(slots=True)
class Bot:
    """The real bot. Its log goes to a file in `folder`, and is kept over restarts."""

    environment: dict[str, str]
    folder: Path
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """In a session of its own: Ctrl-C is for the stage, which then stops the bot in order."""
        command = [sys.executable, "-m", "bot.cli", "run"]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603
                command, env=self.environment, cwd=self.folder, stdout=log, stderr=log, start_new_session=True
            )

    def stop(self) -> None:
        """Ask it to end, and wait until it has."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def ended(self) -> int | None:
        """Its exit code; None while it runs."""
        return self._process.poll() if self._process else None

    def last_words(self) -> str:
        """The end of its log, for whoever has to find out."""
        says = "is still running" if self.ended is None else f"ended with {self.ended}"
        return f"The bot {says}. Its log:\n{self._log.read_text('utf-8', 'replace')[-3_000:]}"

    @property
    def _log(self) -> Path:
        return self.folder / "log"
