"""files.*: the two-step upload, and the shape of a shared file. The bytes live at the stand-in's own `/files/`."""

from uuid import uuid4

from bot.standin import messages
from bot.standin.api.lookup import joined_channel, thread_of
from bot.standin.values import Json, SlackRefusal
from bot.standin.workspace import Workspace

MAX_PREVIEW = 400  # bytes of a text file that Slack's clients show


def upload_url(workspace: Workspace, args: Json) -> Json:
    file = new_file(workspace, str(args["filename"]), workspace.app.bot_user_id)
    return {"upload_url": f"{workspace.url}/upload/{file['id']}", "file_id": file["id"]}


def complete_upload(workspace: Workspace, args: Json) -> Json:
    done = []
    for given in args["files"]:
        file = workspace.files.get(given.get("id", ""))
        if file is None or "content" not in file:
            raise SlackRefusal("file_not_found")
        file["title"] = given.get("title") or file["name"]
        file["preview"] = file["content"][:MAX_PREVIEW].decode(errors="replace")
        done.append(shown(file))
    for name in filter(None, str(args.get("channel_id") or args.get("channels") or "").split(",")):
        channel = joined_channel(workspace, name)
        content = {"text": str(args.get("initial_comment") or ""), "files": done, "subtype": "file_share"}
        author = messages.bot_author(workspace)
        messages.post(workspace, channel, author, content, thread_of(workspace, channel, args))
    return {"files": done}


def info(workspace: Workspace, args: Json) -> Json:
    """For text files Slack gives the content beside the file object."""
    file = workspace.files.get(str(args["file"]))
    if file is None:
        raise SlackRefusal("file_not_found")
    content = file.get("content", b"").decode(errors="replace")
    return {"file": shown(file), "content": content, "is_truncated": False}


def new_file(workspace: Workspace, name: str, user: str) -> Json:
    """A file that is announced; it gets its `content` when the bytes arrive."""
    id = "F0" + uuid4().hex[:9].upper()
    file = {"id": id, "name": name, "title": name, "user": user, "created": int(workspace.clock())} | {
        "url_private": f"{workspace.url}/files/{id}/{name}",
        "url_private_download": f"{workspace.url}/files/{id}/download/{name}",
        "mode": "hosted",
        "filetype": name.rpartition(".")[2] or "text",
        "mimetype": "text/plain",
    }
    with workspace.changed:
        workspace.files[id] = file
    return file


def shown(file: Json) -> Json:
    """The file object as events carry it: all but the bytes."""
    size = len(file.get("content", b""))
    return {key: value for key, value in file.items() if key != "content"} | {"size": size}
