"""An alert channel during an outage: a few threads that stay true, instead of hundreds of answers."""

import json
import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from time import time

import pytest
import sqlalchemy as sa

from bot.desk.incidents import _CLOSEST
from bot.standin import plain
from bot.store.channels import channels
from tests.scenarios.conftest import ALERTS, SUPPORT, OpenTown, Town

WINDOW = "(#131047) Re-engagement message"
UNDELIVERABLE = "(#131026) Message undeliverable"
MEDIA = "(#131053) Media upload error"
CAUSES = (131026, 131047, 131053, 131051, 130429, 132000, 132001, 133010, 131030, 131031,
          131042, 131045, 131008, 131049, 131056, 132012, 132015, 132016, 131021, 131048,
          131052, 132005, 132007, 131009, 131005, 131000, 131016, 131057, 130472, 80007)  # fmt: skip


def alert(town: Town, text: str, channel: str = ALERTS, app: str = "Alertmanager") -> str:
    """A post, and the event of it acknowledged: Slack delivers side by side, and these stories have an order."""
    ts = town.people.post_as_app(channel, app, text)
    town.workspace.settle()
    return ts


def sent(to: str, error: str = WINDOW) -> str:
    """An alert that holds the request that failed."""
    body = {"to": to, "body": "Your order left", "phoneNumberId": "109876543210987"}
    return f"POST /api/messages/text\n{json.dumps(body)}\n\n400 " + json.dumps({"success": False, "error": error})


def card_ts(town: Town, ts: str, word: str = "Sending again", channel: str = ALERTS) -> str:
    return town.reply_ts(channel, ts, word)


def press(town: Town, user: str, ts: str, pick: str, channel: str = ALERTS) -> None:
    """A button, or an entry of the menu."""
    card = card_ts(town, ts, channel=channel)
    message = town.workspace.message(channel, card)
    buttons = [e for b in message["blocks"] if b["type"] == "actions" for e in b["elements"]]
    if any(element["action_id"] == f"incident.{pick}" for element in buttons):
        assert town.people.click(user, channel, card, f"incident.{pick}").acknowledged
        return
    menu = next(element for element in buttons if element["action_id"] == "card.more")
    value = next(o["value"] for o in menu["options"] if json.loads(o["value"])["pick"] == pick)
    assert town.people.click(user, channel, card, "card.more", value).acknowledged


def reactions(town: Town, ts: str, channel: str = ALERTS) -> list[str]:
    return [one["name"] for one in town.workspace.message(channel, ts).get("reactions", [])]


def edits(town: Town) -> int:
    return len(town.workspace.calls_of("chat.update"))


def test_two_hundred_alerts_make_one_thread(town: Town) -> None:
    """One card in the thread of the first, kept true; the others get no reply; round numbers are said once each.

    However long it takes, no two edits are closer than they may be.
    """
    apart = _CLOSEST.total_seconds() * town.house.settings.waerror_pace
    first = alert(town, sent("15550000000"))
    later = [town.people.post_as_app(ALERTS, "Alertmanager", sent(f"1555000{n:04}")) for n in range(1, 200)]
    town.reply(ALERTS, first, "200 times since", "200 recipients: ")
    replies = town.settled(ALERTS, first)
    assert [reply for reply in replies if "Re-engagement" in reply] == replies[:1]
    assert all(re.match(r"Seen 10+ times now", reply) for reply in replies[1:])
    assert any(reply.startswith("Seen 100 times") for reply in replies[1:])
    assert [town.replies(ALERTS, ts) for ts in later] == [[]] * 199
    assert "1555000" not in "".join(replies)
    times = [call.at for call in town.workspace.calls_of("chat.update")]
    assert all(after - before >= apart for before, after in pairwise(times))


def test_the_header_says_what_is_affected(town: Town) -> None:
    """Recipients by their last four digits, sending numbers, templates and sources, counted."""
    first = alert(town, sent("15550001111"), app="Grafana")
    alert(town, sent("15550002222"), app="Alertmanager")
    reply = town.reply(ALERTS, first, "2 times since")
    assert "2 recipients: ••••1111, ••••2222" in reply
    assert "1 sending number: ••••0987" in reply
    assert "2 sources: Alertmanager, Grafana" in reply


def test_two_causes_are_two_threads(town: Town) -> None:
    """Other alerts between them change nothing."""
    one, other = alert(town, WINDOW), alert(town, UNDELIVERABLE)
    alert(town, WINDOW)
    town.reply(ALERTS, one, "131047", "2 times since")
    town.reply(ALERTS, other, "131026", "seen once")


def test_the_same_cause_in_another_channel_gets_a_link_to_the_first(town: Town) -> None:
    """Whoever reads the second thread finds the first."""
    town.people.command("ana", SUPPORT, "/waerror", "watch on")
    first = alert(town, WINDOW)
    town.reply(ALERTS, first, "131047")
    second = alert(town, WINDOW, SUPPORT)
    reply = town.reply(SUPPORT, second, "131047", "Also in #C0ALERTS since")
    assert "its first thread" in reply
    card = town.workspace.message(SUPPORT, card_ts(town, second, channel=SUPPORT))
    assert f"/archives/{ALERTS}/p{first.replace('.', '')}|its first thread>" in json.dumps(card["blocks"])
    assert "Also in" not in town.reply(ALERTS, first, "131047")


def test_after_the_window_it_is_a_new_incident(open_town: OpenTown) -> None:
    """What comes back the next day gets a thread of its own; the old one says that it went quiet."""
    with open_town(waerror_incident_window_seconds=0.4) as town:
        first = alert(town, WINDOW)
        town.reply(ALERTS, first, "Resolved by itself, for it has been quiet")
        second = alert(town, WINDOW)
        town.reply(ALERTS, second, "131047", "seen once")
        assert len([r for r in town.replies(ALERTS, first) if "131047" in r]) == 1


def test_somebody_is_on_it(town: Town) -> None:
    """Who and since when, in one edit; the alert in the channel shows it without opening the thread."""
    ts = alert(town, WINDOW)
    town.reply(ALERTS, ts, "Open · seen once")
    town.drawn()
    before = edits(town)
    assert reactions(town, ts) == ["red_circle"]
    press(town, "ana", ts, "own")
    town.reply(ALERTS, ts, "Owned by @U0ANA since")
    town.drawn()
    assert reactions(town, ts) == ["eyes"]
    assert edits(town) == before + 1
    assert len(town.replies(ALERTS, ts)) == 1


def test_the_second_who_takes_it_is_told_who_was_quicker(town: Town) -> None:
    """A press on a card that another has changed meanwhile."""
    ts = alert(town, WINDOW)
    card = card_ts(town, ts)
    stale = town.workspace.message(ALERTS, card)
    press(town, "ana", ts, "resolve")
    town.reply(ALERTS, ts, "Resolved by @U0ANA")
    town.drawn()
    town.workspace.stored[ALERTS][card]["blocks"] = stale["blocks"]  # ben's screen is a second behind
    town.people.click("ben", ALERTS, card, "incident.own")
    town.workspace.wait_for(lambda: "it is resolved by @U0ANA" in town.whisper("ben"))


def test_resolved_by_a_person_and_reopened_by_a_new_alert(town: Town) -> None:
    """The thread says that it is back; the card is the same one."""
    ts = alert(town, WINDOW)
    press(town, "ana", ts, "resolve")
    town.reply(ALERTS, ts, "Resolved by @U0ANA")
    town.drawn()
    assert reactions(town, ts) == ["white_check_mark"]
    alert(town, WINDOW)
    town.reply(ALERTS, ts, "It is back")
    town.reply(ALERTS, ts, "Open", "2 times since")
    town.drawn()
    assert reactions(town, ts) == ["red_circle"]
    assert len(town.replies(ALERTS, ts)) == 2


def test_a_snooze_ends_by_itself(town: Town) -> None:
    """Snoozed, no remark is made; when the time is over it is open again."""
    ts = alert(town, WINDOW)
    press(town, "ana", ts, "snooze-1h")
    town.reply(ALERTS, ts, "Snoozed by @U0ANA until")
    for _ in range(12):
        alert(town, WINDOW)
    town.reply(ALERTS, ts, "13 times since", "Snoozed")
    store = town.house.store
    (one,) = store.incidents.live("T0STANDIN")
    store.incidents.note(one.id, until=datetime.now(UTC) - timedelta(seconds=1))
    town.reply(ALERTS, ts, "Open", "13 times since")
    town.reply(ALERTS, ts, "Seen 10 times now")


def test_muted_here_and_unmuted(town: Town) -> None:
    """New alerts of a muted error get nothing in this channel and are counted; other channels go on."""
    town.people.command("ana", SUPPORT, "/waerror", "watch on")
    ts = alert(town, WINDOW)
    press(town, "ana", ts, "mute")
    town.reply(ALERTS, ts, "Muted here by @U0ANA until somebody lifts it")
    alert(town, WINDOW)
    town.reply(SUPPORT, alert(town, WINDOW, SUPPORT), "131047")
    press(town, "ben", ts, "unmute")
    town.reply(ALERTS, ts, "Open", "2 times since")


def test_a_mute_by_command_keeps_the_next_incident_silent(town: Town) -> None:
    """For a time; the answer says until when, and a code that nobody knows is asked for again."""
    assert "Which error" in json.dumps(town.people.command("ana", ALERTS, "/waerror", "mute 999999 2h").payload)
    town.people.command("ana", ALERTS, "/waerror", "mute 131047 2h")
    assert "Muted here until" in town.whisper("ana")
    ts = alert(town, WINDOW)
    assert town.settled(ALERTS, ts) == []
    town.people.command("ben", ALERTS, "/waerror", "unmute 131047")
    assert "gets its answers here again" in town.whisper("ben")
    town.reply(ALERTS, ts, "131047")


def test_a_quiet_channel_is_counted_and_nothing_is_written(town: Town) -> None:
    """Neither card nor reaction; *watch on* answers the next."""
    town.people.command("ana", ALERTS, "/waerror", "watch quiet")
    assert "count what is posted" in town.whisper("ana")
    ts = alert(town, WINDOW)
    assert town.settled(ALERTS, ts) == []
    assert reactions(town, ts) == []
    assert [one.count for one in town.house.store.incidents.live("T0STANDIN")] == [1]


def test_the_first_answer_shows_in_the_channel_when_that_is_wanted(town: Town) -> None:
    """`watch channel`: Slack shows the reply in both places; the header's edits do not repeat it."""
    town.people.command("ana", ALERTS, "/waerror", "watch channel")
    ts = alert(town, WINDOW)
    card = card_ts(town, ts)
    assert town.workspace.message(ALERTS, card)["subtype"] == "thread_broadcast"
    alert(town, WINDOW)
    town.reply(ALERTS, ts, "2 times since")
    assert len(town.settled(ALERTS, ts)) == 1


def test_reactions_can_be_switched_off(open_town: OpenTown) -> None:
    """Some channels keep reactions for people."""
    with open_town(waerror_reactions=False) as town:
        ts = alert(town, WINDOW)
        town.reply(ALERTS, ts, "131047")
        town.drawn()
        assert reactions(town, ts) == []


def test_an_edited_alert_is_counted_as_what_it_is_now(town: Town) -> None:
    """Alertmanager edits in place: the old incident loses it, the new one gains it."""
    ts = alert(town, WINDOW)
    town.reply(ALERTS, ts, "131047", "seen once")
    town.people.edit("Alertmanager", ALERTS, ts, MEDIA)
    town.reply(ALERTS, ts, "131053", "seen once")
    town.reply(ALERTS, ts, "131047", "its alert was edited")
    assert [(o.cause.entry, o.count) for o in town.house.store.incidents.live("T0STANDIN")] == [("meta/131053", 1)]


def test_an_edit_that_keeps_the_cause_updates_the_card(town: Town) -> None:
    """It is still one alert; what it names now is what counts."""
    ts = alert(town, sent("15550001111"))
    town.reply(ALERTS, ts, "1 recipient: ••••1111")
    town.people.edit("Alertmanager", ALERTS, ts, sent("15550002222"))
    reply = town.reply(ALERTS, ts, "1 recipient: ••••2222", "seen once")
    assert "to ••••2222" in reply
    assert len(town.settled(ALERTS, ts)) == 1


def test_an_alert_that_is_edited_into_something_else_is_forgotten(town: Town) -> None:
    """[RESOLVED] all good: nothing is left to be open."""
    ts = alert(town, WINDOW)
    town.reply(ALERTS, ts, "131047")
    town.people.edit("Alertmanager", ALERTS, ts, "all good again")
    town.reply(ALERTS, ts, "Resolved by itself, for its alert was edited")
    assert town.house.store.incidents.live("T0STANDIN") == ()


def test_a_post_that_becomes_an_error_by_an_edit_is_answered(town: Town) -> None:
    """First a placeholder, then the error."""
    ts = alert(town, "sending …")
    town.workspace.settle()
    town.people.edit("Alertmanager", ALERTS, ts, WINDOW)
    town.reply(ALERTS, ts, "131047", "seen once")


def test_a_deleted_alert_breaks_nothing(town: Town) -> None:
    """Gone before its answer was posted: the next alert of the cause gets the thread."""
    town.people.delete("Alertmanager", ALERTS, _unanswered(town))
    second = alert(town, WINDOW)
    town.workspace.fail_no_more()
    town.reply(ALERTS, second, "131047", "2 times since")


def test_an_answered_alert_that_is_deleted_still_counts(town: Town) -> None:
    """Its thread is left without a beginning, and the alerts of its cause go on there."""
    first = alert(town, WINDOW)
    town.reply(ALERTS, first, "131047", "seen once")
    town.people.delete("Alertmanager", ALERTS, first)
    second = alert(town, WINDOW)
    town.reply(ALERTS, first, "131047", "2 times since")
    assert town.replies(ALERTS, second) == []


def _unanswered(town: Town) -> str:
    town.workspace.fail_next("chat.postMessage", status=503, times=None)
    ts = alert(town, WINDOW)
    town.workspace.wait_for(lambda: town.workspace.calls_of("chat.postMessage"))
    return ts


def test_a_channel_that_is_gone_breaks_nothing(town: Town) -> None:
    """The bot was removed: the others are answered all the same."""
    town.people.command("ana", SUPPORT, "/waerror", "watch on")
    town.workspace.fail_next("chat.postMessage", "channel_not_found")
    lost = alert(town, WINDOW)
    town.workspace.wait_for(lambda: town.workspace.calls_of("chat.postMessage"))
    town.reply(SUPPORT, alert(town, UNDELIVERABLE, SUPPORT), "131026")
    assert town.replies(ALERTS, lost) == []


def test_many_causes_at_once_are_answered_one_by_one_and_the_channel_is_told(open_town: OpenTown) -> None:
    """So many new cards a minute, the rest when it calms down; one honest sentence in the channel."""
    with open_town(waerror_cards_per_minute=3, waerror_pace=0.5) as town:
        roots: dict[int, str] = {}
        count = 0
        new = (CAUSES[at : at + 10] for at in range(0, len(CAUSES), 10))
        while not _was_told(town, "more causes wait"):
            # It calms down once no alert comes for a moment, and we may stand still for that long: then once more.
            calm = all(town.replies(ALERTS, ts) for ts in roots.values())
            for code in next(new) if calm else CAUSES[:1]:
                ts = alert(town, f"WhatsApp error (#{code})")
                roots.setdefault(code, ts)
                count += 1
        for code, ts in roots.items():
            town.reply(ALERTS, ts, str(code))
        says = f"It has calmed down: {count:,} alerts folded into {len(roots)} threads, one per cause."
        town.workspace.wait_for(lambda: _notices(town, says))
        assert len(_notices(town, "")) == 1
        town.drawn()
        assert all(len([r for r in town.replies(ALERTS, ts) if "Seen" not in r[:4]]) == 1 for ts in roots.values())


def _was_told(town: Town, words: str) -> bool:
    """Whether a post said so, whatever stands there by now."""
    return any(words in str(call.args.get("text")) for call in town.workspace.calls_of("chat.postMessage"))


def _notices(town: Town, words: str) -> list[str]:
    posts = [m for m in town.workspace.messages(ALERTS) if m["user"] == "U0WAERROR" and "thread_ts" not in m]
    return [plain(m) for m in posts if words in plain(m)]


def test_a_bot_that_repeats_our_card_is_not_an_alert(town: Town) -> None:
    """Our first line and our verdict together are ours, whoever posts them."""
    ts = alert(town, WINDOW)
    quoted = plain(town.workspace.message(ALERTS, card_ts(town, ts)))
    copy = alert(town, f"New reply in thread: {quoted}", app="Mirror")
    assert town.settled(ALERTS, copy) == []
    assert [one.count for one in town.house.store.incidents.live("T0STANDIN")] == [1]


def test_a_loop_with_another_bot_is_broken(town: Town) -> None:
    """It answers each of our posts at once: after ten, its posts are left alone, and the channel knows."""
    store = town.house.store
    codes = [131026, 131047, 131053, 131051, 130429, 132000, 132001, 133010, 131030, 131031, 131042]
    for code in codes:
        _comes_at_once(town)
        ts = alert(town, f"WhatsApp error (#{code})", app="Echo")
        town.settled(ALERTS, ts)
    town.workspace.wait_for(lambda: _notices(town, "looks like two bots answering each other"))
    assert town.replies(ALERTS, ts) == []
    assert len(store.incidents.live("T0STANDIN")) < len(codes)
    town.people.command("ana", ALERTS, "/waerror", "watch on")
    town.reply(ALERTS, alert(town, "WhatsApp error (#131042)", app="Echo"), "131042")


def _comes_at_once(town: Town) -> None:
    """An echo has a second, and a machine may stand still for longer: what we wrote since the last alert stays news."""
    news = (channels.c.channel == ALERTS) & (channels.c.wrote_at > channels.c.heard_at)
    with town.house.store.channels._engine.begin() as db:
        db.execute(sa.update(channels).where(news).values(wrote_at=time() + 60))


def test_the_bot_was_down_for_an_hour(open_town: OpenTown) -> None:
    """What the channel got meanwhile is answered once, marked as late; what was handled before is left alone."""
    with open_town() as town:
        before = alert(town, WINDOW)
        town.reply(ALERTS, before, "131047")
        town.drawn()
        workspace = town.workspace
    with open_town(workspace=workspace) as again:
        workspace.answer_with(None)  # nobody listens
        missed = [again.people.post_as_app(ALERTS, "Alertmanager", text) for text in (MEDIA, "lunch?", MEDIA)]
        marks = again.house.duties.catching_up.marks("T0STANDIN")
        again.house.duties.catching_up.run("T0STANDIN", again.house.me, marks)
        again.reply(ALERTS, missed[0], "131053", "2 times", "Late: it was posted while I was away")
        again.house.duties.catching_up.run("T0STANDIN", again.house.me, marks)
        again.drawn()
        assert [len(again.replies(ALERTS, ts)) for ts in (before, *missed)] == [1, 1, 0, 0]


@pytest.mark.parametrize("seconds", [0, 0.001])
def test_how_far_back_is_read_is_a_setting(open_town: OpenTown, seconds: float) -> None:
    """Zero reads nothing; what is older than the setting is left alone."""
    with open_town() as town:
        town.reply(ALERTS, alert(town, WINDOW), "131047")
        town.drawn()
        workspace = town.workspace
    with open_town(workspace=workspace, waerror_catch_up_seconds=seconds) as again:
        workspace.answer_with(None)
        missed = again.people.post_as_app(ALERTS, "Alertmanager", MEDIA)
        again.workspace.wait_for(lambda: time() - float(missed) > seconds)
        duty = again.house.duties.catching_up
        duty.run("T0STANDIN", again.house.me, duty.marks("T0STANDIN"))
        again.drawn()
        assert again.replies(ALERTS, missed) == []


def test_a_retry_that_arrived_resolves_what_it_made_good(open_town: OpenTown) -> None:
    """One failed message, sent again and delivered: nobody has to say so."""
    with open_town(waconnect_timeout_seconds=60) as town:
        body = json.dumps({"to": "15550001111", "body": "Your order left"})
        refusal = '429 {"success": false, "error": "(#130429) Rate limit hit"}'
        ts = alert(town, f"POST /api/messages/text\n{body}\n\n{refusal}")
        town.people.click("ana", ALERTS, card_ts(town, ts), "remedy.retry")
        town.reply(ALERTS, ts, "Resolved by itself, for every message was sent again and arrived")
        town.drawn()
        assert reactions(town, ts) == ["white_check_mark"]
