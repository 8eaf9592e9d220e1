"""What one types after `/waerror` is answered in the acknowledgement, from the database alone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from dbos import DBOS

from bot.desk import Alert, Cause
from bot.listeners import command
from bot.standin import plain
from bot.store import Heard
from tests.scenarios.conftest import ALERTS, PRIVATE, SUPPORT, OpenTown, Town, silenced

MESSAGE = "wamid.HBgLMTU1NTEyMzQ1NjcVAgARGBI="


def typed(town: Town, text: str, user: str = "ana", channel: str = SUPPORT) -> str:
    """What the person reads at once: the answer in the acknowledgement itself."""
    answer = town.people.command(user, channel, "/waerror", text)
    assert answer.acknowledged
    return plain(answer.payload or {})


def later(town: Town, words: str, user: str = "ana") -> str:
    """What only this person sees, by and by."""
    return town.told(user, words)


def seen(town: Town, entry: str, ago: timedelta, times: int = 1, channel: str = ALERTS) -> None:
    """Alerts of the past, straight in the database."""
    for n in range(times):
        at = datetime.now(UTC) - ago
        ts = f"{at.timestamp() - n:.6f}"
        key, cause = f"T0STANDIN/{channel}/{ts}", Cause(entry, 0, "default")
        alert = Alert(key, "T0STANDIN", channel, ts, "text", cause, (), None)
        town.house.store.counting.see([Heard(alert, False, quiet=True)], timedelta(hours=1), at)


def test_top_changes_with_the_period(town: Town) -> None:
    """A day is ranked against the day before, a week against the week before."""
    seen(town, "meta/131026", timedelta(days=3), times=9)
    seen(town, "meta/131047", timedelta(hours=30), times=5)
    seen(town, "meta/131047", timedelta(hours=2), times=2)
    for text in ("top", "top 24h"):
        day = typed(town, text)
        assert "1. 131047 · Re-engagement message: 2 alerts in 1 incident, 1 channel · ▼ 3" in day
        assert "131026" not in day
    week = typed(town, "top 7d")
    assert "1. 131026" in week
    assert "2. 131047 · Re-engagement message: 7 alerts in 2 incidents" in week
    assert "a bar" in week


def test_top_of_nothing_says_so(town: Town) -> None:
    """And a stretch that there is not says which there are."""
    assert "No alerts in the last 24 hours" in typed(town, "top")
    assert "/waerror top 24h" in typed(town, "top 3y")


def test_incidents_of_this_channel_come_first(town: Town) -> None:
    """Then those of others that the person may see, when Slack has told who is where."""
    town.people.command("ben", SUPPORT, "/waerror", "watch on")
    for channel, text in ((ALERTS, "(#131047) Re-engagement message"), (SUPPORT, "(#131026) Message undeliverable")):
        ts = town.people.post_as_app(channel, "Alertmanager", f"send failed: {text}")
        town.settled(channel, ts)
    first = typed(town, "incidents")
    assert "1 open incident here" in first
    assert "131026" in first
    assert "131047" not in first
    whole = later(town, "1 open incident here, 1 in your other channels")
    assert whole.index("131026") < whole.index("131047")
    assert typed(town, "incidents") == whole  # now it is remembered who is where


def test_incidents_of_channels_that_are_not_theirs_stay_unseen(town: Town) -> None:
    """Ben left the alert channel."""
    ts = town.people.post_as_app(ALERTS, "Alertmanager", "send failed: (#131047) Re-engagement message")
    town.settled(ALERTS, ts)
    town.workspace.set_member(ALERTS, town.workspace.user_id("ben"), False)
    typed(town, "incidents", "ben")
    later(town, "Enjoy the quiet", "ben")
    assert "131047" not in str(town.workspace.ephemerals("ben"))


def test_search_says_how_to_open_what_it_found(town: Town) -> None:
    """Each line can be typed as it stands, also where an error has no code."""
    assert "/waerror 132015" in typed(town, "search template paused")
    assert "Search for what?" in typed(town, "search")
    assert "Nothing that I know" in typed(town, "search xyzzyx")
    lines = typed(town, "search disabled account key").splitlines()
    by_id = next(line for line in lines if "/waerror waconnect/" in line)
    opens = by_id.split("/waerror ")[1].split()[0]
    assert "Sending again" in typed(town, opens)


def test_account_is_asked_for_and_told_in_private(town: Town) -> None:
    """At once that it is being asked, then the answer."""
    assert "Asking WaConnect" in typed(town, "account")
    later(town, "Account good")
    assert town.workspace.messages(SUPPORT) == []


def test_account_does_not_wait_for_waconnect(open_town: OpenTown) -> None:
    """The acknowledgement comes first, however silent WaConnect is."""
    with silenced(open_town) as town:
        assert "Asking WaConnect" in typed(town, "account")


@pytest.mark.parametrize("text", ["account", "health", MESSAGE, f"status {MESSAGE}"])
def test_what_takes_a_while_is_begun_after_the_acknowledgement(town: Town, text: str) -> None:
    """Else its result could stand above the sentence that says that it is being looked for."""
    payload = town.people.command("ana", SUPPORT, "/waerror", "help").envelope.payload
    begun: list[int] = []

    def ack(**said: Any) -> None:
        begun.append(len(DBOS.list_workflows()))

    command.typed(ack, payload | {"text": text}, town.house)  # type: ignore[arg-type]
    begun.append(len(DBOS.list_workflows()))
    assert begun == [0, 1]


def test_without_a_key_account_says_what_is_missing(open_town: OpenTown) -> None:
    """So does the status of a message."""
    with open_town(waconnect_api_key=None) as town:
        assert "WACONNECT_API_KEY" in typed(town, "account")
        assert "WACONNECT_API_KEY" in typed(town, f"status {MESSAGE}")


@pytest.mark.parametrize(
    "paste",
    ["Account disabled", 'status 401 {"success": false, "error": "Invalid API Key"}', "about:blank failed 131053"],
)
def test_an_error_that_begins_like_a_subcommand_is_an_error(town: Town, paste: str) -> None:
    """What follows decides: `account` alone is a command, `Account disabled` is what WaConnect says."""
    assert "Sending again" in typed(town, paste)


def test_status_is_the_bots_own(town: Town) -> None:
    """Since when it runs, what it heard, what waits, what Slack would take, how big it is."""
    ts = town.people.post_as_app(ALERTS, "Alertmanager", "send failed: (#131047) Re-engagement message")
    town.settled(ALERTS, ts)
    shown = typed(town, "status")
    for words in (
        "Running since",
        "last heard from Slack",
        "1 open; 0 to be drawn",
        "edits",
        "Database",
        "knowledge",
    ):
        assert words in shown


def test_status_of_a_message_is_that_messages(town: Town) -> None:
    """As when the id is typed alone."""
    assert "Looking" in typed(town, f"status {MESSAGE}")
    later(town, "could not be read")


def test_about_tells_what_is_known(town: Town) -> None:
    """Version, knowledge and its date, entries by family."""
    shown = typed(town, "about")
    assert f"{len(town.house.knowledge.entries)} errors known" in shown
    assert town.house.knowledge.version in shown
    assert "Meta" in shown


def test_help_has_an_example_of_every_subcommand(town: Town) -> None:
    """Each can be typed as it stands."""
    shown = typed(town, "help")
    for word in ("top", "incidents", "search", "mute", "unmute", "account", "status", "about", "watch on"):
        assert word in shown


def test_a_mistyped_subcommand_says_so_and_still_answers(town: Town) -> None:
    """The person sees why this came, and the answer below it."""
    shown = typed(town, "incidnets")
    assert "There is no incidnets; did you mean /waerror incidents? I read it as an error text:" in shown
    assert "I do not recognise this" in shown
    assert "There is no foo; /waerror help shows what there is" in typed(town, "foo")
    assert "did you mean /waerror search?" in typed(town, "serach template paused")


@pytest.mark.parametrize(
    "text", ["131047", "template paused", "the coffee machine says E42", "meta/131047", "Unauthorized"]
)
def test_an_error_text_is_no_mistyped_subcommand(town: Town, text: str) -> None:
    """Codes, ids and sentences are just answered."""
    shown = typed(town, text)
    assert "There is no" not in shown or text == "Unauthorized"


def test_commands_work_where_the_bot_is_not(town: Town) -> None:
    """They need no membership."""
    for text in ("top", "incidents", "search paused", "status", "about", "help"):
        assert typed(town, text, channel=PRIVATE)
