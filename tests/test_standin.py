"""A real Bolt app against the stand-in, over HTTP and Socket Mode with both of Bolt's synchronous adapters."""

import gc
import re
import threading
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler as BuiltinHandler
from slack_bolt.adapter.socket_mode.websocket_client import SocketModeHandler as WebsocketClientHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from bot.standin import NoSuchControl, Patience, People, RateLimits, Server, Workspace, plain, serve
from bot.standin.inprocess import through
from tests.patience import UNHURRIED

Json = dict[str, Any]
HANDLERS = [WebsocketClientHandler, BuiltinHandler]
RUNNING: dict[str, list[Any]] = {}
# Seconds; four of them without an answer, and the built-in client takes the connection for dead.
PING = {BuiltinHandler: 5, WebsocketClientHandler: 1}


def team() -> Workspace:
    workspace = Workspace(patience=UNHURRIED)
    workspace.add_user("alice")
    workspace.add_user("bob")
    workspace.add_channel("alerts")
    workspace.add_channel("lounge", bot=False)
    workspace.add_channel("ops", kind="private", bot=False)
    return workspace


# slack_sdk's clients now and then leave the socket of a connection that they replaced; the garbage collector finds it
# in whichever test is running. Our own sockets are closed by `Server.stop`, which other files hold without this.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")


@pytest.fixture(scope="module")
def closing() -> Iterator[ThreadPoolExecutor]:
    """Bolt's handlers take three to ten seconds to close (websocket-client sleeps over a socket that it closed
    itself), so they close beside the following tests."""
    with ThreadPoolExecutor(max_workers=8) as pool:
        yield pool
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):
        gc.collect()  # what slack_sdk left open is not the next file's fault


@pytest.fixture
def slack(closing: ThreadPoolExecutor) -> Iterator[Server]:
    server = serve(team())
    yield server
    # Only after its clients: a handler that is cut off by the server leaves its socket open behind it.
    handlers = RUNNING.pop(server.workspace.url, [])
    closing.submit(lambda: [*(handler.close() for handler in handlers), server.stop()])


@pytest.fixture
def people(slack: Server) -> People:
    return People(slack.workspace)


@pytest.fixture
def client(slack: Server) -> WebClient:
    return WebClient(slack.workspace.app.bot_token, base_url=slack.api_url)


def greeter(slack: Server) -> App:
    """An app that uses every surface once."""
    app = App(client=WebClient(slack.workspace.app.bot_token, base_url=slack.api_url), token_verification_enabled=True)

    @app.event("app_mention")
    def hear(event: Json, say: Any) -> None:
        thread = event.get("thread_ts", event["ts"])
        say(text=f"Hello <@{event['user']}>", blocks=card(), thread_ts=thread)

    @app.event("message")
    def ignore() -> None:
        pass

    @app.command("/greet")
    def command(ack: Any, command: Json, respond: Any) -> None:
        ack(f"greeting {command['text']}")
        respond("and once more")

    @app.action(re.compile("greet_back"))
    def press(ack: Any, body: Json, client: WebClient, respond: Any) -> None:
        ack()
        if body["actions"][0]["value"] == "form":
            client.views_open(trigger_id=body["trigger_id"], view=form())
        else:
            client.chat_update(channel=body["channel"]["id"], ts=body["message"]["ts"], text="greeted back")

    @app.view("form")
    def submitted(ack: Any, view: Json, client: WebClient, body: Json) -> None:
        name = view["state"]["values"]["name"]["name"]["value"]
        if name == "nobody":
            ack(response_action="errors", errors={"name": "That is nobody."})
            return
        ack()
        client.chat_postMessage(channel=body["user"]["id"], text=f"Hello {name}")

    @app.shortcut("wave")
    def wave(ack: Any, respond: Any) -> None:
        ack()
        respond("waving")

    return app


def card() -> list[Json]:
    label = {"type": "plain_text", "text": "Greet back"}
    more = {"type": "plain_text", "text": "Form"}
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": "*Hello* &lt;you&gt;"}},
        {
            "type": "actions",
            "elements": [
                {"type": "button", "action_id": "greet_back", "text": label, "value": "back"},
                {"type": "button", "action_id": "greet_back_form", "text": more, "value": "form"},
            ],
        },
    ]


def form() -> Json:
    def words(text: str) -> Json:
        return {"type": "plain_text", "text": text}

    name = {"type": "plain_text_input", "action_id": "name", "max_length": 20}
    return {
        "type": "modal",
        "callback_id": "form",
        "title": words("Who?"),
        "submit": words("Greet"),
        "blocks": [{"type": "input", "block_id": "name", "label": words("Name"), "element": name}],
    }


def run(slack: Server, app: App, handler: Any = BuiltinHandler) -> None:
    """Connect the app; the fixture closes it."""
    runner = handler(app, slack.workspace.app.app_token, ping_interval=PING[handler])
    RUNNING.setdefault(slack.workspace.url, []).append(runner)
    runner.connect()


def replied(workspace: Workspace, ts: str) -> Any:
    return lambda: workspace.thread("#alerts", ts)[1:]


@pytest.mark.parametrize("handler", HANDLERS)
def test_a_mention_is_answered_in_its_thread(slack: Server, people: People, handler: Any) -> None:
    run(slack, greeter(slack), handler)
    ts = people.say("alice", "#alerts", "@waerror hi")
    (reply,) = slack.workspace.wait_for(replied(slack.workspace, ts))
    assert plain(reply) == "Hello <you>\n[ Greet back ] [ Form ]"
    assert reply["bot_id"] == slack.workspace.app.bot_id


def test_a_direct_message_is_no_mention(slack: Server, people: People) -> None:
    people.say("alice", "@alice", "<@U0WAERROR> hi")
    run(slack, greeter(slack))
    slack.workspace.settle()
    (event,) = [envelope.payload["event"] for envelope in slack.workspace.courier.sent]
    assert (event["type"], event["channel_type"], event["channel"]) == ("message", "im", "D0ALICE")


@pytest.mark.parametrize("handler", HANDLERS)
def test_the_acknowledgement_of_a_command_is_shown_to_the_person(slack: Server, people: People, handler: Any) -> None:
    run(slack, greeter(slack), handler)
    answer = people.command("alice", "#alerts", "/greet", "bob")
    slack.workspace.wait_for(lambda: answer.responses)
    assert answer.acknowledged
    assert answer.seconds is not None
    assert answer.payload == {"text": "greeting bob"}
    assert {plain(m) for m in slack.workspace.ephemerals("alice")} == {"greeting bob", "and once more"}
    assert slack.workspace.ephemerals("bob") == []


def test_a_command_that_nobody_acknowledges_times_out(people: People, slack: Server) -> None:
    slack.workspace.patience = Patience(ack=0.05)
    answer = people.command("alice", "#alerts", "/greet", "bob")
    assert (answer.acknowledged, answer.error) == (False, "operation_timeout")


@pytest.mark.parametrize("handler", HANDLERS)
def test_a_press_reaches_the_app_and_changes_the_message(slack: Server, people: People, handler: Any) -> None:
    run(slack, greeter(slack), handler)
    ts = people.say("alice", "#alerts", "@waerror hi")
    (reply,) = slack.workspace.wait_for(replied(slack.workspace, ts))
    answer = people.click("bob", "#alerts", reply["ts"], "greet_back")
    slack.workspace.wait_for(lambda: plain(slack.workspace.message("#alerts", reply["ts"])) == "greeted back")
    assert answer.acknowledged
    payload = answer.envelope.payload
    assert payload["user"]["id"] == "U0BOB"
    assert payload["container"]["thread_ts"] == ts
    assert payload["message"]["app_id"] == slack.workspace.app.app_id


def test_a_button_that_is_not_there_cannot_be_pressed(people: People) -> None:
    ts = people.say("alice", "#alerts", "no buttons")
    with pytest.raises(NoSuchControl, match="no greet_back to press"):
        people.click("bob", "#alerts", ts, "greet_back")


@pytest.mark.parametrize("handler", HANDLERS)
def test_a_modal_shows_errors_until_it_is_right(slack: Server, people: People, handler: Any) -> None:
    workspace = slack.workspace
    run(slack, greeter(slack), handler)
    ts = people.say("alice", "#alerts", "@waerror hi")
    (reply,) = workspace.wait_for(replied(workspace, ts))
    people.click("bob", "#alerts", reply["ts"], "greet_back_form")
    view = workspace.wait_for(lambda: workspace.view("bob"))
    assert plain(view) == "Who?\nName: [  ]\n[ Greet ]"
    with pytest.raises(NoSuchControl, match="fill in 'Name'"):
        people.submit_view("bob", view["id"])
    with pytest.raises(NoSuchControl, match="20 characters"):
        people.submit_view("bob", view["id"], {"name": "x" * 21})
    refused = people.submit_view("bob", view["id"], {"name": "nobody"})
    assert refused.payload == {"response_action": "errors", "errors": {"name": "That is nobody."}}
    assert workspace.view_errors == {view["id"]: {"name": "That is nobody."}}
    people.submit_view("bob", view["id"], {"name": "Carol"})
    assert workspace.views == []
    workspace.wait_for(lambda: [plain(m) for m in workspace.messages("@bob")] == ["Hello Carol"])


@pytest.mark.parametrize("handler", HANDLERS)
def test_a_refresh_of_the_connection_is_survived(slack: Server, people: People, handler: Any) -> None:
    workspace = slack.workspace
    workspace.patience = Patience(close_after_refresh=0.1)  # what is lost on the old connection comes again soon
    run(slack, greeter(slack), handler)
    workspace.wait_for(lambda: workspace.courier.links)
    workspace.refresh_connections()
    # websocket-client can be deaf for ten seconds after it closed its old connection itself.
    workspace.wait_for(lambda: workspace.courier.links)
    ts = people.say("alice", "#alerts", "@waerror hi")
    workspace.wait_for(replied(workspace, ts))


def test_events_wait_until_somebody_is_connected(slack: Server, people: People) -> None:
    ts = people.say("alice", "#alerts", "@waerror hi")
    run(slack, greeter(slack))
    slack.workspace.wait_for(replied(slack.workspace, ts))


def test_each_event_goes_to_one_of_several_connections(slack: Server, people: People) -> None:
    workspace = slack.workspace
    run(slack, greeter(slack))
    run(slack, greeter(slack))
    workspace.wait_for(lambda: len(workspace.courier.links) >= 2)
    ts = people.say("alice", "#alerts", "@waerror hi")
    workspace.wait_for(replied(workspace, ts))
    workspace.settle()
    handed_out = [one.payload["event"]["type"] for one in workspace.courier.sent]
    assert handed_out.count("app_mention") == 1
    assert len(workspace.thread("#alerts", ts)) == 2


def test_an_event_that_is_not_acknowledged_is_sent_again(slack: Server, people: People) -> None:
    workspace = slack.workspace
    workspace.patience = Patience(ack=0.5, redeliver_after=(0.0, 0.05))  # the third is the last, however late
    seen: list[tuple[str, list[str]]] = []
    app = greeter(slack)

    @app.middleware
    def count(body: Json, request: Any, next: Any) -> None:
        if body.get("event", {}).get("type") == "app_mention":
            seen.append((body["event_id"], request.headers.get("x-slack-retry-num", [])))
            if len(seen) < 3:
                raise RuntimeError("not yet")
        next()

    run(slack, app)
    ts = people.say("alice", "#alerts", "@waerror hi")
    workspace.wait_for(replied(workspace, ts))
    assert len({id for id, _ in seen}) == 1
    assert sorted(int(number[0]) for _, number in seen) == [0, 1, 2]  # one that is late is overtaken by the next


def test_an_event_can_be_sent_again_on_purpose(slack: Server, people: People) -> None:
    workspace = slack.workspace
    run(slack, greeter(slack))
    ts = people.say("alice", "#alerts", "@waerror hi")
    workspace.wait_for(replied(workspace, ts))
    mention = next(e for e in workspace.courier.sent if e.payload["event"]["type"] == "app_mention")
    assert workspace.redeliver(mention.payload["event_id"]).acknowledged
    workspace.wait_for(lambda: len(workspace.thread("#alerts", ts)) == 3)


def test_stories_run_without_a_socket(slack: Server, people: People) -> None:
    workspace = slack.workspace
    workspace.answer_with(through(greeter(slack)))
    ts = people.say("alice", "#alerts", "@waerror hi")
    (reply,) = workspace.wait_for(replied(workspace, ts))
    assert people.click("bob", "#alerts", reply["ts"], "greet_back").acknowledged
    assert people.command("bob", "#alerts", "/greet", "all").payload == {"text": "greeting all"}
    assert people.global_shortcut("bob", "unknown").error == "operation_timeout"
    answer = people.shortcut("bob", "#alerts", ts, "wave")
    workspace.wait_for(lambda: "waving" in [plain(m) for m in workspace.ephemerals("bob")])
    assert answer.envelope.payload["message"]["ts"] == ts


def test_the_bot_hears_its_own_posts(slack: Server, client: WebClient) -> None:
    client.chat_postMessage(channel="C0ALERTS", text="mine")
    heard: list[Json] = []
    arrived = threading.Event()
    app = App(client=client, ignoring_self_events_enabled=False)

    @app.event("message")
    def hear(event: Json) -> None:
        heard.append(event)
        arrived.set()

    run(slack, app)
    assert arrived.wait(30)
    assert (heard[0]["bot_id"], heard[0]["app_id"]) == ("B0WAERROR", "A0WAERROR")
    assert "subtype" not in heard[0]


def test_too_many_posts_are_answered_429_and_the_retry_handler_obeys(slack: Server) -> None:
    workspace = slack.workspace
    workspace.rate_limits = RateLimits(per_second=1, burst=1)

    def errors() -> list[str | None]:
        return [call.error for call in workspace.calls_of("chat.postMessage")]

    # Slack's clock stands, and goes on by a second with the second refusal: the handler has to wait for it once.
    workspace.clock = lambda: 1_800_000_000.0 + max(0, errors().count("ratelimited") - 1)
    strict = WebClient("xoxb-standin", base_url=slack.api_url)
    strict.chat_postMessage(channel="C0ALERTS", text="one")
    with pytest.raises(SlackApiError) as refused:
        strict.chat_postMessage(channel="C0ALERTS", text="two")
    assert refused.value.response.status_code == 429
    assert refused.value.response.headers["Retry-After"] == "1"
    patient = WebClient("xoxb-standin", base_url=slack.api_url)
    patient.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=2))
    assert patient.chat_postMessage(channel="C0ALERTS", text="three")["ok"]
    assert errors() == [None, "ratelimited", "ratelimited", None]
