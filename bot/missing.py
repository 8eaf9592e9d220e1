"""What the bot still needs from whoever sets it up, and where they get it."""

from dataclasses import dataclass

from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class Missing:
    """A setting that the bot cannot run without, and where a person gets it."""

    name: str
    where: str


_SPEAKS = Missing(
    "SLACK_BOT_TOKEN",
    "api.slack.com/apps → your app → OAuth & Permissions → Bot User OAuth Token (xoxb-…)",
)
_HEARS = {
    "socket": Missing(
        "SLACK_APP_TOKEN",
        "api.slack.com/apps → your app → Basic Information → App-Level Tokens, scope connections:write (xapp-…)",
    ),
    "http": Missing(
        "SLACK_SIGNING_SECRET",
        "api.slack.com/apps → your app → Basic Information → App Credentials → Signing Secret",
    ),
}


_INSTALLS = Missing(
    "SLACK_CLIENT_SECRET", "api.slack.com/apps → your app → Basic Information → App Credentials → Client Secret"
)


def missing(settings: Settings) -> tuple[Missing, ...]:
    """What `waerror run` still needs, in the order in which a person sets Slack up."""
    speaks = _INSTALLS if settings.slack_client_id else _SPEAKS
    needed = (speaks, _HEARS["http" if settings.over_http else "socket"])
    return tuple(need for need in needed if getattr(settings, need.name.lower()) is None)
