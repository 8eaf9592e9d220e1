"""Settings are what the person who runs the bot decides; each is described where that person looks."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.missing import missing
from bot.settings import Settings

ROOT = Path(__file__).parent.parent
NAMES = {name.upper() for name in Settings.model_fields}


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the machine, and no .env file, reaches a test."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_env_example_names_every_setting_and_no_other() -> None:
    """`.env.example` is the reference that people copy."""
    named = set(re.findall(r"^#?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert named == NAMES


def test_the_defaults_in_env_example_are_the_defaults() -> None:
    """A commented line shows what holds when it stays commented."""
    shown = dict(re.findall(r"^#([A-Z][A-Z_]+)=(\S+)$", (ROOT / ".env.example").read_text(), re.MULTILINE))
    settings = Settings()
    for name, value in shown.items():
        default = getattr(settings, name.lower())
        assert value in (str(default), str(default).lower()) or float(default) == float(value), name


def test_the_document_has_a_row_for_every_setting() -> None:
    """`make docs` writes them."""
    rows = re.findall(r"^\| `([A-Z][A-Z_]+)` \|", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE)
    assert sorted(rows) == sorted(NAMES)


def test_channels_are_a_comma_separated_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spaces and a trailing comma are forgiven."""
    monkeypatch.setenv("WAERROR_ALERT_CHANNELS", "C1, C2,")
    assert Settings().waerror_alert_channels == {"C1", "C2"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WAERROR_DATABASE_URL", "mysql://x"),
        ("WAERROR_DATABASE_URL", "postgresql://waerror:hush@db/waerror"),  # with which key?
        ("WAERROR_REPLICA_DEAD_SECONDS", "6"),  # of a beat each five seconds one may be missed
        ("WAERROR_RETRY_ATTEMPTS", "0"),
        ("WACONNECT_TIMEOUT_SECONDS", "-1"),
        ("WAERROR_LOG_LEVEL", "LOUD"),
        ("WAERROR_DIGEST", "sometimes"),
        ("WAERROR_DIGEST", "daily 25:00 Europe/Madrid"),
        ("WAERROR_DIGEST", "daily 09:00 Middle/Earth"),
        ("WAERROR_DIGEST", "daily 09:00 UTC"),  # where to?
    ],
)
def test_a_wrong_value_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """Wrong settings end the start, not the first message."""
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError):
        Settings()


def test_a_digest_is_planned_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the day or the week, in a time zone; a wrong one is refused in a sentence with examples."""
    monkeypatch.setenv("WAERROR_DIGEST_CHANNEL", "C1")
    assert Settings().digest is None
    monkeypatch.setenv("WAERROR_DIGEST", "weekly mon 09:00 America/Mexico_City")
    planned = Settings().digest
    assert planned is not None
    assert (planned.word, planned.weekday, f"{planned.at:%H:%M}") == ("week", 0, "09:00")
    monkeypatch.setenv("WAERROR_DIGEST", "every day")
    with pytest.raises(ValidationError, match="is no schedule; write off, daily 09:00 Europe/Madrid or weekly mon"):
        Settings()


def test_what_is_missing_is_listed_with_where_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens are named in the order in which a person sets Slack up."""
    assert [need.name for need in missing(Settings())] == ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"]
    assert all("api.slack.com" in need.where for need in missing(Settings()))
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-1")
    assert missing(Settings()) == ()


def test_a_signing_secret_without_an_app_token_means_http(monkeypatch: pytest.MonkeyPatch) -> None:
    """And with an app token it is the socket, unless HTTP is asked for."""
    assert not Settings().over_http
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "hush")
    assert Settings().over_http
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-1")
    assert not Settings().over_http
    assert Settings(waerror_http=True).over_http


def test_over_http_a_signing_secret_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """No app token; and with a client id no bot token, but the secret beside it."""
    assert [need.name for need in missing(Settings(waerror_http=True))] == ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"]
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "hush")
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    assert [need.name for need in missing(Settings())] == ["SLACK_CLIENT_SECRET"]
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "hush")
    assert missing(Settings()) == ()


def test_tokens_do_not_show_in_a_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever logs the settings logs no secret."""
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-hush")
    monkeypatch.setenv("WACONNECT_API_KEY", "wba_hush")
    monkeypatch.setenv("WAERROR_SECRET_KEY", "hush")
    monkeypatch.setenv("WAERROR_DATABASE_URL", "postgresql://waerror:hush@db/waerror")
    assert "hush" not in repr(Settings())


def test_the_api_url_ends_in_a_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    """slack_sdk joins method names to it."""
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:1/api")
    assert Settings().slack_api == "http://127.0.0.1:1/api/"
