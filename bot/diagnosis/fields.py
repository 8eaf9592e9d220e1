"""Reads `key: value` pairs out of anything that looks like an object, also when it is cut short or not quite JSON.

Brackets are counted, not parsed. An object with a code is a sighting; what its inner objects say belongs to it
(`error_data.details`), and so do the ids of the objects around it (`statuses[].recipient_id`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from bot.diagnosis.values import Sighting

_ROLES = {
    "code": "code errorcode err_code errcode error_no errno",
    "subcode": "errorsubcode subcode",
    "status": "status httpstatus statuscode httpcode http httpstatuscode responsestatus",
    "details": "details detail errorusermsg description reason",
    "message": "message msg error errormessage title errorusertitle developermessage errormsg summary",
    "type": "type errortype",
    "trace": "fbtraceid fbtrace",
    "wamid": "id messageid wamid wamessageid",
    "recipient": "to recipientid recipient waid destination recipientphone",
}
_ROLE_OF = {name.replace("_", ""): role for role, names in _ROLES.items() for name in names.split()}
_CODES = frozenset({"code", "subcode"})
_INHERITED = ("status", "wamid", "recipient", "trace", "type")

_TOKEN = re.compile(
    r"(?P<open>[{(\[])|(?P<close>[})\]])|(?P<gap>\n\s{0,40}\n)"
    r"|(?<![\w#])(?P<key>[A-Za-z_][\w-]{1,40})[\"'\]]{0,2}\s{0,4}(?:=>|[:=](?!//))\s{0,4}"
)
_VALUE = re.compile(
    r"(?P<number>(?P<mark>[\"']?)(?P<digits>\d{1,20})(?:(?P=mark)(?![\w.])|\Z))"
    r"|\"(?P<double>(?:[^\"{]|\{\{\w{0,20}\}\}){1,600})"
    r"|'(?P<single>(?:[^'{\n]|'(?=\w)|\{\{\w{0,20}\}\}){1,600})"
    r"|(?P<bare>(?![\"'{\[(])[^\n{}]{1,200})"
)
_BARE_END = re.compile(r"\s+[\w.-]{1,30}=|[,;|](?=\s)|[\])\"]")
_WAMID = re.compile(r"wamid\.[\w=+/-]{1,120}")
_MOST = 300  # a failed status in a webhook takes 200 characters, so that a whole paste holds fewer
_DEPTH = 48  # a webhook is ten deep; a bomb is a thousand


@dataclass(frozen=True, slots=True)
class Found:
    """An object with a code: where its code stands, and what it says."""

    at: int
    sighting: Sighting


@dataclass(slots=True)
class _Frame:
    said: dict[str, tuple[str, int]]
    around: "_Frame | None"


def objects(text: str) -> list[Found]:
    """The coded objects of a text, in reading order."""
    coded = islice(filter(_is_coded, _frames(text)), _MOST)
    return sorted(map(_found, coded), key=lambda found: found.at)


def _frames(text: str) -> Iterator[_Frame]:
    frame = _Frame({}, None)
    for kind, role, value, at in _steps(text):
        if kind == "open":
            frame = _Frame({}, frame)
        elif kind == "close" and frame.around:
            yield from _closed(frame)
            frame = frame.around
        elif kind == "gap" and not frame.around:
            yield frame
            frame = _Frame({}, None)
        elif kind == "pair":
            if role in _CODES and role in frame.said:
                yield frame
                frame = _Frame({}, frame.around)
            frame.said.setdefault(role, (value, at))
    while frame.around:
        yield from _closed(frame)
        frame = frame.around
    yield frame


def _steps(text: str) -> Iterator[tuple[str, str, str, int]]:
    """Brackets, empty lines and pairs in reading order; brackets that are nested too deep are left out."""
    at = depth = 0
    while token := _TOKEN.search(text, at):
        at = token.end()
        kind = token.lastgroup or ""
        if kind == "key":
            if pair := _pair(text, token):
                role, value, start, at = pair
                yield "pair", role, value, start
            continue
        depth = max(0, depth - 1) if kind == "close" else depth
        if depth < _DEPTH:
            yield kind, "", "", at
        depth += kind == "open"


def _closed(frame: _Frame) -> Iterator[_Frame]:
    """An object without a code is part of the one around it."""
    if _is_coded(frame):
        yield frame
    elif frame.around:
        for role, said in frame.said.items():
            frame.around.said.setdefault(role, said)


def _is_coded(frame: _Frame) -> bool:
    return not _CODES.isdisjoint(frame.said)


def _pair(text: str, token: re.Match[str]) -> tuple[str, str, int, int] | None:
    """Role, value, where the value starts, where to read on."""
    role = _ROLE_OF.get(token["key"].lower().replace("_", "").replace("-", ""))
    value = role and _VALUE.match(text, token.end())
    if not role or not value:
        return None
    if value["number"]:
        return role, value["digits"], value.start("digits"), value.end()
    if role in _CODES:
        return None
    kind = value.lastgroup or "bare"
    said = value[kind]
    if kind == "bare":
        said = _BARE_END.split(said, maxsplit=1)[0]
        # what follows may hold more pairs: `error: code=131047 …`
        return role, said.strip(), value.start(kind), value.start(kind)
    return role, said.strip(), value.start(kind), value.end()


def _found(frame: _Frame) -> Found:
    said = {role: value for role, (value, _) in frame.said.items()}
    at = frame.said.get("code", frame.said.get("subcode", ("", 0)))[1]
    around = frame.around
    while around:
        for role in _INHERITED:
            if role in around.said:
                said.setdefault(role, around.said[role][0])
        around = around.around
    return Found(at, _sighting(said))


def _sighting(said: dict[str, str]) -> Sighting:
    status = said.get("status", "")
    message = ": ".join(dict.fromkeys(said[role] for role in ("message", "details") if said.get(role)))
    wamid = _WAMID.match(said.get("wamid", ""))
    recipient = "".join(filter(str.isdigit, said.get("recipient", "")))
    return Sighting(
        code=_number(said.get("code")),
        subcode=_number(said.get("subcode")),
        http_status=int(status) if status.isdigit() and 100 <= int(status) <= 599 else None,
        message=message or None,
        type=said.get("type"),
        fbtrace_id=said.get("trace"),
        message_id=wamid.group() if wamid else None,
        recipient=recipient if 7 <= len(recipient) <= 15 else None,
    )


def _number(digits: str | None) -> int | None:
    return int(digits) if digits and len(digits) <= 9 else None
