"""What people and other apps do in the team. Each deed reaches the app in the shape Slack gives it.

Names or ids do everywhere. A deed that no person could do, such as pressing a button that is not there, raises
a StandinError. Interactions wait for the acknowledgement, three seconds at most, as Slack's clients do.
"""

import re
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from uuid import uuid4

from bot.standin import composer, messages, submissions, suggestions
from bot.standin.answers import Answer
from bot.standin.api.chat import react
from bot.standin.api.conversations import bring_in
from bot.standin.api.files import new_file, shown
from bot.standin.courier import Effect
from bot.standin.events import (
    emit,
    in_message,
    in_view,
    interactive,
    new_response_url,
    shown_name,
    slash_command,
    suggestion,
)
from bot.standin.responses import show_answer
from bot.standin.screens import action, find_control, holding
from bot.standin.values import Channel, Envelope, Json, NoSuchControl
from bot.standin.workspace import Workspace


@dataclass(frozen=True, slots=True)
class People:
    """The people of a workspace, and the apps beside ours."""

    workspace: Workspace

    def say(self, user: str, channel: str, text: str, thread_ts: str | None = None, **more: Any) -> str:
        """Write a message and return its ts. `@name` mentions; `blocks`, `files`, `subtype` can be given."""
        who, where, text = self._who(user), self._where(channel), self._mentioning(text)
        content = {"text": composer.typed(text), **more}
        content.setdefault("blocks", [composer.rich_text(text, "typed")] if text else [])
        author = messages.author(self.workspace, self.workspace.users[who])
        return str(messages.post(self.workspace, where, author, content, thread_ts)["ts"])

    def post_as_app(self, channel: str, app_name: str, text: str = "", **more: Any) -> str:
        """Another app's bot posts; `attachments` and `blocks` and `thread_ts` can be given."""
        workspace = self.workspace
        known = any(user.name == app_name for user in workspace.users.values())
        user = workspace.users[workspace.user_id(app_name) if known else workspace.add_app(app_name)]
        thread_ts = more.pop("thread_ts", None)
        author = messages.author(workspace, user)
        return str(messages.post(workspace, self._where(channel), author, {"text": text, **more}, thread_ts)["ts"])

    def share_file(self, user: str, channel: str, name: str, content: str, text: str = "", **more: Any) -> str:
        """Share a text file or snippet; the app fetches it with its token. Returns the message's ts."""
        file = new_file(self.workspace, name, self._who(user))
        file |= {"content": content.encode(), "mode": "snippet", "pretty_type": "Plain Text", "editable": True}
        file["preview"] = content[:400]
        return self.say(user, channel, text, files=[shown(file)], subtype="file_share", upload=False, **more)

    def edit(self, user: str, channel: str, ts: str, text: str | None = None, **more: Any) -> None:
        """Change one's own message; an app's name does for `user`, as Alertmanager edits in place."""
        where, message, who = *self._message(channel, ts), self._who(user)
        if message["user"] != who:
            raise NoSuchControl(f"{user} did not write message {ts} and cannot edit it")
        content = dict(more)
        if text is not None:
            is_app = self.workspace.users[who].is_bot
            text = text if is_app else self._mentioning(text)
            content["text"] = text if is_app else composer.typed(text)
            content.setdefault("blocks", [] if is_app else [composer.rich_text(text, "typed")])
        messages.change(self.workspace, where, message, content, who)

    def delete(self, user: str, channel: str, ts: str) -> None:
        where, message = self._message(channel, ts)
        if message["user"] != self._who(user) and not self.workspace.users[self._who(user)].is_admin:
            raise NoSuchControl(f"{user} did not write message {ts} and cannot delete it")
        messages.remove(self.workspace, where, message)

    def react(self, user: str, channel: str, ts: str, name: str) -> None:
        where, message = self._message(channel, ts)
        react(self.workspace, where, message, name, self._who(user))

    def invite(self, inviter: str, channel: str, user: str | None = None) -> None:
        """Bring somebody into a channel; our bot, when nobody is named."""
        invited = self._who(user) if user else self.workspace.app.bot_user_id
        bring_in(self.workspace, self._where(channel), invited, self._who(inviter))

    def remove_bot(self, channel: str) -> None:
        self.workspace.set_member(channel, self.workspace.app.bot_user_id, False)

    def command(self, user: str, channel: str, command: str, text: str = "") -> Answer:
        """A slash command. Its answer in the acknowledgement is shown as Slack shows it."""
        who, where = self._who(user), self._where(channel)
        url = new_response_url(self.workspace, who, where.id)
        envelope = slash_command(self.workspace, who, where, command, self._mentioning(text), url)
        return self._send(envelope, partial(show_answer, self.workspace, url.rpartition("/")[2]))

    def click(self, user: str, channel: str, message_ts: str, action_id: str, value: Any = None) -> Answer:
        """Press a button or choose in a menu of a message, also of one that only this person sees."""
        workspace, who, where = self.workspace, self._who(user), self._where(channel)
        with workspace.changed:
            message, ephemeral = self._ours(who, where, message_ts)
            block, element = find_control(submissions.blocks_of(message), action_id, value)
            element = suggestions.offering(workspace, message["ts"], block, element)
            at = workspace.timestamps.next()
            source = {"message_ts": message["ts"], "ephemeral": ephemeral, "thread_ts": message.get("thread_ts")}
            fields = in_message(where, message, ephemeral) | {
                "state": {"values": submissions.remembered(workspace, message, block, element, value)},
                "response_url": new_response_url(workspace, who, where.id, **source),
                "actions": [action(block, element, value, at)],
            }
            envelope = interactive(workspace, "block_actions", who, fields)
        return self._send(envelope)

    def click_in_view(self, user: str, action_id: str, value: Any = None, typed: Json | None = None) -> Answer:
        """Press or choose in the modal this person has open, or in the Home tab when there is none.

        `typed`: what the other fields hold by now, as for `submit_view`; nothing is checked yet.
        """
        workspace, who = self.workspace, self._who(user)
        with workspace.changed:
            view = submissions.on_screen(workspace, who)
            submissions.keep(workspace, view, typed or {})
            block, element = find_control(view["blocks"], action_id, value)
            element = suggestions.offering(workspace, view["id"], block, element)
            if element["type"] not in ("button", "overflow", "icon_button", "workflow_button"):
                held = holding(element, value)
                view["state"]["values"].setdefault(block["block_id"], {})[element["action_id"]] = held
            fields = in_view(view) | {"actions": [action(block, element, value, workspace.timestamps.next())]}
            envelope = interactive(workspace, "block_actions", who, fields)
        return self._send(envelope)

    def suggest(self, user: str, action_id: str, typed: str = "", channel: str = "", message_ts: str = "") -> Answer:
        """Open a menu whose options the app gives, and type in it: in a message, or where `click_in_view` presses.

        What the app offers is the answer's `payload`, and can be chosen from then on.
        """
        workspace, who = self.workspace, self._who(user)
        with workspace.changed:
            if message_ts:
                place, ephemeral = self._ours(who, self._where(channel), message_ts)
                id, fields = place["ts"], in_message(self._where(channel), place, ephemeral)
            else:
                place = submissions.on_screen(workspace, who)
                id, fields = place["id"], in_view(place)
            block, element = find_control(submissions.blocks_of(place), action_id, None)
            envelope = suggestion(workspace, who, fields | suggestions.asking(block, element, typed))
        return self._send(envelope, partial(suggestions.take, workspace, id, element, block["block_id"]))

    def shortcut(self, user: str, channel: str, message_ts: str, callback_id: str) -> Answer:
        """A message shortcut."""
        workspace, who = self.workspace, self._who(user)
        where, message = self._message(channel, message_ts)
        fields = {
            "callback_id": callback_id,
            "action_ts": workspace.timestamps.next(),
            "channel": {"id": where.id, "name": shown_name(where)},
            "message_ts": message["ts"],
            "message": deepcopy(message),
            "response_url": new_response_url(workspace, who, where.id, thread_ts=message.get("thread_ts")),
        }
        return self._send(interactive(workspace, "message_action", who, fields))

    def global_shortcut(self, user: str, callback_id: str) -> Answer:
        fields = {"callback_id": callback_id, "action_ts": self.workspace.timestamps.next()}
        return self._send(interactive(self.workspace, "shortcut", self._who(user), fields))

    def submit_view(self, user: str, view_id: str, values: Json | None = None) -> Answer:
        """Fill in and submit. `values` by block_id or action_id; options by their value. See `submissions`."""
        workspace, who = self.workspace, self._who(user)
        with workspace.changed:
            view = submissions.opened(workspace, who, view_id)
            submissions.fill_in(workspace, view, values or {})
            envelope = interactive(workspace, "view_submission", who, submissions.sent(workspace, who, view))
        return self._send(envelope, partial(submissions.obey, workspace, who, view))

    def close_view(self, user: str, view_id: str) -> Answer | None:
        """Dismiss a modal. The app hears of it when the view says notify_on_close."""
        workspace, who = self.workspace, self._who(user)
        with workspace.changed:
            view = submissions.opened(workspace, who, view_id)
            workspace.stacks[who].remove(view_id)
            workspace.changed.notify_all()
            fields = {"view": deepcopy(view), "is_cleared": False}
        return self._send(interactive(workspace, "view_closed", who, fields)) if view["notify_on_close"] else None

    def uninstall(self) -> None:
        """An administrator removes the app: its token is worth nothing any more, and it is told twice."""
        workspace, app = self.workspace, self.workspace.app
        workspace.sign_in.older.clear()
        workspace.app = replace(app, bot_token=uuid4().hex)
        revoked = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [app.bot_user_id]}}
        emit(workspace, "tokens_revoked", revoked)
        emit(workspace, "app_uninstalled", {"type": "app_uninstalled"})

    def open_home(self, user: str, tab: str = "home") -> str | None:
        """Open our app's Home tab. Returns the event_id, None when the app does not get to hear it."""
        workspace, who = self.workspace, self._who(user)
        event: Json = {"type": "app_home_opened", "user": who, "channel": workspace.direct(who), "tab": tab}
        event["event_ts"] = workspace.timestamps.next()
        if home := workspace.home(who):
            event["view"] = home
        return emit(workspace, "app_home_opened", event)

    def _mentioning(self, text: str) -> str:
        """What the client makes of `@name` while it is typed, but in code."""
        return composer.outside_code(text, self._named)

    def _named(self, text: str) -> str:
        """Longer names first, for @al and @alice."""
        for user in sorted(self.workspace.users.values(), key=lambda user: -len(user.name)):
            text = re.sub(rf"(?<![\w<@.])@{re.escape(user.name)}(?![\w.-]*\w)", f"<@{user.id}>", text)
        return text

    def _who(self, name: str) -> str:
        return self.workspace.user_id(name)

    def _where(self, name: str) -> Channel:
        return self.workspace.channels[self.workspace.channel_id(name)]

    def _message(self, channel: str, ts: str) -> tuple[Channel, Json]:
        where = self._where(channel)
        message = self.workspace.stored.get(where.id, {}).get(ts)
        if message is None:
            raise NoSuchControl(f"no message {ts} in {channel}")
        return where, message

    def _ours(self, user: str, where: Channel, ts: str) -> tuple[Json, bool]:
        """A message of our app that this person sees, and whether only they do."""
        for whisper in self.workspace.whispers.get(user, []):
            if whisper["ts"] == ts and whisper["channel"] == where.id:
                return whisper, True
        message = self._message(where.id, ts)[1]
        if message.get("bot_id") not in (None, self.workspace.app.bot_id):
            raise NoSuchControl("that button belongs to another app, which is not here to hear of it")
        return message, False

    def _send(self, envelope: Envelope, effect: Effect | None = None) -> Answer:
        self.workspace.courier.post(envelope, effect)
        ack = self.workspace.courier.answer_to(envelope.envelope_id)
        return Answer(ack.acknowledged, ack.seconds, ack.payload, envelope, ack.error, self.workspace)
