"""`/metrics` for Prometheus: what was counted, and what waits at the moment of asking. Nothing in it is personal."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from bot import __version__
from bot.house import House
from bot.store import Synthetic
from bot.store.engines import Unreadable


def routes(house: House) -> Blueprint:
    now = CollectorRegistry()
    now.register(_Now(house))
    ProcessCollector(registry=now)
    metrics = Blueprint("metrics", __name__)

    @metrics.get("/metrics")
    def shown() -> Response:
        text = generate_latest(house.metrics.registry) + generate_latest(now)
        return Response(text, content_type=CONTENT_TYPE_LATEST)

    return metrics


class _Now(Collector):
    """Read when it is asked for."""

    def __init__(self, house: House) -> None:
        self._house = house

    def describe(self) -> Iterator[Metric]:
        """Nothing: to register is no reason to ask the database."""
        yield from ()

    def collect(self) -> Iterator[Metric]:
        house, pulse = self._house, self._house.pulse
        about = InfoMetricFamily("waerror", "Which waerror this is.")
        about.add_metric((), {"version": __version__, "mode": "http" if house.settings.over_http else "socket"})
        yield about
        yield GaugeMetricFamily("waerror_entries", "Errors that are known.", value=len(house.knowledge.entries))
        if pulse.connected is not None:
            yield GaugeMetricFamily("waerror_connected", "1 while the socket is open.", value=pulse.connected)
            yield GaugeMetricFamily("waerror_silent_seconds", "Since Slack's last sign.", value=pulse.silent)
        yield GaugeMetricFamily("waerror_start_time_seconds", "When it started.", value=pulse.since.timestamp())
        yield from _synthetic(house.duties.care.trying.last)
        depth = GaugeMetricFamily("waerror_queue_depth", "How many wait.", labels=["queue"])
        lag = GaugeMetricFamily("waerror_queue_lag_seconds", "How long the first of them waits.", labels=["queue"])
        with suppress(Unreadable):  # `/readyz` tells
            for name, wait in house.store.backlog.of(datetime.now(UTC)).items():
                depth.add_metric([name], wait.count)
                lag.add_metric([name], wait.lag)
        yield from (depth, lag)


def _synthetic(last: Synthetic | None) -> Iterator[Metric]:
    """How the last one fared; nothing before the first, and where none is sent."""
    if last is not None:
        yield GaugeMetricFamily("waerror_synthetic_seconds", "How long the last synthetic error took.", last.seconds)
        yield GaugeMetricFamily("waerror_synthetic_failed", "1 when it did not come through.", bool(last.failed))
        sent = last.at.timestamp()
        yield GaugeMetricFamily("waerror_synthetic_time_seconds", "When it set out.", value=sent)
