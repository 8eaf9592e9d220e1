"""Several workspaces install one bot: each has its own token, and nothing of one is seen or moved in another."""

import http.client
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from time import time
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from bot.standin import Installation, People, Workspace
from bot.store.installations import installations
from bot.web.install import SCOPES
from tests.scenarios.conftest import ALERTS, SUPPORT, OpenTown, Town, inhabited
from tests.scenarios.test_http import asked
from tests.test_manifest import MANIFEST

OTHER = Installation(
    bot_id="B0OTHER",
    bot_user_id="U0OTHERBOT",
    bot_token="xoxb-other",  # noqa: S106 (opens nothing but the stand-in)
    team_id="T0OTHER",
    team_domain="other",
)
PASTE = '400 {"success": false, "error": "(#131047) Re-engagement message"}'
TO, BODY = "15551234567", "Your order left the warehouse"
RETRIED = f"POST /api/messages/text\n{json.dumps({'to': TO, 'body': BODY})}\n\n" + (
    '429 {"success": false, "error": "(#130429) Rate limit hit"}'
)
WAITING = RETRIED.replace("(#130429) Rate limit hit", "(#131049) healthy ecosystem engagement")
REMOVED = {"app_uninstalled", "tokens_revoked"}
OAUTH: dict[str, Any] = {"slack_bot_token": None, "slack_client_id": "1.2", "slack_client_secret": "standin"}


@dataclass(frozen=True, slots=True)
class Browser:
    """Somebody who installs: keeps the cookie, and follows Slack back."""

    town: Town

    def begin(self) -> tuple[str, str]:
        """The state in the address at Slack, and the cookie."""
        connection = http.client.HTTPConnection(urlsplit(self.town.url).netloc, timeout=60)
        connection.request("GET", "/slack/install")
        answer = connection.getresponse()
        answer.read()
        connection.close()
        assert answer.status == 302
        asked_for = parse_qs(urlsplit(answer.headers["Location"]).query)
        assert asked_for["scope"] == [",".join(SCOPES)]
        cookie = answer.headers["Set-Cookie"]
        assert {"Secure", "HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))
        return asked_for["state"][0], cookie.partition(";")[0]

    def back(self, state: str, cookie: str, **query: str) -> tuple[int, str]:
        return asked(self.town, "GET", f"/slack/oauth_redirect?{urlencode({'state': state} | query)}", Cookie=cookie)

    def install(self, workspace: Workspace) -> tuple[int, str]:
        return self.back(*self.begin(), code=workspace.sign_in.allow())


def beside(town: Town, workspace: Workspace) -> Town:
    """The same bot, as another workspace has it."""
    return replace(town, workspace=workspace, people=People(workspace))


@pytest.fixture
def towns(open_town: OpenTown) -> Iterator[tuple[Town, Town]]:
    """Two workspaces with people and channels of the same ids, and the bot in both."""
    other = inhabited(OTHER)
    with open_town(beside=[other], **OAUTH) as town:
        for workspace in (town.workspace, other):
            assert Browser(town).install(workspace)[0] == 200
        yield town, beside(town, other)


@contextmanager
def foreign(town: Town, others: Town, ts: str) -> Iterator[str]:
    """A message of this workspace whose buttons carry the values of the other's: somebody copied them."""
    [card] = others.workspace.thread(ALERTS, ts)[1:2]
    yield town.people.say("ben", SUPPORT, "copied", blocks=card["blocks"])


def test_it_asks_for_what_the_manifest_asks_for() -> None:
    """No more, no less."""
    assert sorted(SCOPES) == sorted(MANIFEST["oauth_config"]["scopes"]["bot"])


def test_each_workspace_is_answered_with_its_own_token(towns: tuple[Town, Town]) -> None:
    """An alert, a command, a Home tab in each; what is posted in one is not in the other."""
    here, there = towns
    for town in towns:
        ts = town.people.post_as_app(ALERTS, "notify", text=PASTE)
        town.reply(ALERTS, ts, "131047")
        assert town.people.command("ana", SUPPORT, "/waerror", "131047").acknowledged
        town.people.open_home("ana")
        town.workspace.wait_for(lambda town=town: town.workspace.home("ana"))
        assert len(town.settled(ALERTS, ts)) == 1
    assert len(here.workspace.calls_of("chat.postMessage")) == len(there.workspace.calls_of("chat.postMessage")) == 1
    there.workspace.wait_for(lambda: "https://other.slack.com/" in json.dumps(there.workspace.home("ana")))
    assert "https://other.slack.com/" not in json.dumps(here.workspace.home("ana"))


def test_nothing_crosses_by_the_ids_of_another_workspace(towns: tuple[Town, Town]) -> None:
    """Buttons with the other's values, its incidents, notes, mutes and record: too old, unknown, or empty."""
    here, there = towns
    ts = there.people.post_as_app(ALERTS, "notify", text=RETRIED)
    card = there.reply_ts(ALERTS, ts, "Sending again")
    assert there.people.command("ana", SUPPORT, "/waerror", "note 130429 our secret workaround").acknowledged
    before = here.house.store.audit.recent("T0OTHER")
    sends = len(here.sandbox.calls)
    buttons = re.findall(r'"action_id": "([a-z_.]+)"', json.dumps(there.workspace.message(ALERTS, card)["blocks"]))
    pressable = [one for one in buttons if one not in ("card.more", "card.vote", "incident.more")]
    assert {"remedy.retry", "card.why", "incident.own"} <= set(pressable)
    with foreign(here, there, ts) as copied:
        for action in pressable:
            known = len(here.workspace.ephemerals("ben"))
            assert here.people.click("ben", SUPPORT, copied, action).acknowledged
            here.workspace.wait_for(lambda known=known: len(here.workspace.ephemerals("ben")) > known)
            assert "too old" in here.whisper("ben"), action
    for typed in ("incidents", "top", "note 130429", "search secret"):
        here.people.command("ben", ALERTS, "/waerror", typed)
        assert "secret workaround" not in here.whisper("ben")
        assert "130429 · Rate limit hit" not in here.whisper("ben") or typed.startswith(("note", "search"))
    here.people.command("ben", ALERTS, "/waerror", "mute 130429 1h")
    assert [one.state for one in here.house.store.incidents.live("T0OTHER")] == ["open"]
    assert here.house.store.audit.recent("T0OTHER") == before
    assert here.house.store.incidents.live("T0STANDIN") == ()
    assert len(here.sandbox.calls) == sends
    assert not here.sandbox.sent


def test_an_account_of_one_workspace_is_not_there_in_another(
    open_town: OpenTown, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither its name, nor its number in a paste, nor its buttons: it has no key to send with."""
    monkeypatch.setenv("WACONNECT_KEY_OTHER", "wba_demo")
    (tmp_path / "waerror.toml").write_text(
        '[accounts.other]\napi_key_env = "WACONNECT_KEY_OTHER"\nteam = "T0OTHER"\n'
        '[accounts.other.numbers]\n"109876543210987" = "Orders"\n'
    )
    other = inhabited(OTHER)
    with open_town(beside=[other], waconnect_api_key=None, **OAUTH) as here:
        there = beside(here, other)
        for workspace in (here.workspace, other):
            Browser(here).install(workspace)
        paste = RETRIED.replace('"to"', '"phoneNumberId": "109876543210987", "to"')
        assert "Retry message" in there.reply(ALERTS, there.people.post_as_app(ALERTS, "notify", text=paste), "130429")
        shown = here.reply(ALERTS, here.people.post_as_app(ALERTS, "notify", text=paste), "130429")
        assert "Retry message" not in shown
        assert "other" not in shown.split("Sending again")[0]
        for typed in ("account", "account other"):
            here.people.command("ana", SUPPORT, "/waerror", typed)
            assert "Asking WaConnect" not in here.whisper("ana")
        there.people.command("ana", SUPPORT, "/waerror", "account")
        told = there.whisper("ana").removeprefix("Asking WaConnect about ")  # its answer may be there already
        assert told.startswith("other ")


def test_a_webhook_names_the_workspace_that_it_is_for(
    open_town: OpenTown, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there are several; without that it is refused, and not shown in any."""
    monkeypatch.setenv("HOOK_SECRET", "a-secret-of-this-hook")
    hook = f'source = "generic"\nsecret_env = "HOOK_SECRET"\nchannel = "{ALERTS}"\n'
    (tmp_path / "waerror.toml").write_text(f'[alerts.nobodys]\n{hook}[alerts.others]\n{hook}team = "T0OTHER"\n')
    other = inhabited(OTHER)
    with open_town(beside=[other], waerror_alert_channels="", **OAUTH) as here:
        for workspace in (here.workspace, other):
            Browser(here).install(workspace)
        path = "/alerts/{}/a-secret-of-this-hook"
        assert asked(here, "POST", path.format("nobodys"), PASTE.encode())[0] == 503
        assert asked(here, "POST", path.format("others"), PASTE.encode())[0] == 200
        other.wait_for(lambda: len(other.stored.get(ALERTS, {})) == 2, what="a post and its card")
        assert "131047" in json.dumps(other.messages(ALERTS))
        assert not here.workspace.stored.get(ALERTS)


def test_the_same_message_is_sent_once_and_nobody_elsewhere_is_named(towns: tuple[Town, Town]) -> None:
    """Both workspaces share an account and hear of the same failure: the second who presses is told no name."""
    here, there = towns
    for town, user in ((here, "ana"), (there, "ben")):
        ts = town.people.post_as_app(ALERTS, "notify", text=RETRIED)
        card = town.reply_ts(ALERTS, ts, "Sending again")
        assert town.people.click(user, ALERTS, card, "remedy.retry").acknowledged
        if town is here:
            town.reply(ALERTS, ts, "accepted")
    there.workspace.wait_for(lambda: there.whisper("ben"))
    assert there.whisper("ben") == (
        "This message is taken care of in another workspace that uses the same WaConnect account."
    )
    assert len(here.sandbox.sent) == 1


def test_each_workspace_gets_its_synthetic_error(open_town: OpenTown) -> None:
    """One that cannot be spoken to shows, whichever of them it is; where the bot is installed nowhere, none is sent."""
    other = inhabited(OTHER)
    with open_town(beside=[other], waerror_synthetic_channel=SUPPORT, waerror_synthetic_seconds=0.2, **OAUTH) as town:
        trying = town.house.duties.care.trying
        for workspace in (town.workspace, other):
            assert Browser(town).install(workspace)[0] == 200
        other.fail_next("blocks.validate", "invalid_blocks", times=None)
        trying.start(lambda: town.house.workspaces.teams)
        last = town.workspace.wait_for(lambda: trying.last)
        assert last.failed == "slack: invalid_blocks"
        sent = town.house.store.synthetics
        assert [sent.last(team).failed for team in ("T0STANDIN", "T0OTHER")] == ["", "slack: invalid_blocks"]  # type: ignore[union-attr]
        assert town.workspace.calls_of("blocks.validate")
        People(other).uninstall()
        town.workspace.wait_for(lambda: trying.last and not trying.last.failed)
        People(town.workspace).uninstall()
        town.workspace.wait_for(lambda: trying.last is None)
        assert not town.workspace.messages(SUPPORT)


def test_a_removed_bot_is_quiet_and_what_waits_is_called_off(towns: tuple[Town, Town]) -> None:
    """Its token is deleted, a scheduled retry is not sent, alerts are not answered; the other goes on as before."""
    here, there = towns
    ts = there.people.post_as_app(ALERTS, "notify", text=WAITING)
    card = there.reply_ts(ALERTS, ts, "Sending again")
    there.people.click("ana", ALERTS, card, "remedy.retry")
    there.reply(ALERTS, ts, "Scheduled")
    [due] = here.house.store.dues.scheduled()
    there.people.uninstall()
    here.workspace.wait_for(lambda: here.house.store.installations.teams() == ("T0STANDIN",))
    assert here.house.store.presses.find(due).outcome == "cancelled"
    assert here.house.store.dues.scheduled() == ()
    there.people.post_as_app(ALERTS, "notify", text=PASTE)
    there.workspace.settle()
    ts = here.people.post_as_app(ALERTS, "notify", text=PASTE)
    here.reply(ALERTS, ts, "131047")
    assert [one.cause.entry for one in here.house.store.incidents.live("T0OTHER")] == ["meta/131049"]
    assert not here.sandbox.sent


def test_it_comes_back_when_it_is_installed_again(towns: tuple[Town, Town]) -> None:
    """With a new token; alerts are answered as before."""
    here, there = towns
    there.people.uninstall()
    there.workspace.settle()  # Slack tells of it twice, and the second may not come after the bot is back
    assert not here.house.workspaces.has("T0OTHER")
    assert Browser(here).install(there.workspace)[0] == 200
    ts = there.people.post_as_app(ALERTS, "notify", text=PASTE)
    there.reply(ALERTS, ts, "131047")


def test_a_removal_that_is_told_again_takes_nothing_from_who_came_back(towns: tuple[Town, Town]) -> None:
    """Slack brings an event again when it hears no answer in time, minutes later."""
    here, there = towns
    there.workspace.clock = lambda: time() - 60
    there.people.uninstall()
    there.workspace.settle()
    there.workspace.clock = time
    assert Browser(here).install(there.workspace)[0] == 200
    told = [one.payload for one in there.workspace.courier.sent if one.payload["event"]["type"] in REMOVED]
    assert {one["event"]["type"] for one in told} == REMOVED
    for one in told:
        assert there.workspace.redeliver(one["event_id"]).acknowledged
    assert here.house.workspaces.has("T0OTHER")
    ts = there.people.post_as_app(ALERTS, "notify", text=PASTE)
    there.reply(ALERTS, ts, "131047")


def test_a_persons_token_that_was_revoked_is_no_end(towns: tuple[Town, Town]) -> None:
    """Slack tells of every token; only the bot's own counts."""
    from bot.standin.events import emit

    here, there = towns
    emit(there.workspace, "tokens_revoked", {"type": "tokens_revoked", "tokens": {"oauth": ["U0ANA"], "bot": []}})
    there.workspace.settle()
    assert here.house.workspaces.has("T0OTHER")


def test_a_token_that_expires_is_renewed_once_before(open_town: OpenTown) -> None:
    """Slack asks for it with `expires_in`; what renews it is good once, and is sealed like the token."""
    workspace = inhabited()
    workspace.sign_in.lasts = 43_200
    with open_town(workspace=workspace, **OAUTH) as town:
        Browser(town).install(workspace)
        first = workspace.app.bot_token
        town.reply(ALERTS, town.people.post_as_app(ALERTS, "notify", text=PASTE), "131047")
        assert workspace.app.bot_token == first
        kept = town.house.store.installations
        with kept._engine.begin() as db:
            soon = datetime.now(UTC) + timedelta(minutes=90)
            db.execute(installations.update().values(expires_at=soon))
        town.house.workspaces._forget("T0STANDIN")
        town.people.command("ana", SUPPORT, "/waerror", "131047")
        ts = town.people.say("ana", SUPPORT, "@waerror 131026")
        town.workspace.wait_for(lambda: workspace.app.bot_token != first)
        town.reply(SUPPORT, ts, "131026")
        workspace.sign_in.older.clear()
        ts = town.people.say("ana", SUPPORT, "@waerror 131053")
        town.reply(SUPPORT, ts, "131053")
        assert len(workspace.calls_of("oauth.v2.access")) == 2
        with kept._engine.connect() as db:
            row = db.execute(installations.select()).one()
        assert not any(secret in str(row) for secret in (first, workspace.app.bot_token, "xoxe"))
        assert "xox" not in repr(kept.find("T0STANDIN"))


def test_slack_does_not_renew_a_token_and_the_old_one_still_serves(open_town: OpenTown) -> None:
    """It is asked again a minute later; until the old one has expired, nobody notices."""
    workspace = inhabited()
    workspace.sign_in.lasts = 3_600
    with open_town(workspace=workspace, **OAUTH) as town:
        Browser(town).install(workspace)
        workspace.fail_next("oauth.v2.access", status=503)
        town.house.workspaces._forget("T0STANDIN")
        town.reply(ALERTS, town.people.post_as_app(ALERTS, "notify", text=PASTE), "131047")
        assert len(workspace.calls_of("oauth.v2.access")) == 2


class TestWaysBack:
    """Who comes back from Slack."""

    @pytest.fixture
    def town(self, open_town: OpenTown) -> Iterator[Town]:
        with open_town(**OAUTH) as town:
            yield town

    def test_a_state_is_good_once(self, town: Town) -> None:
        """A second return with it installs nothing."""
        state, cookie = Browser(town).begin()
        assert Browser(town).back(state, cookie, code=town.workspace.sign_in.allow())[0] == 200
        status, page = Browser(town).back(state, cookie, code=town.workspace.sign_in.allow())
        assert status == 400
        assert "too old" in page

    def test_a_state_of_another_browser_is_refused(self, town: Town) -> None:
        """Somebody is sent an address that ends somebody else's installation."""
        state, _ = Browser(town).begin()
        _, cookie = Browser(town).begin()
        for mine in (cookie, "", "waerror_install="):
            assert Browser(town).back(state, mine, code=town.workspace.sign_in.allow())[0] == 400
        assert town.house.store.installations.teams() == ()

    @pytest.mark.parametrize("change", ["later", "proof", "empty", "none"])
    def test_a_state_that_we_did_not_make_is_refused(self, town: Town, change: str) -> None:
        """Not even one whose end was put off."""
        state, _ = Browser(town).begin()
        until, rest = state.split(".", 1)
        forged = {"later": f"{int(until) + 9}.{rest}", "proof": f"{state[:-1]}x", "empty": "", "none": "..ü"}[change]
        assert Browser(town).back(forged, f"waerror_install={forged}".encode().decode("latin-1"), code="x")[0] == 400

    def test_a_state_expires(self, town: Town) -> None:
        """Ten minutes are enough for anybody."""
        old = town.house.store.installations.state(timedelta(seconds=-1))
        assert Browser(town).back(old, f"waerror_install={old}", code=town.workspace.sign_in.allow())[0] == 400

    def test_a_no_is_a_no(self, town: Town) -> None:
        """Somebody pressed Cancel at Slack."""
        status, page = Browser(town).back(*Browser(town).begin(), error="access_denied")
        assert (status, "Slack was told no" in page) == (400, True)

    def test_a_code_that_slack_does_not_know_is_told(self, town: Town) -> None:
        """In Slack's own word, and nothing that came from outside stands in the page unescaped."""
        status, page = Browser(town).back(*Browser(town).begin(), code="<script>")
        assert status == 400
        assert "invalid_code" in page
        assert "<script>" not in page

    def test_only_named_workspaces_may_install_it(self, open_town: OpenTown) -> None:
        """An account serves every workspace unless it names one: so who may come can be named too."""
        with open_town(waerror_teams="T0OTHER", **OAUTH) as town:
            status, page = Browser(town).install(town.workspace)
            assert status == 403
            assert "WAERROR_TEAMS" in page
            assert town.house.store.installations.teams() == ()


def test_a_workspace_that_is_not_named_any_more_is_not_served(open_town: OpenTown) -> None:
    """It was installed before the setting was made; its token stays, unused."""
    with open_town(**OAUTH) as town:
        Browser(town).install(town.workspace)
        workspace = town.workspace
    with open_town(workspace=workspace, waerror_teams="T0OTHER", **OAUTH) as again:
        assert again.house.store.installations.teams() == ("T0STANDIN",)
        assert again.house.workspaces.teams == ()
        assert not again.house.workspaces.has("T0STANDIN")


def test_an_installation_that_cannot_be_opened_costs_the_others_nothing(towns: tuple[Town, Town]) -> None:
    """It was sealed with a key that is lost."""
    here, there = towns
    store = here.house.store.installations
    with store._engine.begin() as db:
        mine = installations.c.team == "T0OTHER"
        db.execute(installations.update().where(mine).values(sealed=b"sealed with another key"))
    here.house.workspaces._forget("T0OTHER")
    ts = here.people.post_as_app(ALERTS, "notify", text=PASTE)
    here.reply(ALERTS, ts, "131047")
    assert not here.house.workspaces.has("T0OTHER")
    assert there.workspace.calls_of("chat.postMessage") == []


def test_without_a_client_id_there_is_nothing_to_install(town: Town) -> None:
    """One token in the settings stays the simple way."""
    assert asked(town, "GET", "/slack/install")[0] == 404
    assert town.house.workspaces.teams == ("T0STANDIN",)
