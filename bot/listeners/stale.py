"""Buttons and forms of another release answer in words."""

import re
from typing import Any

from slack_bolt import Ack, App, Respond

from bot.house import House
from bot.listeners.actions import TOO_OLD
from bot.listeners.home import answered
from bot.views.fields import told


def register(app: App) -> None:
    app.action(re.compile(".*"))(unknown)
    app.view(re.compile(".*"))(unknown_form)


def unknown(ack: Ack, body: dict[str, Any], respond: Respond, house: House) -> None:
    ack()
    answered(house, body, respond, TOO_OLD)


def unknown_form(ack: Ack) -> None:
    ack(response_action="update", view=told("Too old", TOO_OLD))
