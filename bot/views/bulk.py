"""A bulk retry as people see it: the dry run before, the bar during, the outcomes after, and the table of them all."""

import csv
import io
from collections.abc import Iterable, Mapping

from slack_sdk.models.blocks import Block, ButtonElement, PlainTextObject
from slack_sdk.models.views import View

from bot.desk.bulk import PLANS, DryRun
from bot.store import Bulk, BulkRow
from bot.views.blocks import Blocks, actions, button, confirm, context, escape, message, outside, section
from bot.views.fields import form
from bot.waconnect.payloads import OutboundRequest

CALLBACK = "bulk.begin"
TITLE = "Retry all"
_BAR = 20
_STATES: Mapping[str, str] = {
    "asked": ":hand: *Waits for a second person*",
    "running": ":arrows_counterclockwise: *Sending again*",
    "paused": ":double_vertical_bar: *Paused*",
    "stopped": ":octagonal_sign: *Stopped*",
    "done": ":checkered_flag: *All sent*",
}
# What became of a message → in words, in the order in which it is told.
_TOLD: Mapping[str, str] = {
    "delivered": "delivered",
    "following": "accepted, not yet delivered",
    "sending": "being sent",
    "waiting": "waiting",
    "refused": "refused",
    "failed": "failed after they were accepted",
    "unknown": "of unknown fate, not sent again",
    "undelivered": "still not delivered",
    "already": "had arrived already",
    "under_way": "were still under way",
    "not_sent": "not sent",
    "cancelled": "stopped before they were sent",
    "left": "taken care of by somebody else",
}
_OPEN = frozenset({"waiting", "sending"})
# State of the run → its buttons: pick and label.
_BUTTONS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "asked": (("approve", "Approve…"), ("stop", "Stop")),
    "running": (("pause", "Pause"), ("stop", "Stop")),
    "paused": (("resume", "Resume"), ("stop", "Stop")),
    "stopped": (("outcomes", "Outcomes (CSV)"),),
    "done": (("outcomes", "Outcomes (CSV)"),),
}
# What a spreadsheet takes for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def looking() -> View:
    """Shown at once: a trigger lives three seconds, and a look at every message may take longer."""
    says = "Looking at every message … Nothing is sent meanwhile."
    return View(type="modal", title=_plain(TITLE), close=_plain("Close"), blocks=[section(says)])


def dry_run(run: DryRun, account: str, rate: float, waits: str | None, carries: str) -> View:
    """What would happen; nothing has been sent yet. `waits`: why a second person must approve."""
    safe, counts = len(run.safe), run.counts
    lines = [f"• *{count:,}* {PLANS[plan]}" for plan, count in counts.items()]
    blocks: list[Block] = [
        section(f"*{sum(counts.values()):,} alerts.* Nothing has been sent yet."),
        section("\n".join(lines) or "Not one of their texts is kept any more."),
    ]
    if not safe:
        return View(type="modal", title=_plain(TITLE), close=_plain("Close"), blocks=blocks)
    blocks.append(section(_what_happens(safe, account, rate)))
    if waits:
        blocks.append(context(f":hand: {waits}"))
    return form(TITLE, CALLBACK, carries, blocks, f"Send {safe:,} again")


def progress(bulk: Bulk, tally: Mapping[str, int], waits: str | None = None) -> Blocks:
    """Its message in the thread. `waits`: why a second person must approve, and who can."""
    done = sum(count for state, count in tally.items() if state not in _OPEN)
    by = f"by <@{escape(bulk.user)}>" + (f", approved by <@{escape(bulk.approver)}>" if bulk.approver else "")
    return message(
        [
            section(f"{_STATES[bulk.state]} · {_messages(bulk.total)} from *{outside(bulk.account, 60)}* · {by}"),
            section(f"`{_bar(done, bulk.total)}` {done:,} of {bulk.total:,}") if bulk.state != "asked" else None,
            section(waits) if waits and bulk.state == "asked" else None,
            section(f"Paused by itself: {outside(bulk.why)}. *Resume* looks again.") if _paused_itself(bulk) else None,
            context(_told(bulk, tally)) if bulk.state != "asked" and tally else None,
            actions([_button(bulk, pick, label) for pick, label in _offered(bulk, tally)]),
        ],
        bulk.id,
    )


def summary(bulk: Bulk, tally: Mapping[str, int]) -> str:
    """In one line, for notifications."""
    return f"Retry of {_messages(bulk.total)}: {bulk.state}, {_arrived(tally):,} delivered."


def csv_of(rows: Iterable[BulkRow]) -> str:
    """Number, recipient by its last four digits, kind, outcome, why, and when its press began (UTC)."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["number", "recipient", "kind", "outcome", "why", "at"])
    for row in rows:
        at = f"{row.at:%Y-%m-%dT%H:%M:%SZ}" if row.at else ""
        table.writerow([row.number, *_recipient_and_kind(row), row.outcome, _cell(row.says), at])
    return out.getvalue()


def _what_happens(safe: int, account: str, rate: float) -> str:
    return (
        f"Sends {_messages(safe)} again from the account *{outside(account, 60)}*, each once and at most {rate:g} a "
        f"second: about {max(1, round(safe / rate)):,} s. A message’s status is read before it is sent, where its id "
        "is known. It can be paused and stopped in the thread."
    )


def _told(bulk: Bulk, tally: Mapping[str, int]) -> str:
    words = {**_TOLD, "waiting": "not sent"} if bulk.ended_at else _TOLD
    counts = {**tally, "delivered": _arrived(tally)}
    return " · ".join(f"{counts[state]:,} {says}" for state, says in words.items() if counts.get(state))


def _arrived(tally: Mapping[str, int]) -> int:
    """What was read has been delivered."""
    return tally.get("delivered", 0) + tally.get("read", 0)


def _offered(bulk: Bulk, tally: Mapping[str, int]) -> tuple[tuple[str, str], ...]:
    unclear = bulk.ended_at is not None and tally.get("unknown", 0)
    return (*_BUTTONS[bulk.state], *([("check", "Check again")] if unclear else []))


def _paused_itself(bulk: Bulk) -> bool:
    return bulk.state == "paused" and bulk.why is not None


def _recipient_and_kind(row: BulkRow) -> tuple[str, str]:
    if not row.request:  # deleted for its age
        return "", ""
    request = OutboundRequest(str(row.request["endpoint"]), row.request["body"])
    return request.masked_recipient, request.kind


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _bar(done: int, total: int) -> str:
    full = _BAR * done // max(total, 1)
    return "█" * full + "░" * (_BAR - full)


def _button(bulk: Bulk, pick: str, label: str) -> ButtonElement:
    question = f"{_messages(bulk.total)} will be sent again, each once. You answer for it as well."
    asks = confirm("Approve?", question, "Approve") if pick == "approve" else None
    return button(label, f"bulk.{pick}", bulk.id, asks)


def _messages(count: int) -> str:
    return "1 message" if count == 1 else f"{count:,} messages"


def _plain(text: str) -> PlainTextObject:
    return PlainTextObject(text=text)
