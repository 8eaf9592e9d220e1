"""An error that WaConnect gave us is diagnosed in its turn, with the same knowledge as a paste."""

import json
from collections.abc import Mapping

from bot.diagnosis import diagnose
from bot.diagnosis.entries import Entry
from bot.knowledge import Knowledge
from bot.waconnect.client import WaConnect
from bot.waconnect.errors import Refused, Unreachable, WaConnectError


def account(accounts: Mapping[str, WaConnect], name: str) -> WaConnect:
    """The account to act with. A press made before its key was taken away ends as *not sent*, in words.

    Cards and presses of a release that knew one account name none: theirs is the first.
    """
    client = accounts.get(name or next(iter(accounts), ""))
    if client is None:
        raise Unreachable(f"this bot has no WaConnect account {name}" if name else "this bot has no WaConnect API key")
    return client


def entry_for(error: WaConnectError | str, knowledge: Knowledge) -> Entry | None:
    """The entry that explains it; None when nothing is sure, or when WaConnect did not answer at all."""
    if isinstance(error, Refused):
        text = f"WaConnect HTTP {error.status} {error.body or json.dumps({'success': False, 'error': error.error})}"
    elif isinstance(error, str):
        # A status record's error details have no documented shape; that they came from WaConnect is known.
        text = f"WhatsApp message failed: {error}"
    else:
        return None
    best = diagnose(text, knowledge, "ask").best
    return best.entry if best else None
