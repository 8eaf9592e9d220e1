"""What a person does on the page, by name: each is a deed of `People`, with its arguments taken from JSON.

A deed that needs an argument that is not there raises KeyError; one that no person could do raises StandinError.
"""

from collections.abc import Callable, Mapping

from bot.standin.answers import Answer
from bot.standin.page.panel import Panel
from bot.standin.page.parts import seen_by
from bot.standin.people import People
from bot.standin.values import Json, NoSuchControl

Deed = Callable[[People, str, Json], Answer | str | None]

DEEDS: Mapping[str, Deed] = {
    "say": lambda people, user, it: people.say(user, it["channel"], it["text"], it.get("thread_ts")),
    "edit": lambda people, user, it: people.edit(user, it["channel"], it["ts"], it["text"]),
    "delete": lambda people, user, it: people.delete(user, it["channel"], it["ts"]),
    "react": lambda people, user, it: people.react(user, it["channel"], it["ts"], it["name"]),
    "command": lambda people, user, it: people.command(user, it["channel"], it["command"], it.get("text", "")),
    "click": lambda people, user, it: people.click(user, it["channel"], it["ts"], it["action_id"], it.get("value")),
    "shortcut": lambda people, user, it: people.shortcut(user, it["channel"], it["ts"], it["callback_id"]),
    "global_shortcut": lambda people, user, it: people.global_shortcut(user, it["callback_id"]),
    "suggest": lambda people, user, it: people.suggest(
        user, it["action_id"], it.get("value", ""), it.get("channel", ""), it.get("ts", "")
    ),
    "click_in_view": lambda people, user, it: people.click_in_view(
        user, it["action_id"], it.get("value"), it.get("typed")
    ),
    "submit": lambda people, user, it: people.submit_view(user, it["view_id"], it["values"]),
    "close": lambda people, user, it: people.close_view(user, it["view_id"]),
    "open_home": lambda people, user, it: people.open_home(user),
}


def do(people: People, name: str, user: str, it: Json) -> Json:
    """Do it, and tell what came of it: `{"ok": …, "error"?: …}`. A person acts in channels that they are in.

    A submission tells as well what the app found wrong, in words by block id; a menu of the app's what it offers.
    """
    workspace = people.workspace
    if "channel" in it and it["channel"] not in {channel.id for channel in seen_by(workspace, user)}:
        raise NoSuchControl(f"{user} is not in {it['channel']}")
    answer = DEEDS[name](people, user, it)
    if not isinstance(answer, Answer):
        return {"ok": True, "ts": answer}
    told: Json = {"ok": answer.acknowledged and answer.error is None, "error": answer.error, "seconds": answer.seconds}
    if name == "submit":
        told["errors"] = workspace.view_errors.get(it["view_id"], {})
    if name == "suggest":
        told["offers"] = answer.payload if told["ok"] else None
    return told


def tried(panel: Panel, kind: str, id: str, on: bool) -> Json:
    """What the panel says to a press or a turn."""
    return {"ok": True, "says": panel.turn(id, on) if kind == "switch" else panel.press(id)}
