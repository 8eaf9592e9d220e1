"""Datadog: the Webhooks integration. Its payload is what the administrator writes; the default one has no state.

Names are read however they are written (`alert_id`, `ALERT_ID`, `alertId`), and a variable that Datadog left as it was
(`$ALERT_ID`) is empty. Without transition and scope the title tells them: `[P1] [Recovered on {host:a}] …`.
"""

import re
from collections.abc import Mapping

from bot.intake.values import Post, Read, alert, object_in
from bot.intake.words import labels_of, text_of

# Who it is about, and not what: its id is every alert's.
_OF_ALL = frozenset({"org", "organization", "user", "account"})
_EMPTY = frozenset({"", "null", "none"})
_HEAD = re.compile(r"\s*(?:\[P[1-5]\]\s*)?\[([A-Za-z- ]{2,30}?)( on \{[^}]{0,1000}\})?\]\s*")
_TEXTS = ("eventmsg", "textonlymsg", "body", "text", "message", "description", "alertstatus")
_LABELS = ("alertmetric", "alertscope", "alertquery", "alertpriority", "priority", "hostname", "tags", "link")


def read(post: Post) -> Read:
    said = _said(object_in(post.data, "The body"))
    title = _first(said, "eventtitle", "title", "alerttitle")
    head = _HEAD.match(title)
    transition = _first(said, "alerttransition", "transition") or (head[1] if head else "")
    state = "resolved" if transition.lower().startswith("recovered") else "firing"
    thing = _thing(said, title, head)
    id, at = _first(said, "id", "eventid", "alertcyclekey", "aggregkey"), _first(said, "date", "lastupdated")
    # What an administrator wrote as the id may be the monitor's, which is the same for all that it ever tells.
    whole = "/".join((id, at, transition, thing)) if id else ""
    text = "\n".join(dict.fromkeys(said[name] for name in _TEXTS if name in said))
    labels = {name: said[name] for name in _LABELS if name in said}
    return Read((alert(whole, title, text, labels, state=state, thing=thing, recurs=not at),))


def _said(data: Mapping[str, object]) -> dict[str, str]:
    """Names in small letters without signs, and what stands under them; one level down too."""
    inner = [value for name, value in data.items() if isinstance(value, dict) and name.lower() not in _OF_ALL]
    found: dict[str, str] = {}
    for one in (data, *inner):
        for name, value in labels_of(one).items():
            said = text_of(value).strip()
            if said.lower() not in _EMPTY and not re.fullmatch(r"\$[A-Z_]{2,40}", said):
                found.setdefault(re.sub(r"[^a-z]", "", name.lower()), said)
    return found


def _first(said: Mapping[str, str], *names: str) -> str:
    return next((said[name] for name in names if name in said), "")


def _thing(said: Mapping[str, str], title: str, head: re.Match[str] | None) -> str:
    """What fires. A monitor may fire for one host and recover for another."""
    scope = _first(said, "alertscope") or (head[2] or "" if head else "")
    name = _first(said, "aggregkey", "alertid", "monitorid") or (title[head.end() :] if head else title)
    return _first(said, "alertcyclekey") or (f"{name}/{scope}" if name else "")
