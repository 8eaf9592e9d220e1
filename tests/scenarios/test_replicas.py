"""Several real `waerror run` on one PostgreSQL: any of them takes any event and any click, and none is missed.

Slack's stand-in gives each envelope to one of the connections, in turn. Beats are shortened, so that a story takes
seconds. Where nobody is to die, nobody is taken for dead, however long the machine stands still.
"""

import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

import pytest

from bot.standin import Patience
from tests import postgres
from tests.scenarios.conftest import ALERTS, SUPPORT
from tests.scenarios.test_processes import PATIENCE, STARTS_WITHIN, STOPS_WITHIN, TO, Machine, opened

pytestmark = [pytest.mark.on_postgres, pytest.mark.timeout(600)]
# For stories of death: the others may stand still for as long and live. All bots of a story are told the same.
MORTAL = {"WAERROR_REPLICA_DEAD_SECONDS": "12"}
# A killed one is noticed, its workflows are given back to the queue, and somebody looks there.
TAKEN_OVER = 60.0
NEWER = "import bot; bot.__version__ = '99.0.0'; from bot.cli import main; main(['run'])"
CODES = ("131026", "131047", "131053", "130429", "132000", "132001", "133010", "131031", "131042", "131051")


@dataclass(frozen=True, slots=True)
class Fleet(Machine):
    """A machine with several bots."""

    def join(self, *command: str, **env: str) -> "subprocess.Popen[bytes]":
        """One more, connected."""
        lines = len(self.workspace.courier.links)
        process = self.spawn(*command, **env)
        self.workspace.wait_for(
            lambda: len(self.workspace.courier.links) > lines or process.poll() is not None,
            STARTS_WITHIN,
            "one more connection",
        )
        assert process.poll() is None, self.log
        return process

    def spawn(self, *command: str, **env: str) -> "subprocess.Popen[bytes]":
        with (self.folder / "log").open("ab") as log:
            told = list(command) or [Path(sys.executable).with_name("waerror"), "run"]
            process = subprocess.Popen(told, env=self.env | env, cwd=self.folder, stderr=log, stdout=log)
        self.processes.append(process)
        return process

    def lose(self, process: "subprocess.Popen[bytes]", by: signal.Signals = signal.SIGKILL) -> None:
        """It ends, one way or the other, and Slack has noticed."""
        lines = len(self.workspace.courier.links)
        process.send_signal(by)
        process.wait(STOPS_WITHIN)
        self.workspace.wait_for(lambda: len(self.workspace.courier.links) < lines, what="the end of a connection")

    def answered(self, count: int, timeout: float = 30) -> None:
        self.workspace.wait_for(lambda: len(self.logged("incident.answered")) >= count, timeout, f"{count} cards")


@pytest.fixture
def fleet(url: str, tmp_path: Path) -> Iterator[Fleet]:
    with opened(tmp_path) as machine:
        env = {
            "WAERROR_DATABASE_URL": url,
            "WAERROR_SECRET_KEY": postgres.KEY,
            "WAERROR_REPLICA_BEAT_SECONDS": "0.5",
            "WAERROR_REPLICA_DEAD_SECONDS": "120",
        }
        parts = {each.name: getattr(machine, each.name) for each in fields(machine)}
        yield Fleet(**parts | {"env": machine.env | env})


def alerts(fleet: Fleet, *codes: str) -> list[str]:
    return [fleet.people.post_as_app(ALERTS, "notify", text=f"WhatsApp error (#{code})") for code in codes]


def cards(fleet: Fleet, posted: list[str]) -> list[int]:
    """How many replies each has."""
    return [len(fleet.replies(ALERTS, ts)) for ts in posted]


def test_any_of_them_takes_any_event_and_any_click(fleet: Fleet) -> None:
    """Alerts are counted in one thread wherever they come in; a card that one drew is pressed at another."""
    fleet.join()
    fleet.join()
    posted = alerts(fleet, *CODES[:3])
    fleet.answered(3)
    again = alerts(fleet, *[CODES[0]] * 5)
    fleet.reply(ALERTS, posted[0], "6 times")
    assert cards(fleet, posted) == [1, 1, 1]
    assert cards(fleet, again) == [0] * 5
    asked = [fleet.people.say("ana", SUPPORT, f"@waerror {code}") for code in CODES[:4]]
    for ts, code in zip(asked, CODES, strict=False):
        fleet.reply(SUPPORT, ts, code)
    ts, card = fleet.alert()
    clicks = [fleet.people.click(who, ALERTS, card, "remedy.retry") for who in ("ana", "ben", "ana", "ben")]
    assert all(click.acknowledged for click in clicks)
    fleet.reply(ALERTS, ts, "pending at WaConnect")
    assert fleet.posts == len(fleet.sandbox.sent) == 1
    assert len(fleet.workspace.courier.links) == 2  # and each envelope went to the next one


def test_what_a_killed_one_was_sending_another_one_looks_for(fleet: Fleet) -> None:
    """WaConnect took the message and had not yet answered: found, followed and shown, and not sent again."""
    fleet.sandbox.fault("sent-then-silent", to=TO, seconds=600)
    first = fleet.join(**MORTAL)
    ts, _ = fleet.pressed()
    fleet.workspace.wait_for(lambda: fleet.sandbox.sent)
    fleet.join(**MORTAL)
    fleet.lose(first)
    fleet.sandbox.advance(2000)
    words = ("I was restarted while it was being sent", "found it: accepted", "Done:")
    fleet.reply(ALERTS, ts, *words, timeout=TAKEN_OVER)
    assert fleet.posts == len(fleet.sandbox.sent) == 1
    assert sum(line["workflows"] for line in fleet.logged("replica.buried")) == 1


def test_a_retry_that_waits_and_one_that_is_followed_go_on_at_another_one(fleet: Fleet) -> None:
    """The pause that WaConnect asked for, and the looks at what was accepted, outlive who began them."""
    fleet.sandbox.fault("130429", to=TO, retry_after=60)  # longer than the other one needs to join
    first = fleet.join(**MORTAL)
    ts, _ = fleet.pressed()
    fleet.reply(ALERTS, ts, "trying again in")
    fleet.join(**MORTAL)
    fleet.lose(first)
    fleet.reply(ALERTS, ts, "accepted", timeout=TAKEN_OVER)
    fleet.sandbox.advance(2000)
    fleet.reply(ALERTS, ts, "Done:")
    assert fleet.posts == 2
    assert len(fleet.sandbox.sent) == 1


def test_when_the_one_who_draws_is_killed_another_one_draws(fleet: Fleet) -> None:
    """At once: who draws is not known by beats."""
    first = fleet.join()
    fleet.join()
    alerts(fleet, CODES[0])
    fleet.answered(1)
    fleet.lose(first)
    posted = alerts(fleet, *CODES[1:3])
    fleet.answered(3)
    assert cards(fleet, posted) == [1, 1]


def test_a_rolling_restart_loses_and_repeats_nothing(fleet: Fleet) -> None:
    """One release after the other, side by side for a while, under alerts and a retry that waits for its time."""
    olds = [fleet.join(), fleet.join()]
    fleet.sandbox.fault("130429", to=TO, retry_after=15)
    ts, _ = fleet.pressed()
    fleet.reply(ALERTS, ts, "trying again in")
    posted = []
    for number, old in enumerate(olds):
        posted += alerts(fleet, *CODES[5 * number : 5 * number + 2])
        fleet.join(sys.executable, "-c", NEWER)
        posted += alerts(fleet, CODES[5 * number + 2])
        fleet.lose(old, by=signal.SIGTERM)
        assert old.returncode == 0
        posted += alerts(fleet, *CODES[5 * number + 4 : 5 * number + 5])
    fleet.answered(len(posted) + 1, timeout=60)
    fleet.reply(ALERTS, ts, "accepted", timeout=TAKEN_OVER)
    fleet.workspace.settle()
    assert cards(fleet, posted) == [1] * len(posted)
    assert (fleet.posts, len(fleet.sandbox.sent)) == (2, 1)
    assert {line["version"] for line in fleet.logged("replica.joined")} == {"99.0.0", _version()}
    assert not fleet.troubles, fleet.log


def test_one_that_was_taken_for_dead_ends_itself(fleet: Fleet) -> None:
    """It slept, and the others do by now what it believes to be doing."""
    first = fleet.join(**MORTAL)
    fleet.join(**MORTAL)
    first.send_signal(signal.SIGSTOP)
    fleet.workspace.wait_for(lambda: fleet.logged("replica.buried"), TAKEN_OVER, "its end in the eyes of the other")
    first.send_signal(signal.SIGCONT)
    assert first.wait(TAKEN_OVER) == 3  # start it again
    assert "The other bots took this one for dead" in fleet.log


def test_a_database_that_goes_away_for_a_while_ends_nobody(fleet: Fleet, postgres_server: postgres.Server) -> None:
    """What came meanwhile was not acknowledged, so Slack brings it again."""
    # Slack's own last is after five minutes.
    fleet.workspace.patience = Patience(ack=PATIENCE, redeliver_after=(0.0, *[2.0] * 100))
    bots = [fleet.join(), fleet.join()]
    alerts(fleet, CODES[0])
    fleet.answered(1)
    postgres_server.stop()
    posted = alerts(fleet, CODES[1])
    fleet.workspace.wait_for(lambda: fleet.logged("replica.failed"), what="a beat that failed")
    postgres_server.start()
    fleet.answered(2, timeout=60)
    assert cards(fleet, posted) == [1]
    assert [bot.poll() for bot in bots] == [None, None]
    assert not fleet.logged("replica.buried")


def _version() -> str:
    from bot import __version__

    return __version__
