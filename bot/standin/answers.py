"""What a person sees of the app's answer to what they did."""

from dataclasses import dataclass, field

from bot.standin.values import Envelope, Json, ResponseUse
from bot.standin.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Answer:
    """What the app answered to a command, a press or a submission."""

    acknowledged: bool
    seconds: float | None
    payload: Json | None
    envelope: Envelope
    error: str | None = None
    """What the person reads in place of an answer: `operation_timeout`, or why the answer was refused."""
    _workspace: Workspace | None = field(default=None, repr=False, compare=False)

    @property
    def response_url(self) -> str:
        return str(self.envelope.payload.get("response_url", ""))

    @property
    def responses(self) -> list[ResponseUse]:
        """What came through the response_url so far."""
        uses = self._workspace.response_uses if self._workspace else []
        return [use for use in list(uses) if use.url == self.response_url]
