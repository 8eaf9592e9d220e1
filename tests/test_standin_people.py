"""What people and other apps do, in the shapes Slack gives it; no socket and no Bolt, only what is handed over."""

from collections.abc import Iterator
from typing import Any
from urllib.request import Request, urlopen

import pytest
from slack_sdk import WebClient

from bot.standin import Ack, Envelope, NoSuchControl, NotSeen, Patience, People, Workspace, plain, serve

Json = dict[str, Any]


class Ear:
    """Takes every envelope and acknowledges it with what the test wants to answer."""

    def __init__(self) -> None:
        self.heard: list[Envelope] = []
        self.answers: list[Json | None] = []

    def __call__(self, envelope: Envelope) -> Ack:
        self.heard.append(envelope)
        answers = self.answers if envelope.type != "events_api" else []
        return Ack(True, answers.pop(0) if answers else None)

    @property
    def events(self) -> list[Json]:
        return [envelope.payload["event"] for envelope in self.heard if envelope.type == "events_api"]


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def people(ear: Ear) -> Iterator[People]:
    workspace = Workspace(patience=Patience(ack=30, trigger=30))
    for name in ("alice", "bob"):
        workspace.add_user(name)
    workspace.add_channel("alerts")
    workspace.add_channel("ops", kind="private")
    workspace.answer_with(ear)
    with serve(workspace):
        yield People(workspace)


@pytest.fixture
def client(people: People) -> WebClient:
    return WebClient("xoxb-standin", base_url=f"{people.workspace.url}/api/")


def words(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def option(value: str) -> Json:
    return {"text": words(value), "value": value}


def actions(*elements: Json) -> list[Json]:
    return [{"type": "actions", "block_id": "row", "elements": list(elements)}]


def modal(*blocks: Json, **more: Any) -> Json:
    return {"type": "modal", "title": words("Title"), "submit": words("Send"), "blocks": list(blocks), **more}


def field(name: str, **element: Any) -> Json:
    element = {"type": "plain_text_input", "action_id": f"{name}_input", **element}
    return {"type": "input", "block_id": name, "label": words(name), "element": element}


def opened(people: People, client: WebClient, view: Json) -> Json:
    trigger = people.global_shortcut("alice", "any").envelope.payload["trigger_id"]
    found: Json = client.views_open(trigger_id=trigger, view=view)["view"]
    return found


def test_a_message_event_has_slacks_shape(people: People, ear: Ear) -> None:
    ts = people.say("alice", "#ops", "look & see")
    people.workspace.settle()
    (envelope,) = ear.heard
    assert envelope.payload.keys() >= {"team_id", "api_app_id", "event_id", "event_time", "authorizations", "type"}
    event = envelope.payload["event"]
    assert event == event | {
        "type": "message",
        "channel": "C0OPS",
        "channel_type": "group",
        "user": "U0ALICE",
        "text": "look &amp; see",
        "ts": ts,
        "event_ts": ts,
        "team": "T0STANDIN",
    }
    assert event["blocks"][0]["type"] == "rich_text"


def test_a_mention_comes_as_two_events(people: People, ear: Ear) -> None:
    people.say("alice", "#alerts", "@waerror why")
    people.workspace.settle()
    assert sorted(event["type"] for event in ear.events) == ["app_mention", "message"]
    assert {event["text"] for event in ear.events} == {"<@U0WAERROR> why"}


def test_a_reply_names_its_thread_and_the_parent_counts_it(people: People, ear: Ear) -> None:
    ts = people.say("alice", "#alerts", "first")
    people.say("bob", "#alerts", "second", thread_ts=ts)
    people.workspace.settle()
    reply = next(event for event in ear.events if event["text"] == "second")
    assert (reply["thread_ts"], reply["parent_user_id"]) == (ts, "U0ALICE")
    assert [plain(m) for m in people.workspace.thread("#alerts", ts)] == ["first", "second"]
    assert people.workspace.message("#alerts", ts)["reply_count"] == 1


def test_other_apps_post_without_a_subtype(people: People, ear: Ear) -> None:
    people.post_as_app("#alerts", "Grafana", attachments=[{"title": "Firing", "text": "131047"}])
    people.workspace.settle()
    (event,) = ear.events
    assert (event["bot_id"], event["app_id"], event["text"]) == ("B0GRAFANA", "A0GRAFANA", "")
    assert "subtype" not in event
    assert event["attachments"][0] == {"id": 1, "fallback": "131047", "title": "Firing", "text": "131047"}


def test_replies_that_are_deleted_are_not_counted(people: People) -> None:
    """The message above knows how many are left, and whose."""
    ts = people.say("alice", "#alerts", "one")
    replies = [people.say(who, "#alerts", "a reply", ts) for who in ("alice", "bob")]
    people.delete("bob", "#alerts", replies[1])
    parent = people.workspace.message("#alerts", ts)
    assert (parent["reply_count"], parent["latest_reply"], parent["reply_users"]) == (1, replies[0], ["U0ALICE"])
    people.delete("alice", "#alerts", replies[0])
    assert "reply_count" not in people.workspace.message("#alerts", ts)


def test_a_deleted_message_with_replies_leaves_a_tombstone(people: People, ear: Ear) -> None:
    """Slack tells of it as of a change, keeps it in the history, and takes it away with the last reply."""
    ts = people.say("alice", "#alerts", "one")
    reply = people.say("bob", "#alerts", "a reply", ts)
    people.delete("alice", "#alerts", ts)
    people.workspace.settle()
    [told] = [event for event in ear.events if event.get("subtype") == "message_changed"]
    assert told["previous_message"]["text"] == "one"
    left = people.workspace.message("#alerts", ts)
    assert told["message"] == left
    assert (left["subtype"], left["user"], left["text"]) == ("tombstone", "USLACKBOT", "This message was deleted.")
    assert (left["thread_ts"], left["reply_count"], left["latest_reply"]) == (ts, 1, reply)
    assert "client_msg_id" not in left
    people.delete("bob", "#alerts", reply)
    people.workspace.settle()
    gone = {event["ts"]: event["deleted_ts"] for event in ear.events if event.get("subtype") == "message_deleted"}
    assert [gone[at] for at in sorted(gone)] == [reply, ts]
    assert people.workspace.messages("#alerts") == []


def test_edits_and_deletions_are_told(people: People, ear: Ear) -> None:
    ts = people.say("alice", "#alerts", "one")
    people.edit("alice", "#alerts", ts, "two")
    people.delete("alice", "#alerts", ts)
    people.workspace.settle()
    by = {event.get("subtype"): event for event in ear.events}
    changed = by["message_changed"]
    assert (changed["previous_message"]["text"], changed["message"]["text"]) == ("one", "two")
    assert changed["message"]["edited"]["user"] == "U0ALICE"
    assert by["message_deleted"]["deleted_ts"] == ts
    assert people.workspace.messages("#alerts") == []
    with pytest.raises(NoSuchControl):
        people.edit("bob", "#alerts", people.say("alice", "#alerts", "mine"), "yours")


def test_the_app_hears_nothing_where_it_is_no_member(people: People, ear: Ear) -> None:
    people.remove_bot("#alerts")
    people.say("alice", "#alerts", "@waerror")
    people.invite("alice", "#alerts")
    people.workspace.settle()
    assert [(event["type"], event["user"]) for event in ear.events] == [("member_joined_channel", "U0WAERROR")]


def test_a_press_has_slacks_shape(people: People, ear: Ear, client: WebClient) -> None:
    button = {"type": "button", "action_id": "go", "text": words("Go"), "value": "1"}
    menu = {"type": "static_select", "action_id": "pick", "options": [option("a"), option("b")]}
    ts = client.chat_postMessage(channel="C0ALERTS", text="t", blocks=actions(button, menu))["ts"]
    people.click("alice", "#alerts", ts, "pick", "b")
    payload = people.click("alice", "#alerts", ts, "go").envelope.payload
    assert payload["type"] == "block_actions"
    assert payload["container"] == {
        "type": "message",
        "message_ts": ts,
        "channel_id": "C0ALERTS",
        "is_ephemeral": False,
    }
    (action,) = payload["actions"]
    assert (action["action_id"], action["block_id"], action["value"]) == ("go", "row", "1")
    assert payload["state"]["values"]["row"]["pick"]["selected_option"] == option("b")
    assert payload["response_url"].startswith(people.workspace.url)
    with pytest.raises(NoSuchControl, match=r"no go with value '2'.*go=1 \[ Go \]"):
        people.click("alice", "#alerts", ts, "go", "2")


def test_an_ephemeral_message_can_be_pressed_by_its_reader_only(people: People, client: WebClient) -> None:
    button = {"type": "button", "action_id": "go", "text": words("Go")}
    ts = client.chat_postEphemeral(channel="C0ALERTS", user="U0ALICE", text="t", blocks=actions(button))["message_ts"]
    payload = people.click("alice", "#alerts", ts, "go").envelope.payload
    assert payload["container"]["is_ephemeral"]
    assert "message" not in payload
    with pytest.raises(NoSuchControl):
        people.click("bob", "#alerts", ts, "go")


def test_feedback_buttons_are_pressed_by_their_value(people: People, client: WebClient) -> None:
    sides = {"positive_button": option("good"), "negative_button": option("bad")}
    element = {"type": "feedback_buttons", "action_id": "fb", **sides}
    blocks = [{"type": "context_actions", "elements": [element]}]
    ts = client.chat_postMessage(channel="C0ALERTS", text="t", blocks=blocks)["ts"]
    answer = people.click("alice", "#alerts", ts, "fb", "bad")
    assert answer.envelope.payload["actions"][0]["value"] == "bad"
    assert plain(people.workspace.message("#alerts", ts)) == "[ good ] [ bad ]"


def test_a_bad_answer_to_a_command_is_told_to_the_person(people: People, ear: Ear) -> None:
    ear.answers = [{"response_type": "in_channel", "text": "all"}, {"blocks": [{"type": "nonsense"}]}]
    assert people.command("alice", "#alerts", "/go").error is None
    assert [plain(m) for m in people.workspace.messages("#alerts")] == ["all"]
    assert people.command("alice", "#alerts", "/go").error == "invalid_blocks"


def test_modals_are_pushed_updated_and_cleared_by_the_answer(people: People, ear: Ear, client: WebClient) -> None:
    workspace = people.workspace
    first = opened(people, client, modal(field("a", initial_value="x")))
    ear.answers = [
        {"response_action": "push", "view": modal(field("b"))},
        {"response_action": "update", "view": modal(field("c"))},
        {"response_action": "errors", "errors": {"elsewhere": "wrong"}},
        {"response_action": "clear"},
    ]
    people.submit_view("alice", first["id"])
    second = workspace.view("alice")
    assert second is not None
    assert (second["previous_view_id"], second["root_view_id"]) == (first["id"], first["id"])
    people.submit_view("alice", second["id"], {"b": "y"})
    assert [view["id"] for view in workspace.views] == [first["id"], second["id"]]
    wrong = people.submit_view("alice", second["id"], {"c_input": "z"})
    assert wrong.error is not None
    assert wrong.error.startswith("invalid_errors")
    sent = people.submit_view("alice", second["id"], {"c": "z"}).envelope.payload["view"]["state"]["values"]
    assert sent == {"c": {"c_input": {"type": "plain_text_input", "value": "z"}}}
    assert workspace.views == []


def test_fields_are_filled_as_people_can(people: People, client: WebClient) -> None:
    blocks = [
        field("menu", type="static_select", options=[option("a"), option("b")]),
        field("boxes", type="checkboxes", options=[option("a"), option("b")]),
        field("who", type="users_select", initial_user="U0BOB"),
        {**field("more"), "optional": True},
    ]
    view = opened(people, client, modal(*blocks, notify_on_close=True))
    with pytest.raises(NoSuchControl, match="does not offer 'c'"):
        people.submit_view("alice", view["id"], {"menu": "c", "boxes": ["a"]})
    with pytest.raises(NoSuchControl, match=r"no field \['colour'\]"):
        people.submit_view("alice", view["id"], {"menu": "a", "boxes": ["a"], "colour": "red"})
    closed = people.close_view("alice", view["id"])
    assert closed is not None
    assert closed.envelope.payload["type"] == "view_closed"
    view = opened(people, client, modal(*blocks))
    values = people.submit_view("alice", view["id"], {"menu": "b", "boxes": ["a", "b"]}).envelope.payload["view"]
    held = {name: next(iter(fields.values())) for name, fields in values["state"]["values"].items()}
    assert held["menu"]["selected_option"]["value"] == "b"
    assert [one["value"] for one in held["boxes"]["selected_options"]] == ["a", "b"]
    assert (held["who"]["selected_user"], held["more"]["value"]) == ("U0BOB", None)


def test_the_home_tab_is_published_and_pressed(people: People, ear: Ear, client: WebClient) -> None:
    people.open_home("alice")
    people.workspace.settle()
    button = {"type": "button", "action_id": "go", "text": words("Go")}
    client.views_publish(user_id="U0ALICE", view={"type": "home", "blocks": actions(button)})
    home = people.workspace.home("alice")
    assert home is not None
    assert plain(home) == "[ Go ]"
    payload = people.click_in_view("alice", "go").envelope.payload
    assert payload["container"] == {"type": "view", "view_id": home["id"]}
    people.open_home("alice")
    people.workspace.settle()
    assert [event.get("view", {}).get("id") for event in ear.events] == [None, home["id"]]


def test_a_shared_snippet_can_be_fetched_with_the_token(people: People, ear: Ear) -> None:

    people.share_file("alice", "#alerts", "error.json", '{"code": 131047}', "what is this?")
    people.workspace.settle()
    (event,) = ear.events
    assert (event["subtype"], event["files"][0]["mode"]) == ("file_share", "snippet")
    request = Request(event["files"][0]["url_private_download"], headers={"Authorization": "Bearer xoxb-standin"})  # noqa: S310
    with urlopen(request) as response:  # noqa: S310 (our own loopback)
        assert response.read() == b'{"code": 131047}'
    with urlopen(event["files"][0]["url_private"]) as response:  # noqa: S310
        assert b"Sign in" in response.read()


def test_what_does_not_come_is_a_failure_with_the_last_calls(people: People) -> None:
    with pytest.raises(NotSeen, match="a reply did not come"):
        people.workspace.wait_for(lambda: None, 0.01, "a reply")


def test_a_post_of_attachments_alone_has_an_empty_text(people: People, client: WebClient) -> None:
    attachments = [{"fallback": "f", "text": "t"}]
    ts = client.chat_postMessage(channel="C0ALERTS", text="", attachments=attachments)["ts"]
    assert client.chat_update(channel="C0ALERTS", ts=ts, text="", attachments=attachments)["message"]["text"] == ""
