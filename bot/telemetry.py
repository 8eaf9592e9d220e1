"""One call reports what happened: a stable event name and fields. Nothing secret or personal is in a log line."""

import logging
import sys
import threading
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

from bot.diagnosis.masking import mask

_NAME = "waerror"
_log = structlog.get_logger(_NAME)


def report(event: str, **fields: Any) -> None:
    """Write one log event. Names are stable (`question.answered`); fields may grow."""
    _log.info(event, **fields)


def trouble(event: str, **fields: Any) -> None:
    """Write one log event that somebody should look at."""
    _log.warning(event, **fields)


def alarm(event: str, **fields: Any) -> None:
    """Write one log event that somebody must look at soon: the bot does not do what it is there for."""
    _log.error(event, **fields)


def set_up_logging(level: str) -> None:
    """JSON lines on stderr, of the libraries' loggers and of what nobody caught too, every text in them masked."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
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
    render: list[Any] = [formatter.remove_processors_meta, _masked, structlog.processors.JSONRenderer()]
    handler.setFormatter(formatter(foreign_pre_chain=shared, processors=render))
    # Libraries log whole requests, and with them messages, at INFO and DEBUG: those levels are for our own events.
    theirs = max(logging.WARNING, logging.getLevelNamesMapping()[level])
    logging.basicConfig(level=theirs, handlers=[handler], force=True)
    logging.getLogger(_NAME).setLevel(level)
    # DBOS brings a handler of its own, unmasked, unless it finds one; and a level of its own.
    dbos = logging.getLogger("dbos")
    dbos.handlers, dbos.propagate = [handler], False
    logging.captureWarnings(True)
    threading.excepthook = _uncaught


def _uncaught(died: threading.ExceptHookArgs) -> None:
    """Python would write the traceback to stderr, as it is."""
    if died.exc_value is not None:
        trouble("thread.died", exc_info=died.exc_value)


def _masked(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {name: _clean(value) for name, value in event.items()}


def _clean(value: Any) -> Any:
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return mask(value)
        case Mapping():
            return {str(name): _clean(inside) for name, inside in value.items()}
        case list() | tuple():
            return [_clean(inside) for inside in value]
        case _:
            return mask(repr(value))
