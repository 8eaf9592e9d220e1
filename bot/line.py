"""The Socket Mode connection: what Slack sends is read as fast as it comes, and many messages at once."""

from time import time

from slack_bolt import App
from slack_bolt.adapter.socket_mode.internals import run_bolt_app, send_response
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.websocket_client import SocketModeClient

from bot.telemetry import trouble


class Line(SocketModeClient):
    """slack_sdk's own client, but for how it checks UTF-8.

    websocket-client checks byte by byte in Python, and that was a third of all work in a storm. To decode is to check.
    """

    def _run_current_session(self) -> None:
        session = self.current_session
        if session is None:
            return
        try:
            session.run_forever(ping_interval=self.ping_interval, skip_utf8_validation=True)
        except Exception as error:  # noqa: BLE001 - slack_sdk's monitor sees a closed session, and connects anew
            trouble("line.failed", exc_info=error)
            session.close()

    def enqueue_message(self, message: str | bytes) -> None:
        super().enqueue_message(message.decode() if isinstance(message, bytes) else message)


def line(app: App, token: str, workers: int) -> Line:
    """Ready to connect; each message goes to the app in one of so many threads."""

    def handle(client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        start = time()
        send_response(client, request, run_bolt_app(app, request), start)

    made = Line(token, logger=app.logger, web_client=app.client, concurrency=workers)
    made.socket_mode_request_listeners.append(handle)
    return made
