"""The record: who pressed what with which result; and what is forgotten in time."""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from bot.cli import main
from bot.store import Deed
from bot.store.cards import cards
from tests.scenarios.conftest import ALERTS, SUPPORT, OpenTown, Town

TEAM, TO = "T0STANDIN", "15551234567"
REQUEST = {"to": TO, "body": "Your order left"}
ARRIVED = ("delivered", "read")  # by the time that it is looked at
PASTE = (
    f'POST /api/messages/text\n{json.dumps(REQUEST)}\n\n429 {{"success": false, "error": "(#130429) Rate limit hit"}}'
)


@pytest.fixture
def town(open_town: OpenTown) -> Iterator[Town]:
    """WaConnect answers in these stories, also where the machine stands still."""
    with open_town(waconnect_timeout_seconds=60) as town:
        yield town


def card(town: Town, text: str = PASTE) -> tuple[str, str]:
    ts = town.people.say("ana", SUPPORT, f"@waerror {text}")
    return ts, town.reply_ts(SUPPORT, ts, "Sending again")


def record(town: Town, *names: str) -> list[tuple[str, ...]]:
    """The newest last; each as the fields asked for."""
    return [tuple(getattr(deed, name) for name in names) for deed in reversed(town.house.store.audit.recent(TEAM))]


def test_the_record_shows_who_pressed_what_with_which_result(town: Town) -> None:
    """Also the second who pressed, and what came of it; nothing personal of the recipient."""
    ts, reply = card(town)
    town.people.click("ana", SUPPORT, reply, "remedy.retry")
    town.reply(SUPPORT, ts, "Done:")
    town.people.click("ben", SUPPORT, reply, "remedy.retry")
    town.workspace.wait_for(lambda: "taken care of" in town.whisper("ben"))
    assert record(town, "user", "what", "account", "detail") == [
        ("U0ANA", "retry", "default", "text to ••••4567"),
        ("U0ANA", "retry.ended", "default", ""),
        ("U0BEN", "retry", "default", "text to ••••4567"),
    ]
    (pressed, ended, second) = reversed(town.house.store.audit.recent(TEAM))
    assert (pressed.result, second.result) == ("claimed", "held")
    assert ended.result in ARRIVED
    assert pressed.press == ended.press != ""
    assert len(town.house.store.audit.of_card(TEAM, pressed.card)) == 3


@pytest.mark.parametrize(
    ("fault", "outcome"), [("131026", "refused"), ("gateway-502", "unknown"), ("late-failure", "failed")]
)
def test_every_end_of_a_retry_is_recorded(town: Town, fault: str, outcome: str) -> None:
    """Refused, unknown and failed as much as delivered."""
    town.sandbox.fault(fault, to=TO)
    _, reply = card(town)
    town.people.click("ana", SUPPORT, reply, "remedy.retry")
    town.workspace.wait_for(lambda: ("retry.ended", outcome) in record(town, "what", "result"))


def test_what_only_reads_or_asks_is_recorded_too(town: Town) -> None:
    """Checks, status, sharing, watching, forms and refusals."""
    _, reply = card(town, "130429 rate limit from whatsapp")
    town.people.click("ana", SUPPORT, reply, "remedy.recheck")
    town.people.click("ana", SUPPORT, reply, "remedy.retry")
    view = town.workspace.wait_for(lambda: town.workspace.view("ana"))
    town.people.submit_view("ana", view["id"], {"to": "12025550123", "body": "Hi"})
    town.people.command("ben", SUPPORT, "/waerror", "watch on")
    town.people.command("ben", SUPPORT, "/waerror", "account")
    town.people.command("ben", SUPPORT, "/waerror", "wamid.HBgLMTU1NTEyMzQ1NjcVAgARGBI=")
    town.people.command("ben", ALERTS, "/waerror", "130429")
    shown = [message for message in town.workspace.ephemerals("ben") if message["channel"] == ALERTS]
    town.people.click("ben", ALERTS, shown[-1]["ts"], "card.share")
    wanted = {
        ("U0ANA", "recheck", ""),
        ("U0ANA", "retry", "asked"),
        ("U0ANA", "retry.form", "claimed"),
        ("U0BEN", "watch", "on"),
        ("U0BEN", "account", ""),
        ("U0BEN", "status", ""),
        ("U0BEN", "share", ""),
    }
    town.workspace.wait_for(lambda: wanted <= set(record(town, "user", "what", "result")))
    assert not re.search(f"{TO}|12025550123", str(town.house.store.audit.recent(TEAM)))


def test_a_refusal_is_recorded_with_its_reason(town: Town) -> None:
    """Why nothing was sent is asked in the morning."""
    _, reply = card(town)
    store = town.house.store
    never = store.cards._vault.seal(PASTE.replace("130429", "130497"))  # as if the knowledge said so since
    with store._engine.begin() as db:
        db.execute(sa.update(cards).values(sealed=never))
    town.people.click("ana", SUPPORT, reply, "remedy.retry")
    town.workspace.wait_for(lambda: record(town, "what"))
    ((what, result, detail),) = record(town, "what", "result", "detail")
    assert (what, result) == ("retry", "refused")
    assert "No retry" in detail


def test_the_record_is_read_beside_the_running_bot(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the command, in a terminal."""
    town.people.command("ben", SUPPORT, "/waerror", "watch on")
    monkeypatch.setenv("WAERROR_DATABASE_URL", town.house.settings.waerror_database_url)
    done = CliRunner().invoke(main, ["audit"])
    assert (done.exit_code, done.stderr) == (0, "")
    assert "U0BEN" in done.stdout
    assert "watch: on" in done.stdout


def test_another_workspaces_rows_are_never_shown(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither by card nor by the command."""
    town.house.store.audit.note(Deed("T0OTHER", "U0EVA", "watch", "on", card="c" * 24))
    town.people.command("ben", SUPPORT, "/waerror", "watch on")
    monkeypatch.setenv("WAERROR_DATABASE_URL", town.house.settings.waerror_database_url)
    assert "U0EVA" not in CliRunner().invoke(main, ["audit", "--team", TEAM]).stdout
    assert CliRunner().invoke(main, ["audit"]).stdout == ""
    assert town.house.store.audit.of_card(TEAM, "c" * 24) == ()


def test_after_a_purge_an_old_cards_buttons_answer_in_words(town: Town) -> None:
    """What was pasted is gone; that something was done is not."""
    ts, reply = card(town)
    town.people.click("ana", SUPPORT, reply, "remedy.retry")
    town.reply(SUPPORT, ts, "Done:")
    assert town.house.duties.care.purging.purge(datetime.now(UTC) + timedelta(days=29)) == 0
    assert town.house.duties.care.purging.purge(datetime.now(UTC) + timedelta(days=31)) == 3
    for action in ("remedy.retry", "remedy.recheck", "card.why"):
        before = len(town.workspace.ephemerals("ben"))
        assert town.people.click("ben", SUPPORT, reply, action).acknowledged
        town.workspace.wait_for(lambda n=before: len(town.workspace.ephemerals("ben")) > n)
        assert "too old" in town.whisper("ben")
    assert len(town.sandbox.sent) == 1
    assert record(town, "what") == [("retry",), ("retry.ended",)]


def test_a_form_of_a_purged_card_answers_in_words(town: Town) -> None:
    """It was open for a month."""
    _, reply = card(town, "130429 rate limit from whatsapp")
    town.people.click("ana", SUPPORT, reply, "remedy.retry")
    view = town.workspace.wait_for(lambda: town.workspace.view("ana"))
    town.house.duties.care.purging.purge(datetime.now(UTC) + timedelta(days=31))
    town.people.submit_view("ana", view["id"], {"to": "12025550123", "body": "Hi"})
    town.workspace.wait_for(lambda: "too old" in str(town.workspace.view("ana")))
    assert town.sandbox.sent == ()


def test_the_bot_forgets_by_itself(open_town: OpenTown) -> None:
    """A bot that starts deletes what became too old while it was away."""
    with open_town() as town:
        card(town)
        file = town.house.settings.database_file
    with open_town(waerror_retention_days=1e-9) as again, closing(sqlite3.connect(file)) as db:
        pastes = "SELECT count(*) FROM cards WHERE length(sealed) > 0"
        assert db.execute(pastes).fetchone() == (1,)
        again.house.duties.care.purging.start()
        again.workspace.wait_for(lambda: db.execute(pastes).fetchone() == (0,))
