"""One call reports what happened: a stable event name and fields. Nothing secret or personal is in a log line.

Who counts (`bot/metrics.py`) hears the same events, and those that come too often for a line each.
"""

import logging
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import Any

import structlog

from bot.diagnosis.masking import mask
from bot.diagnosis.values import Match, Mode

Hearer = Callable[[str, Mapping[str, Any]], None]

_NAME = "waerror"
_TROUBLE = "trouble"
_log = structlog.get_logger(_NAME)
_hearers: list[Hearer] = []


def report(event: str, **fields: Any) -> None:
    """Write one log event. Names are stable (`question.answered`); fields may grow."""
    _log.info(event, **fields)
    count(event, **fields)


def trouble(event: str, **fields: Any) -> None:
    """Write one log event that somebody should look at."""
    _log.warning(event, **fields)
    count(_TROUBLE, event=event)


def alarm(event: str, **fields: Any) -> None:
    """Write one log event that somebody must look at soon: the bot does not do what it is there for."""
    _log.error(event, **fields)
    count(_TROUBLE, event=event)


def count(_event: str, **fields: Any) -> None:
    """What comes too often for a line in the log is only counted."""
    for hear in _hearers:
        hear(_event, fields)


def diagnosed(mode: Mode, best: Match | None) -> None:
    """Count what a text was taken for; None for nothing."""
    family, confidence = (best.entry.family, best.confidence) if best else (None, None)
    count("diagnosis.made", mode=mode, family=family, confidence=confidence)


@contextmanager
def heard_by(hear: Hearer) -> Iterator[None]:
    """Until the end of the block it hears every event of this process, in the thread where that happens."""
    _hearers.append(hear)
    try:
        yield
    finally:
        _hearers.remove(hear)


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
    _tame_libraries(handler)
    logging.captureWarnings(True)
    threading.excepthook = _uncaught


def _tame_libraries(handler: logging.Handler) -> None:
    # Bolt finds SLACK_BOT_TOKEN by itself, and warns at each start that it leaves it to our client. So it should.
    logging.getLogger("slack_bolt").addFilter(lambda record: "`token` will be unused" not in str(record.msg))
    # DBOS brings a handler of its own, unmasked, unless it finds one; and a level of its own.
    dbos = logging.getLogger("dbos")
    dbos.handlers, dbos.propagate = [handler], False


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
