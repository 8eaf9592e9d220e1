"""What Slack says: who we are, what we may, whether it hears us, where we are members, and does it take our blocks."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from slack_sdk.errors import SlackApiError

from bot import desk, knowledge
from bot.desk.findings import Finding, Level, broken, doubtful, good, skipped
from bot.doctor.patient import AWAY, Patient
from bot.doctor.scopes import SCOPES
from bot.views import card, help

# Slack refuses signed requests, and we Slack's, when clocks are five minutes apart.
_WORTH_A_LOOK, _BROKEN = timedelta(seconds=30), timedelta(seconds=240)
# One of each kind of block that a card can have.
_SAMPLE = '(#131047) Re-engagement message POST /api/messages/text {"to":"15551234567","body":"Hi"}'
_ADD_SCOPES = "Add the scopes of app_manifest.yml at api.slack.com/apps, and install the app again."
_TOKEN_REFUSED = {
    "invalid_auth": "Copy the token again from OAuth & Permissions, or reinstall the app.",
    "not_authed": "Set SLACK_BOT_TOKEN.",
    "token_revoked": "Install the app into the workspace again, and copy the new token.",
    "token_expired": "Switch token rotation off in the app's settings, and copy the token again.",
    "account_inactive": "The workspace or the app's installation is gone: install the app again.",
    "not_allowed_token_type": "Put the Bot User OAuth Token (xoxb-…) into SLACK_BOT_TOKEN.",
}


def greeting(patient: Patient) -> Iterator[Finding]:
    """auth.test."""
    if not patient.tokens[0]:
        yield skipped("not looked at: there is no bot token")
        return
    asked = patient.greeting
    if not asked.error:
        yield good(f"Slack knows us as @{asked.who.get('user')} in {asked.who.get('team')}")
    elif asked.answered:
        do = _TOKEN_REFUSED.get(asked.error, "Look the word up at docs.slack.dev, under auth.test.")
        yield broken(f"Slack refuses SLACK_BOT_TOKEN: {asked.error}", do)
    else:
        says = f"Slack cannot be reached at {patient.settings.slack_api} ({asked.error})"
        yield broken(says, "Let this machine reach Slack: look at the network, a proxy and SLACK_API_URL.")


def connection(patient: Patient) -> Iterator[Finding]:
    """In a running bot its connection; else whether the app token could open one. None is opened."""
    if patient.connected is not None:
        away = broken("not connected to Slack at the moment", "Wait a minute; then restart the bot.")
        yield good("Slack's events reach us") if patient.connected else away
        return
    token = patient.tokens[1]
    if patient.settings.over_http:
        yield skipped("not looked at: Slack connects to us, and shows at api.slack.com/apps whether it can")
        return
    if not token:
        yield skipped("not looked at: there is no app token")
        return
    try:
        patient.client(token).apps_connections_open(app_token=token)
        yield good("the app token can open a Socket Mode connection")
    except SlackApiError as error:
        says = f"Slack refuses SLACK_APP_TOKEN: {error.response.get('error')}"
        yield broken(says, "Make an app-level token with connections:write, and switch Socket Mode on.")
    except AWAY as error:
        yield _away(error)


def clock(patient: Patient) -> Iterator[Finding]:
    """This machine's clock against the date of Slack's answer."""
    asked = patient.greeting  # a refusal has a date too
    if asked.date is None:
        yield skipped("not looked at: Slack did not say what time it is")
        return
    apart = abs(asked.date - asked.asked_at)
    says = f"this clock and Slack's are {apart.total_seconds():,.0f} s apart"
    do = "Let the machine's clock be kept by NTP (timedatectl set-ntp true)."
    level: Level = "error" if apart >= _BROKEN else "warning" if apart >= _WORTH_A_LOOK else "good"
    yield Finding(level, says, "" if level == "good" else do)


def scopes(patient: Patient) -> Iterator[Finding]:
    """What the installation was granted against what the manifest asks for."""
    granted = {one.strip() for one in patient.greeting.headers.get("x-oauth-scopes", "").split(",")} - {""}
    if not granted:
        yield skipped("not looked at: Slack did not say which scopes the token has")
        return
    lacking = [scope for scope in SCOPES if scope not in granted]
    for scope in lacking:
        yield broken(f"the scope {scope} is missing: {SCOPES[scope]}", _ADD_SCOPES)
    if more := sorted(granted - SCOPES.keys()):
        says = f"granted and not used: {', '.join(more)}"
        yield doubtful(says, f"Take {', '.join(more)} away from the app; it needs less.")
    if not lacking:
        yield good(f"all {len(SCOPES)} scopes of the manifest are granted")


def channels(patient: Patient) -> Iterator[Finding]:
    """Is the bot where it is to read or write?"""
    if not patient.channels and not patient.posted:
        says = "no channel is watched: the bot answers only who asks"
        yield doubtful(says, "Name channels in WAERROR_ALERT_CHANNELS, or type /waerror watch on in one.")
    for id in patient.channels:
        yield _membership(patient, id)
    for id in patient.posted:
        yield _membership(patient, id, is_read=False)


def _membership(patient: Patient, id: str, is_read: bool = True) -> Finding:
    invite = f"/invite @{patient.greeting.who.get('user')}"
    try:
        channel: dict[str, Any] = patient.slack.conversations_info(channel=id)["channel"]
    except SlackApiError as error:
        reason = str(error.response.get("error"))
        if reason != "channel_not_found":
            do = _ADD_SCOPES if reason == "missing_scope" else f"Correct the channel id {id}."
            return broken(f"Slack does not tell of {id}: {reason}", do)
        says = f"{id} is private and without us, or does not exist"
        return broken(says, f"Type {invite} in the channel {id}; if there is none, correct its id.")
    except AWAY as error:
        return _away(error)
    # Anybody may ask for the bot's health, and a private channel's name is not for everybody.
    name = f"{id} (private)" if channel.get("is_private") else f"#{channel.get('name')} ({id})"
    if channel.get("is_archived"):
        return broken(f"{name} is archived", f"Unarchive {name}, or name another channel.")
    if not channel.get("is_member") and not is_read and not channel.get("is_private"):
        says = f"we are not in {name}: alerts are shown there, and who asks in their threads is not heard"
        return doubtful(says, f"Type {invite} in {name}.")
    if not channel.get("is_member"):
        return broken(f"we are not in {name}, so nothing posted there is heard", f"Type {invite} in {name}.")
    return good(f"we are in {name}")


def blocks(patient: Patient) -> Iterator[Finding]:
    """A card with its buttons, and the help, through blocks.validate."""
    given = desk.answer(_SAMPLE, "alert", knowledge.load(forgiving=True), can_act=True)
    for name, drawn in (("a card", card.card(given, "0" * 24)), ("the help", help.usage())):
        try:
            patient.slack.blocks_validate(blocks=drawn)
        except SlackApiError as error:
            reason = error.response.get("error")
            yield broken(f"Slack would not take {name}: {reason}", "Update waerror; report it if that is done.")
            return
        except AWAY as error:
            yield _away(error)
            return
    yield good("Slack takes our cards")


def _away(error: Exception) -> Finding:
    says = f"Slack did not answer ({type(error).__name__})"
    return broken(says, "Ask again; then look at Slack's status page.")
