"""Buttons and forms of another release answer in words."""

import re

from slack_bolt import Ack, App, Respond

from bot.listeners.actions import TOO_OLD, tell
from bot.views.fields import told


def register(app: App) -> None:
    app.action(re.compile(".*"))(unknown)
    app.view(re.compile(".*"))(unknown_form)


def unknown(ack: Ack, respond: Respond) -> None:
    ack()
    tell(respond, TOO_OLD)


def unknown_form(ack: Ack) -> None:
    ack(response_action="update", view=told("Too old", TOO_OLD))
