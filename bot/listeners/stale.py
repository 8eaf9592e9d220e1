"""Buttons of another release answer in words."""

import re

from slack_bolt import Ack, App, Respond

from bot.listeners.actions import TOO_OLD, tell


def register(app: App) -> None:
    app.action(re.compile(".*"))(unknown)


def unknown(ack: Ack, respond: Respond) -> None:
    ack()
    tell(respond, TOO_OLD)
