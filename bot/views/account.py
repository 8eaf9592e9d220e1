"""Whether the WaConnect account is good: one line to read, one to know how fresh it is."""

from collections.abc import Mapping
from datetime import datetime

from bot.views.blocks import Blocks, context, escape, message, moment, outside, section
from bot.waconnect.client import Probe

OUTCOMES: Mapping[str, str] = {
    "good": ":white_check_mark: *Account good*: the key is valid and the account is active.",
    "key_invalid": ":no_entry: *Key invalid*: WaConnect does not accept this bot's API key. "
    "Ask WaConnect's administrator for the right one.",
    "account_disabled": ":no_entry: *Account disabled*: the key is known, the account was deactivated. "
    "Ask WaConnect's administrator to reactivate it.",
    "refused": ":warning: *Refused*: WaConnect answered, but not as expected, so the account's state is not known.",
    "unreachable": ":warning: *Unreachable*: no answer from WaConnect, so the account's state is not known.",
}


def account(probe: Probe, user: str, at: datetime, mark: str, name: str = "") -> Blocks:
    """The read-only probe's result; repeated checks edit the same message. `name`: where there are several."""
    named = f" · {escape(name)}" if name else ""
    detail = f" {outside(probe.detail, 200)}" if probe.outcome != "good" and probe.detail else ""
    checked = f"Last checked {moment(at)} by <@{escape(user)}> · took {probe.seconds * 1000:.0f} ms{named}"
    return message([section(OUTCOMES[probe.outcome] + detail), context(checked)], mark)


def account_summary(probe: Probe) -> str:
    return OUTCOMES[probe.outcome].split("*")[1]
