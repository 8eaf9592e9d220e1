"""What an app's manifest asks Slack for: scopes, events, commands, shortcuts, and the bot's name.

Kept: with a manifest the app gets what stands in it and nothing more, so that what is missing there is missing here;
without one it gets everything that is known here.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.standin.events import EVENT_SCOPES
from bot.standin.methods import METHODS
from bot.standin.page.panel import Command, Panel, Shortcut
from bot.standin.values import DEFAULT_EVENTS, DEFAULT_SCOPES, StandinError

ALL_EVENTS = DEFAULT_EVENTS.union(EVENT_SCOPES)
ALL_SCOPES = DEFAULT_SCOPES.union(EVENT_SCOPES.values(), *(method.scopes for method in METHODS.values()))
# Parts of a manifest for which there is nothing here, and what they are called.
ELSEWHERE = {
    ("features", "assistant_view"): "assistant threads",
    ("features", "agent_view"): "agent threads",
    ("features", "unfurl_domains"): "unfurled links",
    ("features", "workflow_steps"): "workflow steps",
    ("features", "search"): "search",
    ("functions",): "custom steps",
    ("workflows",): "workflows",
}


@dataclass(frozen=True, slots=True)
class Manifest:
    """`absent`: what it asks for and nobody here does, in words."""

    name: str = "app"
    scopes: frozenset[str] = ALL_SCOPES
    events: frozenset[str] = ALL_EVENTS
    panel: Panel = field(default_factory=lambda: Panel(any_command=True))
    absent: tuple[str, ...] = ()


def read(path: Path) -> Manifest:
    """A manifest in JSON or YAML. StandinError says what is wrong with it."""
    found = _parsed(path)
    events = frozenset(_at(found, "settings", "event_subscriptions", "bot_events") or ())
    display = _at(found, "features", "bot_user", "display_name") or _at(found, "display_information", "name")
    absent = [words for keys, words in ELSEWHERE.items() if _at(found, *keys)]
    return Manifest(
        name=str(display or "app"),
        scopes=frozenset(_at(found, "oauth_config", "scopes", "bot") or ()),
        events=events,
        panel=Panel(commands=_commands(found), shortcuts=_shortcuts(found)),
        absent=tuple(absent + [f"the event {name}" for name in sorted(events - ALL_EVENTS)]),
    )


def _parsed(path: Path) -> Any:
    try:
        text = path.read_text("utf-8")
        return json.loads(text) if path.suffix == ".json" else _yaml(text)
    except OSError as error:
        raise StandinError(f"{path} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise StandinError(f"{path} is no JSON: {error}") from None


def _yaml(text: str) -> Any:
    try:
        import yaml  # only those need it who have their manifest in YAML
    except ImportError:
        raise StandinError("a manifest in YAML needs PyYAML: pip install pyyaml") from None
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise StandinError(f"the manifest is no YAML: {error}") from None


def _commands(found: Any) -> tuple[Command, ...]:
    given = _at(found, "features", "slash_commands") or ()
    return tuple(Command(one["command"], one.get("description", "")) for one in given)


def _shortcuts(found: Any) -> tuple[Shortcut, ...]:
    given = _at(found, "features", "shortcuts") or ()
    return tuple(Shortcut(one["callback_id"], one["name"], one["type"]) for one in given)


def _at(found: Any, *keys: str) -> Any:
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found
