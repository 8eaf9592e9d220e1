"""The Socket Mode connection: what Slack sends is read as fast as it comes, and many messages at once."""

from contextlib import suppress
from socket import SHUT_RDWR
from time import monotonic, time

from slack_bolt import App
from slack_bolt.adapter.socket_mode.internals import run_bolt_app, send_response
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.websocket_client import SocketModeClient

from bot.telemetry import count, trouble


class Line(SocketModeClient):
    """slack_sdk's own client, but for how it checks UTF-8.

    websocket-client checks byte by byte in Python, and that was a third of all work in a storm. To decode is to check.
    """

    heard_at: float = 0.0
    """By the monotonic clock, when Slack last gave a sign: a message, or its answer to one of our pings."""

    @property
    def silent(self) -> float:
        """Seconds without a sign from Slack."""
        return monotonic() - self.heard_at

    def connect(self) -> None:
        self.heard_at = self.heard_at or monotonic()
        super().connect()

    def cut(self) -> None:
        """Ends the connection where it stands; slack_sdk then opens a new one by itself.

        Closed in the usual way it would wait for Slack's goodbye, and be deaf for ten seconds more.
        """
        session = self.current_session
        socket = session and session.sock and session.sock.sock
        if socket:
            with suppress(OSError):
                socket.shutdown(SHUT_RDWR)

    def hear(self, *_: object) -> None:
        self.heard_at = monotonic()

    def _run_current_session(self) -> None:
        session = self.current_session
        if session is None:
            return
        session.on_ping = session.on_pong = self.hear
        try:
            session.run_forever(ping_interval=self.ping_interval, skip_utf8_validation=True)
        except Exception as error:  # noqa: BLE001 - slack_sdk's monitor sees a closed session, and connects anew
            trouble("line.failed", exc_info=error)
            session.close()

    def enqueue_message(self, message: str | bytes) -> None:
        self.hear()
        super().enqueue_message(message.decode() if isinstance(message, bytes) else message)


def line(app: App, token: str, workers: int, ping: float) -> Line:
    """Ready to connect; each message goes to the app in one of so many threads. `ping`: seconds between two pings."""

    def handle(client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        start = time()
        send_response(client, request, run_bolt_app(app, request), start)
        count("slack.acknowledged", seconds=time() - start)

    made = Line(token, logger=app.logger, web_client=app.client, concurrency=workers, ping_interval=ping)
    made.socket_mode_request_listeners.append(handle)
    return made
