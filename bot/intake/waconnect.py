"""WaConnect's own webhook. Only `message.received` is documented, and it is none of our business.

Status events are spoken of and not described, so a failed status is looked for wherever it may stand in the body.
"""

from bot.intake.failures import of_status
from bot.intake.values import NOTHING, Post, Read, object_in
from bot.waconnect.records import statuses_in

_INCOMING = "message.received"


def read(post: Post) -> Read:
    body = object_in(post.data, "The body")
    if _INCOMING in (body.get("event"), post.headers.get("x-webhook-event")):
        return NOTHING
    failed = {one.message_id: of_status(one) for one in statuses_in(body) if one.status == "failed"}
    return Read(tuple(failed.values())) if failed else NOTHING
