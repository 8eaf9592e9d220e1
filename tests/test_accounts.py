"""Accounts: which one a channel or a number belongs to, and what is wrong with a file that names them."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from pydantic import SecretStr

from bot.accounts import Account, Accounts
from bot.accounts.loading import AccountsError, load
from bot.cli import main
from bot.settings import Settings

PRODUCTION = Account(
    "production",
    SecretStr("wba_1"),
    "https://a.test/api/",
    None,
    frozenset({"C0ALERTS"}),
    {"109876543210987": "Orders"},
)
STAGING = Account(
    "staging", SecretStr("wba_2"), "https://a.test/api/", None, frozenset({"C0STAGE"}), {"5215551234567": "Lab"}
)
BOTH = Accounts((PRODUCTION, STAGING))


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WACONNECT_API_KEY", raising=False)
    for name in ("KEY_ONE", "KEY_TWO"):
        monkeypatch.setenv(name, f"wba_{name.lower()}")


def written(text: str, **settings: object) -> Accounts:
    Path("waerror.toml").write_text(text, "utf-8")
    return load(Settings.model_validate(settings))


def faults(text: str, **settings: object) -> str:
    with pytest.raises(AccountsError) as caught:
        written(text, **settings)
    return str(caught.value)


@pytest.mark.parametrize(
    ("channel", "own", "serves"),
    [("C0ALERTS", "production", "production"), ("C0STAGE", "staging", "staging"), ("C0ELSE", None, "production")],
)
def test_a_channel_has_an_account(channel: str, own: str | None, serves: str) -> None:
    """Its own, else the first."""
    found, served = BOTH.own_of_channel(channel), BOTH.of_channel(channel)
    assert (found and found.name) == own
    assert served is not None
    assert served.name == serves
    assert Accounts().of_channel(channel) is None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("phone_number_id=109876543210987", ["production"]),
        ("from +52 1 (555) 123-4567 to 15550001111", ["staging"]),
        ("109876543210987 and 5215551234567", ["production", "staging"]),
        ("1098765432109870", []),
        ("9109876543210987", []),
        ("wamid.109876543210", []),
        ("", []),
    ],
)
def test_a_text_names_accounts_by_their_numbers(text: str, names: list[str]) -> None:
    """Whole numbers only, however they are grouped."""
    assert [one.name for one in BOTH.named_in(text)] == names


def test_a_recipient_is_no_sender() -> None:
    """Somebody may write to one of our own numbers."""
    assert BOTH.named_in("to 5215551234567", but="5215551234567") == ()


def test_one_account_needs_no_file() -> None:
    """The settings make the account `default`; without a key there is none."""
    (only,) = load(Settings(waconnect_api_key=SecretStr("wba_own"), waconnect_base_url="https://b.test/api/")).all
    assert (only.name, only.base_url, only.api_key.get_secret_value()) == ("default", "https://b.test/api/", "wba_own")
    assert load(Settings()).all == ()


def test_a_file_names_several() -> None:
    """With what each has; the first serves the other channels."""
    Path("key").write_text("wba_of_a_file\n")
    accounts = written(
        """
        [accounts.production]
        api_key_env = "KEY_ONE"
        default_region = "MX"
        channels = ["C0ALERTS"]
        [accounts.production.numbers]
        "+52 1 555 123 4567" = "Orders"
        [accounts.staging]
        api_key_file = "key"
        base_url = "https://staging.test/api/"
        """
    )
    first, second = accounts.all
    assert (first.name, first.default_region, first.channels) == ("production", "MX", {"C0ALERTS"})
    assert (first.numbers, first.api_key.get_secret_value()) == ({"5215551234567": "Orders"}, "wba_key_one")
    assert (second.base_url, second.api_key.get_secret_value()) == ("https://staging.test/api/", "wba_of_a_file")
    assert "wba_" not in repr(accounts)


TWO = '[accounts.one]\napi_key_env = "KEY_ONE"\n[accounts.two]\napi_key_env = "KEY_TWO"\n'


@pytest.mark.parametrize(
    ("text", "own", "names"),
    [
        (TWO, None, ["one", "two"]),
        (TWO + "default = true\n", None, ["two", "one"]),
        (TWO, "wba_own", ["default", "one", "two"]),
        (TWO + "default = true\n", "wba_own", ["two", "default", "one"]),
        (TWO.replace("KEY_ONE", "WACONNECT_API_KEY"), "wba_own", ["one", "two"]),
    ],
)
def test_the_first_serves_channels_that_name_none(text: str, own: str | None, names: list[str]) -> None:
    """The account of the settings, the one that says so, or the first of the file."""
    assert [one.name for one in written(text, waconnect_api_key=own).all] == names


def test_a_key_may_stand_in_the_env_file() -> None:
    """Where the other secrets are."""
    Path(".env").write_text("KEY_THREE=wba_three\n")
    (only,) = written('[accounts.one]\napi_key_env = "KEY_THREE"').all
    assert only.api_key.get_secret_value() == "wba_three"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[accounts.one]\napi_key = "wba_hush12345"', "never stands in this file"),
        ('[accounts.one]\napi_key_env = "wba_hush12345"', "never the key"),
        ('[accounts.one]\napi_key_env = "hush12345"', "never the key"),
        ('[accounts.one]\napi_key_env = "KEY_NONE"', "KEY_NONE is not set"),
        ('[accounts.one]\napi_key_file = "nowhere"', "cannot be read"),
        ("[accounts.one]", "needs one of"),
        ('[accounts.one]\napi_key_env = "KEY_ONE"\napi_key_file = "key"', "needs one of"),
        ('[accounts.One]\napi_key_env = "KEY_ONE"', "small letters"),
        ('[accounts.one]\napi_key_env = "KEY_ONE"\nbase_url = "ftp://x"', "base_url: must look like"),
        ('[accounts.one]\napi_key_env = "KEY_ONE"\ndefault_region = "Mexico"', "two capital letters"),
        ('[accounts.one]\napi_key_env = "KEY_ONE"\nchannels = ["#alerts"]', "channel ids"),
        ('[accounts.one]\napi_key_env = "KEY_ONE"\nchannels = "C0ALERTS"', "channel ids"),
        ('[accounts.one]\napi_key_env = "KEY_ONE"\nnumbers = {"12" = "x"}', "label each"),
        ('[accounts.one]\napi_key_env = "KEY_ONE"\ncolour = "red"', "colour: is not known"),
        ("[accounts]\none = 1", "accounts.one"),
        ("[acounts.one]", "expected [accounts.NAME]"),
        ("accounts = 1", "expected [accounts.NAME]"),
        ('[accounts.one]\napi_key = "wba_hush12345', "is not TOML"),
        (TWO + "default = true\n[accounts.three]\napi_key_env='KEY_ONE'\ndefault=true", "both claim it"),
        (TWO.replace('"\n', '"\nchannels = ["C0ALERTS"]\n'), "C0ALERTS belongs to one and two"),
        (TWO.replace('"\n', '"\nnumbers = {"1098765" = "x"}\n'), "belongs to one and two"),
    ],
)
def test_a_fault_is_told_in_words_and_no_key_with_it(text: str, says: str) -> None:
    """Whoever reads it knows what to change."""
    told = faults(text)
    assert says in told
    assert "hush" not in told


def test_a_name_that_the_settings_take_is_refused() -> None:
    """Which of the two was meant?"""
    assert "makes an account of this name too" in faults(TWO.replace(".one", ".default"), waconnect_api_key="wba_own")


def test_every_fault_is_told_at_once() -> None:
    """Not one a start."""
    told = faults(
        '[accounts.one]\napi_key_env = "KEY_NONE"\ndefault_region = "mx"\n'
        '[accounts.two]\napi_key = "wba_x12345"\nbase_url = "x"\n[accounts.three]\napi_key_env = "KEY_ONE"\nnumbers = 1'
    )
    assert [line.split(":")[0].strip() for line in told.splitlines()[1:]] == [
        "accounts.one.default_region",
        "accounts.one.api_key_env",
        "accounts.two.base_url",
        "accounts.two.api_key",
        "accounts.three.numbers",
    ]


def test_a_file_that_was_named_must_be_there() -> None:
    """A default one need not."""
    with pytest.raises(AccountsError, match=r"no file other\.toml"):
        load(Settings(waerror_config="other.toml"))


def test_the_bot_refuses_to_run_with_such_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 2, before Slack is asked anything."""
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-1")
    Path("waerror.toml").write_text("[accounts.one]")
    done = CliRunner().invoke(main, ["run"])
    assert done.exit_code == 2
    assert "accounts.one: needs one of api_key_env and api_key_file" in done.stderr
