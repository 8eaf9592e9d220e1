"""How Slack reaches the bot: over a socket that we open, or over HTTP. What was missed is read when it begins."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from slack_bolt import App

from bot import web
from bot.house import House
from bot.line import Line, line
from bot.watchdog import of_line, of_slack, watched
from bot.web.server import Web, serving
from bot.workspaces import NotInstalled

# As many as Bolt has for its listeners.
_SOCKET_THREADS = 32
# slack_sdk's own pause between pings; before a socket is taken for silent, some of them went unanswered.
_PING, _PINGS = 10.0, 6
# Acknowledging takes milliseconds. websocket-client then takes up to ten seconds to see that its socket is closed.
_LONGEST_GOODBYE = 1.0


@contextmanager
def served(app: App, house: House) -> Iterator[Web]:
    """Health and metrics over HTTP, and Slack's requests where they come that way. CannotServe."""
    settings = house.settings
    routes = web.app(house, app if settings.over_http else None)
    limits = settings.waerror_http_threads, settings.waerror_http_idle_seconds
    with serving(routes, settings.waerror_bind, settings.port, *limits) as http:
        yield http


@contextmanager
def connected(app: App, house: House, give_up: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Slack's events, commands and clicks reach the app, and what was missed is read.

    `give_up` is called when Slack is not heard any more.
    """
    settings = house.settings
    if settings.over_http:
        _catch_up(house)
        with watched(of_slack(app.client, house.pulse, settings.waerror_slack_check_seconds)):
            yield
    else:
        with _on_the_line(app, house) as ours, watched(of_line(ours, settings.waerror_deaf_seconds, give_up)):
            yield


@contextmanager
def _on_the_line(app: App, house: House) -> Iterator[Line]:
    """Socket Mode."""
    token = house.settings.slack_app_token
    ping = min(_PING, house.settings.waerror_deaf_seconds / _PINGS)
    ours = line(app, token.get_secret_value() if token else "", _SOCKET_THREADS, ping)
    # A new line may follow a gap that nobody noticed. No event has come over it yet, so the marks are those of before.
    ours.on_open_listeners.append(lambda _: _catch_up(house))
    house.pulse.is_connected, house.pulse.silent_for = ours.is_connected, lambda: ours.silent
    ours.connect()
    try:
        yield ours
    finally:
        goodbye = threading.Thread(target=_say_goodbye, args=[ours], daemon=True)
        goodbye.start()
        goodbye.join(_LONGEST_GOODBYE)


def _catch_up(house: House) -> None:
    duty = house.duties.catching_up
    marks = {team: duty.marks(team) for team in house.workspaces.teams}

    def catch_up() -> None:
        for team, read_to in marks.items():
            with suppress(NotInstalled):  # it left in this moment
                duty.run(team, house.workspaces.of(team).me, read_to)

    threading.Thread(target=catch_up, name="catching-up", daemon=True).start()


def _say_goodbye(ours: Line) -> None:
    """What was taken is still acknowledged before the line is cut; what comes now, Slack keeps for the next bot."""
    ours.message_processor.shutdown()  # type: ignore[no-untyped-call]
    ours.message_workers.shutdown()
    ours.close()
