"""What is read once is read as if it were read anew: numbers, ids and times that differ change nothing."""

import tomllib
from pathlib import Path

import pytest

from bot import desk, knowledge
from bot.desk.reading import Reader, put_aside
from bot.diagnosis.text import of_message
from bot.knowledge import Knowledge
from tests.bench.alerts import posts
from tests.bench.corpus import corpora

CASES = tomllib.loads((Path(__file__).parent / "pastes" / "cases.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return knowledge.load()


def told(answer: desk.Answer) -> tuple[object, ...]:
    """All of it that is counted or shown of an alert."""
    found = answer.diagnosis
    matches = [(one.entry.id, one.confidence, one.code, one.cause, one.count) for one in found.matches]
    request = answer.request and (answer.request.endpoint, answer.request.plain)
    return found.answered, matches, found.seen.recipient, request, answer.message_id, answer.offers, answer.withheld


def test_every_text_is_read_as_if_anew(known: Knowledge) -> None:
    """Every text that the recogniser is measured with, and a storm's alerts."""
    reader = Reader(known, True)
    texts = [text.text for corpus in corpora().values() for text in corpus.texts]
    texts += [of_message(post.content) for post in posts(300, ["C1"])]
    assert len(texts) > 300
    wrong = [text for text in texts if told(reader.read(text)) != told(desk.answer(text, "alert", known, True))]
    assert wrong == []


def test_alerts_that_differ_in_numbers_alone_are_one_text() -> None:
    """A recipient, a message id, a hash and a time are put aside; a code and a status are not."""
    one, numbers = put_aside("2026-11-24T01:02:03Z to +15550001111 from 15550002222 to 15550001111 failed: 131047 400")
    other, _ = put_aside("2026-11-25T09:59:59Z to +15559999999 from 15550001111 to 15559999999 failed: 131047 400")
    assert one == other
    assert "131047 400" in one
    assert sorted(numbers.values()) == ["15550001111", "15550002222"]
    assert put_aside("failed: 131047")[0] != put_aside("failed: 131026")[0]
    assert put_aside("to 15550001111 and 15550001111")[0] != put_aside("to 15550001111 and 15550002222")[0]


def test_each_gets_its_own_numbers_back(known: Knowledge) -> None:
    """The second alert of a kind names its own recipient, not the first one's."""
    reader = Reader(known, True)
    for number in ("15550001111", "15550002222"):
        assert (
            reader.read(f"recipient_id: {number}, (#131047) Re-engagement message").diagnosis.seen.recipient == number
        )
