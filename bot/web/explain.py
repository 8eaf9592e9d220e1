"""`/explain`: other programs ask what people ask, with a token, and get the JSON of `waerror explain --json`.

Without WAERROR_EXPLAIN_TOKEN nothing is served here. The token is checked first. The text is diagnosed and forgotten:
it is not stored and not logged.
"""

from hmac import compare_digest
from typing import get_args

from flask import Blueprint, Request, request
from flask.typing import ResponseReturnValue
from pydantic import SecretStr

from bot.desk import LONGEST_PASTE
from bot.diagnosis import diagnose
from bot.diagnosis.told import record
from bot.diagnosis.values import Mode
from bot.house import House
from bot.telemetry import diagnosed

PATH = "/explain"
# Many proxies take no longer address than this; a body may be as long as a paste in Slack.
LONGEST_ADDRESS = 8_000
_MODES: tuple[Mode, ...] = get_args(Mode)
_OURS = {"Cache-Control": "no-store"}
_WHO = {"WWW-Authenticate": 'Bearer realm="waerror"'}


def routes(house: House) -> Blueprint:
    """`GET /explain?text=…&mode=ask`, and POST with the text as the body."""
    explain = Blueprint("explain", __name__)
    token = house.settings.waerror_explain_token
    if token is None:
        return explain

    @explain.route(PATH, methods=["GET", "POST"])
    def explained() -> ResponseReturnValue:
        if not _is_ours(request, token):
            return {"error": "This needs the header Authorization: Bearer …, with WAERROR_EXPLAIN_TOKEN."}, 401, _WHO
        return _answer(request, house)

    return explain


def _is_ours(request: Request, token: SecretStr) -> bool:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    is_same = compare_digest(given.strip().encode(), token.get_secret_value().encode())
    return is_same and scheme.lower() == "bearer"


def _answer(request: Request, house: House) -> ResponseReturnValue:
    in_body = request.method == "POST"
    text = request.get_data().decode("utf-8-sig", errors="replace") if in_body else request.args.get("text", "")
    longest = LONGEST_PASTE if in_body else LONGEST_ADDRESS
    mode = next((one for one in _MODES if one == request.args.get("mode", "ask")), None)
    if not text.strip():
        return {"error": "There is no text to explain. Pass it as ?text=…, or as the body of a POST."}, 400
    if mode is None:
        return {"error": f"mode is one of {', '.join(_MODES)}."}, 400
    if len(text) > longest:
        told = f"The text is longer than {longest} characters. " + (
            "Send the part around the error."
            if in_body
            else f"Send it as the body of a POST: {LONGEST_PASTE} fit there."
        )
        return {"error": told}, 413
    given = diagnose(text, house.knowledge, mode)
    diagnosed(mode, given.best)
    return record(given), 200, _OURS
