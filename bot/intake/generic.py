"""Anything: JSON or plain text. One text or object is one alert, a list is a batch.

The fields that most tools use are looked for; whatever the rest says is read for the diagnosis all the same.
"""

import json
from collections.abc import Mapping

from bot.intake.values import LONGEST_TITLE, Arrived, Malformed, Post, Read, alert, gather
from bot.intake.words import labels_of, text_of

_ID = ("id", "alert_id", "event_id", "uuid")
_THING = ("fingerprint", "dedup_key", "deduplication_key", "incident_key", "key")
_TITLE = ("title", "name", "alertname", "subject", "summary")
_STATE = ("status", "state")
_LABELS = ("labels", "tags")
_OVER = frozenset({"resolved", "ok", "recovered", "closed", "normal", "up"})


def read(post: Post) -> Read:
    data = post.data
    if isinstance(data, str):
        return Read((_text(data),))
    if isinstance(data, list) and any(isinstance(one, str) for one in data):
        data = [{"title": one} if isinstance(one, str) else one for one in data]
    if not isinstance(data, dict | list):
        raise Malformed("The body is neither a JSON object, nor a list of them, nor text.")
    return gather(data if isinstance(data, list) else [data], _object)


def _text(text: str) -> Arrived:
    title, _, rest = text.strip().partition("\n")
    return alert("", title, rest if len(title) <= LONGEST_TITLE else text)


def _object(item: Mapping[str, object]) -> Arrived:
    if not item:
        raise Malformed("It is empty.")
    thing, title = _first(item, _THING), _first(item, _TITLE)
    said = _first(item, _STATE)
    state = "resolved" if said.lower() in _OVER else "firing"
    labels = next((labels_of(item[name]) for name in _LABELS if isinstance(item.get(name), dict)), {})
    id = _first(item, _ID)
    left = {name: value for name, value in item.items() if name not in (*_LABELS, "title")}
    text = json.dumps(left, ensure_ascii=False, indent=1) if left else ""
    told = {"state": state, "thing": thing or id, "recurs": bool(said)}
    return alert(f"{id}/{state}" if id else "", title or "An alert", text, labels, **told)


def _first(item: Mapping[str, object], names: tuple[str, ...]) -> str:
    return next((said for name in names if (said := text_of(item.get(name)).strip())), "")
