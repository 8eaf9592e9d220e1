"""What kind of token each is, by how it begins: the two are often swapped. Nothing is asked of Slack."""

import re
from collections.abc import Iterator

from bot.desk.findings import Finding, broken, doubtful, good, skipped
from bot.doctor.patient import Patient

# How Slack's tokens begin, and what they are.
_KINDS = {
    "xoxb-": "a bot token",
    "xapp-": "an app-level token",
    "xoxp-": "a person's token",
    "xoxe.": "a token that is rotated",
    "xoxe-": "a refresh token",
    "xoxc-": "a browser's token",
    "https://hooks": "an incoming webhook",
    "wba_": "WaConnect's API key",
}
_PLACES = {
    "SLACK_BOT_TOKEN": ("xoxb-", "the Bot User OAuth Token from OAuth & Permissions"),
    "SLACK_APP_TOKEN": ("xapp-", "an App-Level Token with connections:write from Basic Information"),
    "WACONNECT_API_KEY": ("wba_", "the key from WaConnect's administrator"),
}
_SIGNING = re.compile(r"[0-9a-f]{32}")
_SIGNING_DO = "Put the Signing Secret from Basic Information into SLACK_SIGNING_SECRET."


def look(patient: Patient) -> Iterator[Finding]:
    bot, app = patient.tokens
    if patient.swapped:
        says = "SLACK_BOT_TOKEN and SLACK_APP_TOKEN are swapped"
        yield broken(says, "Swap the values of SLACK_BOT_TOKEN and SLACK_APP_TOKEN.")
    if (secret := patient.settings.slack_signing_secret) and not _SIGNING.fullmatch(secret.get_secret_value()):
        yield doubtful("SLACK_SIGNING_SECRET does not look like one (32 hex digits)", _SIGNING_DO)
    key = patient.settings.waconnect_api_key
    given = {"SLACK_BOT_TOKEN": bot, "SLACK_APP_TOKEN": app, "WACONNECT_API_KEY": key.get_secret_value() if key else ""}
    if not any(given.values()):
        yield skipped("not looked at: none is set")
    for name, token in given.items():
        if token and not (patient.swapped and name.startswith("SLACK_")):
            yield _judged(name, token)


def _judged(name: str, value: str) -> Finding:
    begins, whose = _PLACES[name]
    kind = next((kind for begins, kind in _KINDS.items() if value.startswith(begins)), "")
    if value != value.strip() or any(sign in value for sign in "\"' "):
        return broken(f"{name} has spaces or quotes in it", f"Write {name} without quotes and spaces.")
    if value.startswith(begins):
        return good(f"{name} begins as {kind} does")
    says = f"{name} is {kind or f'none: it does not begin with {begins}'}"
    return Finding("error" if kind or name.startswith("SLACK_") else "warning", says, f"Put {whose} into {name}.")
