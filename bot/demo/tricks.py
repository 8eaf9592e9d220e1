"""Things to try beside the conversations: alerts, an outage, a restart. Each acts as an outside system would."""

import threading
from collections.abc import Iterable

from bot.demo import alerts
from bot.demo.alerts import Alert
from bot.demo.stage import ALERTS, Stage
from bot.standin.page import Trick

OUTAGE = 300
_A_SECOND = 60  # alerts a second: as fast as Slack takes them from a dozen services


def firing(stage: Stage) -> tuple[Trick, ...]:
    return (
        _alert(stage, "alertmanager", "Alertmanager fires", "re-engagement, in an attachment", alerts.alertmanager()),
        _alert(stage, "grafana", "Grafana fires", "a template's parameters, in an attachment", alerts.grafana()),
        _alert(stage, "sentry", "Sentry reports an issue", "a media upload, in blocks", alerts.sentry()),
        _alert(stage, "service", "A service logs an error", "undeliverable, a JSON line", alerts.service()),
        Trick("outage", f"An outage: {OUTAGE} alerts", "three causes, mixed, in seconds", lambda: _outage(stage)),
    )


def restarting(stage: Stage) -> Trick:
    return Trick("restart", "Restart the bot", "really: its process ends and comes back", lambda: _restart(stage))


def _alert(stage: Stage, id: str, label: str, says: str, alert: Alert) -> Trick:
    return Trick(id, label, says, lambda: _post(stage, [alert]))


def _post(stage: Stage, given: Iterable[Alert], pause: float = 0.0) -> None:
    ended = threading.Event()
    for alert in given:
        stage.people.post_as_app(ALERTS, alert.app, **alert.content)
        ended.wait(pause)


def _outage(stage: Stage) -> str:
    work = threading.Thread(target=_post, args=(stage, alerts.outage(OUTAGE), 1 / _A_SECOND), daemon=True)
    work.start()
    return f"{OUTAGE} alerts are on their way to #wa-alerts"


def _restart(stage: Stage) -> str:
    stage.restart()
    return "The bot ended and is back; what it had promised goes on"
