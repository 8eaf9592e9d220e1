"""What Slack refuses, the stand-in refuses, with the same error code: tables of calls and blocks."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import ServerErrorRetryHandler
from slack_sdk.webhook import WebhookClient

from bot.standin import People, Server, Workspace, plain, serve
from bot.standin.blocks import checked_blocks, checked_view
from bot.standin.events import new_response_url, new_trigger
from bot.standin.values import Json, SlackRefusal


@dataclass
class Watch:
    """A clock that tests move."""

    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class Scene:
    server: Server
    client: WebClient
    watch: Watch
    places: dict[str, str] = field(default_factory=dict)

    @property
    def workspace(self) -> Workspace:
        return self.server.workspace


@pytest.fixture
def scene() -> Iterator[Scene]:
    watch = Watch()
    workspace = Workspace(clock=watch)
    workspace.add_user("alice")
    workspace.add_channel("alerts")
    workspace.add_channel("lounge", bot=False)
    workspace.add_channel("ops", kind="private", bot=False)
    people = People(workspace)
    with serve(workspace) as server:
        client = WebClient(workspace.app.bot_token, base_url=server.api_url)
        own = client.chat_postMessage(channel="C0ALERTS", text="own")["ts"]
        said = people.say("alice", "#alerts", "said")
        reply = people.say("alice", "#alerts", "reply", thread_ts=said)
        yield Scene(server, client, watch, {"own": own, "said": said, "reply": reply})


def words(text: str, type: str = "plain_text") -> Json:
    return {"type": type, "text": text}


def section(text: str = "x", **more: Any) -> Json:
    return {"type": "section", "text": words(text, "mrkdwn"), **more}


def button(**more: Any) -> Json:
    return {"type": "button", "text": words("Go"), "action_id": "go", **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def confirm(**more: Json) -> Json:
    return {"title": words("t"), "text": words("t"), "confirm": words("t"), "deny": words("t"), **more}


def modal(**more: Any) -> Json:
    return {"type": "modal", "title": words("t"), "blocks": [section()], **more}


POST, UPDATE = "chat.postMessage", "chat.update"
REFUSED = [
    ("chat.nothing", {}, "unknown_method"),
    (POST, {"text": "x"}, "invalid_arguments"),
    (POST, {"channel": "C0ALERTS"}, "no_text"),
    (POST, {"channel": "C0ALERTS", "text": ""}, "no_text"),
    (POST, {"channel": "C0NOWHERE", "text": "x"}, "channel_not_found"),
    (POST, {"channel": "C0OPS", "text": "x"}, "channel_not_found"),
    (POST, {"channel": "C0ALERTS", "text": "x", "thread_ts": "1.000001"}, "thread_not_found"),
    (POST, {"channel": "C0ALERTS", "text": "x", "thread_ts": "{reply}"}, "thread_not_found"),
    (POST, {"channel": "C0ALERTS", "text": "x" * 40_001}, "msg_too_long"),
    (POST, {"channel": "C0ALERTS", "text": "x", "blocks": "{not json"}, "invalid_blocks_format"),
    (POST, {"channel": "C0ALERTS", "text": "x", "blocks": {"type": "divider"}}, "invalid_blocks_format"),
    (POST, {"channel": "C0ALERTS", "text": "x", "blocks": [{"type": "marquee"}]}, "invalid_blocks"),
    (POST, {"channel": "C0ALERTS", "blocks": [section("x" * 2700)] * 5}, "msg_blocks_too_long"),
    (POST, {"channel": "C0ALERTS", "text": "x", "markdown_text": "x"}, "markdown_text_conflict"),
    (UPDATE, {"channel": "C0ALERTS", "ts": "{own}", "text": "x" * 4_001}, "msg_too_long"),
    (UPDATE, {"channel": "C0ALERTS", "ts": "{said}", "text": "x"}, "cant_update_message"),
    (UPDATE, {"channel": "C0ALERTS", "ts": "1.000001", "text": "x"}, "message_not_found"),
    ("chat.delete", {"channel": "C0ALERTS", "ts": "{said}"}, "cant_delete_message"),
    ("chat.delete", {"channel": "C0ALERTS", "ts": "1.000001"}, "message_not_found"),
    ("chat.postEphemeral", {"channel": "C0LOUNGE", "user": "U0ALICE", "text": "x"}, "not_in_channel"),
    ("chat.postEphemeral", {"channel": "C0ALERTS", "user": "U0NOBODY", "text": "x"}, "user_not_in_channel"),
    ("chat.getPermalink", {"channel": "C0ALERTS", "message_ts": "1.000001"}, "message_not_found"),
    ("conversations.history", {"channel": "C0LOUNGE"}, "not_in_channel"),
    ("conversations.replies", {"channel": "C0ALERTS", "ts": "1.000001"}, "thread_not_found"),
    ("conversations.info", {"channel": "C0OPS"}, "channel_not_found"),
    ("conversations.list", {"types": "secret"}, "invalid_types"),
    ("conversations.list", {"types": "private_channel"}, None),
    ("conversations.join", {"channel": "C0LOUNGE"}, "missing_scope"),
    ("conversations.open", {}, "users_list_not_supplied"),
    ("conversations.open", {"users": "U0NOBODY"}, "user_not_found"),
    ("users.info", {"user": "U0NOBODY"}, "user_not_found"),
    ("reactions.add", {"channel": "C0ALERTS", "timestamp": "1.000001", "name": "eyes"}, "message_not_found"),
    ("reactions.add", {"channel": "C0ALERTS", "timestamp": "{own}", "name": ":eyes:"}, "invalid_name"),
    ("views.open", {"view": modal(), "trigger_id": "made.up"}, "invalid_trigger_id"),
    ("views.open", {"view": {"type": "home", "blocks": []}, "trigger_id": "made.up"}, "invalid_arguments"),
    ("views.update", {"view": modal(), "view_id": "V0"}, "not_found"),
    ("views.publish", {"view": {"type": "home", "blocks": [section()]}, "user_id": "U0ALICE"}, None),
    ("blocks.validate", {"blocks": [section("")]}, "invalid_blocks"),
    ("blocks.validate", {"blocks": [section()]}, None),
    ("apps.connections.open", {}, "not_allowed_token_type"),
]


@pytest.mark.parametrize("as_json", [True, False], ids=["json", "form"])
def test_refusals_have_slacks_error_codes(scene: Scene, as_json: bool) -> None:
    for method, given, expected in REFUSED:
        args = {k: v.format(**scene.places) if k.endswith(("ts", "timestamp")) else v for k, v in given.items()}
        assert error_of(scene, method, args, as_json) == expected, (method, str(given)[:200])
    made = [call.method for call in scene.workspace.calls][1:]  # the first one posted the scene's own message
    assert made == [method for method, _, _ in REFUSED]


def error_of(scene: Scene, method: str, args: Json, as_json: bool) -> str | None:
    sent = {"json": args} if as_json else {"data": {k: _flat(v) for k, v in args.items()}}
    try:
        scene.client.api_call(method, **sent)
    except SlackApiError as refusal:
        return str(refusal.response["error"])
    return None


def _flat(value: Any) -> Any:

    return json.dumps(value) if isinstance(value, dict | list) else value


@pytest.mark.parametrize(
    ("token", "error"), [("", "not_authed"), ("xoxb-wrong", "invalid_auth"), ("xapp-standin", "not_allowed_token_type")]
)
def test_tokens_are_checked(scene: Scene, token: str, error: str) -> None:
    with pytest.raises(SlackApiError, match=error):
        WebClient(token, base_url=scene.server.api_url).auth_test()


def test_a_missing_scope_is_named(scene: Scene) -> None:
    scene.workspace.scopes = frozenset({"users:read"})
    with pytest.raises(SlackApiError) as refused:
        scene.client.chat_postMessage(channel="C0ALERTS", text="x")
    assert refused.value.response["needed"] == "chat:write"
    assert refused.value.response["provided"] == "users:read"


def test_public_channels_need_the_scope_or_the_membership(scene: Scene) -> None:
    assert scene.client.chat_postMessage(channel="#lounge", text="x")["ok"]
    scene.workspace.scopes -= {"chat:write.public"}
    with pytest.raises(SlackApiError, match="not_in_channel"):
        scene.client.chat_postMessage(channel="#lounge", text="x")


POINT: Json = {"label": "x", "value": 1}


def chart(**more: Any) -> Json:
    course = {"type": "bar", "series": [{"name": "x", "data": [POINT]}], "axis_config": {"categories": ["x"]}}
    return {"type": "data_visualization", "title": "t", "chart": course | more}


def choice(first: str) -> Json:
    options = [{"text": words("A"), "value": "a"}]
    initial = {"text": words("A"), "value": first}
    return {"type": "static_select", "action_id": "s", "options": options, "initial_option": initial}


FAULTS: list[tuple[Json | list[Json], str]] = [
    ([section("")], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    ([section("x" * 3001)], "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
    ([{"type": "section"}], "must define either `text` or `fields` [json-pointer:/blocks/0]"),
    ([section(), {"type": "header", "text": words("x" * 151)}], "must be less than 151 characters"),
    ([{"type": "header", "text": words("x", "mrkdwn")}], "unsupported type: mrkdwn"),
    ([{"type": "header"}], "missing required field: text [json-pointer:/blocks/0]"),
    ([{"type": "divider"}] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
    ([actions()], "no fewer than 1 items allowed [json-pointer:/blocks/0/elements]"),
    ([actions(*(button(action_id=str(n)) for n in range(26)))], "no more than 25 items allowed"),
    ([actions(button(text=words("x" * 76)))], "must be less than 76 characters"),
    ([actions(button(value="x" * 2001))], "must be less than 2001 characters"),
    ([actions(button(value=""))], "must be more than 0 characters"),
    ([actions(button(value={"a": 1}))], "must be a string"),
    ([actions(button(style="green"))], "must be a valid enum value"),
    ([actions(button(colour="green"))], "invalid additional property: colour"),
    ([actions(button(), button())], "`action_id` go already exists"),
    ([actions(button(action_id="x" * 256))], "must be less than 256 characters"),
    ([actions({"type": "plain_text_input"})], "unsupported type: plain_text_input"),
    ([actions(button(confirm=confirm(text=words("x" * 301))))], "must be less than 301 characters"),
    ([actions(button(confirm={"title": words("t")}))], "missing required field: deny"),
    ([section(block_id="a"), section(block_id="a")], "`block_id` a already exists"),
    ([{"type": "context", "elements": [words("x")] * 11}], "no more than 10 items allowed"),
    ([{"type": "image", "alt_text": "x"}], "must define either `image_url` or `slack_file`"),
    ([chart(type="gauge")], "unsupported type: gauge"),
    ([chart(series=[])], "no fewer than 1 items allowed [json-pointer:/blocks/0/chart/series]"),
    ([chart(series=[{"name": "x" * 21, "data": [POINT]}])], "must be less than 21 characters"),
    ([chart(series=[{"name": "x", "data": [POINT] * 21}])], "no more than 20 items allowed"),
    ([chart(series=[{"name": "x", "data": [{"label": "x", "value": "1"}]}])], "must be of type int or float"),
    ([chart(axis_config={})], "missing required field: categories"),
    ([section(accessory=choice("b"))], "initial option is not among the options [json-pointer:/blocks/0/accessory]"),
    ([section(accessory={"type": "carousel"})], "unsupported type: carousel"),
    ([section(accessory={"type": "static_select", "action_id": "a"})], "must define either `options`"),
    ([{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}] * 2, "no more than 1 table blocks"),
    ([{"type": "alert", "text": words("x")}], "block type alert not allowed on this surface"),
    ([{"type": "rich_text", "elements": [{"type": "text", "text": "x"}]}], "unsupported type: text"),
    (modal(title=words("x" * 25)), "must be less than 25 characters [json-pointer:/view/title/text]"),
    (modal(private_metadata="x" * 3001), "must be less than 3001 characters"),
    (modal(blocks=[section()] * 101), "no more than 100 items allowed"),
    (modal(callback="x"), "invalid additional property: callback"),
    (
        modal(blocks=[{"type": "input", "label": words("x"), "element": {"type": "datepicker"}}]),
        "missing required field: submit",
    ),
]


@pytest.mark.parametrize(("given", "fault"), FAULTS, ids=[fault[:60] for _, fault in FAULTS])
def test_faults_in_blocks_are_pointed_at(given: Any, fault: str) -> None:
    with pytest.raises(SlackRefusal) as refused:
        checked_blocks(given) if isinstance(given, list) else checked_view(given, "modal")
    assert fault in "\n".join(refused.value.messages)


def test_the_same_action_in_two_blocks_is_fine() -> None:
    assert checked_blocks([actions(button()), actions(button())])


def test_the_fault_is_in_the_answer_where_slack_puts_it(scene: Scene) -> None:
    with pytest.raises(SlackApiError) as refused:
        scene.client.chat_postMessage(channel="C0ALERTS", text="x", blocks=[section("")])
    fault = "must be more than 0 characters [json-pointer:/blocks/0/text/text]"
    assert refused.value.response["errors"] == [fault]
    assert refused.value.response["response_metadata"] == {"messages": [f"[ERROR] {fault}"]}


def test_a_trigger_works_once_and_for_three_seconds(scene: Scene) -> None:
    first, second = (new_trigger(scene.workspace, "U0ALICE") for _ in range(2))
    assert scene.client.views_open(trigger_id=first, view=modal())["view"]["state"] == {"values": {}}
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        scene.client.views_open(trigger_id=first, view=modal())
    scene.watch.now += 3.1
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        scene.client.views_open(trigger_id=second, view=modal())


def test_a_response_url_works_five_times(scene: Scene) -> None:
    hook = WebhookClient(new_response_url(scene.workspace, "U0ALICE", "C0ALERTS"))
    answers = [hook.send(text=str(number)) for number in range(6)]
    assert [(answer.status_code, answer.body) for answer in answers] == [(200, "ok")] * 5 + [(404, "used_url")]
    assert [plain(m) for m in scene.workspace.ephemerals("alice")] == list("01234")


def test_a_response_url_works_for_half_an_hour(scene: Scene) -> None:
    hook = WebhookClient(new_response_url(scene.workspace, "U0ALICE", "C0ALERTS"))
    scene.watch.now += 1801
    assert hook.send(text="late").body == "expired_url"


def test_an_answer_can_be_replaced_and_deleted_by_its_url(scene: Scene) -> None:
    hook = WebhookClient(new_response_url(scene.workspace, "U0ALICE", "C0ALERTS"))
    hook.send(text="one")
    hook.send(text="two", replace_original=True)
    assert [plain(m) for m in scene.workspace.ephemerals("alice")] == ["two"]
    hook.send(text="all see this", response_type="in_channel")
    assert plain(scene.workspace.messages("#alerts")[-1]) == "all see this"
    hook.send(delete_original=True)
    assert scene.workspace.ephemerals("alice") == []


def test_faults_can_be_ordered(scene: Scene) -> None:
    workspace, client = scene.workspace, scene.client
    workspace.fail_next("chat.postMessage", "restricted_action", times=2)
    for _ in range(2):
        with pytest.raises(SlackApiError, match="restricted_action"):
            client.chat_postMessage(channel="C0ALERTS", text="x")
    workspace.fail_next("*", status=503)
    client.retry_handlers.append(ServerErrorRetryHandler())
    assert client.auth_test()["user_id"] == "U0WAERROR"
    workspace.fail_next("auth.test", status=429, retry_after=7)
    with pytest.raises(SlackApiError) as refused:
        client.auth_test()
    assert refused.value.response.headers["Retry-After"] == "7"


def test_time_stamps_are_unique_though_the_clock_stands(scene: Scene) -> None:
    stamps = [scene.client.chat_postMessage(channel="C0ALERTS", text=str(n))["ts"] for n in range(20)]
    assert len(set(stamps)) == 20
    assert stamps == sorted(stamps)


def test_a_file_goes_up_in_two_steps_and_down_with_the_token(scene: Scene) -> None:
    scene.client.files_upload_v2(channel="C0ALERTS", content="1,2", filename="chart.csv", initial_comment="see")
    message = scene.workspace.messages("#alerts")[-1]
    assert (message["files"][0]["name"], message["files"][0]["size"]) == ("chart.csv", 3)
    file_id = message["files"][0]["id"]
    assert scene.workspace.files[file_id]["content"] == b"1,2"


def test_history_is_newest_first_and_paged(scene: Scene) -> None:
    for number in range(5):
        scene.client.chat_postMessage(channel="C0ALERTS", text=str(number))
    pages = [page["messages"] for page in scene.client.conversations_history(channel="C0ALERTS", limit=4)]
    assert [m["text"] for page in pages for m in page] == ["4", "3", "2", "1", "0", "said", "own"]
    assert len(pages) == 2
    thread = scene.client.conversations_replies(channel="C0ALERTS", ts=scene.places["said"])["messages"]
    assert [m["text"] for m in thread] == ["said", "reply"]
    assert thread[0]["reply_count"] == 1


def test_waiting_ends_with_the_change_and_not_with_the_limit(scene: Scene) -> None:
    """It would outlast the test."""
    begun = threading.Event()

    def post() -> None:
        begun.wait()
        scene.client.chat_postMessage(channel="C0ALERTS", text="there")

    def there() -> bool:
        begun.set()
        return any(message["text"] == "there" for message in scene.workspace.messages("#alerts"))

    poster = threading.Thread(target=post)
    poster.start()
    scene.workspace.wait_for(there, 3_600)
    poster.join()
