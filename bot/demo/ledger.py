"""The sandbox's ledger as two tables: what really went out, and how WaConnect was called. Numbers are masked."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from bot.diagnosis.masking import mask_number
from bot.standin.page import Sheet
from bot.waconnect.sandbox import Sandbox

_MOST_ROWS = 8  # the newest; the sentence above counts all


def sheets(sandbox: Sandbox) -> tuple[Sheet, ...]:
    return (
        Sheet(
            "sent",
            "What really went out",
            ("at", "to", "what", "now"),
            lambda: _sent(sandbox),
            lambda: _counted(sandbox),
        ),
        Sheet(
            "calls",
            "Calls to WaConnect",
            ("at", "call", "answer"),
            lambda: _calls(sandbox),
            lambda: f"{len(sandbox.calls):,} so far, to the sandbox on this machine",
        ),
    )


def _sent(sandbox: Sandbox) -> Sequence[Sequence[str]]:
    return [
        (_clock(one.at), mask_number(one.to), one.kind, sandbox.ledger.history(one)[-1][0])
        for one in reversed(sandbox.sent[-_MOST_ROWS:])
    ]


def _counted(sandbox: Sandbox) -> str:
    """Two messages of a kind to one number may be meant; the reader is told, and judges."""
    sent = sandbox.sent
    if not sent:
        return "Nothing yet."
    again = sum(times > 1 for times in Counter((one.to, one.kind) for one in sent).values())
    twice = f"{_many(again, 'number')} got more than one" if again else "none of them twice"
    return f"{_many(len(sent), 'message')}, {twice}"


def _many(count: int, what: str) -> str:
    return f"1 {what}" if count == 1 else f"{count:,} {what}s"


def _calls(sandbox: Sandbox) -> Sequence[Sequence[str]]:
    return [
        (_clock(call.at), f"{call.method} {_short(call.path)}", str(call.status or "none"))
        for call in reversed(sandbox.calls[-_MOST_ROWS:])
    ]


def _short(path: str) -> str:
    """A message's id holds its recipient's number."""
    place, found, _ = path.removeprefix("/api").partition("/wamid.")
    return f"{place}/…" if found else place


def _clock(at: float) -> str:
    return f"{datetime.fromtimestamp(at).astimezone():%H:%M:%S}"
