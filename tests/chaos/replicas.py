"""`python -m tests.chaos.replicas`: alerts and retries while bots are killed and started at random; then it is counted.

What was posted in Slack, what the database counted, what stands in the threads, and what WaConnect's ledger has, must
agree. Exit code 1 when a counter that must be 0 is not.
"""

import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random, SystemRandom

import click

from bot.duties.trying import NOWHERE
from bot.standin import Patience
from tests.bench.report import Finding, Goal, show
from tests.chaos import judging, rounds, witness
from tests.chaos.fleet import Fleet, opened
from tests.chaos.parts import cast
from tests.chaos.town import seconds

_PEOPLE = 10
_CHANNELS = 10
_CODES = (
    *("131026", "131047", "131053", "131051", "130429", "132000", "132001"),
    *("133010", "131030", "131031", "131042", "132015", "131056", "131049"),
)
# Of an alert's causes in its channel: more would be a storm, whose cards wait by design.
_CODES_A_CHANNEL = 4
_ALERTS_A_SECOND = 10.0
# Slack's own schedule of bringing an event again (at once, after one minute, after five), ten times as fast.
_PATIENCE = Patience(redeliver_after=(0.0, 6.0, 30.0))
# Between two deaths or births.
_SHAKES = (0.5, 4.0)
_PLAYS = (1.0, 4.0)
_CARDS_WITHIN, _ENDS_WITHIN, _SETTLES_WITHIN = 120.0, 120.0, 180.0
_GLANCE = 0.05
LOST, AGAIN, UNANSWERED, TWICE = "alerts lost", "alerts counted twice", "without an answer", "answered twice"


@dataclass(slots=True)
class Found:
    """What came of it."""

    alerts: int = 0
    retries: int = 0
    incidents: int = 0
    replies: int = 0
    """Messages of the bots, of all kinds."""
    messages: int = 0
    """In WaConnect's ledger, others' left out."""
    confirmed: int = 0
    lives: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    most_dead: int = 0
    seconds: float = 0.0
    outcomes: Counter[str] = field(default_factory=Counter)
    complaints: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    reports: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not any(self.wrong.values())


def run(alerts: int, retries: int, count: int, seed: int) -> Found:
    """So many of each, with so many bots."""
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder), _PEOPLE, count) as fleet:
        names = [fleet.workspace.add_channel(f"alerts{number}") for number in range(_CHANNELS)]
        fleet.env["WAERROR_ALERT_CHANNELS"] = ",".join(names)
        fleet.workspace.patience = _PATIENCE
        fleet.start_all()
        found, began = Found(alerts, retries), seconds()
        played = _play(fleet, names, found, seed)
        fleet.start_all()
        _settle(fleet, alerts)
        found.seconds = seconds() - began
        _count_alerts(fleet, found)
        _count_retries(fleet, played, found)
        _count_bots(fleet, found)
        return found


def _play(fleet: Fleet, names: list[str], found: Found, seed: int) -> list[rounds.Round]:
    """Alerts come and people press, and bots end and begin, until all was posted and pressed."""
    over = threading.Event()

    def shake() -> None:
        dice = Random(f"{seed}/ends")  # noqa: S311 - a die, not a secret
        while not over.wait(dice.uniform(*_SHAKES)):
            fleet.shake(dice)

    with ThreadPoolExecutor(3) as pool:
        shaking = pool.submit(shake)
        posting = pool.submit(_post, fleet, names, found.alerts, Random(f"{seed}/alerts"))  # noqa: S311
        try:
            return _press(fleet, found.retries, Random(f"{seed}/retries"))  # noqa: S311
        finally:
            posting.result()
            over.set()
            shaking.result()


def _post(fleet: Fleet, names: list[str], alerts: int, dice: Random) -> None:
    pause = 1 / _ALERTS_A_SECOND
    for number in range(alerts):
        place = dice.randrange(len(names))
        code = _CODES[(place + dice.randrange(_CODES_A_CHANNEL)) % len(_CODES)]
        fleet.people.post_as_app(names[place], "notify", text=f"WhatsApp error (#{code}) in job {number}")
        fleet.nap(dice.uniform(0.5, 1.5) * pause)


def _press(fleet: Fleet, retries: int, dice: Random) -> list[rounds.Round]:
    """Some people at a time; each brings the own failed message to its end."""
    played: list[rounds.Round] = []
    deck: list[str] = []
    with ThreadPoolExecutor(_PEOPLE) as pool:
        while (done := sum(len(one.parts) for one in played)) < retries:
            size = min(_PEOPLE, retries - done)
            one = rounds.Round(f"r{len(played)}", cast(fleet, dice, f"r{len(played)}", done, size, deck))
            rounds.pasted(fleet, one.parts, _CARDS_WITHIN)
            end = seconds() + dice.uniform(*_PLAYS)
            while seconds() < end:
                rounds.clicked(fleet, pool, one.parts)
                fleet.nap(_GLANCE)
            fleet.sandbox.clear_faults()
            rounds.comes_to_its_end(fleet, pool, one, _ENDS_WITHIN)
            played.append(one)
    return played


def _settle(fleet: Fleet, alerts: int) -> None:
    """Everything was counted and is shown; what is not so after a long while never will be."""
    end = seconds() + _SETTLES_WITHIN
    while seconds() < end and (_counted(fleet)[0] < alerts or _open(fleet)):
        fleet.nap(0.5)


def _counted(fleet: Fleet) -> tuple[int, int, int]:
    """Alerts that were noted, alerts that incidents count, and incidents.

    A synthetic error that a kill cut off stays counted where nobody looks; it is none of the alerts.
    """
    with witness.asking(fleet.database) as ask:
        rows = ask(
            "SELECT (SELECT count(*) FROM sightings WHERE key NOT LIKE ?), coalesce(sum(count), 0), count(*) "
            "FROM incidents WHERE NOT quiet",
            [f"{NOWHERE}/%"],
        )
    noted, counted, incidents = rows[0]
    return int(noted), int(counted), int(incidents)


def _open(fleet: Fleet) -> int:
    """Incidents without a card, and questions without an answer."""
    with witness.asking(fleet.database) as ask:
        rows = ask(
            "SELECT (SELECT count(*) FROM incidents WHERE NOT quiet AND answered_at IS NULL) + "
            "(SELECT count(*) FROM questions WHERE answered_at IS NULL)",
            [],
        )
    return int(rows[0][0])


def _count_alerts(fleet: Fleet, found: Found) -> None:
    noted, counted, found.incidents = _counted(fleet)
    found.wrong[LOST] = found.alerts - noted
    found.reports += _lost(fleet)
    found.wrong[AGAIN] = counted - noted
    found.wrong[UNANSWERED] = _open(fleet)
    said = Counter(_said(fleet))
    found.replies = said.total()
    found.wrong[TWICE] = sum(times - 1 for times in said.values())
    found.reports += [f"{times} times in Slack: {one}" for one, times in said.items() if times > 1]


def _lost(fleet: Fleet) -> Iterator[str]:
    """The alerts that nobody counted, and whether a bot said that it has them."""
    with witness.asking(fleet.database) as ask:
        noted = {str(key).rpartition("/")[2] for (key,) in ask("SELECT key FROM sightings", [])}
    courier = fleet.workspace.courier
    tries: dict[str, list[bool]] = {}
    for envelope in courier.sent:
        event = envelope.payload.get("event") or {}
        if " in job " in str(event.get("text")):
            ack = courier.acks.get(envelope.envelope_id)
            tries.setdefault(str(event["ts"]), []).append(bool(ack and ack.acknowledged))
    for ts in tries.keys() - noted:
        yield f"an alert was lost; brought {len(tries[ts])} times, acknowledged {sum(tries[ts])} times"


def _said(fleet: Fleet) -> Iterator[tuple[str, str]]:
    """Card and kind of every message of the bots."""
    for channel in fleet.workspace.channels:
        for message in fleet.workspace.messages(channel):
            if mark := witness.mark(message):
                yield mark


def _count_retries(fleet: Fleet, played: list[rounds.Round], found: Found) -> None:
    sent = Counter(message.to for message in fleet.sandbox.sent)
    found.messages = sent.total()
    for one in played:
        for part, (counter, says) in rounds.audit(fleet, one):
            found.wrong[counter] += 1
            found.reports.append(f"{part.name}, fault {part.fault}: {counter}: {says}")
        for part, presses in rounds.outcomes(fleet, one.parts):
            found.outcomes.update(press.outcome or "none" for press in presses)
            found.confirmed += judging.confirmed(presses)
            found.messages -= part.others * len(part.to)


def _count_bots(fleet: Fleet, found: Found) -> None:
    found.lives, found.ends, found.most_dead = fleet.lives, fleet.ends, fleet.most_dead
    found.complaints = fleet.complaints()
    if not found.is_good:
        found.reports.append(f"the end of the log:\n{fleet.tail()}")


def finding(found: Found, count: int) -> Finding:
    """The table."""
    rows = {
        "alerts, in ten channels": found.alerts,
        "failed messages that people pressed": found.retries,
        "incidents": found.incidents,
        "messages of the bots": found.replies,
        "messages in WaConnect's ledger, others' left out": found.messages,
        "second messages that a person confirmed": found.confirmed,
        "outcomes": ", ".join(f"{name} {n}" for name, n in sorted(found.outcomes.items())),
        "processes started": found.lives,
        "ended": ", ".join(f"{name} {n}" for name, n in sorted(found.ends.items())),
        "most that were dead at once": found.most_dead,
        "errors in the log": ", ".join(f"{name} {n}" for name, n in found.complaints.items()) or 0,
        "seconds": round(found.seconds),
    }
    names = (LOST, AGAIN, UNANSWERED, TWICE, *judging.COUNTERS)
    goals = [Goal(f"{name} = 0", str(found.wrong[name]), not found.wrong[name]) for name in names]
    return Finding(
        f"{count} bots on one PostgreSQL", ("", "count"), [(name, str(n)) for name, n in rows.items()], goals
    )


@click.command()
@click.option("--alerts", default=2_000, show_default=True)
@click.option("--retries", default=200, show_default=True)
@click.option("--bots", default=3, show_default=True)
@click.option("--seed", type=int, help="The dice of an earlier run.")
def main(alerts: int, retries: int, bots: int, seed: int | None) -> None:
    """Kill and start bots that share a database, at random, and count what must never happen."""
    seed = SystemRandom().randrange(10**6) if seed is None else seed
    click.echo(f"seed {seed}")
    found = run(alerts, retries, bots, seed)
    show([finding(found, bots)])
    for report in found.reports:
        click.echo(f"\n{report}", err=True)
    sys.exit(not found.is_good)


if __name__ == "__main__":
    main(prog_name="python -m tests.chaos.replicas")
