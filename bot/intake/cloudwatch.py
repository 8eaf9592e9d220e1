"""Amazon CloudWatch, through a topic of Amazon SNS.

SNS signs with a certificate that lies at an address in the message, and wants an address in the message opened before
it sends anything. We open no address that a message names: the secret is in our own address instead, and whoever
administers the subscription is shown what SNS asks for.
"""

import json
import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from bot.intake.values import NOTHING, Arrived, Post, Read, State, alert, object_in
from bot.intake.words import Labels, Lenient, Part, Words

_STATES: Mapping[str, State] = {"ALARM": "firing", "OK": "resolved"}
_ASKS = frozenset({"SubscriptionConfirmation", "UnsubscribeConfirmation"})
_AMAZONS = re.compile(r"https://sns\.[a-z0-9-]{1,40}\.amazonaws\.com(\.cn)?/\?[!-;=?-~]{1,700}")


class _Told(Lenient):
    """What SNS wraps a message in."""

    type: Words = Field("", alias="Type")
    id: Words = Field("", alias="MessageId")
    topic: Words = Field("", alias="TopicArn")
    subject: Words = Field("", alias="Subject")
    message: Words = Field("", alias="Message")
    address: Words = Field("", alias="SubscribeURL")


class _Trigger(Lenient):
    namespace: Words = Field("", alias="Namespace")
    metric: Words = Field("", alias="MetricName")


class _Alarm(Lenient):
    name: Words = Field("", alias="AlarmName")
    arn: Words = Field("", alias="AlarmArn")
    about: Words = Field("", alias="AlarmDescription")
    state: Words = Field("", alias="NewStateValue")
    reason: Words = Field("", alias="NewStateReason")
    at: Words = Field("", alias="StateChangeTime")
    region: Words = Field("", alias="Region")
    trigger: Annotated[_Trigger, Part] = Field(_Trigger(), alias="Trigger")


def read(post: Post) -> Read:
    body = object_in(post.data, "The body")
    if "AlarmName" in body:  # the subscription delivers messages raw
        return _alarm(body, post.headers.get("x-amz-sns-message-id", ""))
    told = _Told.model_validate(body)
    if told.type in _ASKS:
        return Read((_asks(told),))
    inner = _object(told.message)
    if inner is not None and "AlarmName" in inner:
        return _alarm(inner, told.id)
    title = told.subject or told.message.partition("\n")[0]
    return Read((alert(told.id, title, told.message),)) if told.message else NOTHING


def _alarm(body: Mapping[str, object], id: str) -> Read:
    one = _Alarm.model_validate(body)
    state = _STATES.get(one.state)
    if state is None:  # there is too little data to say
        return NOTHING
    thing = one.arn or one.name
    seen: Labels = {"region": one.region, "metric": " ".join(filter(None, (one.trigger.namespace, one.trigger.metric)))}
    labels = {name: value for name, value in seen.items() if value}
    text = "\n".join(filter(None, (one.about, one.reason)))
    return Read((alert(id or f"{thing}/{one.at}/{one.state}", one.name, text, labels, state=state, thing=thing),))


def _asks(told: _Told) -> Arrived:
    wants = "send its messages here" if told.type == "SubscriptionConfirmation" else "stop sending its messages here"
    confirm = "confirm that" if told.type == "SubscriptionConfirmation" else "take that back"
    if _AMAZONS.fullmatch(told.address):
        how = f"Nothing was opened. If you want to {confirm}, open this address yourself:\n{told.address}"
    else:
        how = "The address that it names is not Amazon's, so it is not shown: somebody may be trying something."
    title = f"Amazon SNS asks to {wants}"
    return alert(f"{told.type}/{told.id}", title, f"{how}\nTopic: {told.topic}", notice=True)


def _object(text: str) -> Mapping[str, object] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
