"""What an app posts to a response_url: at most five posts in thirty minutes, to the place it was issued for."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace

from bot.standin import messages
from bot.standin.api.lookup import content_of, flag
from bot.standin.values import Json, ResponseUrl, ResponseUse, SlackRefusal
from bot.standin.workspace import Workspace

MAX_USES = 5
MAX_AGE = 30 * 60.0


def respond(workspace: Workspace, id: str, body: Json) -> tuple[str, int]:
    """Slack's answer to one post: text and status."""
    with workspace.changed:
        error = None
        try:
            _take(workspace, id, body)
        except SlackRefusal as refusal:
            error = refusal.error
        url = f"{workspace.url}/response/{id}"
        workspace.response_uses.append(ResponseUse(url, deepcopy(body), workspace.clock(), error))
        workspace.changed.notify_all()
        gone = error in ("used_url", "expired_url", "no_such_url")
        return error or "ok", 404 if gone else 400 if error else 200


def show_answer(workspace: Workspace, id: str, payload: Json) -> str | None:
    """The answer in a command's acknowledgement is shown as one to its response_url, and counts as none."""
    if not payload:
        return None
    try:
        show_response(workspace, workspace.response_urls[id], payload)
    except SlackRefusal as refusal:
        return refusal.error
    return None


def show_response(workspace: Workspace, url: ResponseUrl, body: Json) -> None:
    """Post, replace or delete, as the body says. The answer in an acknowledgement of a command goes this way too."""
    original = _original(workspace, url)
    if flag(body, "delete_original"):
        _delete(workspace, url, original)
        return
    content = content_of(body)
    if flag(body, "replace_original") and original:
        _replace(workspace, url, original, content)
    elif body.get("response_type") == "in_channel":
        channel, author = workspace.channels[url.channel], messages.bot_author(workspace)
        thread = str(body.get("thread_ts") or url.thread_ts or "") or None
        _remember(workspace, url, messages.post(workspace, channel, author, content, thread), False)
    else:
        thread = str(body.get("thread_ts") or url.thread_ts or "") or None
        _remember(workspace, url, messages.whisper(workspace, url.user, url.channel, content, thread), True)


def _take(workspace: Workspace, id: str, body: Json) -> None:
    url = workspace.response_urls.get(id)
    if url is None:
        raise SlackRefusal("no_such_url")
    if url.uses >= MAX_USES:
        raise SlackRefusal("used_url")
    if workspace.clock() - url.issued > MAX_AGE:
        raise SlackRefusal("expired_url")
    url = replace(url, uses=url.uses + 1)
    workspace.response_urls[id] = url
    show_response(workspace, url, body)


def _remember(workspace: Workspace, url: ResponseUrl, message: Json, ephemeral: bool) -> None:
    """A command has no message of its own: the first answer becomes its original."""
    if url.message_ts is None:
        workspace.response_urls[url.id] = replace(url, message_ts=message["ts"], ephemeral=ephemeral)


def _original(workspace: Workspace, url: ResponseUrl) -> Json | None:
    if url.ephemeral:
        return next((m for m in _whispers(workspace, url) if m["ts"] == url.message_ts), None)
    return workspace.stored.get(url.channel, {}).get(url.message_ts or "")


def _whispers(workspace: Workspace, url: ResponseUrl) -> Iterator[Json]:
    return iter(workspace.whispers.get(url.user, []))


def _delete(workspace: Workspace, url: ResponseUrl, original: Json | None) -> None:
    if original is None:
        raise SlackRefusal("message_not_found")
    if url.ephemeral:
        workspace.whispers[url.user].remove(original)
    else:
        messages.remove(workspace, workspace.channels[url.channel], original)


def _replace(workspace: Workspace, url: ResponseUrl, original: Json, content: Json) -> None:
    if "blocks" not in content:
        original.pop("blocks", None)
    if url.ephemeral:
        original.update(messages.finished(content))
    else:
        channel = workspace.channels[url.channel]
        messages.change(workspace, channel, original, content, workspace.app.bot_user_id)
