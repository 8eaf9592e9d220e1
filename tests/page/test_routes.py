"""The page's JSON routes without a browser: what one can do, what one is told, and who is not answered at all."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from bot.standin import Ack, Envelope, Workspace
from bot.standin.page import Group, Panel, Paste, Sheet, Switch, Trick, serve_page
from tests.patience import UNHURRIED

PATIENCE = 60.0  # seconds for an answer, and between two events
Json = dict[str, Any]
BUTTON = {"type": "button", "action_id": "yes", "value": "1", "text": {"type": "plain_text", "text": "Yes"}}
CARD: list[Json] = [{"type": "actions", "elements": [BUTTON]}]
HOME: Json = {"type": "home", "blocks": CARD}
FIELD: Json = {
    "type": "input",
    "block_id": "name",
    "label": {"type": "plain_text", "text": "Name"},
    "element": {"type": "plain_text_input", "action_id": "name"},
}
MODAL: Json = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Who?"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [FIELD, *CARD],
}


@dataclass
class Town:
    """A workspace with its page, and a client that is the page's own script."""

    workspace: Workspace
    url: str
    client: httpx.Client
    heard: list[Envelope]
    on: bool = False

    def do(self, deed: str, user: str = "U0ANA", **it: object) -> httpx.Response:
        return self.client.post(f"/do/{deed}", json={"as": user, **it})

    def events(self, user: str = "U0ANA") -> Iterator[Json]:
        """What the stream tells, event by event."""
        with self.client.stream("GET", "/events", params={"as": user}) as stream:
            for line in stream.iter_lines():
                if line.startswith("data: "):
                    yield json.loads(line.removeprefix("data: "))


@pytest.fixture
def town() -> Iterator[Town]:
    workspace = Workspace(patience=UNHURRIED)
    workspace.add_user("ana")
    workspace.add_user("ben")
    workspace.add_channel("support")
    workspace.add_channel("secret", members=("ben",))
    heard: list[Envelope] = []
    workspace.answer_with(lambda envelope: heard.append(envelope) or Ack(True))
    told = Town(workspace, "", httpx.Client(), heard)
    switch = Switch("rain", "Rain", "it rains", lambda: told.on, lambda on: setattr(told, "on", on))
    sheet = Sheet("sky", "Sky", ("what",), lambda: [("rain" if told.on else "sun",)], lambda: "Today")
    paste = Paste("hello", "Hello", "says hello", "C0SUPPORT", "Hello!")
    trick = Trick("ring", "Ring", "it rings", lambda: "It rang")
    panel = Panel(groups=(Group("Weather", (switch, paste, trick)),), sheets=(sheet,))
    with serve_page(workspace, panel) as page:
        told.url = page.url
        token = re.search(r'page-token" content="([^"]+)"', httpx.get(page.url, timeout=PATIENCE).text)
        assert token
        headers = {"X-Page-Token": token[1]}
        with httpx.Client(base_url=page.url, headers=headers, timeout=PATIENCE) as told.client:
            yield told
    workspace.close()


def test_the_stream_tells_everything_then_what_changes(town: Town) -> None:
    """A message of somebody else comes as one new part; what did not change is not told again."""
    events = town.events()
    first = next(events)
    assert first["fresh"]
    assert {"team", "bot", "modals", "home", "panel", "switch:rain", "sheet:sky"} <= first["set"].keys()
    assert [channel["id"] for channel in first["set"]["team"]["channels"]] == ["C0SUPPORT", "D0ANA"]
    ts = town.do("say", "U0BEN", channel="C0SUPPORT", text="hi @ana").json()["ts"]
    second = next(events)
    assert not second["fresh"]
    assert second["set"].keys() == {f"message:C0SUPPORT:{ts}"}
    assert second["set"][f"message:C0SUPPORT:{ts}"]["text"] == "hi <@U0ANA>"
    town.do("delete", "U0BEN", channel="C0SUPPORT", ts=ts)
    assert next(events)["gone"] == [f"message:C0SUPPORT:{ts}"]
    events.close()  # type: ignore[attr-defined]


def test_a_person_sees_only_their_channels_and_their_own_whispers(town: Town) -> None:
    """A channel that one is not in is not told, nor can one write there."""
    town.do("say", "U0BEN", channel="C0SECRET", text="psst")
    events = town.events()
    assert not any("C0SECRET" in name for name in next(events)["set"])
    assert not town.do("say", channel="C0SECRET", text="hello?").json()["ok"]


def test_deeds_reach_the_app_in_slacks_shapes(town: Town) -> None:
    """A command, a click, a shortcut, a reaction, the Home tab."""
    [card] = [town.workspace.timestamps.next()]
    with town.workspace.changed:
        author = {"user": "U0WAERROR", "bot_id": "B0WAERROR"}
        block = {**CARD[0], "block_id": "b"}
        town.workspace.stored["C0SUPPORT"] = {card: {"ts": card, "text": "", "blocks": [block], **author}}
    place = {"channel": "C0SUPPORT", "ts": card}
    assert town.do("command", channel="C0SUPPORT", command="/waerror", text="131047").json()["ok"]
    assert town.do("click", **place, action_id="yes", value="1").json()["ok"]
    assert town.do("shortcut", **place, callback_id="explain_error").json()["ok"]
    assert town.do("react", **place, name="eyes").json()["ok"]
    assert town.do("react", **place, name="eyes").json() == {"ok": False, "error": "already_reacted"}
    assert town.do("open_home").json()["ok"]
    town.workspace.settle()
    kinds = [one.payload.get("command") or one.payload.get("type") for one in town.heard]
    assert kinds == ["/waerror", "block_actions", "message_action", "event_callback"]


def test_modals_are_filled_in_pressed_and_sent(town: Town) -> None:
    """What was typed goes along with a press, and with the submission; a field left empty is refused."""
    from bot.standin.api.views import show

    with town.workspace.changed:
        id = show(town.workspace, "U0ANA", MODAL)["id"]
    assert "fill in" in town.do("submit", view_id=id, values={"name": {"name": None}}).json()["error"]
    assert town.do("click_in_view", action_id="yes", value="1", typed={"name": {"name": "An"}}).json()["ok"]
    assert town.heard[-1].payload["view"]["state"]["values"]["name"]["name"]["value"] == "An"
    assert town.do("submit", view_id=id, values={"name": {"name": "Ana"}}).json()["ok"]
    assert town.heard[-1].payload["view"]["state"]["values"]["name"]["name"]["value"] == "Ana"
    assert "is not the modal" in town.do("close", view_id=id).json()["error"]


def test_an_app_that_does_not_answer_is_told_as_a_time_out(town: Town) -> None:
    """In Slack's word for it; the page has a sentence for people."""
    town.workspace.answer_with(lambda envelope: Ack(False))
    answer = town.do("command", channel="C0SUPPORT", command="/waerror").json()
    assert (answer["ok"], answer["error"]) == (False, "operation_timeout")


def test_the_panel_does_what_its_items_say(town: Town) -> None:
    """A trick is done, a switch is turned and its sheet read anew; what is not there is refused in words."""
    events = town.events()
    next(events)
    assert town.client.post("/try/trick/ring", json={}).json() == {"ok": True, "says": "It rang"}
    assert town.client.post("/try/switch/rain", json={"on": True}).json()["ok"]
    changed = next(events)["set"]
    while len(changed) < 2:  # the page may have looked in between
        changed |= next(events)["set"]
    assert changed == {"switch:rain": {"on": True}, "sheet:sky": {"note": "Today", "rows": [["rain"]]}}
    assert "no trick" in town.client.post("/try/trick/none", json={}).json()["error"]


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Page-Token": "guessed"},
        {"X-Page-Token": ""},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Host": "evil.example:80"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_other_sites_are_not_answered(town: Town, headers: dict[str, str]) -> None:
    """Without the token, from another origin, or under a name that somebody made point here."""
    said = town.client.post("/do/say", json={"as": "U0ANA", "channel": "C0SUPPORT", "text": "x"}, headers=headers)
    assert said.status_code == 403
    assert town.client.get("/events", params={"as": "U0ANA"}, headers=headers).status_code == 403
    assert town.workspace.messages("#support") == []


def test_the_page_itself_says_what_it_may_load(town: Town) -> None:
    """Its policy allows nothing from elsewhere and nothing inline; under a foreign name it is not served."""
    page = httpx.get(town.url, timeout=PATIENCE)
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert httpx.get(town.url, headers={"Host": "evil.example"}, timeout=PATIENCE).status_code == 403


@pytest.mark.parametrize(
    ("deed", "it", "status"),
    [
        ("dance", {}, 404),
        ("say", {}, 400),
        ("say", {"channel": "C0SUPPORT"}, 400),
        ("say", {"channel": "C0NOWHERE", "text": "x"}, 200),
        ("click", {"channel": "C0SUPPORT", "ts": "1.0", "action_id": "yes"}, 200),
        ("submit", {"view_id": "V1", "values": {}}, 200),
        ("click_in_view", {"action_id": "yes"}, 200),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(town: Town, deed: str, it: Json, status: int) -> None:
    """Never an exception's page."""
    answer = town.do(deed, **it)
    assert answer.status_code == status
    assert answer.json()["ok"] is False
    assert answer.json()["error"]


def test_a_bot_is_nobody_on_the_page(town: Town) -> None:
    """Nor is a name that is not there, nor a body that is no object."""
    assert "nobody here" in town.do("say", "U0WAERROR", channel="C0SUPPORT", text="x").json()["error"]
    assert "nobody here" in town.client.get("/events", params={"as": "U0NOBODY"}).json()["error"]
    assert "JSON object" in town.client.post("/do/say", content=b"[]").json()["error"]


def test_another_apps_button_is_not_ours_to_hear(town: Town) -> None:
    """Slack tells a click to the app that posted the button."""
    from bot.standin import People

    ts = People(town.workspace).post_as_app("#support", "Sentry", blocks=CARD)
    assert "another app" in town.do("click", channel="C0SUPPORT", ts=ts, action_id="yes").json()["error"]
