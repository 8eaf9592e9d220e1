"""Everything that leaves a bot of a story is searched for every secret and number that was used in it.

What leaves: log lines as they are written, calls to Slack's stand-in, answers through response_urls, what one person
sees, metrics, the record as it is exported, and the bytes of the database files. What was used: the tokens and keys of
the set-up, and what keys and numbers people and apps wrote. A number is found however it is grouped, and inside the
base64 of a message id. Where it must be seen, the exception has a name.
"""

import base64
import json
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import structlog
from prometheus_client import generate_latest

from bot import telemetry
from bot.house import House
from bot.standin import Workspace
from bot.views.forms import CALLBACK
from bot.waconnect.sandbox import DEMO_KEY, Sandbox
from tests import tally

LINES: list[str] = []
"""Log lines since they were last taken, as they would have been written."""
_KEYS = re.compile(
    r"wba_[A-Za-z0-9_-]{4,}|EA[A-Z][A-Za-z0-9]{16,}|xox[a-z]-[A-Za-z0-9-]{6,}|xapp-[A-Za-z0-9-]{6,}|gAAAA[\w=-]{20,}"
)
_NUMBER = re.compile(r"(?<![\w.#:/-])\+?\d(?:[ ()-]{0,2}\d){9,14}(?![\w.]|-\d)")
_DATE = re.compile(r"\b20\d\d-[01]\d-[0-3]\d[ T]?")
_EPOCH = re.compile(r"1[6-9]\d{8}|1[6-9]\d{11}")
# Our own words have the number that WaConnect's documents have, which stories send to as well.
_EXAMPLE = re.compile(r'such as (\{\\*"to\\*": \\*")?15551234567')
_BETWEEN = re.compile(r"(?<=\d)[ ().-]{1,2}(?=\d)")
# What is written by people and apps, of what Slack sends.
_WRITTEN = frozenset({"text", "value", "fallback", "title", "pretext", "content", "preview"})


@dataclass(frozen=True, slots=True)
class Left:
    """Something that left the bot."""

    where: str
    """`log`, `slack chat.postMessage`, `whisper`, `metrics`, `record`, `terminal` or `database`."""
    text: str


@dataclass(frozen=True, slots=True)
class Used:
    """What must not be seen outside."""

    keys: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    """Digits only."""

    @property
    def needles(self) -> Iterator[tuple[str, str]]:
        """What is searched for, and what it is called in a report, which must not leak it either."""
        yield from ((key, f"the key {key[:6]}…") for key in self.keys)
        for number in self.numbers:
            yield number, f"the number …{number[-4:]}"
            yield from ((form, f"the number …{number[-4:]} in base64") for form in _in_base64(number))


_TO_ONE = ("response_url", "whisper")
_FORMS = ("slack views.open", "slack views.update", "acknowledgement")
# Where something may be seen whole, by name: what was found, and where.
EXCEPTIONS: Mapping[str, Callable[[Left, str], bool]] = {
    # Who may see number and body asked for them, and nobody else gets the answer.
    "reveal": lambda left, _: left.where in _TO_ONE and "Only you see this, and that you looked" in left.text,
    # Who may send it again sees what was sent, in a form that nobody else sees.
    "form": lambda left, _: left.where in _FORMS and f'"callback_id": "{CALLBACK}"' in left.text,
    # Meta's message ids have the recipient's number in them, and without its id no message can be looked for.
    "message ids at rest": lambda left, name: left.where == "database" and name.endswith("in base64"),
    # Who has the account's key sent it, or asked for it by that id.
    "message ids in the terminal": lambda left, name: left.where == "terminal" and name.endswith("in base64"),
}


def listen() -> None:
    """Let every event of the bot and every warning of a library be kept as the line that would be written."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        # Not `rich`, which takes seconds to draw a traceback, while whoever told of the fault waits.
        processors=[
            _overhear,
            structlog.processors.add_log_level,
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
        ],
    )
    for name in ("", "dbos"):
        logger = logging.getLogger(name)
        if _EAR not in logger.handlers:
            logger.addHandler(_EAR)


def search(
    origin: str,
    workspace: Workspace,
    sandbox: Sandbox,
    house: House | None = None,
    files: Iterable[Path] = (),
    logs: Iterable[str] = (),
) -> list[str]:
    """What was found, in words. `logs`: of a bot that is a process of its own."""
    lefts = [*_left(workspace), *(Left("log", line) for line in (*_taken(), *logs))]
    lefts += [*(_told(house) if house else ()), *(Left("database", _bytes(file)) for file in files)]
    return check(origin, lefts, used_in(workspace, sandbox, house))


def check(origin: str, lefts: Sequence[Left], used: Used) -> list[str]:
    """Counted, and kept for the end of the run as well."""
    needles = list(used.needles)
    found = [f"{origin}: {name} in {left.where}" for left in lefts for name in _seen(left, needles)]
    tally.SEARCHED.update(left.where.split()[0] for left in lefts)
    tally.FOR.update({"keys": len(used.keys), "numbers": len(used.numbers)})
    tally.LEAKS.extend(dict.fromkeys(found))
    return found


def used_in(workspace: Workspace, sandbox: Sandbox, house: House | None) -> Used:
    app = workspace.app
    keys = {app.bot_token, app.app_token, DEMO_KEY}
    if house:
        keys |= {account.api_key.get_secret_value() for account in house.accounts.all}
        own = house.settings.waerror_secret_key
        keys |= set(own.get_secret_value().split(",")) if own else set()
    written = [*_written([envelope.payload for envelope in workspace.courier.sent])]
    written += [json.dumps(call.body, ensure_ascii=False) for call in sandbox.calls if call.body]
    keys |= {key for text in written for key in _KEYS.findall(text)}
    numbers = {re.sub(r"\D", "", number) for text in written for number in _NUMBER.findall(_DATE.sub("", text))}
    return Used(frozenset(keys), frozenset(one for one in numbers if not _EPOCH.fullmatch(one)))


def _left(workspace: Workspace) -> Iterator[Left]:
    with workspace.changed:  # a bot that still runs acknowledges what comes back to it
        for call in workspace.calls:
            yield Left(f"slack {call.method}", json.dumps(call.args, ensure_ascii=False))
        for use in workspace.response_uses:
            yield Left("response_url", json.dumps(use.body, ensure_ascii=False))
        for whispers in workspace.whispers.values():
            yield from (Left("whisper", json.dumps(one, ensure_ascii=False)) for one in whispers)
        for ack in workspace.courier.acks.values():
            if ack.payload:
                yield Left("acknowledgement", json.dumps(ack.payload, ensure_ascii=False))


def _told(house: House) -> Iterator[Left]:
    yield Left("metrics", generate_latest(house.metrics.registry).decode())
    for team in house.store.audit.teams():
        deeds = house.store.audit.recent(team, limit=1_000)
        yield Left("record", json.dumps([asdict(deed) for deed in deeds], default=str))


def _seen(left: Left, needles: Iterable[tuple[str, str]]) -> Iterator[str]:
    text = _EXAMPLE.sub("", left.text)
    joined = _BETWEEN.sub("", text)
    for needle, name in needles:
        is_seen = needle in text or _is_number_in(needle, joined)
        if is_seen and not any(allows(left, name) for allows in EXCEPTIONS.values()):
            yield name


def _is_number_in(needle: str, joined: str) -> bool:
    # The first is a hundred times quicker and mostly says no.
    return needle in joined and needle.isdigit() and bool(re.search(rf"(?<!\d){needle}(?!\d)", joined))


def _in_base64(number: str) -> Iterator[str]:
    """As a part of base64, at each of the three places where it can begin in it; what the neighbours change is cut."""
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + number.encode()).decode().rstrip("=")
        yield coded[(before * 8 + 5) // 6 : (before + len(number)) * 8 // 6]


def _written(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        for name, value in node.items():
            if name in _WRITTEN and isinstance(value, str):
                yield value
            else:
                yield from _written(value)
    elif isinstance(node, list | tuple):
        for one in node:
            yield from _written(one)


def _bytes(file: Path) -> str:
    try:
        return file.read_bytes().decode("latin-1")
    except FileNotFoundError:  # SQLite takes its journal away when it likes
        return ""


def _overhear(_logger: Any, method: str, event: Any) -> Any:
    """As `bot/telemetry.py` renders it; what is below a warning is not shown."""
    rendered = structlog.processors.format_exc_info(_logger, method, dict(event))
    LINES.append(json.dumps(telemetry._masked(_logger, method, rendered), ensure_ascii=False, default=repr))
    if method in ("debug", "info"):
        raise structlog.DropEvent
    return event


class _Ear(logging.Handler):
    """Lines of libraries."""

    def emit(self, record: logging.LogRecord) -> None:
        says = logging.Formatter().format(record)
        LINES.append(json.dumps({"logger": record.name, "event": telemetry.mask(says)}, ensure_ascii=False))


_EAR = _Ear(logging.WARNING)


def _taken() -> list[str]:
    taken = LINES[:]
    LINES.clear()
    return taken
