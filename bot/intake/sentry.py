"""Sentry: the webhook of an internal integration. The header `Sentry-Hook-Resource` says what it is about.

An issue's alert, its first event and its regression are one thing, which *resolved*, *archived* and *ignored* end.
"""

from collections.abc import Callable, Mapping
from typing import Annotated

from bot.intake.values import NOTHING, Arrived, Malformed, Post, Read, alert, object_in
from bot.intake.words import Labels, Lenient, Objects, Part, Words

_ENDS = frozenset({"resolved", "archived", "ignored"})
_BEGINS = frozenset({"created", "unresolved"})
_MOST_ERRORS = 5


class _Exceptions(Lenient):
    values: Objects = ()


class _Event(Lenient):
    event_id: Words = ""
    issue_id: Words = ""
    title: Words = ""
    message: Words = ""
    culprit: Words = ""
    level: Words = ""
    environment: Words = ""
    exception: Annotated[_Exceptions, Part] = _Exceptions()
    logentry: Labels = {}


class _Issue(Lenient):
    id: Words = ""
    shortId: Words = ""
    title: Words = ""
    culprit: Words = ""
    level: Words = ""
    lastSeen: Words = ""
    metadata: Labels = {}


class _Metric(Lenient):
    id: Words = ""
    date_detected: Words = ""
    date_closed: Words = ""


def read(post: Post) -> Read:
    body = object_in(post.data, "The body")
    resource = post.headers.get("sentry-hook-resource", "")
    reader = _READ.get(resource)
    if reader is None:
        return NOTHING
    found = reader(str(body.get("action") or ""), object_in(body.get("data"), "The field data"))
    return Read((found,)) if found else NOTHING


def _event(_action: str, data: Mapping[str, object]) -> Arrived:
    one = _Event.model_validate(object_in(data.get("event") or data.get("error"), "The event"))
    if not one.event_id:
        raise Malformed("The event has no event_id.")
    errors = [_error(value) for value in one.exception.values[:_MOST_ERRORS]]
    said = (*errors, one.message, one.logentry.get("formatted", ""), one.logentry.get("message", ""))
    labels = {"culprit": one.culprit, "level": one.level, "environment": one.environment}
    thing = f"issue/{one.issue_id}" if one.issue_id else ""
    return alert(f"event/{one.event_id}", one.title, _lines(said), _told(labels), thing=thing)


def _error(value: Mapping[str, object]) -> str:
    return ": ".join(str(value[name]) for name in ("type", "value") if value.get(name))


def _issue(action: str, data: Mapping[str, object]) -> Arrived | None:
    one = _Issue.model_validate(object_in(data.get("issue"), "The issue"))
    if not one.id:
        raise Malformed("The issue has no id.")
    if action not in _ENDS | _BEGINS:
        return None
    state = "resolved" if action in _ENDS else "firing"
    said = (one.metadata.get("type", ""), one.metadata.get("value", ""))
    labels = {"issue": one.shortId, "culprit": one.culprit, "level": one.level}
    id, thing = f"issue/{one.id}/{action}/{one.lastSeen}", f"issue/{one.id}"
    # Somebody may resolve it again although nothing was seen since: the id is the same.
    return alert(id, one.title, _lines(said), _told(labels), state=state, thing=thing, recurs=True)


def _metric(action: str, data: Mapping[str, object]) -> Arrived:
    one = _Metric.model_validate(object_in(data.get("metric_alert"), "The metric alert"))
    state = "resolved" if action == "resolved" else "firing"
    title, text = (str(data.get(name) or "") for name in ("description_title", "description_text"))
    thing = f"metric/{one.id}" if one.id else ""
    id = f"{thing}/{action}/{one.date_detected}/{one.date_closed}" if one.id else ""
    return alert(id, title, text, state=state, thing=thing)


def _lines(said: tuple[str, ...]) -> str:
    return "\n".join(dict.fromkeys(part for part in said if part))


def _told(labels: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in labels.items() if value}


_READ: Mapping[str, Callable[[str, Mapping[str, object]], Arrived | None]] = {
    "event_alert": _event,
    "error": _event,
    "issue": _issue,
    "metric_alert": _metric,
}
