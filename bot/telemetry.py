"""One call reports what happened: a stable event name and fields. Nothing secret or personal is in a log line."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from bot.diagnosis.masking import mask

_log = structlog.get_logger("waerror")


def report(event: str, **fields: Any) -> None:
    """Write one log event. Names are stable (`question.answered`); fields may grow."""
    _log.info(event, **fields)


def trouble(event: str, **fields: Any) -> None:
    """Write one log event that somebody should look at."""
    _log.warning(event, **fields)


def set_up_logging(level: str) -> None:
    """JSON lines on stderr, of the libraries' loggers too, every text in them masked."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _masked,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = logging.StreamHandler(sys.stderr)
    formatter = structlog.stdlib.ProcessorFormatter
    render: list[Any] = [formatter.remove_processors_meta, structlog.processors.JSONRenderer()]
    handler.setFormatter(formatter(foreign_pre_chain=shared, processors=render))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # DBOS brings a handler of its own, unmasked, unless it finds one.
    dbos = logging.getLogger("dbos")
    dbos.handlers, dbos.propagate = [handler], False
    for name, least in _NOISY.items():
        logging.getLogger(name).setLevel(least)


# They log requests, and with them numbers and ids, at INFO.
_NOISY = {
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "slack_bolt": logging.WARNING,
    "dbos": logging.WARNING,
}


def _masked(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {name: mask(value) if isinstance(value, str) else value for name, value in event.items()}
