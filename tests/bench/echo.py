"""A Bolt app that knows nothing: it answers each message in its thread and acknowledges each command. A baseline."""

import os
import signal
import sys
from typing import Any

from slack_bolt import Ack, App, Say
from slack_bolt.adapter.socket_mode.websocket_client import SocketModeHandler
from slack_sdk import WebClient

# One of the events of a message, so that a mention is answered once.
_EVENT = "message"


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    app = App(client=WebClient(os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"]))

    @app.event(_EVENT)
    def echo(event: dict[str, Any], say: Say) -> None:
        if "thread_ts" not in event and "subtype" not in event:
            say(text="I heard it.", thread_ts=event["ts"])

    @app.event("app_mention")
    def mentioned() -> None:
        """The message event has it as well."""

    @app.command("/waerror")
    def typed(ack: Ack) -> None:
        ack("I heard it.")

    handler = SocketModeHandler(app, os.environ["SLACK_APP_TOKEN"])
    handler.connect()
    signal.pause()


if __name__ == "__main__":
    sys.exit(main())
