"""`waerror manifest`: what Slack is to know of the app, for the way in which it is run."""

import re
from pathlib import Path

import click

_FILE = "app_manifest.yml"
# A line of the manifest, and what follows it where Slack calls the bot.
_CALLED = {
    "    - command: /waerror": "      url: {host}/slack/events",
    "  event_subscriptions:": "    request_url: {host}/slack/events",
    "    is_enabled: true": "    request_url: {host}/slack/events",
    "oauth_config:": "  redirect_urls:\n    - {host}/slack/oauth_redirect",
}
_SWITCHES = {"  socket_mode_enabled: true": "  socket_mode_enabled: false"}


@click.command(name="manifest", epilog="Exit codes: 0 shown, 2 wrong use.")
@click.option("--http", "host", metavar="https://HOST", help="Slack calls the bot at this address.")
def command(host: str | None) -> None:
    """Show the app's manifest, to paste at api.slack.com/apps."""
    if host is not None and not re.fullmatch(r"https://[\w.-]+(:\d+)?(/[\w./~-]*)?", host):
        raise click.BadParameter("must be an address that begins with https://, such as https://waerror.example.com")
    written = _file().read_text("utf-8")
    click.echo(over_http(written, host.rstrip("/")) if host else written, nl=False)


def over_http(manifest: str, host: str) -> str:
    """The manifest where Slack calls the bot."""
    lines = []
    for line in manifest.splitlines():
        lines.append(_SWITCHES.get(line, line))
        if line in _CALLED:
            lines.append(_CALLED[line].format(host=host))
    return "\n".join(lines) + "\n"


def _file() -> Path:
    """In the package where it was installed; else beside it."""
    package = Path(__file__).parents[1]
    return next(path for path in (package / _FILE, package.parent / _FILE) if path.is_file())
