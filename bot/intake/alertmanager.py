"""Prometheus Alertmanager: `webhook_configs`, payload version 4. A repeated notification has the same id."""

from collections.abc import Mapping

from bot.intake.values import Arrived, Malformed, Post, Read, alert, each, object_in
from bot.intake.words import Labels, Lenient, Words, compact, digest


class Alert(Lenient):
    """One alert of a group; Grafana's has the same fields and some more."""

    status: Words = ""
    labels: Labels = {}
    annotations: Labels = {}
    startsAt: Words = ""
    fingerprint: Words = ""
    values: Labels = {}


def read(post: Post) -> Read:
    return each(object_in(post.data, "The body").get("alerts"), "alerts", _alert)


def _alert(item: Mapping[str, object]) -> Arrived | None:
    one = Alert.model_validate(item)
    if not one.labels and not one.fingerprint:
        raise Malformed("It has neither labels nor a fingerprint.")
    thing = one.fingerprint or digest(compact(sorted(one.labels.items())))
    state = "resolved" if one.status.lower() in ("resolved", "normal") else "firing"
    said = dict(one.annotations)
    title = said.pop("summary", "") or one.labels.get("alertname", "")
    told = [said.pop(name, "") for name in ("description", "message", "error")]
    text = "\n".join(part for part in (*told, *(f"{name}: {value}" for name, value in said.items())) if part)
    return alert(f"{thing}/{one.startsAt}/{state}", title, text, {**one.labels, **one.values}, state=state, thing=thing)
