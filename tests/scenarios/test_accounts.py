"""Several accounts: a card speaks of one, acts with its key, and says so when a paste is about another."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.waconnect.ledger import Account
from bot.waconnect.sandbox import Sandbox, serve
from tests.scenarios.conftest import ALERTS, SUPPORT, OpenTown, Town

TO = "15551234567"
ORDERS, LAB = "109876543210987", "220000000000002"
REFUSED = '429 {"success": false, "error": "(#130429) Rate limit hit"}'


def paste(sender: str | None = None) -> str:
    request = {"to": TO, "body": "Hi"} | ({"phoneNumberId": sender} if sender else {})
    return f"POST /api/messages/text\n{json.dumps(request)}\n\n{REFUSED}"


@dataclass(frozen=True, slots=True)
class Pair:
    """A town whose bot has two accounts, each at a WaConnect of its own."""

    town: Town
    production: Sandbox
    staging: Sandbox

    def card(self, text: str, channel: str = ALERTS) -> tuple[str, str, str]:
        """Somebody asks; the message, the card below it and what the card says."""
        ts = self.town.people.say("ana", channel, f"@waerror {text}")
        return ts, self.town.reply_ts(channel, ts, "Sending again"), self.town.reply(channel, ts, "Sending again")

    def asked(self, text: str, *words: str, channel: str = SUPPORT) -> str:
        """A command, and the private answer that has these words."""
        return self.town.asked("ana", channel, text, *words)


@contextmanager
def two(open_town: OpenTown, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    sandboxes = [
        Sandbox({f"wba_{name}": Account(name, True, numbers)}, pace_seconds=0.1)
        for name, numbers in (("production", (ORDERS,)), ("staging", (LAB,)))
    ]
    for name in ("production", "staging"):
        monkeypatch.setenv(f"KEY_{name.upper()}", f"wba_{name}")
    (one, first), (other, second) = map(serve, sandboxes)
    with one, other:
        (folder / "waerror.toml").write_text(f"""
            [accounts.production]
            api_key_env = "KEY_PRODUCTION"
            base_url = "{first}"
            channels = ["{ALERTS}"]
            [accounts.production.numbers]
            "{ORDERS}" = "Orders"
            [accounts.staging]
            api_key_env = "KEY_STAGING"
            base_url = "{second}"
            [accounts.staging.numbers]
            "{LAB}" = "Lab"
            """)
        with open_town(waconnect_api_key=None) as town:
            yield Pair(town, *sandboxes)


@pytest.fixture
def pair(open_town: OpenTown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    with two(open_town, tmp_path, monkeypatch) as pair:
        yield pair


def test_a_channels_card_acts_with_the_channels_account(pair: Pair) -> None:
    """It says which, the dialog too, and the other account's WaConnect hears nothing."""
    ts, card, says = pair.card(paste())
    assert "account production" in says
    shown = json.dumps(pair.town.workspace.message(ALERTS, card))
    assert "WaConnect account *production*" in shown
    pair.town.people.click("ana", ALERTS, card, "remedy.retry")
    pair.town.reply(ALERTS, ts, "Done:")
    assert (len(pair.production.sent), len(pair.staging.sent)) == (1, 0)


def test_a_paste_about_another_accounts_number_is_noticed_and_uses_its_key(pair: Pair) -> None:
    """The card names both accounts; what is pressed goes to the number's own."""
    ts, card, says = pair.card(paste(LAB))
    assert "a number of the account staging, while this channel belongs to production" in says
    pair.town.people.click("ana", ALERTS, card, "remedy.retry")
    pair.town.reply(ALERTS, ts, "Done:")
    assert (len(pair.production.sent), len(pair.staging.sent)) == (0, 1)
    pressed = pair.town.house.store.audit.recent("T0STANDIN")[-1]
    assert (pressed.what, pressed.account) == ("retry", "staging")


def test_a_number_in_the_text_alone_is_noticed_too(pair: Pair) -> None:
    """Many an alert names the sender and not the request."""
    ts, card, says = pair.card(f"131056 (pair rate limit) WhatsApp send from phone_number_id {LAB} failed")
    assert "I speak of staging" in says
    pair.staging.account("wba_staging", enabled=False)
    pair.town.people.click("ana", ALERTS, card, "remedy.recheck")
    assert "staging" in pair.town.reply(ALERTS, ts, "Account disabled")


def test_the_form_does_not_send_another_accounts_number(pair: Pair) -> None:
    """Somebody puts the other account's number into it; the mistake is told beside the field, and nothing is sent."""
    _, card, _ = pair.card("130429 rate limit from whatsapp")
    pair.town.people.click("ana", ALERTS, card, "remedy.retry")
    view = pair.town.workspace.wait_for(lambda: pair.town.workspace.view("ana"))
    assert "*production*" in str(view)
    typed = {"to": "12025550123", "body": "Hi", "phoneNumberId": LAB}
    refused = pair.town.people.submit_view("ana", view["id"], typed)
    assert refused.payload is not None
    assert "belongs to the account staging" in str(refused.payload["errors"]["phoneNumberId~0"])
    assert pair.production.sent == pair.staging.sent == ()


def test_a_channel_that_names_none_is_served_by_the_first(pair: Pair) -> None:
    """Also for what is typed."""
    _, _, says = pair.card(paste(), SUPPORT)
    assert "account production" in says


def test_after_a_restart_a_card_still_speaks_of_its_account(
    open_town: OpenTown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An account that is gone is refused in words: another one's key is never used in its place."""
    with two(open_town, tmp_path, monkeypatch) as pair:
        _, card, _ = pair.card(paste())
        buttons = [b for b in pair.town.workspace.message(ALERTS, card)["blocks"] if b["type"] == "actions"]
    file = tmp_path / "waerror.toml"
    file.write_text(file.read_text("utf-8").replace("production", "live"), "utf-8")
    with open_town(waconnect_api_key=None) as town:
        ts = town.people.say("ben", ALERTS, "the card", blocks=buttons)
        town.people.click("ana", ALERTS, ts, "remedy.retry")
        town.workspace.wait_for(lambda: "no account production any more" in town.whisper("ana"))
        town.people.click("ana", ALERTS, ts, "remedy.recheck")
        town.reply(ALERTS, ts, "Unreachable", "no WaConnect account production")


def test_the_health_of_the_channels_account(pair: Pair) -> None:
    """Key, latency, counts, the last failure explained, and the numbers by their labels."""
    pair.production.fault("late-failure", to=TO, code=131026)
    ts, card, _ = pair.card(paste())
    pair.town.people.click("ana", ALERTS, card, "remedy.retry")
    pair.town.reply(ALERTS, ts, "Failed:")
    says = pair.asked("account", "Account good", "took", channel=ALERTS)
    assert "1 failed" in says
    assert "131026 · Message undeliverable" in says
    assert "Orders (••••0987)" in says
    assert TO not in says
    assert "since" not in says


def test_the_next_check_tells_what_changed(pair: Pair) -> None:
    """As much more failed since then."""
    pair.asked("account staging", "Account good")
    pair.staging.fault("late-failure", code=131026, times=None)
    for text in ("One", "Two"):
        ts, card, _ = pair.card(paste(LAB).replace("Hi", text))
        pair.town.people.click("ana", ALERTS, card, "remedy.retry")
        pair.town.reply(ALERTS, ts, "Failed:")
    assert "+2 failed since" in pair.asked("account staging", "2 failed")
    (stored,) = pair.town.house.store.healths.last("T0STANDIN")
    assert (stored.account, stored.outcome, stored.counts) == (
        "staging",
        "good",
        {"failed": 2} | dict.fromkeys(("sent", "delivered", "read", "pending"), 0),
    )


def test_a_channel_that_names_none_sees_all(pair: Pair) -> None:
    """A line each."""
    pair.staging.account("wba_staging", revoked=True)
    says = pair.asked("account", "production", "staging", "Key invalid")
    assert "production  Account good" in says
    assert [one.account for one in pair.town.house.store.healths.last("T0STANDIN")] == ["production", "staging"]
    assert pair.town.house.store.healths.last("T0OTHER") == ()


def test_statistics_that_are_not_understood_are_said_to_be(pair: Pair) -> None:
    """Key and account are shown all the same."""
    pair.production.fault("rubbish-json", endpoint="status/statistics")
    assert "did not say how many" in pair.asked("account production", "Account good")


def test_an_unknown_account_is_answered_with_those_there_are(pair: Pair) -> None:
    """At once, and what was typed is inert."""
    says = pair.asked("account <!channel>", "There are: production, staging")
    assert "<!channel>" not in json.dumps(pair.town.workspace.ephemerals("ana")[-1])
    assert "I know no account" in says


def test_an_error_that_begins_like_the_subcommand_is_explained(pair: Pair) -> None:
    """*Account disabled* is WaConnect's own."""
    assert "Account disabled" in pair.asked("Account disabled", "Why")
    assert "production" in pair.asked("account Production", "Account good")


def test_health_without_an_account(open_town: OpenTown) -> None:
    """It says which setting is missing."""
    with open_town(waconnect_api_key=None) as town:
        town.people.command("ana", SUPPORT, "/waerror", "account")
        assert "WACONNECT_API_KEY" in town.whisper("ana")


def test_one_account_is_not_named(town: Town) -> None:
    """There is nothing to tell apart."""
    town.people.command("ana", SUPPORT, "/waerror", paste())
    assert "account default" not in town.whisper("ana")
    assert "account *default*" not in json.dumps(town.workspace.ephemerals("ana")[-1])


def test_an_alert_is_an_incident_of_the_account_that_it_names(pair: Pair) -> None:
    """One cause on two accounts in one channel is two incidents, and each card acts with its own account's key."""
    town = pair.town
    own, other = (town.people.post_as_app(ALERTS, "notify", text=paste(sender)) for sender in (None, LAB))
    assert "account production" in plain_text(town.reply(ALERTS, own, "130429"))
    assert "number of the account staging" in town.reply(ALERTS, other, "130429")
    causes = {one.cause.account for one in town.house.store.incidents.live("T0STANDIN", [ALERTS], 9)}
    assert causes == {"production", "staging"}
    town.people.click("ana", ALERTS, town.reply_ts(ALERTS, other, "Retry message"), "remedy.retry")
    town.reply(ALERTS, other, "Done:")
    assert (len(pair.production.sent), len(pair.staging.sent)) == (0, 1)


def test_what_is_done_about_an_incident_is_recorded(pair: Pair) -> None:
    """Its state, a mute and how the channel is read, each with who did it."""
    town = pair.town
    ts = town.people.post_as_app(ALERTS, "notify", text=paste())
    town.people.click("ben", ALERTS, town.reply_ts(ALERTS, ts, "I'm on it"), "incident.own")
    for text in ("mute 131047 2h", "unmute 131047", "watch quiet"):
        assert town.people.command("ana", ALERTS, "/waerror", text).acknowledged
    town.workspace.wait_for(lambda: len(town.house.store.audit.recent("T0STANDIN")) >= 4)
    done = {(deed.user, deed.what, deed.result) for deed in town.house.store.audit.recent("T0STANDIN")}
    assert done == {
        ("U0BEN", "incident", "own"),
        ("U0ANA", "mute", ""),
        ("U0ANA", "unmute", ""),
        ("U0ANA", "watch", "quiet"),
    }


def plain_text(says: str) -> str:
    return says.replace("*", "")
