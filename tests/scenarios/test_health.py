"""The bot says how it is, in both modes: alive, ready, and in numbers. Nothing secret or personal is among them."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from bot.desk import Question
from bot.hearing import connected
from bot.intake.values import alert
from bot.metrics import METERS, SLACK_METHODS, Metrics
from bot.standin import Patience
from bot.store.questions import questions
from tests.scenarios.conftest import ALERTS, SUPPORT, OpenTown, Town
from tests.scenarios.test_http import asked
from tests.scenarios.test_processes import STARTS_WITHIN, Machine, opened
from tests.test_manifest import METHODS

pytestmark = pytest.mark.timeout(600)
NUMBER, BODY = "15551234567", "Your parcel waits at the corner shop"
PASTE = (
    f"POST /api/messages/text\n{json.dumps({'to': NUMBER, 'body': BODY})}\n\n"
    '429 {"success": false, "error": "(#130429) Rate limit hit"}'
)


def numbers(text: str) -> dict[str, float]:
    """Every sample by its name and labels: `waerror_diagnoses_total{family=meta}`."""
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {sample.name + _shown(sample.labels): sample.value for sample in samples}


def _shown(labels: Mapping[str, str]) -> str:
    return "{" + ",".join(f"{name}={value}" for name, value in sorted(labels.items())) + "}" if labels else ""


def metrics(town: Town) -> dict[str, float]:
    status, text = asked(town, "GET", "/metrics")
    assert status == 200
    return numbers(text)


def ready(town: Town) -> tuple[int, dict[str, str]]:
    status, text = asked(town, "GET", "/readyz")
    return status, json.loads(text)["checks"]


@pytest.mark.parametrize("http", [False, True], ids=["socket", "http"])
def test_what_happens_is_counted(open_town: OpenTown, http: bool) -> None:
    """An alert, its repeat, a question, a command, a retry to its end, and each call with how long it took."""
    wanted = {
        "waerror_alerts_total{became=first}": 1,
        "waerror_alerts_total{became=again}": 1,
        "waerror_events_deduplicated_total{kind=alert}": 1,
        "waerror_diagnoses_total{confidence=certain,family=meta,mode=alert}": 2,
        "waerror_diagnoses_total{confidence=certain,family=meta,mode=ask}": 1,
        "waerror_unmatched_total{kind=unmatched}": 1,
        "waerror_commands_answered_total": 1,
        "waerror_presses_total{claimed=true,scheduled=false}": 1,
        "waerror_alert_answer_seconds_count": 1,
        "waerror_waconnect_call_seconds_count{call=send,status=200}": 1,
        "waerror_requests_total{kind=click}": 1,
    }
    with open_town(http=http, waconnect_timeout_seconds=60) as town:
        town.workspace.patience = Patience(redeliver_after=())  # what comes again is counted, and is the story's own
        ts = town.people.post_as_app(ALERTS, "notify", text=PASTE)
        card = town.reply_ts(ALERTS, ts, "Sending again")
        town.workspace.redeliver(town.workspace.courier.sent[0].payload["event_id"])
        town.people.post_as_app(ALERTS, "notify", text=PASTE)
        town.people.say("ana", SUPPORT, "@waerror what is 9999999?")
        town.people.command("ana", SUPPORT, "/waerror", "131047")
        town.settled(ALERTS, ts)
        town.people.click("ana", ALERTS, card, "remedy.retry")
        town.reply(ALERTS, ts, "Done:")
        town.workspace.wait_for(lambda: _outcomes(metrics(town)))
        town.workspace.wait_for(lambda: all(metrics(town).get(name, 0) >= wanted[name] for name in wanted))
        seen = metrics(town)
    assert {name: seen.get(name) for name in wanted} == wanted
    assert _outcomes(seen) == 1
    assert seen["waerror_slack_call_seconds_count{method=chat.postMessage,status=200}"] >= 2
    assert seen["waerror_queue_depth{queue=questions}"] == 0
    assert not [name for name in seen if "other" in name]


def test_nothing_personal_is_in_the_numbers(town: Town) -> None:
    """No number, body, id, channel or person; labels are words of ours."""
    ts = town.people.post_as_app(ALERTS, "notify", text=PASTE)
    town.reply(ALERTS, ts, "Sending again")
    for path in ("/metrics", "/readyz"):
        said = asked(town, "GET", path)[1]
        assert not re.search(rf"{NUMBER}|{BODY}|{ALERTS}|U0|T0STANDIN|xoxb|wba_", said)


def test_what_is_not_foreseen_is_counted_as_other() -> None:
    """No text from outside makes a time series of its own."""
    counting = Metrics()
    for n in range(100):
        counting.hear("slack.called", {"method": f"evil.{n}", "status": f"{n}", "seconds": 0.1})
        counting.hear("retry.ended", {"outcome": f"{n}"})
        counting.hear("never.heard.of", {})
    names = {name for name in numbers(_text(counting)) if "_count" in name or "outcomes" in name}
    assert "waerror_slack_call_seconds_count{method=other,status=other}" in names
    assert "waerror_outcomes_total{outcome=other}" in names
    assert not [name for name in names if "evil" in name]


def test_every_method_that_we_call_has_a_name_in_the_numbers() -> None:
    """As the manifest's table has them."""
    upload = {"files.getUploadURLExternal", "files.completeUploadExternal"}  # slack_sdk makes two of one
    assert {name.replace("_", ".") for name in METHODS} - {"files.upload.v2"} | upload <= SLACK_METHODS


def test_every_series_is_bounded() -> None:
    """What all labels of a meter can make together is no load for a Prometheus."""
    for meter in METERS.values():
        made = 1
        for allowed in meter.labels.values():
            made *= len(allowed) + 1
        assert made < 700, meter.name


def test_it_is_ready_when_all_is_well(town: Town) -> None:
    """Each check has its word."""
    assert ready(town) == (200, {"slack": "well", "database": "well", "queue": "well", "knowledge": "well"})


def test_it_is_not_ready_while_somebody_waits_for_too_long(town: Town) -> None:
    """A question without an answer; it says how many wait and for how long."""
    question = Question("T0/C0/1.0", "T0STANDIN", SUPPORT, "1.0", "ask", "text")
    town.house.store.questions.keep(question)
    assert ready(town)[0] == 200
    _make_older(town, question.key, timedelta(hours=1))
    status, checks = ready(town)
    assert status == 503
    assert re.fullmatch(r"1 questions wait, the first for 36\d\d s", checks["queue"])
    assert metrics(town)["waerror_queue_lag_seconds{queue=questions}"] > 3_599


def test_it_is_not_ready_while_an_alert_that_was_acknowledged_lies_unsorted(town: Town) -> None:
    """Its sender was told that we have it, and nobody has seen it."""
    intake, store = town.house.duties.intake, town.house.store.arrivals
    intake.sorting.stop()
    row = store.row("T0STANDIN", "generic", ALERTS, "k", "s", "", alert("", "Sends fail"), is_past=False)
    store.keep([dict(row) | {"at": datetime.now(UTC) - timedelta(hours=1)}])
    status, checks = ready(town)
    assert status == 503
    assert checks["queue"].startswith("1 arrivals wait, the first for 3")


def test_it_is_not_ready_without_its_database(town: Town) -> None:
    """It says which kind of trouble, the numbers are served all the same, and it is alive."""
    engine = town.house.store.backlog._engine
    with engine.begin() as db:
        db.exec_driver_sql("ALTER TABLE dues RENAME TO lost")
    try:
        status, checks = ready(town)
        assert (status, checks["database"]) == (503, "it cannot be read: OperationalError")
        assert metrics(town)["waerror_entries"] > 0
        assert asked(town, "GET", "/healthz")[0] == 200
    finally:
        with engine.begin() as db:
            db.exec_driver_sql("ALTER TABLE lost RENAME TO dues")


def test_over_http_it_asks_slack_how_it_is(open_town: OpenTown) -> None:
    """A token that was revoked is seen within a check, and so is its return."""
    with open_town(http=True, waerror_slack_check_seconds=0.05) as town, connected(town.app, town.house):
        town.workspace.fail_next("auth.test", "token_revoked", times=None)
        town.workspace.wait_for(lambda: ready(town)[0] == 503)
        town.workspace.fail_no_more()
        town.workspace.wait_for(lambda: ready(town)[0] == 200)
        assert "waerror_connected" not in metrics(town)


def test_a_silent_socket_is_opened_anew(machine: Machine) -> None:
    """Once, after half of the patience: what is posted then is answered, and the process goes on."""
    bot = machine.start(WAERROR_DEAF_SECONDS="24")  # half of it is time for a new connection, on any machine
    with machine.workspace.changed:
        before = set(machine.workspace.courier.links)
        machine.workspace.courier.fall_silent()
    machine.workspace.wait_for(lambda: machine.logged("line.silent"))
    machine.workspace.wait_for(lambda: set(machine.workspace.courier.links) - before)
    machine.alert(PASTE)
    assert bot.poll() is None


def test_a_deaf_process_ends_with_an_error(machine: Machine) -> None:
    """When a new connection is silent too; in order, with its own exit code and a sentence."""
    bot = machine.start(WAERROR_DEAF_SECONDS="8")
    machine.workspace.courier.fall_silent(stay=True)
    assert bot.wait(STARTS_WITHIN) == 3
    assert "Slack gave no sign for 8 s. Start waerror again." in machine.log


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    with opened(tmp_path) as machine:
        yield machine


def _outcomes(seen: Mapping[str, float]) -> float:
    """Proofs of delivery: `delivered`, or `read` when that was quicker."""
    return sum(seen[f"waerror_outcomes_total{{outcome={outcome}}}"] for outcome in ("delivered", "read"))


def _make_older(town: Town, key: str, by: timedelta) -> None:
    with town.house.store.backlog._engine.begin() as db:
        older = questions.update().where(questions.c.key == key)
        db.execute(older.values(received_at=datetime.now(UTC) - by))


def _text(counting: Metrics) -> str:
    return generate_latest(counting.registry).decode()
