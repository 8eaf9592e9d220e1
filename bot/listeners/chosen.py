"""What the menu of a card hands on: who picked, on which card, and what that card stands for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt import Respond
from slack_sdk import WebClient
from slack_sdk.models.views import View

from bot import desk
from bot.desk import Click
from bot.diagnosis.entries import Entry
from bot.duties.margins import margins
from bot.house import House
from bot.listeners.actions import answer
from bot.store import Card


@dataclass(frozen=True, slots=True)
class Chosen:
    """An entry of a card's menu was picked."""

    house: House
    client: WebClient
    respond: Respond
    trigger: str
    """It lives three seconds: the form is opened before anything else is done."""
    body: Mapping[str, Any]
    """The press as Slack sent it."""
    click: Click
    card: Card

    def open(self, form: View) -> None:
        self.client.views_open(trigger_id=self.trigger, view=form)


def submitted(house: House, body: dict[str, Any]) -> tuple[Click, Card] | None:
    """A form's click and card; None when either is not known (any more)."""
    click = desk.submission(body)
    card = house.store.cards.find(click.card, click.team) if click else None
    return (click, card) if click and card else None


def entry_of(house: House, team: str, card: Card) -> Entry | None:
    """What a person put in place of the diagnosis, else the diagnosis; None where nothing is sure."""
    best = answer(house, card).diagnosis.best
    if best is None:
        return None
    return margins(house.store, house.knowledge, team, card.id, best).instead or best.entry
