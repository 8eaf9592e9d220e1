"""The Home tab shows each person what is theirs to see, and every press in it shows at once what came of it."""

from typing import Any

from bot.standin import Call, Patience, plain
from bot.views.home import MOST_INCIDENTS
from tests.scenarios.conftest import ALERTS, PRIVATE, SUPPORT, OpenTown, Town

CODES = (131047, 131026, 130429, 131053, 132000, 131049, 131056, 131031, 132001, 132012, 133010, 131030, 131051, 132015,
         132016, 131042, 131045, 131008)  # fmt: skip


def alert(town: Town, text: str = "send failed: (#131047) Re-engagement message", channel: str = ALERTS) -> str:
    ts = town.people.post_as_app(channel, "Alertmanager", text)
    town.settled(channel, ts)
    return ts


def home(town: Town, user: str, *words: str, without: tuple[str, ...] = ()) -> str:
    """The Home tab once it has all these words, and none of those."""

    def found() -> str:
        view = town.workspace.home(user)
        shown = plain(view) if view else ""
        return shown if all(w in shown for w in words) and not any(w in shown for w in without) else ""

    return town.workspace.wait_for(found, what=f"a Home with {words} and without {without}")


def published(town: Town, user: str = "") -> list[Call]:
    """Every try to show a Home tab: this person's, or anybody's."""
    calls = town.workspace.calls_of("views.publish")
    return [call for call in calls if not user or call.args["user_id"] == town.workspace.user_id(user)]


def opened(town: Town, user: str, *words: str, **more: Any) -> str:
    """The Home tab as it is shown from now on, not as it stood there before."""
    before = len(published(town, user))
    town.people.open_home(user)
    town.workspace.wait_for(lambda: len(published(town, user)) > before, what=f"a new Home for {user}")
    return home(town, user, *words, **more)


def test_an_empty_home_says_so_in_every_section(town: Town) -> None:
    """A friendly sentence each, and which bot it is."""
    shown = opened(town, "ana", "Nothing is open in your channels")
    for words in (
        "The account was not checked yet",
        "No alerts in the last 24 hours",
        "No alerts in the last 7 days",
        "Nothing waits to be learned",
        "answers in threads",
        "errors known",
    ):
        assert words in shown


def test_the_messages_tab_publishes_nothing(town: Town) -> None:
    """Slack sends the same event for it."""
    town.people.open_home("ana", tab="messages")
    town.workspace.settle()
    opened(town, "ben", "Nothing is open in your channels")
    assert published(town, "ana") == []


def test_open_incidents_come_first_with_their_buttons(town: Town) -> None:
    """State, cause, channel, count, the way to the thread; then the figures and a chart."""
    for _ in range(3):
        alert(town)
    shown = opened(town, "ana", "131047 · Re-engagement message", "seen 3 times")
    assert (
        shown.index("Open incidents") < shown.index("131047") < shown.index("WaConnect\n") < shown.index("Top errors")
    )
    assert "I'm on it" in shown
    assert "3 alerts in 1 incident, 1 channel · new" in shown
    view = town.workspace.home("ana") or {}
    assert [b["type"] for b in view["blocks"]].count("data_visualization") == 2
    assert f"/archives/{ALERTS}/p" in str(view)


def test_a_person_sees_only_the_incidents_of_their_channels(town: Town) -> None:
    """Ben left the alert channel: neither its incidents nor its settings are his to see."""
    alert(town)
    town.workspace.set_member(ALERTS, town.workspace.user_id("ben"), False)
    shown = opened(town, "ben", "Nothing is open in your channels")
    assert "I'm on it" not in shown
    assert "I read none of your channels yet" in shown
    assert "I'm on it" in opened(town, "ana", "131047")


def test_a_channel_whose_members_slack_does_not_tell_is_left_out(town: Town) -> None:
    """Fail closed, and say so; the next minute it may be told."""
    alert(town)
    town.workspace.fail_next("conversations.members", "channel_not_found")
    shown = opened(town, "ana", "Nothing is open in your channels")
    assert "Left out: 1 channel" in shown


def test_members_are_asked_for_once_in_a_while(town: Town) -> None:
    """Opening the tab again and again is not a call a channel."""
    alert(town)
    opened(town, "ana", "131047")
    before = len(town.workspace.calls_of("conversations.members"))
    for user in ("ana", "ben", "ana"):
        opened(town, user, "131047")
    assert len(town.workspace.calls_of("conversations.members")) == before


def test_a_press_in_the_home_is_one_edit_in_the_thread_and_shows_in_the_home(town: Town) -> None:
    """Who is on it is seen in both places."""
    ts = alert(town)
    opened(town, "ana", "131047")
    before = len(town.workspace.calls_of("chat.update"))
    assert town.people.click_in_view("ana", "incident.own").acknowledged
    home(town, "ana", "Owned by @U0ANA", "Hand back")
    town.reply(ALERTS, ts, "Owned by @U0ANA")
    town.drawn()
    assert len(town.workspace.calls_of("chat.update")) == before + 1
    assert len(town.replies(ALERTS, ts)) == 1


def test_the_menu_of_the_home_snoozes(town: Town) -> None:
    """The entries behind ⋯ are those of the thread."""
    ts = alert(town)
    opened(town, "ana", "131047")
    view = town.workspace.home("ana") or {}
    menu = next(e for b in view["blocks"] for e in b.get("elements", ()) if e.get("action_id") == "card.more")
    town.people.click_in_view("ana", "card.more", menu["options"][0]["value"])
    home(town, "ana", "Snoozed by @U0ANA")
    town.reply(ALERTS, ts, "Snoozed by @U0ANA")


def test_a_press_that_came_too_late_says_who_was_quicker(town: Town) -> None:
    """Above everything, and the Home is up to date."""
    ts = alert(town)
    opened(town, "ana", "131047")
    town.people.click("ben", ALERTS, town.reply_ts(ALERTS, ts, "131047"), "incident.own")
    town.reply(ALERTS, ts, "Owned by @U0BEN")
    town.people.click_in_view("ana", "incident.own")
    home(town, "ana", "Somebody was quicker: it is owned by @U0BEN", "Hand back")
    town.people.click_in_view("ana", "home.refresh")
    home(town, "ana", "Hand back", without=("Somebody was quicker",))


def test_check_now_asks_waconnect_and_shows_the_answer(open_town: OpenTown) -> None:
    """With when it was; the next viewer sees it as well."""
    with open_town(waconnect_timeout_seconds=60) as town:
        town.sandbox.account(enabled=False)
        opened(town, "ana", "not checked yet")
        town.people.click_in_view("ana", "home.check")
        home(town, "ana", "Account disabled", "Last checked")
        opened(town, "ben", "Account disabled")


def test_without_a_key_there_is_nothing_to_check(open_town: OpenTown) -> None:
    """The Home says which setting is missing."""
    with open_town(waconnect_api_key=None) as town:
        assert "Check now" not in opened(town, "ana", "WACONNECT_API_KEY")


def test_muted_errors_are_unmuted_in_the_home(town: Town) -> None:
    """A mute that is over when the button is pressed says so."""
    town.people.command("ana", ALERTS, "/waerror", "mute 131047")
    opened(town, "ana", "131047 · Re-engagement message in #C0ALERTS", "until somebody lifts it")
    opened(town, "ben", "Unmute")
    town.people.click_in_view("ana", "home.unmute")
    home(town, "ana", without=("Unmute",))
    town.people.click_in_view("ben", "home.unmute")
    home(town, "ben", "unmuted already", without=("Unmute",))
    ts = town.people.post_as_app(ALERTS, "Alertmanager", "send failed: (#131047) Re-engagement message")
    town.reply(ALERTS, ts, "131047")


def test_slack_refuses_the_chart_and_gets_bars_of_text(town: Town) -> None:
    """Once: from then on charts are not tried."""
    alert(town)
    town.workspace.fail_next("views.publish", "invalid_arguments")
    shown = opened(town, "ana", "█", "2 hours a bar")
    assert "data_visualization" not in str(town.workspace.home("ana"))
    assert "131047" in shown
    opened(town, "ben", "2 hours a bar")
    first, *later = ["data_visualization" in str(call.args) for call in published(town)]
    assert first
    assert not any(later)
    assert len(later) >= 2


def test_slack_is_away_and_the_next_opening_works(town: Town) -> None:
    """Nothing is stuck after a failure."""
    town.workspace.fail_next("views.publish", status=503)
    town.people.open_home("ana")
    town.workspace.wait_for(lambda: published(town))
    opened(town, "ana", "Nothing is open")


def test_more_incidents_than_fit_are_counted(town: Town) -> None:
    """And where to see them."""
    for code in CODES:
        town.people.post_as_app(ALERTS, "Alertmanager", f'{{"error": {{"code": {code}}}}} from WhatsApp')
    live = len(CODES)
    assert live > MOST_INCIDENTS
    town.workspace.wait_for(lambda: town.house.store.figures.live("T0STANDIN") == live)
    opened(town, "ana", f"and {live - MOST_INCIDENTS} more: type /waerror incidents")
    assert len((town.workspace.home("ana") or {})["blocks"]) <= 100


def test_a_storm_publishes_no_home(town: Town) -> None:
    """Only its viewer's opening and presses do."""
    town.workspace.patience = Patience(redeliver_after=())  # what is opened again is shown again
    opened(town, "ana", "Nothing is open")
    for _ in range(20):
        town.people.post_as_app(ALERTS, "Alertmanager", "send failed: (#131047) Re-engagement message")
    live = town.house.store.incidents.live
    town.workspace.wait_for(lambda: sum(one.count for one in live("T0STANDIN")) == 20)
    town.drawn()
    opened(town, "ben", "seen 20 times")
    assert len(published(town, "ana")) == len(published(town, "ben")) == 1


def test_a_button_of_another_release_answers_in_the_home(town: Town) -> None:
    """In words, above everything; there is no response_url in a Home."""
    element = {"type": "button", "text": {"type": "plain_text", "text": "Old"}, "value": '{"v":1,"card":"00000000"}'}
    blocks = [
        {"type": "actions", "elements": [{**element, "action_id": name} for name in ("home.dance", "incident.own")]}
    ]
    town.house.duties.homing._audience.publish(town.workspace.user_id("ana"), {"type": "home", "blocks": blocks})
    for action in ("home.dance", "incident.own"):
        town.house.duties.homing._audience.publish(town.workspace.user_id("ana"), {"type": "home", "blocks": blocks})
        assert town.people.click_in_view("ana", action).acknowledged
        home(town, "ana", "too old")


def test_a_private_channel_without_its_viewer_stays_private(town: Town) -> None:
    """Ben is invited to nothing; Ana, who is a member, sees it."""
    town.people.invite("ana", PRIVATE)
    town.workspace.set_member(PRIVATE, town.workspace.user_id("ben"), False)
    town.people.command("ana", PRIVATE, "/waerror", "watch on")
    alert(town, "send failed: (#131026) Message undeliverable", PRIVATE)
    assert "131026" in opened(town, "ana", PRIVATE)
    shown = opened(town, "ben", "Nothing is open")
    assert PRIVATE not in shown
    assert SUPPORT not in shown
