"""The Web API's methods: one function each, from (workspace, arguments) to Slack's answer, found by name.

A handler runs under the workspace's lock, after token, scopes and required arguments were checked, and refuses
by raising SlackRefusal with the error code of Slack's documentation.
"""

from collections.abc import Callable

from bot.standin.api import chat, conversations, files, oauth, people, views
from bot.standin.values import Json
from bot.standin.workspace import Workspace

Handler = Callable[[Workspace, Json], Json]

HANDLERS: dict[str, Handler] = {
    "api.test": people.api_test,
    "apps.connections.open": people.open_connection,
    "auth.test": people.auth_test,
    "blocks.validate": views.validate,
    "bots.info": people.bot_info,
    "chat.delete": chat.delete,
    "chat.getPermalink": chat.permalink,
    "chat.postEphemeral": chat.post_ephemeral,
    "chat.postMessage": chat.post_message,
    "chat.update": chat.update,
    "conversations.history": conversations.history,
    "conversations.info": conversations.info,
    "conversations.join": conversations.join,
    "conversations.list": conversations.list_all,
    "conversations.members": conversations.members,
    "conversations.open": conversations.open_direct,
    "conversations.replies": conversations.replies,
    "files.completeUploadExternal": files.complete_upload,
    "files.getUploadURLExternal": files.upload_url,
    "files.info": files.info,
    "oauth.v2.access": oauth.access,
    "reactions.add": chat.add_reaction,
    "reactions.remove": chat.remove_reaction,
    "team.info": people.team_info,
    "usergroups.list": people.usergroups,
    "usergroups.users.list": people.usergroup_users,
    "users.info": people.user_info,
    "users.list": people.users,
    "views.open": views.open_view,
    "views.publish": views.publish,
    "views.push": views.push,
    "views.update": views.update,
}
