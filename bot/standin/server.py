"""The stand-in on the wire: Slack's Web API, response_urls and files over HTTP, Socket Mode over a websocket.

Loopback only, on free ports. Two threads of its own besides waitress's: one that serves HTTP, one that accepts
websockets; each connection brings its own thread.
"""

import json
import threading
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

from flask import Flask, Response, request
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request as Handshake
from websockets.http11 import Response as Refusal
from websockets.sync.server import Server as SocketServer
from websockets.sync.server import ServerConnection
from websockets.sync.server import serve as serve_sockets

from bot.standin.http import HOST, Http, start
from bot.standin.responses import respond
from bot.standin.several import among
from bot.standin.values import Json, Reply
from bot.standin.webapi import answer
from bot.standin.workspace import Workspace

LIFETIME = 18_060  # seconds; what Slack's hello message promises for a connection


@dataclass(frozen=True, slots=True)
class Server:
    """A running stand-in."""

    workspace: Workspace
    http: Http
    sockets: SocketServer
    accepting: threading.Thread
    others: tuple[Workspace, ...] = ()

    @property
    def api_url(self) -> str:
        """What SLACK_API_URL has to be."""
        return f"{self.workspace.url}/api/"

    def stop(self) -> None:
        for team in (self.workspace, *self.others):
            team.close()
        self.sockets.shutdown()
        self.http.stop()
        self.accepting.join()

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()


class Mutable(ServerConnection):
    """A connection that can fall silent: it stays open, and nothing leaves it, not even an answer to a ping."""

    is_silent = False

    def send_data(self) -> None:
        if self.is_silent:
            self.protocol.data_to_send()  # thrown away
        else:
            super().send_data()


@dataclass(frozen=True, slots=True, eq=False)
class SocketLink:
    """A Socket Mode connection, as the courier uses it."""

    socket: Mutable

    def fall_silent(self) -> None:
        self.socket.is_silent = True

    def send(self, text: str) -> bool:
        try:
            self.socket.send(text)
        except ConnectionClosed:
            return False
        return True

    def close(self) -> None:
        self.socket.close()


def serve(workspace: Workspace, *others: Workspace, port: int = 0, threads: int = 8) -> Server:
    """Start the stand-in. `port` is the Web API's; 0 takes a free one.

    `others`: more teams behind the same address; their events come by `answer_with` alone.
    """
    teams = [(team, web(team)) for team in (workspace, *others)]
    http = start(among(teams) if others else teams[0][1], port, threads, "standin-http")
    sockets = serve_sockets(
        lambda socket: _talk(workspace, socket),
        HOST,
        0,
        process_request=lambda socket, handshake: _refuse(workspace, socket, handshake),
        compression=None,
        create_connection=Mutable,
        close_timeout=1,
    )
    for team, _ in teams:
        team.url = http.url
    workspace.socket_url = f"ws://{HOST}:{sockets.socket.getsockname()[1]}"
    accepting = threading.Thread(target=sockets.serve_forever, name="standin-sockets", daemon=True)
    accepting.start()
    return Server(workspace, http, sockets, accepting, others)


def web(workspace: Workspace) -> Flask:
    """The HTTP half, as a WSGI app."""
    app = Flask(__name__)

    @app.route("/api/<method>", methods=["GET", "POST"])
    def api(method: str) -> Response:
        args = _arguments()
        if args is None:
            return _json(Reply({"ok": False, "error": "invalid_json"}))
        header = request.headers.get("Authorization", "")
        inside = args.pop("token", None)
        if request.authorization and request.authorization.type == "basic":
            args |= {"client_id": request.authorization.username, "client_secret": request.authorization.password}
        token = header.removeprefix("Bearer ").strip() if header.startswith("Bearer ") else inside
        return _json(answer(workspace, method, token, args))

    @app.post("/response/<id>")
    def response(id: str) -> tuple[str, int]:
        body = request.get_json(force=True, silent=True)
        return respond(workspace, id, body) if isinstance(body, dict) else ("invalid_payload", 400)

    _file_routes(app, workspace)
    return app


def _file_routes(app: Flask, workspace: Workspace) -> None:
    @app.post("/upload/<id>")
    def upload(id: str) -> tuple[str, int]:
        if request.mimetype == "multipart/form-data":
            return _store_bytes(workspace, id, b"".join(file.read() for file in request.files.values()))
        # slack_sdk sends the bare bytes but calls them a form; asked for files, Flask would eat them.
        return _store_bytes(workspace, id, request.get_data())

    @app.get("/files/<id>/<path:name>")
    def download(id: str, name: str) -> Response:
        allowed = request.headers.get("Authorization") == f"Bearer {workspace.app.bot_token}"
        file = workspace.files.get(id)
        if not (allowed and "files:read" in workspace.scopes):
            # Slack sends its sign-in page with 200 instead of an error: a well-known trap.
            return Response("<!DOCTYPE html><title>Slack</title>Sign in", content_type="text/html")
        return Response(file["content"] if file else b"", 200 if file else 404, content_type="text/plain")


def _arguments() -> Json | None:
    """From the query, a form or JSON; None when the JSON is none."""
    query = request.args.to_dict()
    if request.mimetype != "application/json":
        return query | request.form.to_dict()
    body = request.get_json(silent=True) if request.get_data() else {}
    return query | {k: v for k, v in body.items() if v is not None} if isinstance(body, dict) else None


def _json(reply: Reply) -> Response:
    body = json.dumps(reply.body)
    return Response(body, reply.status, dict(reply.headers), content_type="application/json; charset=utf-8")


def _store_bytes(workspace: Workspace, id: str, content: bytes) -> tuple[str, int]:
    with workspace.changed:
        if id not in workspace.files:
            return "file_not_found", 404
        workspace.files[id]["content"] = content
        workspace.changed.notify_all()
    return f"OK - {len(content)}", 200


def _refuse(workspace: Workspace, socket: ServerConnection, handshake: Handshake) -> Refusal | None:
    ticket = parse_qs(urlsplit(handshake.path).query).get("ticket", [""])[0]
    if ticket in workspace.tickets:
        return None
    return socket.respond(HTTPStatus.UNAUTHORIZED, "this address was not given out by apps.connections.open\n")


def _talk(workspace: Workspace, socket: ServerConnection) -> None:
    """One connection: hello, then acknowledgements until it closes."""
    assert isinstance(socket, Mutable)  # noqa: S101 - `serve` said so
    link = SocketLink(socket)
    socket.is_silent = workspace.courier.stays_silent
    link.send(json.dumps(_hello(workspace)))
    if not workspace.courier.connect(link):
        link.send(json.dumps({"type": "disconnect", "reason": "too_many_websockets", "debug_info": {}}))
        return
    try:
        for raw in socket:
            frame = _frame(raw)
            if "envelope_id" in frame:
                workspace.courier.acknowledge(str(frame["envelope_id"]), frame.get("payload") or None)
    except ConnectionClosed:
        pass  # clients drop the line without a closing handshake; so do networks
    finally:
        workspace.courier.disconnect(link)


def _hello(workspace: Workspace) -> Json:
    debug = {"host": "standin", "build_number": 1, "approximate_connection_time": LIFETIME}
    info = {"app_id": workspace.app.app_id}
    count = len(workspace.courier.links) + 1
    return {"type": "hello", "num_connections": count, "debug_info": debug, "connection_info": info}


def _frame(raw: str | bytes) -> Json:
    try:
        frame = json.loads(raw)
    except ValueError:
        return {}
    return frame if isinstance(frame, dict) else {}
