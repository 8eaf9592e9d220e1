"""A click, parsed to a value or to None before anything can raise: the button may be forged, or years old."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError


class ButtonValue(BaseModel):
    """What a button of ours carries: the id of its card. What the card is about stays in the database.

    A menu's option holds it in 150 characters, Slack's limit; a button may hold 2,000.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    v: Literal[1] = 1
    card: str = Field(pattern=r"^[0-9a-f]{8,64}$")
    pick: str | None = Field(None, pattern=r"^[a-z0-9_.-]{1,40}$")
    """Which entry of a menu, or which side of *Helpful*."""


@dataclass(frozen=True, slots=True)
class Click:
    """Who clicked which button of which card, and where what comes of it is shown."""

    id: str
    card: str
    team: str
    user: str
    channel: str
    """Empty for a button in the Home tab."""
    thread: str
    """Empty for a card at the top of a channel that one person alone sees: it is no thread's first message."""
    response_url: str | None
    """Only where one person alone sees the card: what comes of it is shown to that person alone."""
    pick: str | None = None


def command_click(command: Mapping[str, Any]) -> Click:
    """A command that asks WaConnect, as a click on no card: what comes of it is shown to that person alone."""
    place = {name: str(command[f"{name}_id"]) for name in ("team", "user", "channel")}
    return Click(id=command["trigger_id"], card="command", thread="", response_url=command["response_url"], **place)


def click(body: Mapping[str, Any]) -> Click | None:
    """A `block_actions` payload as a Click; None for a button that is not, or no longer, ours."""
    try:
        action, container = body["actions"][0], body["container"]
        chosen = action.get("selected_option") or action  # a menu's option carries what a button carries
        value = ButtonValue.model_validate_json(chosen["value"])
        message = body.get("message") or {}
        private = bool(container.get("is_ephemeral"))
        in_view = container.get("type") == "view"  # the Home tab: no channel, no thread
        thread = container.get("thread_ts") if private or in_view else message.get("thread_ts") or message["ts"]
        return Click(
            id=f"{body['user']['id']}/{action['action_ts']}/{value.card}",
            card=value.card,
            team=body["team"]["id"],
            user=body["user"]["id"],
            channel="" if in_view else container["channel_id"],
            thread=str(thread or ""),
            response_url=body.get("response_url") if private else None,
            pick=value.pick,
        )
    except (KeyError, IndexError, TypeError, AttributeError, ValidationError):
        return None


_CARRIED = TypeAdapter(Click)


def carried(click: Click) -> str:
    """The click that opened a form, as the form carries it."""
    return _CARRIED.dump_json(click).decode()


def submission(body: Mapping[str, Any]) -> Click | None:
    """A submitted form, as a click of whoever submitted it; None for one of another release or workspace."""
    try:
        opened = _CARRIED.validate_json(body["view"]["private_metadata"])
        user, view, team = body["user"]["id"], body["view"]["id"], body["team"]["id"]
    except (KeyError, TypeError, ValidationError):
        return None
    return replace(opened, id=f"{user}/{view}", user=user) if team == opened.team else None
