"""How WaConnect accounts are: one in full, several in a line each. What is not known is said to be."""

from collections.abc import Mapping, Sequence

from slack_sdk.models.blocks import Block

from bot.accounts import Account
from bot.diagnosis.masking import mask_number
from bot.store import Health
from bot.views.account import OUTCOMES
from bot.views.blocks import Blocks, context, escape, message, moment, outside, section

Checked = tuple[Account, Health, Health | None]
"""An account, how it is, and how it was when it was last asked."""

# An account with more sending numbers than this has its labels in WaConnect.
_MOST_NUMBERS = 20


def health(checked: Sequence[Checked]) -> Blocks:
    """The answer to `/waerror account`."""
    if len(checked) == 1:
        return message(_in_full(*checked[0]), "account")
    lines = [_in_a_line(*one) for one in checked]
    return message([section("\n".join(lines)), context("`/waerror account NAME` shows one in full.")], "account")


def summary(checked: Sequence[Checked]) -> str:
    return " · ".join(f"{account.name}: {_plain(now)}" for account, now, _ in checked)


def _in_full(account: Account, now: Health, before: Health | None) -> list[Block | None]:
    return [
        section(f"*{escape(account.name)}* {OUTCOMES[now.outcome]}"),
        section("\n".join([*_counted(now, before), *_failure(now)])) if now.outcome == "good" else None,
        section(_numbers(account)) if account.numbers else None,
        context(f"Checked {moment(now.at)} · took {now.seconds * 1000:.0f} ms{_since(before)}"),
    ]


def _in_a_line(account: Account, now: Health, before: Health | None) -> str:
    counts = counted(now.counts) if now.counts else ""
    parts = (_plain(now), f"{now.seconds * 1000:.0f} ms", counts, _changes(now, before))
    return f"*{escape(account.name)}*  " + " · ".join(part for part in parts if part)


def _plain(now: Health) -> str:
    """`Account good`, without the sentence."""
    return OUTCOMES[now.outcome].split("*")[1]


def _counted(now: Health, before: Health | None) -> list[str]:
    if now.counts is None:
        return ["WaConnect's statistics did not say how many messages were sent, delivered or failed."]
    changes = _changes(now, before)
    return [f"*Messages* {counted(now.counts)}" + (f" ({changes})" if changes else "")]


def counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {escape(status)}" for status, count in counts.items())


def _changes(now: Health, before: Health | None) -> str:
    """`+12 failed since 09:14:02`; empty when nothing changed, or nothing is known to compare with."""
    if before is None or before.counts is None or now.counts is None:
        return ""
    changed = {status: count - before.counts.get(status, 0) for status, count in now.counts.items()}
    told = [f"{change:+,} {escape(status)}" for status, change in changed.items() if change]
    return f"{', '.join(told)} since {moment(before.at)}" if told else ""


def _failure(now: Health) -> list[str]:
    when = f" {moment(now.last_error_at)}" if now.last_error_at else ""
    return [f"*Last failure*{when} {outside(now.last_error, 200)}"] if now.last_error else []


def _numbers(account: Account) -> str:
    shown = list(account.numbers.items())
    lines = [f"• {outside(label, 40)} ({mask_number(number)})" for number, label in shown[:_MOST_NUMBERS]]
    more = [f"and {len(shown) - _MOST_NUMBERS} more"] if len(shown) > _MOST_NUMBERS else []
    return "\n".join(["*Sending numbers*", *lines, *more])


def _since(before: Health | None) -> str:
    return f" · before that {moment(before.at)}: {_plain(before)}" if before else ""
