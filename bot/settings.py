"""Every setting, with its meaning and where its value comes from; `.env.example` is held to this list by a test.

Values come from the environment, then from a `.env` file in the working folder.
"""

import re
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.schedule import Schedule, read_schedule
from bot.waconnect import numbers

_POSTGRES = ("postgresql://", "postgres://")
SHORTEST_SECRET = 16  # what is shorter can be guessed by asking
# `channel` (everybody there), user groups (S…) and people (U…, W…), separated by commas; or `nobody`.
_WHO = re.compile(r"nobody|(channel|[SUW][A-Z0-9]{2,})(\s*,\s*(channel|[SUW][A-Z0-9]{2,}))*")


class Settings(BaseSettings):
    """What the person who runs the bot decides."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True)

    slack_bot_token: SecretStr | None = Field(None, description="xoxb-…: the bot speaks with it")
    slack_app_token: SecretStr | None = Field(None, description="xapp-…: opens the Socket Mode connection")
    slack_signing_secret: SecretStr | None = Field(None, description="proves that a request over HTTP is Slack's")
    slack_client_id: str | None = Field(None, description="several workspaces may install the bot at /slack/install")
    slack_client_secret: SecretStr | None = Field(None, description="belongs to the client id")
    slack_api_url: str = Field("https://slack.com/api/", description="Slack's Web API; a stand-in in tests")
    slack_timeout_seconds: float = Field(10, gt=0, description="longest wait for one Web API call")

    waerror_http: bool = Field(
        False, description="Slack's requests come over HTTP; so they do too with a signing secret and no app token"
    )
    port: int = Field(3000, ge=0, le=65_535, description="served over HTTP here; 0 takes a free one")
    waerror_bind: str = Field(
        "127.0.0.1", min_length=1, description="the address to serve on; 0.0.0.0 for every one, as a container needs"
    )
    waerror_http_threads: int = Field(32, ge=4, le=256, description="requests over HTTP that are answered at once")
    waerror_explain_token: SecretStr | None = Field(
        None, description="whoever has it may ask GET /explain; without it there is no such address"
    )
    waerror_http_idle_seconds: float = Field(30, ge=1, description="longest silence of a connection over HTTP")

    waerror_teams: Annotated[frozenset[str], NoDecode] = Field(
        frozenset(), description="ids of the workspaces that may install the bot; every one, when empty"
    )
    waerror_deaf_seconds: float = Field(
        120, gt=0, description="the process ends, with an error, after so long without a sign over the socket"
    )
    waerror_ready_lag_seconds: float = Field(
        300, gt=0, description="it is not ready once a question, or a deed that is due, waits for longer"
    )
    waerror_slack_check_seconds: float = Field(60, gt=0, description="over HTTP, how often Slack is asked how it is")

    waconnect_api_key: SecretStr | None = Field(None, description="wba_…: without it the bot explains only")
    waconnect_base_url: str = Field("https://app.waconnect.me/api/", description="WaConnect, or its sandbox")
    waconnect_timeout_seconds: float = Field(10, gt=0, description="longest wait for one WaConnect call")
    waconnect_default_region: str | None = Field(
        None, pattern="^[A-Z]{2}$", description="country of numbers without a country code, such as MX"
    )

    waerror_database_url: str = Field(
        "sqlite:///data/waerror.db",
        repr=False,  # it may have a password
        description="what must survive a restart: a SQLite file, or PostgreSQL for several bots",
    )
    waerror_database_connections: int = Field(
        30, ge=9, description="most connections of one bot to PostgreSQL, which itself takes 100 unless told otherwise"
    )
    waerror_replica_beat_seconds: float = Field(
        5, gt=0, description="how often each of several bots on one database says that it lives"
    )
    waerror_replica_dead_seconds: float = Field(
        20, gt=0, description="a bot that said nothing for this long is dead, and another one takes over"
    )
    waerror_secret_key: SecretStr | None = Field(
        None,
        description="Fernet key that seals stored pastes, or several: the first seals, all open; "
        "made beside the SQLite file when absent",
    )
    waerror_config: str = Field("waerror.toml", description="the file that names several accounts; may be absent")
    waerror_retention_days: float = Field(
        30, gt=0, description="how long pastes and requests are kept; the record of who did what stays"
    )
    waerror_may_retry: str = Field("channel", description="who may send one failed message again")
    waerror_may_bulk: str = Field(
        "channel",
        description="who may send many again; everybody, since each of them could be retried alone and "
        "WAERROR_APPROVE_ABOVE asks for a second person",
    )
    waerror_may_send_anyway: str = Field(
        "channel",
        description="who may send what may have arrived; everybody, since who is on call alone at night must be "
        "able to, the dialog names the risk and the record names the person",
    )
    waerror_may_reveal: str = Field(
        "nobody",
        description="who may see number and body behind a card; nobody, since triage needs neither",
    )
    waerror_may_approve: str = Field("channel", description="who may be the second person; never the one who asked")
    waerror_groups_seconds: float = Field(
        180, ge=0, description="how long is remembered who is in a user group; then Slack is asked again"
    )
    waerror_approve_above: int = Field(50, ge=0, description="a bulk retry of more messages needs a second person")
    waerror_bulk_per_second: int = Field(
        10, ge=1, le=80, description="messages a second and account of a bulk retry; Meta grants a number 80"
    )
    waerror_alert_channels: Annotated[frozenset[str], NoDecode] = Field(
        frozenset(), description="ids of the channels whose posts are read, separated by commas"
    )
    waerror_incident_window_seconds: float = Field(
        3_600, gt=0, description="alerts of one cause are one incident while no more than this passes between two"
    )
    waerror_alerts_per_second: float = Field(
        500, gt=0, description="most requests a second of one alert source; the others are asked to wait"
    )
    waerror_cards_per_minute: int = Field(
        8, ge=1, le=60, description="most new cards a minute in one channel; the others wait until it calms down"
    )
    waerror_reactions: bool = Field(True, description="show an incident's state as a reaction on its first alert")
    waerror_broadcast: bool = Field(False, description="show an incident's first answer in the channel as well")
    waerror_catch_up_seconds: float = Field(
        21_600, ge=0, description="how far back missed alerts are read after a downtime; 0 for not at all"
    )
    waerror_watch_seconds: float = Field(
        0, ge=0, description="how often WaConnect is asked which messages failed; 0 for never"
    )
    waerror_watch_channel: str | None = Field(
        None, description="id of the channel for failures of accounts that name none in waerror.toml"
    )
    waerror_watch_back_seconds: float = Field(
        0, ge=0, description="how long ago a message may have failed that the first look tells of"
    )
    waerror_digest: str = Field("off", description="`daily 09:00 Europe/Madrid`, `weekly mon 09:00 …`, or `off`")
    waerror_digest_channel: str | None = Field(None, description="id of the channel that gets the digest")
    waerror_synthetic_seconds: float = Field(
        600, ge=0, description="how often a synthetic error is sent the whole way, to see that all works; 0 for never"
    )
    waerror_synthetic_channel: str | None = Field(
        None,
        description="id of a channel where it is shown; without one, and with SLACK_CLIENT_ID, Slack only checks it",
    )
    waerror_retry_attempts: int = Field(
        5, ge=1, le=20, description="most POSTs for one press while WaConnect refuses for its load"
    )
    waerror_quiet_seconds: float = Field(
        30, ge=0, description="how long after a message nobody else may send to the same recipient"
    )
    waerror_search_looks: int = Field(
        5, ge=1, le=20, description="how often a send of unclear fate is looked for before a person is asked"
    )
    waerror_follow_seconds: float = Field(
        86_400, gt=0, description="how long a message is followed before 'still not delivered'"
    )
    waerror_pace: float = Field(
        1.0, ge=0, description="factor on every pause, those for Slack's limits too; less than 1 is for tests"
    )
    waerror_log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="how much is logged")

    @field_validator("waerror_alert_channels", "waerror_teams", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return frozenset(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("waerror_explain_token")
    @classmethod
    def _is_no_guess(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < SHORTEST_SECRET:
            raise ValueError(f"must have at least {SHORTEST_SECRET} characters")
        return value

    @field_validator("waconnect_default_region")
    @classmethod
    def _region_exists(cls, value: str | None) -> str | None:
        if value is not None and not numbers.is_region(value):
            raise ValueError("WACONNECT_DEFAULT_REGION must be the ISO code of a country, such as MX")
        return value

    @field_validator(*(f"waerror_may_{right}" for right in ("retry", "bulk", "send_anyway", "reveal", "approve")))
    @classmethod
    def _names_people(cls, value: str) -> str:
        if not _WHO.fullmatch(value.strip()):
            raise ValueError("must be channel, nobody, or ids of user groups (S…) and people (U…), separated by commas")
        return value.strip()

    @model_validator(mode="after")
    def _database_is_known(self) -> Self:
        if not self.waerror_database_url.startswith(("sqlite:///", *_POSTGRES)):
            raise ValueError("WAERROR_DATABASE_URL must start with sqlite:/// or postgresql://")
        if self.on_postgres and self.waerror_secret_key is None:
            raise ValueError(
                "WAERROR_SECRET_KEY is needed with PostgreSQL, the same for every bot on it; .env.example says how to "
                "make one"
            )
        return self

    @model_validator(mode="after")
    def _a_beat_may_be_missed(self) -> Self:
        if self.waerror_replica_dead_seconds < 2 * self.waerror_replica_beat_seconds:
            raise ValueError("WAERROR_REPLICA_DEAD_SECONDS must be at least twice WAERROR_REPLICA_BEAT_SECONDS")
        return self

    @field_validator("waerror_digest")
    @classmethod
    def _is_a_schedule(cls, value: str) -> str:
        read_schedule(value)
        return value

    @model_validator(mode="after")
    def _digest_has_a_channel(self) -> Self:
        if self.digest and not self.waerror_digest_channel:
            raise ValueError("WAERROR_DIGEST needs WAERROR_DIGEST_CHANNEL, the id of the channel to post in")
        return self

    @property
    def over_http(self) -> bool:
        """Slack's requests come over HTTP, not over a socket that we open."""
        return self.waerror_http or (self.slack_app_token is None and self.slack_signing_secret is not None)

    @property
    def bulk_per_second(self) -> float:
        """What really leaves a second: the pace shortens this pause as it does every other."""
        return self.waerror_bulk_per_second / (self.waerror_pace or 1)

    @property
    def digest(self) -> Schedule | None:
        """When the digest is due; None for never."""
        return read_schedule(self.waerror_digest)

    @property
    def on_postgres(self) -> bool:
        """Several bots may share the database."""
        return self.waerror_database_url.startswith(_POSTGRES)

    @property
    def database_file(self) -> Path:
        """Of SQLite."""
        return Path(self.waerror_database_url.removeprefix("sqlite:///"))

    @property
    def slack_api(self) -> str:
        """slack_sdk joins method names to it, so it must end in a slash."""
        return self.slack_api_url.rstrip("/") + "/"
