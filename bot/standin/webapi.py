"""The gate of the Web API. In this order, as on Slack: the method, the token, the rate, the scope, the arguments.

Only then does a handler of `api` run. Every call is recorded, with what came of it.
"""

import json
import math
from collections.abc import Iterable
from dataclasses import replace
from email.utils import formatdate

from bot.standin.api import HANDLERS
from bot.standin.methods import METHODS, Method
from bot.standin.values import Call, Failure, Json, Reply, SlackRefusal
from bot.standin.workspace import Workspace

# Arguments that form-encoded callers send as JSON in a string, and what Slack says when it is none.
JSON_ARGS = {
    "blocks": "invalid_blocks_format",
    "attachments": "invalid_attachments",
    "view": "invalid_arguments",
    "metadata": "invalid_metadata_format",
    "files": "invalid_arguments",
    "message": "invalid_message",
}


def answer(workspace: Workspace, method: str, token: str | None, args: Json) -> Reply:
    """What Slack would answer to this call."""
    with workspace.changed:
        reply = _guarded(workspace, method, token, args)
        error = None if reply.body.get("ok") else str(reply.body.get("error"))
        workspace.calls.append(Call(method, args, workspace.clock(), error))
        workspace.changed.notify_all()
    scopes = ",".join(sorted(workspace.scopes))
    date = formatdate(workspace.clock(), usegmt=True)
    return replace(reply, headers={"x-oauth-scopes": scopes, "date": date, **reply.headers})


def _guarded(workspace: Workspace, method: str, token: str | None, args: Json) -> Reply:
    try:
        known = METHODS.get(method)
        if known is None:
            raise SlackRefusal("unknown_method", req_method=method)
        _check_token(workspace, known, token)
        if failed := _ordered_failure(workspace, method) or _too_fast(workspace, method, args):
            return failed
        _check_scopes(workspace, known)
        args = {name: _parsed(name, value) for name, value in args.items()}
        _check_required(known.required, args)
        return Reply({"ok": True, **HANDLERS[method](workspace, args)})
    except SlackRefusal as refusal:
        return Reply(refused(refusal))


def refused(refusal: SlackRefusal) -> Json:
    body: Json = {"ok": False, "error": refusal.error, **refusal.more}
    if refusal.messages:
        body["response_metadata"] = {"messages": list(refusal.messages)}
    return body


def _check_token(workspace: Workspace, known: Method, token: str | None) -> None:
    if known.token == "none":  # noqa: S105 (a kind of token)
        return
    right = {"bot": workspace.app.bot_token, "app": workspace.app.app_token}
    if not token:
        raise SlackRefusal("not_authed")
    if known.token == "bot" and token in workspace.sign_in.older:  # noqa: S105 (a kind of token)
        return
    if token not in right.values():
        raise SlackRefusal("invalid_auth")
    if token != right[known.token]:
        raise SlackRefusal("not_allowed_token_type")


def _check_scopes(workspace: Workspace, known: Method) -> None:
    if known.scopes and not workspace.scopes.intersection(known.scopes):
        provided = ",".join(sorted(workspace.scopes))
        raise SlackRefusal("missing_scope", needed=",".join(known.scopes), provided=provided)


def _check_required(required: Iterable[str], args: Json) -> None:
    missing = [name for name in required if args.get(name) in (None, "")]
    if missing:
        raise SlackRefusal("invalid_arguments", tuple(f"[ERROR] missing required field: {n}" for n in missing))


def _parsed(name: str, value: object) -> object:
    if name not in JSON_ARGS or not isinstance(value, str) or not value:
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise SlackRefusal(JSON_ARGS[name]) from None


def _ordered_failure(workspace: Workspace, method: str) -> Reply | None:
    """A failure that a test ordered with `fail_next`."""
    for failure in workspace.failures:
        if failure.method in (method, "*"):
            if failure.times is not None:
                workspace.failures.remove(failure)
                if failure.times > 1:
                    workspace.failures.insert(0, replace(failure, times=failure.times - 1))
            return _failed(failure)
    return None


def _failed(failure: Failure) -> Reply:
    error = failure.error or ("ratelimited" if failure.status == 429 else "internal_error")
    headers = {} if failure.retry_after is None else {"Retry-After": str(failure.retry_after)}
    return Reply({"ok": False, "error": error}, failure.status, headers)


def _too_fast(workspace: Workspace, method: str, args: Json) -> Reply | None:
    """A bucket of `burst` posts a channel that refills at `per_second`."""
    limits = workspace.rate_limits
    if limits is None or method != "chat.postMessage":
        return None
    now, channel = workspace.clock(), str(args.get("channel"))
    level, at = workspace.buckets.get(channel, (0.0, now))
    level = max(0.0, level - (now - at) * limits.per_second)
    if level + 1 > limits.burst:
        wait = max(1, math.ceil((level + 1 - limits.burst) / limits.per_second))
        return Reply({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": str(wait)})
    workspace.buckets[channel] = (level + 1, now)
    return None
