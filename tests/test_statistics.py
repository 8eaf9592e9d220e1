"""WaConnect's statistics have no documented shape: what can be understood is, the rest is not guessed."""

import json

import pytest

from bot.waconnect.answers import Answer
from bot.waconnect.statistics import statistics


@pytest.mark.parametrize(
    ("data", "counts"),
    [
        ({"success": True, "data": {"total": 5, "byStatus": {"failed": 2, "sent": 3}}}, {"sent": 3, "failed": 2}),
        ({"sent": 10, "delivered": 8, "read": 4, "failed": 1, "pending": 1},
         {"sent": 10, "delivered": 8, "read": 4, "failed": 1, "pending": 1}),
        ({"data": {"totalSent": "10", "totalFailed": 0}}, {"sent": 10, "failed": 0}),
        ({"data": {"messages_sent": 10, "failed_count": 2}}, {"sent": 10, "failed": 2}),
        ({"data": [{"status": "failed", "count": 2}, {"status": "Sent", "total": 9}]}, {"sent": 9, "failed": 2}),
        ({"failed": {"count": 3}, "sent": {"total": 4}}, {"sent": 4, "failed": 3}),
        ({"failed": 12, "today": {"failed": 1}}, {"failed": 12}),
        ({"failedRate": 3, "sentAt": 1795430000, "failed": 0.5}, None),
        ({"failed": True, "sent": "many", "delivered": -1, "read": 10**15}, None),
        ({"data": {"uptime": 3}}, None),
        ([], None),
        ("x", None),
        (None, None),
    ],
)  # fmt: skip
def test_counts_are_found_in_any_shape(data: object, counts: dict[str, int] | None) -> None:
    """A total goes before its parts; a rate or a time is no count."""
    assert statistics(Answer(200, {}, json.dumps(data))) == counts
