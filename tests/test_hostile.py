"""Anybody may paste anything: no text raises, none is slow, and what is masked stays masked."""

import random
import string
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import knowledge
from bot.diagnosis import diagnose
from bot.diagnosis.masking import mask
from bot.diagnosis.text import of_message, plain
from bot.diagnosis.values import Mode
from tests.tally import tried

LENGTH = 40_000  # what Slack lets a message be
# Of computing, whatever else the machine does meanwhile: 0.05, and half again as much where two share a core.
LONGEST_SECONDS = 0.25


@pytest.fixture(scope="module")
def known() -> knowledge.Knowledge:
    return knowledge.load()


def filled(piece: str) -> str:
    return (piece * (LENGTH // len(piece) + 1))[:LENGTH]


def _random(alphabet: str) -> str:
    chance = random.Random(7)  # noqa: S311 - no secret, and the same at every run
    return "".join(chance.choice(alphabet) for _ in range(LENGTH))


REPEATED = {
    "brackets": "[{(",
    "open-brackets": "[",
    "marks": "(#",
    "marks-and-digits": "(#1",
    "digit-run": "1",
    "zero-width": "\u200b",
    "zero-width-in-a-code": "131\u200b047 ",
    "right-to-left": "\u202e131047\u202c رسالة ",
    "backslashes": "\\",
    "escaped-quotes": '\\"',
    "code-keys": '{"code":',
    "coded-objects": '{"error":{"code":131047,',
    "escaped-objects": '\\\\\\"code\\\\\\":131047,',
    "entities": "&#123;&quot;code&quot;:131047,",
    "ampersands": "&amp;",
    "codes": "131047 ",
    "short-codes": "1 2 3 4 10 17 33 100 190 200 ",
    "open-quotes": '"message":"',
    "half-quotes": "'message':'a ",
    "links": "<http://a|",
    "addresses": "http://",
    "one-phrase": "healthy ecosystem engagement ",
    "error-words": "error code ",
    "phones": "+1 555 ",
    "keyed-phones": "to=+1 ",
    "wamids": "wamid.",
    "colours": "#1a2b3c ",
    "columns": "code\t131047\tcode\n",
    "lines": "\n",
    "spaces": " ",
    "hindi": "टेम्पलेट में तीन वेरिएबल ",
    "emoji": "🙂",
}
HOSTILE = {
    **{name: filled(piece) for name, piece in REPEATED.items()},
    "deep-json": filled('{"a":' * 1_000 + "1" + "}" * 1_000),
    "invalid-json": '{"code":[' * 1_000 + "131047",
    "letters": _random(string.ascii_lowercase + "  "),
    "anything-printable": _random(string.printable),
    "many-scripts": _random("".join(map(chr, range(32, 0x3000)))),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("mode", ["ask", "alert"])
def test_hostile_text_costs_little(text: str, mode: Mode, known: knowledge.Knowledge) -> None:
    tried("slow texts")
    diagnose("warm up: whatsapp template missing", known, mode)
    assert fastest(lambda: diagnose(text, known, mode)) < LONGEST_SECONDS


def test_everything_that_vendors_say_at_once_costs_little(known: knowledge.Knowledge) -> None:
    text = " ".join(text for entry in known.entries.values() for text in entry.says)[:LENGTH]
    assert fastest(lambda: diagnose(text, known, "ask")) < LONGEST_SECONDS


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_is_masked_and_read_quickly(text: str) -> None:
    tried("slow texts", 2)
    assert fastest(lambda: mask(text)) < LONGEST_SECONDS
    assert fastest(lambda: of_message({"text": text, "attachments": [{"text": text}]})) < LONGEST_SECONDS


def test_a_message_nested_too_deeply_is_cut_off() -> None:
    message: dict[str, Any] = {"text": "131047"}
    for _ in range(5_000):
        message = {"attachments": [{"message_blocks": [{"message": message}]}], "elements": [message]}
    assert isinstance(of_message(message), str)


def fastest(work: Callable[[], object], runs: int = 3) -> float:
    spent = []
    for _ in range(runs):
        start = time.thread_time()
        work()
        spent.append(time.thread_time() - start)
    return min(spent)


PIECES = [
    *('"code":', '{"error":{', "131047", "131026", "190", "100", "4", "(#", ")", "{", "}", "[", "]", "\\", '\\"', '"'),
    *("'", "&quot;", "&#123;", "error ", "código ", "<", "|", ">", "<tel:", "<https://a|", "wamid.HB", "\n", "\t"),
    *("https://", " ", "#", "+15550001111", "EAAB", "wba_", "Bearer ", "\u200b", "\u202e", "٠١٢", "टेम्पलेट", "قالب"),
    *(
        "message",
        "template ",
        "WhatsApp ",
        "more than 24 hours have passed ",
        "subcode ",
        "HTTP 400",
        ":",
        ",",
        "=",
        "é",
    ),
    *("\x00", "\ud800", "🙂", "1" * 30, "0x", "-", "_", "%", "Re-engagement message", "status", "statuses"),
]
TEXT = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=30).map("".join),
    st.text(max_size=60),
    st.text(string.printable, max_size=60),
)
INSIDE = ["message_blocks", "message", "subtype", "fallback", "footer", "pretext", "value", "url", "name"]
KEYS = st.sampled_from(
    ["type", "text", "blocks", "elements", "fields", "rows", "attachments", "files", "title", "preview", *INSIDE]
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.sampled_from(PIECES), st.sampled_from(["table", "emoji"])),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=6,
)
# Together 20,000 and more, in about half a minute.
MANY = settings(
    max_examples=7_000,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.mark.timeout(900)
@MANY
@given(text=TEXT, mode=st.sampled_from(["ask", "alert"]))
def test_no_text_raises(text: str, mode: Mode, known: knowledge.Knowledge) -> None:
    tried("random texts and messages")
    diagnosis = diagnose(text, known, mode)
    assert all(0 <= match.score <= 1 and match.count >= 1 for match in diagnosis.matches)
    assert len(diagnosis.matches) >= int(diagnosis.answered)


@pytest.mark.timeout(900)
@MANY
@given(text=TEXT)
def test_masking_never_raises_and_twice_is_once(text: str) -> None:
    tried("random texts and messages")
    once = mask(text)
    assert mask(once) == once
    assert isinstance(plain(text), str)


@pytest.mark.timeout(900)
@MANY
@given(message=st.dictionaries(KEYS, VALUES, max_size=4))
def test_no_message_raises(message: dict[str, Any]) -> None:
    tried("random texts and messages")
    assert isinstance(of_message(message), str)
