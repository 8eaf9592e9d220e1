"""Alerts as other apps post them: some causes, in text, attachments and blocks, of many recipients and senders."""

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_SEED = 17
# Entry → what the alerts of this cause say.
CAUSES: Mapping[str, str] = {
    "meta/131047": "(#131047) Re-engagement message",
    "meta/131026": "(#131026) Message undeliverable",
    "meta/130429": "(#130429) Rate limit hit",
    "meta/132000": "(#132000) Number of parameters does not match the expected number of params",
    "meta/132001": "(#132001) Template name does not exist in the translation",
    "meta/131053": "(#131053) Media upload error",
    "meta/131049": "(#131049) This message was not delivered to maintain healthy ecosystem engagement.",
    "meta/131056": "(#131056) (Business Account, Consumer Account) pair rate limit hit",
    "meta/131042": "(#131042) Business eligibility payment issue",
    "meta/131048": "(#131048) Spam rate limit hit",
    "meta/132015": "(#132015) Template is paused",
    "meta/133010": "(#133010) Account not registered",
}
_APPS = ("Alertmanager", "Grafana", "notify", "billing", "worker")
_TEMPLATES = ("order_update", "delivery_notice", "invoice_ready", "appointment")
_RECIPIENTS, _SENDERS = 400, 6


@dataclass(frozen=True, slots=True)
class Post:
    """One alert, ready to be posted."""

    channel: str
    app: str
    cause: str
    """The entry that it is about."""
    content: Mapping[str, Any]


def posts(count: int, channels: Sequence[str], causes: Sequence[str] = tuple(CAUSES), seed: int = _SEED) -> list[Post]:
    """So many, spread evenly over causes and channels, in an order that is the same each time."""
    dice = random.Random(seed)  # noqa: S311 - the same alerts each time
    kinds = [(cause, channel) for cause in causes for channel in channels]
    made = [_post(*kinds[number % len(kinds)], dice) for number in range(count)]
    dice.shuffle(made)
    return made


def _post(cause: str, channel: str, dice: random.Random) -> Post:
    shape = dice.choice(SHAPES)
    return Post(channel, dice.choice(_APPS), cause, shape(CAUSES[cause], dice))


def _request(dice: random.Random) -> dict[str, str]:
    to, sender = 15550000000 + dice.randrange(_RECIPIENTS), 15559990000 + dice.randrange(_SENDERS)
    return {"to": str(to), "phoneNumberId": str(sender), "body": "Your order left the warehouse"}


def _words(says: str, dice: random.Random) -> dict[str, Any]:
    return {"text": f"worker-{dice.randrange(9)}: send to +{_request(dice)['to']} failed: {says}"}


def _paste(says: str, dice: random.Random) -> dict[str, Any]:
    refusal = json.dumps({"success": False, "error": says})
    return {"text": f"POST /api/messages/text\n{json.dumps(_request(dice))}\n\n{refusal}"}


def _template(says: str, dice: random.Random) -> dict[str, Any]:
    sent = {**_request(dice), "templateName": dice.choice(_TEMPLATES), "languageCode": "en"}
    return {"text": f"`POST /api/messages/auth-template` → 400 {says}\n```{json.dumps(sent)}```"}


def _attachment(says: str, dice: random.Random) -> dict[str, Any]:
    fields = [
        {"title": "template", "value": dice.choice(_TEMPLATES), "short": True},
        {"title": "to", "value": _request(dice)["to"], "short": True},
    ]
    title = "[FIRING] WhatsApp sends failing"
    return {"attachments": [{"color": "danger", "title": title, "text": says, "fields": fields, "fallback": title}]}


def _blocks(says: str, dice: random.Random) -> dict[str, Any]:
    head = {"type": "header", "text": {"type": "plain_text", "text": "WhatsApp send failed"}}
    told = {"error": {"message": says}, "request": {**_request(dice), "type": "text"}}
    return {"blocks": [head, {"type": "section", "text": {"type": "mrkdwn", "text": f"```{json.dumps(told)}```"}}]}


SHAPES: Sequence[Callable[[str, random.Random], dict[str, Any]]] = (_words, _paste, _template, _attachment, _blocks)
