"""Events become Prometheus metrics: one row of a table each. Every label has a closed set of values.

What is not in the set is counted as `other`, so nothing that comes from outside can make a new time series. The
registry belongs to one house; the process has none.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from types import MappingProxyType
from typing import Any, get_args

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.metrics import MetricWrapperBase

from bot.diagnosis.values import Mode
from bot.intake.sources import SOURCES
from bot.store.audit import What
from bot.store.queue import Kind

_OTHER = "other"
_YES = frozenset({"true", "false"})
_FAMILIES = frozenset({"waconnect", "meta", "onpremises", "none"})
_CONFIDENCES = frozenset({"certain", "likely", "possible", "none"})
_MODES = frozenset(get_args(Mode))
_DEEDS = frozenset(get_args(What))
_LEARNED = frozenset(get_args(Kind))
_KINDS = frozenset({"event", "command", "click", "form", "shortcut"})
_READ = frozenset({"alert", "question"})
_COUNTED = frozenset({"first", "again", "unheard", "repeated"})
_CALLS = frozenset({"send", "message", "list", "statistics"})
_STATUSES = frozenset(
    {*("200", "201", "202", "400", "401", "403", "404", "405", "408", "409", "413", "415", "422", "429")}
    | {*("500", "501", "502", "503", "504", "refused", "no answer")}
)
_ENDS = frozenset(
    {*("delivered", "read", "failed", "undelivered", "unknown")}
    | {*("refused", "not_sent", "cancelled", "under_way", "already")}
)
SLACK_METHODS = frozenset(
    {*("api.test", "auth.test", "apps.connections.open", "blocks.validate", "oauth.v2.access")}
    | {*("chat.getPermalink", "chat.postMessage", "chat.update")}
    | {*("conversations.history", "conversations.info", "conversations.members", "conversations.replies")}
    | {*("files.info", "response_url")}
    | {*("files.upload.v2", "files.getUploadURLExternal", "files.completeUploadExternal")}  # the first by the others
    | {*("reactions.add", "reactions.remove", "usergroups.users.list", "views.open", "views.publish", "views.update")}
)
# Slack waits three seconds for an acknowledgement; a call to it or WaConnect ends after ten.
_QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
_CALL = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_ANSWER = (0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0)


@dataclass(frozen=True, slots=True)
class Meter:
    """What is counted of an event; with `buckets`, its field `seconds` as well."""

    name: str
    says: str
    labels: Mapping[str, frozenset[str]] = field(default_factory=dict)
    buckets: tuple[float, ...] = ()


_METERS = {
    "event.heard": Meter("waerror_requests", "What Slack sent.", {"kind": _KINDS}),
    "slack.refused": Meter("waerror_requests_refused", "Requests to Slack's address that Slack did not sign just now."),
    "slack.acknowledged": Meter(
        "waerror_acknowledgement_seconds", "From Slack's request to our acknowledgement.", buckets=_QUICK
    ),
    "event.repeated": Meter("waerror_events_deduplicated", "Events that were handled before.", {"kind": _READ}),
    "diagnosis.made": Meter(
        "waerror_diagnoses",
        "Texts read, by what they were taken for.",
        {"mode": _MODES, "family": _FAMILIES, "confidence": _CONFIDENCES},
    ),
    "queue.added": Meter("waerror_unmatched", "What nothing explained, and what people corrected.", {"kind": _LEARNED}),
    "alert.counted": Meter("waerror_alerts", "Alerts, by what became of them.", {"became": _COUNTED}),
    "incident.answered": Meter(
        "waerror_alert_answer_seconds", "From the first alert of an incident to its card.", buckets=_ANSWER
    ),
    "alerts.posted": Meter(
        "waerror_webhook_seconds", "Requests to /alerts.", {"source": frozenset(SOURCES), "status": _STATUSES}, _QUICK
    ),
    "alerts.stored": Meter("waerror_webhook_alerts", "Alerts stored.", {"source": frozenset(SOURCES)}),
    "question.answered": Meter("waerror_questions_answered", "Questions answered in a thread.", {"mode": _MODES}),
    "command.answered": Meter("waerror_commands_answered", "Errors explained in answer to a command."),
    "retry.pressed": Meter("waerror_presses", "Presses on a retry.", {"claimed": _YES, "scheduled": _YES}),
    "retry.sent_anyway": Meter("waerror_presses_anyway", "Messages of unclear fate that a person sent again."),
    "retry.ended": Meter("waerror_outcomes", "What became of retries.", {"outcome": _ENDS}),
    "deed.recorded": Meter("waerror_deeds", "What people did, as the record has it.", {"what": _DEEDS}),
    "bulk.made": Meter("waerror_bulks", "Bulk retries that were begun.", {"waits": _YES}),
    "bulk.done": Meter("waerror_bulks_done", "Bulk retries that came to their end."),
    "waconnect.called": Meter(
        "waerror_waconnect_call_seconds", "Requests to WaConnect.", {"call": _CALLS, "status": _STATUSES}, _CALL
    ),
    "slack.called": Meter(
        "waerror_slack_call_seconds", "Requests to Slack.", {"method": SLACK_METHODS, "status": _STATUSES}, _CALL
    ),
}
METERS: Mapping[str, Meter] = MappingProxyType(_METERS)
# What is worth seeing as 0 before it happens, so that the first time is a rise and not a beginning.
_MOST_ZEROES = 64


class Metrics:
    """Counts what it hears. `registry` is its own."""

    def __init__(self, meters: Mapping[str, Meter] = METERS) -> None:
        self.registry = CollectorRegistry()
        self._meters = {event: (meter, self._made(meter)) for event, meter in meters.items()}
        # Names of events are literals of this program.
        self._troubles = Counter(
            "waerror_troubles", "Log events that somebody should look at.", ["event"], registry=self.registry
        )

    def hear(self, event: str, fields: Mapping[str, Any]) -> None:
        """For `telemetry.heard_by`."""
        if event == "trouble":
            self._troubles.labels(fields["event"]).inc()
            return
        meter, made = self._meters.get(event, (None, None))
        if meter is None or made is None:
            return
        values = [_within(allowed, fields.get(label)) for label, allowed in meter.labels.items()]
        child: Any = made.labels(*values) if values else made
        if meter.buckets:
            child.observe(float(fields["seconds"]))
        else:
            child.inc(fields.get("times", 1))

    def _made(self, meter: Meter) -> MetricWrapperBase:
        labels = list(meter.labels)
        if meter.buckets:
            return Histogram(meter.name, meter.says, labels, registry=self.registry, buckets=meter.buckets)
        made = Counter(meter.name, meter.says, labels, registry=self.registry)
        known = list(product(*meter.labels.values()))
        for values in known if labels and len(known) <= _MOST_ZEROES else ():
            made.labels(*values)
        return made


def _within(allowed: frozenset[str], value: object) -> str:
    named = "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    return named if named in allowed else _OTHER
