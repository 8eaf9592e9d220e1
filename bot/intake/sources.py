"""The table of sources. A new one is a module with `read`, a row here, and its payload in the tests."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.intake import (
    alertmanager,
    cloudwatch,
    datadog,
    generic,
    meta,
    pagerduty,
    sentry,
    waconnect,
)
from bot.intake.proofs import Evidence, Proof, bearer, in_path, signed, signed_with_time
from bot.intake.values import Post, Read


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of sender."""

    read: Callable[[Post], Read]
    proofs: tuple[Proof, ...]
    """One of them is enough."""
    label: str
    """As its maker writes it."""
    takes_text: bool = False
    challenges: bool = False
    """It asks with a GET, once, whether the address is ours (`hub.challenge`)."""
    one_too_many: int = 503
    """The status that makes it wait: most send again after a 5xx alone, and what they were told 429 for is lost."""


_SHOWN = (bearer, in_path)
_GRAFANA = signed_with_time("x-grafana-alerting-signature", "x-grafana-alerting-signature-timestamp")
SOURCES: Mapping[str, Source] = {
    "waconnect": Source(waconnect.read, (signed("x-webhook-signature", "sha256="),), "WaConnect"),
    "meta": Source(meta.read, (signed("x-hub-signature-256", "sha256="),), "Meta", challenges=True),
    "alertmanager": Source(alertmanager.read, _SHOWN, "Alertmanager"),
    "grafana": Source(alertmanager.read, (_GRAFANA, *_SHOWN), "Grafana"),  # its alerts are Alertmanager's
    "sentry": Source(sentry.read, (signed("sentry-hook-signature"),), "Sentry"),
    "datadog": Source(datadog.read, _SHOWN, "Datadog"),
    "pagerduty": Source(pagerduty.read, (signed("x-pagerduty-signature", "v1="),), "PagerDuty"),
    "cloudwatch": Source(cloudwatch.read, _SHOWN, "CloudWatch"),
    "generic": Source(generic.read, _SHOWN, "Webhook", takes_text=True, one_too_many=429),
}


def is_proven(source: Source, secret: bytes, evidence: Evidence) -> bool:
    """Every proof is tried, so that the time tells nothing of which one came near."""
    return sum(proof(secret, evidence) for proof in source.proofs) > 0
