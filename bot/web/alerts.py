"""`POST /alerts/NAME`: who proves to know the hook's secret may leave alerts here. 200 means that they are stored.

In this order, so that nobody unknown costs us anything: the hook, the proof, the rate, then the body. What is wrong is
said in a sentence that repeats nothing of what was sent; what was good beside it is stored all the same.
`openapi.yaml` beside this file describes it for those who post.
"""

from collections.abc import Mapping
from time import monotonic, time

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from bot.house import House
from bot.intake import Malformed, Post, Read, body
from bot.intake.hooks import Hook
from bot.intake.proofs import Evidence, same
from bot.intake.sources import is_proven
from bot.telemetry import count, trouble
from bot.web.throttle import Throttle

# Of a batch that is nothing but wrong.
_MOST_NAMED = 50
_LONGEST_CHALLENGE = 200
# A wrong secret is worth a line of the log, and anybody can send one at any rate.
_TOLD_PER_SECOND = 1 / 60


class Refused(Exception):
    """It is not taken; the message is a sentence for whoever sent it."""

    def __init__(self, status: int, says: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(says)
        self.status = status
        self.headers = dict(headers or {})


def routes(house: House) -> Blueprint:
    alerts = Blueprint("alerts", __name__)
    throttle = Throttle(house.settings.waerror_alerts_per_second)
    told = Throttle(_TOLD_PER_SECOND)

    @alerts.post("/alerts/<name>")
    @alerts.post("/alerts/<name>/<secret>")
    def take(name: str, secret: str = "") -> ResponseReturnValue:
        hook = _known(house, name)
        headers = {name.lower(): value for name, value in request.headers.items()}
        if not is_proven(hook.kind, hook.secret.get_secret_value().encode(), _evidence(headers, secret)):
            raise _unproven(hook, told)
        _let_in(hook, throttle)
        channel = hook.place(request.args.get("channel"))
        if channel is None:
            raise Refused(400, "The channel is none of those that this source may name.")
        return _answer(house, hook, channel, _read(hook, headers))

    @alerts.get("/alerts/<name>")
    def challenge(name: str) -> ResponseReturnValue:
        """Meta asks once whether the address is ours."""
        return _challenged(_known(house, name))

    alerts.before_request(_begin)
    alerts.after_request(_end)
    alerts.register_error_handler(Refused, _refused)
    return alerts


def _begin() -> None:
    g.began = monotonic()


def _end(response: Response) -> Response:
    hook: Hook | None = g.get("hook")
    source = hook.source if hook else None
    count("alerts.posted", source=source, status=response.status_code, seconds=monotonic() - g.began)
    return response


def _known(house: House, name: str) -> Hook:
    hook = house.hooks.get(name)
    if hook is None:
        raise Refused(404, "There is no such source here.")
    g.hook = hook
    return hook


def _evidence(headers: Mapping[str, str], secret: str) -> Evidence:
    return Evidence(headers, request.get_data(), secret, time())


def _unproven(hook: Hook, told: Throttle) -> Refused:
    if not told.take(hook.name):
        trouble("alerts.refused", hook=hook.name)
    says = "This does not prove that it knows the secret of this source."
    return Refused(401, says, {"WWW-Authenticate": "Bearer"})


def _let_in(hook: Hook, throttle: Throttle) -> None:
    wait = throttle.take(hook.name)
    if wait:
        raise Refused(hook.kind.one_too_many, f"Too many requests. Try again in {wait} s.", {"Retry-After": str(wait)})


def _read(hook: Hook, headers: Mapping[str, str]) -> Read:
    kind, encoding = headers.get("content-type", ""), headers.get("content-encoding", "")
    try:
        data = body.read(request.get_data(), kind, encoding, hook.kind.takes_text)
        return hook.kind.read(Post(data, headers))
    except body.WrongKind as error:
        raise Refused(415, str(error)) from error
    except Malformed as error:
        raise Refused(400, str(error)) from error


def _answer(house: House, hook: Hook, channel: str, found: Read) -> ResponseReturnValue:
    new = house.duties.intake.taking.take(_team(house, hook), hook, channel, found.good)
    count("alerts.stored", source=hook.source, times=new)
    told = {"stored": new, "known": len(found.good) - new, "ignored": found.ignored}
    if not found.bad:
        return told
    bad, all_ = len(found.bad), len(found.bad) + len(found.good) + found.ignored
    says = f"{bad} of {all_} could not be read; the others are stored."
    named = [{"index": one.index, "why": one.why} for one in found.bad[:_MOST_NAMED]]
    return {"error": says, "bad": named, **told}, 400


def _team(house: House, hook: Hook) -> str:
    """The workspace that the alerts belong to; which of several is for the hook to say."""
    named = hook.team or house.team
    there = sorted(house.workspaces.teams)
    if named or len(there) == 1:
        return named or there[0]
    raise Refused(503, "It is not known to which workspace this belongs: the hook must name its team.")


def _challenged(hook: Hook) -> ResponseReturnValue:
    if not hook.kind.challenges or hook.verify is None:
        raise Refused(405, "Only POST is answered here.", {"Allow": "POST"})
    token, asked = request.args.get("hub.verify_token", ""), request.args.get("hub.challenge", "")
    is_meant = request.args.get("hub.mode") == "subscribe" and 0 < len(asked) <= _LONGEST_CHALLENGE
    if not (same(token, hook.verify.get_secret_value().encode()) and is_meant):
        raise Refused(403, "This is not the token that was agreed upon.")
    return asked, 200, {"Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff"}


def _refused(error: Refused) -> ResponseReturnValue:
    return {"error": str(error)}, error.status, error.headers
