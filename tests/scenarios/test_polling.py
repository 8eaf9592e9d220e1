"""Nobody set an alert up: the bot asks WaConnect which messages failed, and opens incidents by itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.accounts.loading import AccountsError
from bot.standin import Workspace
from bot.waconnect.sandbox import DEMO_KEY, Sandbox
from tests.scenarios.conftest import ALERTS, SUPPORT, OpenTown, Town
from tests.scenarios.test_webhooks import hooked, post, sorted_out, top, tops  # noqa: F401 - a fixture
from tests.scenarios.test_workspaces import OAUTH, Browser

API = "http://sandbox/api/"
WINDOW, UNDELIVERABLE = 131047, 131026


def send(sandbox: Sandbox, number: str, fails_with: int | None = WINDOW, fails: bool = True) -> str:
    """A message that somebody else sent, and which fails at once; its id."""
    if fails:
        sandbox.fault("late-failure", to=number, code=fails_with)
    with httpx.Client(transport=httpx.WSGITransport(sandbox), base_url=API, headers={"X-API-Key": DEMO_KEY}) as client:
        answer = client.post("messages/text", json={"to": number, "body": "Your order left"})
    sandbox.advance(1.0)
    return str(answer.json()["messageId"])


def looks(sandbox: Sandbox) -> int:
    """How often the list of failures was asked for."""
    return sum(call.method == "GET" and call.path == "/api/status" for call in sandbox.calls)


@contextmanager
def watching(open_town: OpenTown, sandbox: Sandbox, workspace: Workspace | None = None, **more: Any) -> Iterator[Town]:
    """The bot looks again and again, and has looked once."""
    wanted = {"waerror_watch_seconds": 0.05, "waerror_watch_channel": SUPPORT, "waerror_alert_channels": ""}
    wanted |= {"waconnect_timeout_seconds": 60} | more
    before = looks(sandbox)
    with open_town(sandbox=sandbox, workspace=workspace, **wanted) as town:
        looked_again(town, before)
        yield town


def looked_again(town: Town, since: int | None = None) -> None:
    """Waits for two more looks, of which one began after now."""
    wanted = (looks(town.sandbox) if since is None else since) + 2
    town.workspace.wait_for(lambda: looks(town.sandbox) >= wanted, what="a look at WaConnect's list")


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox(pace_seconds=0.1)


def test_new_failures_open_incidents_by_themselves(open_town: OpenTown, sandbox: Sandbox) -> None:
    """One post and one card a cause, in the channel of the setting; no recipient is shown whole."""
    with watching(open_town, sandbox) as town:
        for n in range(5):
            send(sandbox, f"1555000000{n}")
        send(sandbox, "15550000009", UNDELIVERABLE)
        town.reply(SUPPORT, top(town, "A WhatsApp message to ••••0009", SUPPORT), "131026", "seen once")
        town.workspace.wait_for(lambda: len(tops(town, SUPPORT)) == 2, what="a post a cause")
        (window,) = (ts for ts, text in tops(town, SUPPORT).items() if "••••0009" not in text)
        town.reply(SUPPORT, window, "131047", "5 times since")
        sorted_out(town)
        assert len(tops(town, SUPPORT)) == 2
        assert "1555000000" not in str(town.workspace.stored[SUPPORT])


def test_what_failed_before_is_the_past(open_town: OpenTown, sandbox: Sandbox) -> None:
    """The first look only learns what there is."""
    for n in range(70):
        send(sandbox, f"155500001{n:02}")
    with watching(open_town, sandbox) as town:
        send(sandbox, "15550002222", UNDELIVERABLE)
        town.reply(SUPPORT, top(town, "••••2222", SUPPORT), "131026", "seen once")
        sorted_out(town)
        assert len(tops(town, SUPPORT)) == 1


def test_the_first_look_may_go_back(open_town: OpenTown, sandbox: Sandbox) -> None:
    """By setting, for those who begin in the middle of an outage."""
    send(sandbox, "15550001111")
    with watching(open_town, sandbox, waerror_watch_back_seconds=3_600) as town:
        town.reply(SUPPORT, top(town, "••••1111", SUPPORT), "131047")


def test_what_failed_while_the_bot_was_away_is_found(open_town: OpenTown, sandbox: Sandbox) -> None:
    """After a restart it goes on where it was, and tells of nothing twice."""
    with watching(open_town, sandbox) as town:
        send(sandbox, "15550001111")
        ts = top(town, "••••1111", SUPPORT)
        town.reply(SUPPORT, ts, "seen once")
        sorted_out(town)
        workspace = town.workspace
    send(sandbox, "15550002222")
    with watching(open_town, sandbox, workspace) as again:
        again.reply(SUPPORT, ts, "2 times since")
        looked_again(again)
        sorted_out(again)
        assert list(tops(again, SUPPORT)) == [ts]


def test_hundreds_of_failures_are_all_found(open_town: OpenTown, sandbox: Sandbox) -> None:
    """More than a page, while new ones come in between."""
    with watching(open_town, sandbox) as town:
        for n in range(130):
            send(sandbox, f"1555000{n:04}")
        ts = top(town, "A WhatsApp message to ••••", SUPPORT)
        town.reply(SUPPORT, ts, "130 times since")


def test_a_webhook_that_tells_of_the_same_message_counts_nothing(hooked: OpenTown, sandbox: Sandbox) -> None:  # noqa: F811
    """It failed once, whoever tells."""
    with watching(hooked, sandbox, waerror_watch_channel=ALERTS) as town:
        message_id = send(sandbox, "15550001111")
        ts = top(town, "••••1111")
        error = {"code": WINDOW, "title": "Re-engagement message"}
        message = {"messageId": message_id, "status": "failed", "to": "15550001111", "errors": [error]}
        assert post(town, "waconnect", {"event": "message.status", "message": message}).json()["stored"] == 1
        sorted_out(town)
        town.reply(ALERTS, ts, "seen once")


@pytest.mark.parametrize(("fault", "status"), [("130429", 429), ("invalid-api-key", 401), ("gateway-502", 502)])
def test_it_pauses_when_waconnect_refuses(open_town: OpenTown, sandbox: Sandbox, fault: str, status: int) -> None:
    """And goes on by itself when it may again."""
    with watching(open_town, sandbox) as town:
        sandbox.fault(fault, status=status, endpoint="status", times=None)
        looked_again(town)
        asked = looks(sandbox)
        send(sandbox, "15550001111")
        sandbox.clear_faults()
        town.reply(SUPPORT, top(town, "••••1111", SUPPORT), "131047")
        assert looks(sandbox) > asked


def test_an_accounts_own_channel_gets_its_failures(
    open_town: OpenTown, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first that waerror.toml names."""
    monkeypatch.setenv("KEY_OF_ORDERS", DEMO_KEY)
    (tmp_path / "waerror.toml").write_text(
        f'[accounts.orders]\napi_key_env = "KEY_OF_ORDERS"\nchannels = ["{ALERTS}", "{SUPPORT}"]\n'
    )
    with watching(open_town, sandbox, waconnect_api_key=None, waerror_watch_channel=None) as town:
        send(sandbox, "15550001111")
        ts = top(town, "••••1111")
        assert "WaConnect (orders)" in tops(town)[ts]
        town.reply(ALERTS, ts, "131047")


def test_an_account_is_looked_through_once_its_workspace_is_there(
    open_town: OpenTown, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bot is installed after it began, while another workspace's account is looked through already."""
    monkeypatch.setenv("KEY_OF_ORDERS", DEMO_KEY)
    other, ours = '[accounts.other]\nteam = "T0OTHER"\n', "[accounts.ours]\n"
    key = 'api_key_env = "KEY_OF_ORDERS"\n'
    (tmp_path / "waerror.toml").write_text(other + key + ours + key)
    with watching(open_town, sandbox, waconnect_api_key=None, **OAUTH) as town:
        assert Browser(town).install(town.workspace)[0] == 200
        looked_again(town)
        looked_again(town)
        send(sandbox, "15550001111")
        town.reply(SUPPORT, top(town, "••••1111", SUPPORT), "131047")


def test_without_a_channel_it_does_not_start(open_town: OpenTown) -> None:
    """Failures that nobody would see are not looked for in silence."""
    with (
        pytest.raises(AccountsError, match="WAERROR_WATCH_CHANNEL"),
        open_town(waerror_watch_seconds=60, waerror_alert_channels=""),
    ):
        pass
