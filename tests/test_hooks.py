"""The hooks of waerror.toml: every fault is told at once, and no fault tells a secret."""

from pathlib import Path

import pytest

from bot.accounts import Accounts
from bot.accounts.loading import AccountsError
from bot.accounts.loading import load as load_accounts
from bot.intake.hooks import Hooks
from bot.intake.loading import load
from bot.intake.sources import SOURCES
from bot.settings import Settings
from bot.web.throttle import Throttle

GOOD = """
[alerts.alertmanager]
secret_env = "HOOK_SECRET"
channel = "C0ALERTS"

[alerts.payments]
source = "generic"
secret_file = "payments.secret"
channel = "C0PAYMENTS"
channels = ["C0OTHER"]
unexplained = "drop"

[alerts.meta]
secret_env = "HOOK_SECRET"
verify_env = "HOOK_TOKEN"
channel = "C0ALERTS"
"""
SECRET = "hush-hush-hush-hush"  # noqa: S105


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    monkeypatch.setenv("HOOK_TOKEN", "a-token-that-is-agreed-upon")
    (tmp_path / "payments.secret").write_text("another-secret-of-ours\n")


def loaded(text: str) -> Hooks:
    Path("waerror.toml").write_text(text)
    return load(Settings(), Accounts())


def test_a_hook_is_a_table() -> None:
    """Its name is its address, and its source where no other is named."""
    hooks = loaded(GOOD)
    assert list(hooks) == ["alertmanager", "payments", "meta"]
    assert (hooks["alertmanager"].source, hooks["alertmanager"].label) == ("alertmanager", "Alertmanager")
    payments = hooks["payments"]
    assert (payments.source, payments.label, payments.unexplained) == ("generic", "Webhook (payments)", "drop")
    assert payments.secret.get_secret_value() == "another-secret-of-ours"
    assert [payments.place(one) for one in (None, "C0OTHER", "C0NOWHERE")] == ["C0PAYMENTS", "C0OTHER", None]
    assert "hush" not in repr(hooks)


def test_without_a_file_there_is_no_hook() -> None:
    """And so nothing to post to."""
    assert load(Settings(), Accounts()) == {}


def test_accounts_and_hooks_stand_in_one_file() -> None:
    """Neither minds the other."""
    Path("waerror.toml").write_text(GOOD)
    assert load_accounts(Settings()).all == ()


OPEN = '[alerts.{}]\nsecret_env = "HOOK_SECRET"\nchannel = "C0A"\n'


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ('[alerts.generic]\nchannel = "C0A"', "alerts.generic: needs one of secret_env and secret_file"),
        ('[alerts.generic]\nsecret_env = "X"\nchannel = "C0A"', "alerts.generic.secret_env: X is not set"),
        ('[alerts.generic]\nsecret_env = "SHORT"\nchannel = "C0A"', "needs 16 characters and more"),
        ('[alerts.generic]\nsecret_file = "gone"\nchannel = "C0A"', "alerts.generic.secret_file: cannot be read"),
        ('[alerts.generic]\nsecret_env = "HOOK_SECRET"', "alerts.generic.channel: must be Slack's id"),
        (OPEN.format("generic").replace("C0A", "#alerts"), "alerts.generic.channel: must be Slack's id"),
        (OPEN.format("pingdom"), "alerts.pingdom.source: must be one of waconnect"),
        (OPEN.format('"a/b"') + 'source = "generic"', "a name is of small letters"),
        (OPEN.format("generic") + 'account = "x"', "there is no account of this name"),
        (OPEN.format("generic") + 'verify_env = "HOOK_TOKEN"', "verify_env is Meta's"),
        (OPEN.format("generic") + 'unexplained = "mail"', "must be post or drop"),
        (OPEN.format("generic") + "colour = 1", "colour: is not known; a hook has"),
        ("[alerts]\ngeneric = 1", "alerts.generic"),
        ("alerts = 1", "expected [alerts.NAME]"),
    ],
)
def test_a_wrong_hook_ends_the_start(monkeypatch: pytest.MonkeyPatch, table: str, says: str) -> None:
    """In words; a hook that cannot be closed is not opened."""
    monkeypatch.setenv("SHORT", "short")
    with pytest.raises(AccountsError) as caught:
        loaded(table)
    assert says in str(caught.value)


def test_a_secret_in_the_file_is_refused_and_not_repeated() -> None:
    """The file is read, copied and committed by more people than an environment is."""
    with pytest.raises(AccountsError) as caught:
        loaded(f'[alerts.generic]\nsecret = "{SECRET}"\nchannel = "C0A"')
    assert "the secret itself never stands in this file" in str(caught.value)
    assert SECRET not in str(caught.value)


def test_so_many_requests_a_second_and_no_more() -> None:
    """What was saved up may come at once; then each waits for its turn, and nobody for another's."""
    at = [0.0]
    throttle = Throttle(2.0, clock=lambda: at[0])
    assert [throttle.take("a") for _ in range(6)] == [0, 0, 0, 0, 1, 1]
    assert throttle.take("b") == 0
    at[0] = 0.5
    assert [throttle.take("a"), throttle.take("a")] == [0, 1]
    at[0] = 100.0
    assert [throttle.take("a") for _ in range(5)] == [0, 0, 0, 0, 1]


def test_the_document_says_how_each_source_is_set_up() -> None:
    """A row each; and its example is one that can be loaded."""
    section = (Path(__file__).parent.parent / "docs" / "alerts.md").read_text("utf-8")
    assert [source for source in SOURCES if f"| `{source}` |" not in section] == []
    example = section.split("```toml\n")[1].split("```")[0].replace("/run/secrets/payments", "payments.secret")
    hooks = loaded(example.replace("ALERTMANAGER_HOOK_SECRET", "HOOK_SECRET"))
    assert list(hooks) == ["alertmanager", "payments"]
