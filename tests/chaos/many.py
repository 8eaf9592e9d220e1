"""One bulk retry of many messages, with faults, in a process that is killed again and again until all are sent.

Each message goes to a recipient of its own, so the ledger alone says what was sent twice.
"""

import sqlite3
import tempfile
from collections import Counter
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from bot.standin import StandinError, plain
from tests.chaos import town, witness
from tests.chaos.judging import BUSY, COUNTERS, FALSE, OPEN, SENT, TWICE
from tests.chaos.scenarios import AT_ONCE, DECK, NO_FAULT
from tests.chaos.town import Bot, seconds

_COUNTED_WITHIN, _ENDS_WITHIN = 60.0, 300.0
_GLANCE = 0.1
# Two of three messages go through at once.
_FAULTY = 0.33


@dataclass(slots=True)
class Run:
    """What came of it."""

    messages: int
    kills: int = 0
    left: list[int] = field(default_factory=list)
    """For each kill: messages that had no outcome yet."""
    sent: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    report: str = ""
    took: float = 0.0

    @property
    def is_good(self) -> bool:
        return not any(self.wrong[counter] for counter in COUNTERS)


def run(messages: int, kills: int, seed: int) -> Run:
    """So many messages; at most so many kills while there is something left to send."""
    dice = Random(f"{seed}/many")  # noqa: S311 - a die, not a secret
    with tempfile.TemporaryDirectory() as folder, town.opened(Path(folder), 1) as bot:
        channel = bot.workspace.add_channel("outage")
        bot.env |= {"WAERROR_ALERT_CHANNELS": channel, "WAERROR_APPROVE_ABOVE": "1000000"}
        bot.spawn()
        bot.connected()
        first = _alerts(bot, channel, messages)
        _order(bot, dice, messages)
        began, found = seconds(), Run(messages)
        _begin(bot, channel, first)
        while len(found.left) < kills and (left := _left(bot.database)) != 0:
            bot.nap(dice.uniform(0.2, 1.5))
            bot.kill()
            found.left.append(left)
            bot.spawn()
            bot.connected()
        found.kills = len(found.left)
        bot.sandbox.clear_faults()
        shown = _ended(bot, channel, first)
        found.took = seconds() - began
        _judge(bot, channel, shown, found)
    return found


def _alerts(bot: Bot, channel: str, count: int) -> str:
    """The failed messages, and the `ts` of the first, once all are counted in one incident."""
    stamps = []
    for number in range(count):
        to = _recipient(number)
        stamps.append(bot.people.post_as_app(channel, "Alertmanager", AT_ONCE((to,), f"Order {to} left")))
    bot.workspace.wait_for(lambda: f"{count:,} times" in _said(bot, channel, stamps[0]), _COUNTED_WITHIN, "all of them")
    return stamps[0]


def _order(bot: Bot, dice: Random, count: int) -> None:
    for number in range(count):
        fault = dice.choice(DECK) if dice.random() < _FAULTY else NO_FAULT
        if fault != NO_FAULT:
            bot.sandbox.fault(fault, to=_recipient(number), times=dice.choice((1, 1, 2)), seconds=0.3)


def _begin(bot: Bot, channel: str, first: str) -> None:
    """*Retry all…*, and the form."""
    card = witness.thread(bot.workspace, channel, first).card or ""
    person = "person0"
    bot.people.click(person, channel, card, "incident.bulk")
    bot.workspace.wait_for(lambda: (bot.workspace.view(person) or {}).get("submit"), 30, "the dry run")
    view = bot.workspace.view(person) or {}
    bot.people.submit_view(person, view["id"])
    bot.workspace.wait_for(lambda: "messages from" in _said(bot, channel, first), 30, "the run")


def _ended(bot: Bot, channel: str, first: str) -> str:
    """The thread, once every outcome is known and shown; or what it says after a long while."""
    end = seconds() + _ENDS_WITHIN
    while seconds() < end and (_left(bot.database) != 0 or "All sent" not in _said(bot, channel, first)):
        _resume(bot, channel, first)
        bot.nap(_GLANCE)
    return _said(bot, channel, first)


def _resume(bot: Bot, channel: str, first: str) -> None:
    """A run that paused because the account did not answer waits for a person."""
    for message in bot.workspace.thread(channel, first)[1:]:
        if "Paused by itself" in plain(message):
            with suppress(StandinError):  # it was edited away under the finger
                bot.people.click("person0", channel, message["ts"], "bulk.resume")


def _judge(bot: Bot, channel: str, shown: str, found: Run) -> None:
    sent = Counter(message.to for message in bot.sandbox.sent)
    presses = witness.presses(bot.database, [channel])[channel]
    found.sent = sum(sent.values())
    found.outcomes = Counter(press.outcome or "none" for press in presses)
    certain, unclear = (sum(found.outcomes[one] for one in outcomes) for outcomes in (SENT, ("unknown",)))
    wrong = {
        TWICE: sum(count - 1 for count in sent.values()),
        OPEN: found.outcomes["none"] + abs(found.messages - len(presses)),
        BUSY: int("All sent" not in shown),
        FALSE: int(not certain <= found.sent <= certain + unclear),
    }
    found.wrong.update(wrong)
    if not found.is_good:
        found.report = f"{wrong}\n{shown}\n{found.outcomes}\n{bot.tail(60)}"


def _left(database: Path) -> int | None:
    """Messages of the run without an outcome; None before there is a run."""
    query = (
        "SELECT count(*), sum(i.state != 'left' AND p.outcome IS NULL)"
        " FROM bulk_items i LEFT JOIN presses p ON p.id = i.press"
    )
    with closing(sqlite3.connect(database, timeout=10)) as db:
        count, left = db.execute(query).fetchone()
    return int(left) if count else None


def _said(bot: Bot, channel: str, first: str) -> str:
    return "\n".join(plain(message) for message in bot.workspace.thread(channel, first)[1:])


def _recipient(number: int) -> str:
    return f"1555{number:07d}"


def rows(found: Run) -> Mapping[str, str]:
    """Figure → value, for the table."""
    caught = [left for left in found.left if left]
    return {
        "messages": f"{found.messages:,}",
        "kills, and messages then without an outcome": f"{found.kills}: {', '.join(map(str, caught))}",
        "messages in WaConnect’s ledger": f"{found.sent:,}",
        "outcomes": ", ".join(f"{name} {count:,}" for name, count in found.outcomes.most_common()),
        "seconds": f"{found.took:.0f}",
    }
