"""Sign-in: a person lets the app in, the app trades a code for a token, and renews it before it expires."""

from dataclasses import dataclass, field
from itertools import count
from uuid import uuid4

from bot.standin.values import SlackRefusal


@dataclass(eq=False)
class SignIn:
    """What one team has given out. `lasts`: seconds until a token expires; None for tokens that never do."""

    client_id: str = "1.2"
    client_secret: str = "standin"  # noqa: S105 (opens nothing but the stand-in)
    lasts: int | None = None
    older: set[str] = field(default_factory=set)
    """Tokens that were renewed; Slack takes them until they expire."""
    _codes: set[str] = field(default_factory=set)
    _renews: str | None = None
    _number: "count[int]" = field(default_factory=lambda: count(1))

    def allow(self) -> str:
        """A person pressed Allow: the code with which Slack sends them back."""
        code = uuid4().hex
        self._codes.add(code)
        return code

    def knows(self, grant: str) -> bool:
        return bool(grant) and grant in (*self._codes, self._renews)

    def trade(self, client: tuple[str, str], code: str, renews: str) -> tuple[str, str | None]:
        """A code, or what renews a token, is good once: the number of the new token, and what renews that."""
        if client != (self.client_id, self.client_secret):
            raise SlackRefusal("bad_client_secret")
        if code in self._codes:
            self._codes.discard(code)
        elif renews and renews == self._renews:
            self._renews = None
        else:
            raise SlackRefusal("invalid_refresh_token" if renews else "invalid_code")
        self._renews = f"xoxe-1-{uuid4().hex}" if self.lasts is not None else None
        return str(next(self._number)), self._renews
