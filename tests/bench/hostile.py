"""Texts that somebody writes to make the bot stand still: each 40,000 characters of something."""

from collections.abc import Iterator, Mapping

from bot import knowledge
from bot.diagnosis import diagnose
from bot.diagnosis.values import Mode
from tests.bench.clock import milliseconds
from tests.bench.report import Finding, at_most

_LENGTH = 40_000
_TIMES = 5
_GOAL = 50.0
MODES: tuple[Mode, ...] = ("alert", "ask")
PIECES: Mapping[str, str] = {
    "nested brackets": "[{(",
    "marks of a code": "(#",
    "one long number": "1",
    "numbers in a row": "131047 132000 190 4 ",
    "codes in brackets": "(#131047) ",
    "code fields": '"code":131047,',
    "short codes": "1 2 3 4 10 17 33 100 190 200 368 ",
    "made-up codes": "131999 ",
    "backslashes": "\\",
    "escaped quotes": '\\"',
    "escaped escaped quotes": '\\\\\\"',
    "entities": "&#123;&quot;code&quot;:131047,",
    "unfinished entities": "&amp;&#",
    "keys": '"message":"',
    "unquoted keys": "{message: ",
    "Slack's links": "<http://a|",
    "Slack's telephones": "<tel:+15550001111|",
    "addresses": "https://graph.facebook.com/v23.0/1/messages?",
    "one phrase": "healthy ecosystem engagement ",
    "one description": "template needs 3 variables and we send 2 ",
    "misspelled words": "templete paramater mesage recipiant ",
    "one long word": "re",
    "many rare words": "",
    "telephone numbers": "+1 555 0001 ",
    "message ids": "wamid.HBgL",
    "stamps": "2026-11-20T08:12:44.118Z ",
    "table rows": "| 131026 | x |\n",
    "commas": "131026,",
    "line ends": "\r\n",
    "spaces": " \t",
    "zero-width": "\u200b",
    "right-to-left": "\u202e131047\u202c ",
    "accents": "e\u0301\u0327",
    "Chinese": "模板参数",
    "emoji": "👩\u200d👩\u200d👧",
    "code fences": "```",
    "HTTP heads": "HTTP/1.1 400 Bad Request\r\n",
    "base64": "EAAGm0PX4ZCpsBA",
    "NUL": "\0",
}


def texts(known: knowledge.Knowledge) -> Iterator[tuple[str, str]]:
    """Each name and its text."""
    words = " ".join(text for entry in known.entries.values() for text in (*entry.described_as, *entry.says))
    every = " ".join(f"(#{code})" for code in known.index.codes)
    for name, piece in PIECES.items():
        yield name, ((piece or words) * (_LENGTH // len(piece or words) + 1))[:_LENGTH]
    yield "every code", (every * (_LENGTH // len(every) + 1))[:_LENGTH]
    yield "JSON 1,000 deep", ('{"a":' * 1_000 + '{"code":131047}' + "}" * 1_000).ljust(_LENGTH)
    yield "JSON strings in strings", ('"{\\"code\\":131047,' * 2_400)[:_LENGTH]
    yield "nothing of it", ("Lorem ipsum dolor sit amet, " * 1_500)[:_LENGTH]


def bench() -> Iterator[Finding]:
    known = knowledge.load()
    for mode in MODES:
        diagnose("warm up: the WhatsApp template is missing", known, mode)
    spent = {
        name: {mode: [milliseconds(lambda: diagnose(text, known, mode)) for _ in range(_TIMES)] for mode in MODES}  # noqa: B023
        for name, text in texts(known)
    }
    worst = {name: max(max(times) for times in by.values()) for name, by in spent.items()}
    rows = [
        [name, *(f"{max(spent[name][mode]):.1f}" for mode in MODES), "" if worst[name] <= _GOAL else "over"]
        for name in sorted(worst, key=lambda name: -worst[name])
    ]
    goal = at_most("hostile text, the worst", max(worst.values()), _GOAL, " ms")
    note = f"The slowest of {_TIMES} runs, milliseconds."
    yield Finding(f"Hostile texts of {_LENGTH:,} characters", ["text", *MODES, ""], rows, [goal], note)
