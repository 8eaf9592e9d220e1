"""PagerDuty: a V3 webhook subscription. Only what begins and ends an incident is an alert."""

from collections.abc import Mapping
from typing import Annotated

from bot.intake.values import NOTHING, Malformed, Post, Read, State, alert, object_in
from bot.intake.words import Labels, Lenient, Part, Words

_STATES: Mapping[str, State] = {
    "incident.triggered": "firing",
    "incident.reopened": "firing",
    "incident.resolved": "resolved",
}


class _Incident(Lenient):
    id: Words = ""
    title: Words = ""
    summary: Words = ""
    description: Words = ""
    number: Words = ""
    urgency: Words = ""
    service: Labels = {}
    priority: Labels = {}


class _Event(Lenient):
    id: Words = ""
    event_type: Words = ""
    data: Annotated[_Incident, Part] = _Incident()


def read(post: Post) -> Read:
    event = _Event.model_validate(object_in(object_in(post.data, "The body").get("event"), "The field event"))
    if event.event_type not in _STATES:
        return NOTHING
    one = event.data
    if not one.id:
        raise Malformed("The incident has no id.")
    told = {"service": one.service.get("summary", ""), "urgency": one.urgency, "number": one.number}
    told["priority"] = one.priority.get("summary", "")
    labels = {name: value for name, value in told.items() if value}
    title = one.title or one.summary
    return Read((alert(event.id, title, one.description, labels, state=_STATES[event.event_type], thing=one.id),))
