"""What stands in a thread stands there once, and every refusal and silence of Slack has one of two names."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from slack_sdk import WebClient

from bot.settings import Settings
from bot.slack import slack
from bot.slack_errors import CannotPost, SlackAway, ThreadError
from bot.standin import People, Workspace, plain, serve
from bot.store import Store
from bot.thread import Place, Thread
from bot.waconnect.sandbox import Sandbox
from bot.waconnect.sandbox import serve as serve_sandbox

pytestmark = pytest.mark.on_sqlite  # this is about Slack, and takes its time
BLOCKS = [{"type": "section", "text": {"type": "mrkdwn", "text": "*131047*"}}]
# What Slack says → what we make of it, and whether another place may still take it.
REFUSALS = [
    ("not_in_channel", 200, CannotPost, True),
    ("channel_not_found", 200, CannotPost, True),
    ("is_archived", 200, CannotPost, True),
    ("restricted_action", 200, CannotPost, True),
    ("invalid_blocks", 200, CannotPost, False),
    ("msg_too_long", 200, CannotPost, False),
    ("missing_scope", 200, CannotPost, False),
    ("token_revoked", 200, CannotPost, False),
    ("an_error_of_next_year", 200, CannotPost, False),
    ("internal_error", 200, SlackAway, False),
    ("fatal_error", 200, SlackAway, False),
    ("service_unavailable", 200, SlackAway, False),
    ("request_timeout", 200, SlackAway, False),
    ("ratelimited", 200, SlackAway, False),
    ("an_error_of_next_year", 503, SlackAway, False),
]
# Troubles of the wire, as the sandbox of WaConnect plays them when it is taken for Slack.
TROUBLES = ["gateway-502", "gateway-504", "rubbish-json", "not-sent-silent", "reset"]
RESPONSES = [
    ("message-not-found", CannotPost),  # 404: a response_url that is used up
    ("invalid-api-key", CannotPost),
    ("internal-server-error", SlackAway),
    ("130429", SlackAway),
    ("gateway-502", SlackAway),
    ("not-sent-silent", SlackAway),
    ("reset", SlackAway),
]


@dataclass(frozen=True)
class One:
    """A single workspace, whichever is named."""

    alone: WebClient

    def has(self, team: str) -> bool:
        return True

    def client(self, team: str) -> WebClient:
        return self.alone


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    workspace = Workspace()
    workspace.add_user("ana")
    workspace.add_channel("support")
    with serve(workspace):
        yield workspace


@pytest.fixture
def thread(workspace: Workspace, store: Store) -> Thread:
    return Thread(One(client(workspace)), store)


@pytest.fixture
def sandbox() -> Iterator[tuple[Sandbox, str]]:
    sandbox = Sandbox()
    server, url = serve_sandbox(sandbox)
    with server:
        yield sandbox, url


def client(workspace: Workspace) -> WebClient:
    """The client that the bot itself would use."""
    token = workspace.app.bot_token
    return slack(Settings(_env_file=None, slack_api_url=f"{workspace.url}/api/"), token)


def root(workspace: Workspace) -> Place:
    return Place("C0SUPPORT", People(workspace).say("ana", "#support", "help"))


def replies(workspace: Workspace, place: Place) -> list[str]:
    return [plain(message) for message in workspace.thread(place.channel, place.thread)[1:]]


def was_asked_once(sandbox: Sandbox) -> bool:
    """Of two faults one is left, once the call has come: who is called may be slower than the caller's patience."""
    return Workspace().wait_for(lambda: [order.times for order in sandbox.ledger.orders] == [1], what="one call")


def patience(trouble: str) -> int:
    """Seconds; a silence is waited for to its end, and nothing else is to be taken for one."""
    return 1 if "silent" in trouble else 60


@pytest.mark.parametrize(("error", "status", "kind", "not_here"), REFUSALS)
def test_a_refusal_is_final_and_a_failure_is_not(
    workspace: Workspace, thread: Thread, error: str, status: int, kind: type[ThreadError], not_here: bool
) -> None:
    """CannotPost ends the matter; SlackAway is tried again by the durable step."""
    place = root(workspace)
    workspace.fail_next("chat.postMessage", error, status=status)
    with pytest.raises(ThreadError) as raised:
        thread.show("c1", "card", place, BLOCKS, "131047")
    assert type(raised.value) is kind
    assert getattr(raised.value, "not_here", False) == not_here
    thread.show("c1", "card", place, BLOCKS, "131047")
    assert replies(workspace, place) == ["131047"]


@pytest.mark.parametrize("trouble", TROUBLES)
def test_no_clear_answer_means_away_and_is_asked_once(store: Store, sandbox: tuple[Sandbox, str], trouble: str) -> None:
    """A page, rubbish, silence or a broken line: the post may stand there, so nothing below us may repeat it."""
    played, url = sandbox
    played.fault(trouble, times=2, seconds=60, sent=False)
    alone = WebClient("xoxb-x", base_url=url, timeout=patience(trouble), retry_handlers=[])
    cut_off = Thread(One(alone), store, timeout=60)
    with pytest.raises(SlackAway):
        cut_off.show("c1", "card", Place("C1", "1.0"), BLOCKS, "131047")
    assert was_asked_once(played)
    with pytest.raises(SlackAway):
        cut_off.root_text("C1", "1.0")


def test_the_bots_own_client_does_not_repeat_a_post_whose_line_broke(
    workspace: Workspace, sandbox: tuple[Sandbox, str]
) -> None:
    """slack_sdk would, unless it is told not to."""
    played, url = sandbox
    ours = client(workspace)
    ours.base_url = url
    played.fault("reset", times=2)
    with pytest.raises(OSError, match=r"closed|reset"):
        ours.chat_postMessage(channel="C1", text="once")
    assert was_asked_once(played)


def test_slack_cannot_be_reached(store: Store) -> None:
    """Nobody listens on that port."""
    with pytest.raises(SlackAway):
        Thread(One(WebClient("xoxb-x", base_url="http://127.0.0.1:9/api/", timeout=1)), store).root_text("C1", "1.0")


def test_a_rate_limit_is_waited_out(workspace: Workspace, thread: Thread) -> None:
    """As long as Slack asks for."""
    place = root(workspace)
    workspace.fail_next("chat.postMessage", status=429, retry_after=0)
    thread.show("c1", "card", place, BLOCKS, "131047")
    assert replies(workspace, place) == ["131047"]


def test_a_post_that_failed_after_slack_took_it_is_found(workspace: Workspace, store: Store, thread: Thread) -> None:
    """Behind two hundred other replies, too; it is edited and not posted again."""
    place = root(workspace)
    for n in range(210):
        People(workspace).say("ana", "#support", str(n), thread_ts=place.thread)
    thread.show("c1", "card", place, BLOCKS, "131047")
    store.cards.forget_reply("c1", "card")
    store.cards.begin_reply("c1", "card", place.channel, place.thread)  # as a crash leaves it: begun, and no ts
    thread.show("c1", "card", place, [], "edited")
    assert replies(workspace, place)[210:] == ["edited"]


def test_an_edit_that_is_refused_leaves_the_reply_where_it_is(workspace: Workspace, thread: Thread) -> None:
    """The next edit edits it; it is not posted a second time."""
    place = root(workspace)
    thread.show("c1", "card", place, [], "first")
    workspace.fail_next("chat.update", "msg_too_long")
    with pytest.raises(CannotPost):
        thread.show("c1", "card", place, [], "second")
    thread.show("c1", "card", place, [], "third")
    assert replies(workspace, place) == ["third"]


def test_a_text_of_any_length_is_taken(workspace: Workspace, thread: Thread) -> None:
    """It is only the notification's; Slack refuses an edit beyond 4,000 characters."""
    place = root(workspace)
    for _ in range(2):
        thread.show("c1", "card", place, [], "x" * 9_000)
    (posted,) = workspace.thread(place.channel, place.thread)[1:]
    assert 2_900 < len(posted["text"]) <= 3_000


def test_the_first_message_of_a_thread_is_read(workspace: Workspace, thread: Thread) -> None:
    """Empty where Slack does not show it to us; an outage is no such no."""
    place = root(workspace)
    assert thread.root_text(place.channel, place.thread) == "help"
    assert thread.root_text("C0NOWHERE", place.thread) == ""
    workspace.fail_next("conversations.replies", status=500)
    with pytest.raises(SlackAway):
        thread.root_text(place.channel, place.thread)


@pytest.mark.parametrize(("fault", "kind"), RESPONSES)
def test_a_response_url_can_fail(
    store: Store, sandbox: tuple[Sandbox, str], fault: str, kind: type[ThreadError]
) -> None:
    """Used up for good, or away for now; it is posted to once, because Slack takes no more than five."""
    played, url = sandbox
    played.fault(fault, times=2, seconds=60)
    with pytest.raises(kind):
        Thread(One(WebClient("xoxb-x")), store, timeout=patience(fault)).respond(f"{url}response", BLOCKS, "131047")
    assert was_asked_once(played)
