"""Which record is the message of a send that got no answer: exactly one that can be it, or nobody knows."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.waconnect.lookup import findings
from bot.waconnect.payloads import OutboundRequest
from bot.waconnect.records import MessageStatus, StatusStep

SINCE = datetime(2026, 11, 23, 9, 14, tzinfo=UTC)
TEXT = OutboundRequest("messages/text", {"to": "15551234567", "body": "Hi"})


def record(name: str, seconds: float | None, to: str = "15551234567", type: str | None = "text") -> MessageStatus:
    """Made that long after the attempt."""
    at = None if seconds is None else SINCE + timedelta(seconds=seconds)
    return MessageStatus(f"wamid.{name}", to, "sent", (), None, at, type)


@pytest.mark.parametrize(
    ("records", "ids", "sure"),
    [
        ([], (), False),
        ([record("A", 1)], ("A",), True),
        ([record("A", 1, type=None)], ("A",), True),
        ([record("A", -1)], ("A",), True),
        ([record("A", -10)], ("A",), False),
        ([record("A", -60)], (), False),
        ([record("A", None)], ("A",), False),
        ([record("A", 1), record("B", 2)], ("A", "B"), False),
        ([record("A", 1), record("B", None)], ("A", "B"), False),
        ([record("A", 1), record("B", -60)], ("A",), True),
        ([record("A", 1), record("A", 1)], ("A",), True),
        ([record("A", 1, to="15557654321")], (), False),
        ([record("A", 1, to="")], (), False),
        ([record("A", 1, type="image")], (), False),
        ([record("A", 1), record("known", 1)], ("A",), True),
        ([record("known", 1)], (), False),
    ],
)
def test_one_that_can_only_be_it(records: list[MessageStatus], ids: tuple[str, ...], sure: bool) -> None:
    """Undated, older than the attempt, or several: then a person decides."""
    found = findings(records, TEXT, SINCE, {"wamid.known"})
    assert (found.ids, found.sure) == (tuple(f"wamid.{one}" for one in ids), sure)


def test_an_old_message_that_changed_lately_is_old() -> None:
    """Some records carry the time of their last change."""
    steps = (StatusStep("sent", SINCE - timedelta(hours=1)), StatusStep("read", SINCE + timedelta(seconds=1)))
    one = MessageStatus("wamid.A", "15551234567", "read", steps, None, SINCE + timedelta(seconds=1), "text")
    assert findings([one], TEXT, SINCE, ()).ids == ()


def test_a_template_goes_by_several_names() -> None:
    """Meta calls it template, our endpoint auth-template."""
    request = OutboundRequest("messages/auth-template", {"to": "15551234567"})
    assert findings([record("A", 1, type="template")], request, SINCE, ()).sure
