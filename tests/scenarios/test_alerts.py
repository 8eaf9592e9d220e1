"""Nobody asked: in an alert channel the bot answers what it is sure of, once, and leaves all else alone."""

import pytest

from bot.thread import Place
from tests.scenarios.conftest import ALERTS, SUPPORT, OpenTown, Town

ATTACHMENT = {
    "color": "danger",
    "title": "[FIRING] WhatsApp sends failing",
    "text": "worker-3: send failed: (#131047) Re-engagement message",
    "fields": [{"title": "service", "value": "notify", "short": True}],
    "ts": 1795430000,
    "fallback": "[FIRING] WhatsApp sends failing",
}


def test_an_alert_in_attachments_is_answered_in_its_thread(town: Town) -> None:
    """Alertmanager and Grafana put everything there and leave `text` empty."""
    ts = town.people.post_as_app(ALERTS, "Alertmanager", attachments=[ATTACHMENT])
    reply = town.reply(ALERTS, ts, "131047 · Re-engagement message")
    assert "Re-check account" in reply
    assert len(town.settled(ALERTS, ts)) == 1


def test_an_alert_in_blocks_is_answered(town: Town) -> None:
    """Header, section and fields are read."""
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": "WhatsApp delivery failed"}},
        {"type": "section", "fields": [{"type": "mrkdwn", "text": "*code*\n131026"}]},
    ]
    ts = town.people.post_as_app(ALERTS, "Grafana", blocks=blocks)
    town.reply(ALERTS, ts, "131026")


def test_a_person_in_an_alert_channel_is_read_too(town: Town) -> None:
    """Somebody pastes what the terminal said."""
    ts = town.people.say("ana", ALERTS, '{"error": {"message": "(#131053) Media upload error", "code": 131053}}')
    town.reply(ALERTS, ts, "131053")


def test_a_shared_text_file_is_read_to_its_end(town: Town) -> None:
    """The message has only a preview of it; Slack itself gives the rest, so no address is ever fetched."""
    log = "".join(f"12:00:{n:02} worker-{n} ok\n" for n in range(60)) + '{"error": {"code": 131053}} from WhatsApp'
    ts = town.people.share_file("ana", ALERTS, "worker.log", log)
    town.reply(ALERTS, ts, "131053")
    assert [call.method for call in town.workspace.calls_of("files.info")] == ["files.info"]


@pytest.mark.parametrize(
    "text",
    [
        "Deploy #131047 finished in 131 s",
        "disk usage at 91 % on db-2",
        "kubernetes/kubernetes#131175 merged",
        "order 131026 shipped",
        "lunch?",
    ],
)
def test_what_is_not_ours_gets_silence(town: Town, text: str) -> None:
    """A wrong answer in an alert channel costs more than none."""
    ts = town.people.post_as_app(ALERTS, "CI", text)
    assert town.settled(ALERTS, ts) == []


def test_replies_in_alert_threads_are_left_alone(town: Town) -> None:
    """Only the top of the channel is read, so two bots cannot talk to each other in a thread."""
    ts = town.people.post_as_app(ALERTS, "CI", "nightly run")
    town.people.post_as_app(ALERTS, "CI", "(#131047) Re-engagement message", thread_ts=ts)
    assert town.settled(ALERTS, ts) == ["(#131047) Re-engagement message"]


def test_an_event_that_slack_delivers_again_is_answered_once(town: Town) -> None:
    """However often, and after the answer as well."""
    ts = town.people.post_as_app(ALERTS, "Alertmanager", attachments=[ATTACHMENT])
    town.reply(ALERTS, ts, "131047")
    for attempt in (1, 2, 3):
        sent = [e for e in town.workspace.courier.sent if e.type == "events_api"]
        assert town.workspace.redeliver(sent[0].payload["event_id"], attempt).acknowledged
    assert len(town.settled(ALERTS, ts)) == 1


def test_a_copy_of_the_bot_is_not_answered(town: Town) -> None:
    """Its blocks carry our mark, so two copies in one channel do not answer each other."""
    ts = town.people.post_as_app(ALERTS, "Alertmanager", attachments=[ATTACHMENT])
    town.reply(ALERTS, ts, "131047")
    (ours,) = town.workspace.thread(ALERTS, ts)[1:]
    copy = town.people.post_as_app(ALERTS, "waerror of another team", blocks=ours["blocks"])
    assert town.settled(ALERTS, copy) == []


def test_slack_is_away_for_a_moment_and_the_answer_still_comes(town: Town) -> None:
    """A server error is waited out by the durable step."""
    town.workspace.fail_next("chat.postMessage", status=503, times=1)
    ts = town.people.post_as_app(ALERTS, "Alertmanager", attachments=[ATTACHMENT])
    town.reply(ALERTS, ts, "131047")


def test_a_channel_that_refuses_the_answer_does_not_stop_the_next_one(town: Town) -> None:
    """The refusal is final for one question only."""
    town.workspace.fail_next("chat.postMessage", "restricted_action")
    first = town.people.post_as_app(ALERTS, "Alertmanager", attachments=[ATTACHMENT])
    town.workspace.wait_for(lambda: town.workspace.calls_of("chat.postMessage"))
    second = town.people.post_as_app(ALERTS, "Alertmanager", text="(#131026) Message undeliverable")
    town.reply(ALERTS, second, "131026")
    assert town.settled(ALERTS, first) == []


def test_an_alert_is_counted_before_it_is_acknowledged(open_town: OpenTown) -> None:
    """The bot dies after the acknowledgement and before the answer; the next start answers, once."""
    with open_town() as town:
        town.workspace.fail_next("chat.postMessage", status=503, times=None)
        ts = town.people.post_as_app(ALERTS, "Alertmanager", attachments=[ATTACHMENT])
        town.workspace.wait_for(lambda: town.workspace.calls_of("chat.postMessage"))
        workspace = town.workspace
        assert [one.count for one in town.house.store.incidents.live("T0STANDIN")] == [1]
    workspace.fail_no_more()
    with open_town(workspace=workspace) as again:
        again.reply(ALERTS, ts, "131047")
        again.drawn()
        assert len(again.replies(ALERTS, ts)) == 1


def test_a_reply_that_a_crash_left_unnoted_is_found_and_not_posted_again(town: Town) -> None:
    """Posted, and then the process died before it could note where: the thread is searched first."""
    store, thread = town.house.store, town.house.thread
    ts = town.people.say("ana", SUPPORT, "hello")
    thread.show("c1", "card", Place(SUPPORT, ts), [], "an answer")
    store.cards.forget_reply("c1", "card")
    store.cards.begin_reply("c1", "card", SUPPORT, ts)  # as after a crash: begun, and no ts
    thread.show("c1", "card", Place(SUPPORT, ts), [], "the same answer, edited")
    assert town.replies(SUPPORT, ts) == ["the same answer, edited"]


def test_a_reply_that_somebody_deleted_is_posted_anew(town: Town) -> None:
    """Nothing breaks, and nothing is lost."""
    thread = town.house.thread
    ts = town.people.say("ana", SUPPORT, "hello")
    thread.show("c1", "account", Place(SUPPORT, ts), [], "first")
    town.workspace.fail_next("chat.update", "message_not_found")
    thread.show("c1", "account", Place(SUPPORT, ts), [], "second")
    assert town.replies(SUPPORT, ts)[-1] == "second"
