"""Meta: webhooks of the WhatsApp Cloud API. Failed statuses and errors of the account are alerts.

What people wrote is never read: `messages` are acknowledged, and forgotten.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.intake.failures import failure
from bot.intake.values import NOTHING, Arrived, Malformed, Post, Read, alert, each, object_in
from bot.intake.words import Labels, Lenient, Objects, Words, compact, text_of

_KEPT = ("id", "status", "timestamp", "recipient_id", "errors")


class _Value(Lenient):
    metadata: Labels = {}
    statuses: Objects = ()
    errors: Objects = ()


class _Status(Lenient):
    id: Words = ""
    status: Words = ""
    recipient_id: Words = ""
    errors: Objects = ()


def read(post: Post) -> Read:
    found: list[Arrived] = []

    def entry(item: Mapping[str, object]) -> None:
        changes = item.get("changes")
        if not isinstance(changes, list):
            raise Malformed("It has no list of changes.")
        found.extend(alert for change in changes if isinstance(change, dict) for alert in _alerts(change))

    entries = each(object_in(post.data, "The body").get("entry"), "entry", entry)
    return Read(tuple(found), entries.bad) if found or entries.bad else NOTHING


def _alerts(change: Mapping[str, Any]) -> Iterator[Arrived]:
    value = change.get("value")
    told = _Value.model_validate(value if isinstance(value, dict) else {})
    number = told.metadata.get("phone_number_id", "")
    for raw in told.statuses:
        status = _Status.model_validate(raw)
        if status.status == "failed":
            kept = {name: raw[name] for name in _KEPT if name in raw}
            text = compact({"phone_number_id": number, "statuses": [kept]})
            yield failure(status.id, status.recipient_id, text, _title(status.errors))
    for raw in told.errors:
        text = compact({"phone_number_id": number, "errors": [raw]})
        # It has neither id nor time: what is told twice is counted twice, and what comes back next week is not lost.
        yield alert("", f"WhatsApp: {_title([raw])}", text)


def _title(errors: Sequence[Mapping[str, Any]]) -> str:
    """`(#131047) Re-engagement message`."""
    first = errors[0] if errors else {}
    code, says = first.get("code"), text_of(first.get("title")) or text_of(first.get("message"))
    return f"(#{code}) {says}" if isinstance(code, int) else says
