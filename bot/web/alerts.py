"""`POST /alerts/NAME`: who proves to know the hook's secret may leave alerts here. 200 means that they are stored.

In this order, so that nobody unknown costs us anything: the hook, the proof, the rate, then the body. What is wrong is
said in a sentence that repeats nothing of what was sent; what was good beside it is stored all the same.
"""

from time import time

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from bot.house import House
from bot.intake import Malformed, Post, Read, body
from bot.intake.hooks import Hook
from bot.intake.proofs import Evidence, same
from bot.intake.sources import is_proven
from bot.telemetry import trouble
from bot.web.throttle import Throttle

# Of a batch that is nothing but wrong.
_MOST_NAMED = 50


class Refused(Exception):
    """It is not taken; the message is a sentence for whoever sent it."""

    def __init__(self, status: int, says: str, **headers: str) -> None:
        super().__init__(says)
        self.status = status
        self.headers = headers


def routes(house: House) -> Blueprint:
    alerts = Blueprint("alerts", __name__)
    throttle = Throttle(house.settings.waerror_alerts_per_second)

    @alerts.post("/alerts/<name>")
    @alerts.post("/alerts/<name>/<secret>")
    def take(name: str, secret: str = "") -> ResponseReturnValue:
        hook = _known(house, name)
        _let_in(hook, secret, throttle)
        channel = hook.place(request.args.get("channel"))
        if channel is None:
            raise Refused(400, "The channel is none of those that this source may name.")
        return _answer(house, hook, channel, _read(hook))

    @alerts.get("/alerts/<name>")
    def challenge(name: str) -> ResponseReturnValue:
        """Meta asks once whether the address is ours."""
        hook = _known(house, name)
        token, asked = request.args.get("hub.verify_token", ""), request.args.get("hub.challenge", "")
        if not hook.kind.challenges or hook.verify is None:
            raise Refused(405, "Only POST is answered here.", Allow="POST")
        is_meant = request.args.get("hub.mode") == "subscribe" and 0 < len(asked) <= 200
        if not (same(token, hook.verify.get_secret_value().encode()) and is_meant):
            raise Refused(403, "This is not the token that was agreed upon.")
        return asked, 200, {"Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff"}

    alerts.register_error_handler(Refused, _refused)
    return alerts


def _known(house: House, name: str) -> Hook:
    hook = house.hooks.get(name)
    if hook is None:
        raise Refused(404, "There is no such source here.")
    return hook


def _let_in(hook: Hook, secret: str, throttle: Throttle) -> None:
    headers = {name.lower(): value for name, value in request.headers.items()}
    shown = Evidence(headers, request.get_data(cache=True), secret, time())
    if not is_proven(hook.kind, hook.secret.get_secret_value().encode(), shown):
        trouble("alerts.refused", hook=hook.name, why="proof")
        raise Refused(
            401, "This does not prove that it knows the secret of this source.", **{"WWW-Authenticate": "Bearer"}
        )
    wait = throttle.take(hook.name)
    if wait:
        raise Refused(429, f"Too many requests. Try again in {wait} s.", **{"Retry-After": str(wait)})


def _read(hook: Hook) -> Read:
    kind, encoding = request.headers.get("Content-Type", ""), request.headers.get("Content-Encoding", "")
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        data = body.read(request.get_data(cache=True), kind, encoding, hook.kind.takes_text)
        return hook.kind.read(Post(data, headers))
    except body.WrongKind as error:
        raise Refused(415, str(error)) from error
    except (Malformed, RecursionError) as error:
        says = str(error) if isinstance(error, Malformed) else "The JSON is nested too deeply."
        raise Refused(400, says) from error


def _answer(house: House, hook: Hook, channel: str, found: Read) -> ResponseReturnValue:
    new = house.duties.taking.take(house.team, hook, channel, found.good)
    told = {"stored": new, "known": len(found.good) - new, "ignored": found.ignored}
    if not found.bad:
        return told
    count = len(found.bad)
    says = f"{count} of {count + len(found.good) + found.ignored} could not be read; the others are stored."
    bad = [{"index": one.index, "why": one.why} for one in found.bad[:_MOST_NAMED]]
    return {"error": says, "bad": bad, **told}, 400


def _refused(error: Refused) -> ResponseReturnValue:
    return {"error": str(error)}, error.status, error.headers
