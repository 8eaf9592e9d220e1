"""`python -m bot.standin app.py`: a Bolt app, unchanged, in a workspace in the browser."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from bot.standin.display import has_display
from bot.standin.manifest import Manifest, read
from bot.standin.running import Asked, run
from bot.standin.values import StandinError

EXAMPLES = """examples:
  python -m bot.standin app.py
  python -m bot.standin --manifest manifest.json --python .venv/bin/python app.py
  python -m bot.standin --http 3000 app.py
  python -m bot.standin --http 3000 -m flask --app app:flask_app run --port 3000
"""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = _parser()
    given = parser.parse_args(arguments)
    if not given.app:
        parser.error("which app?")
    if not given.is_module and not Path(given.app[0]).is_file():
        parser.error(f"there is no file {given.app[0]}")
    try:
        return run(_asked(given), _tell)
    except (StandinError, OSError) as error:
        parser.error(str(error))


def _asked(given: argparse.Namespace) -> Asked:
    is_seen = sys.stdout.isatty() and has_display()
    return Asked(
        app=("-m", *given.app) if given.is_module else tuple(given.app),
        channels=tuple(given.channel),
        manifest=read(given.manifest) if given.manifest else Manifest(),
        http=given.http,
        port=given.port,
        python=given.python,
        browser=given.browser and is_seen,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m bot.standin",
        description="Runs a Bolt app, unchanged, against the Slack stand-in, with a workspace in the browser.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--http", metavar="URL", type=_url, help="the app listens there (a port: on 127.0.0.1, at /slack/events)")
    add("--manifest", metavar="FILE", type=Path, help="scopes, events, commands, shortcuts and name; JSON or YAML")
    add("--channel", metavar="NAME", action="append", default=[], help="one more channel; can be given again")
    add("--port", type=int, default=0, help="of the page; without, a free one")
    add("--python", metavar="PATH", default=sys.executable, help="what runs the app; without, this Python")
    add("--no-browser", dest="browser", action="store_false", help="do not open the page")
    add("-m", dest="is_module", action="store_true", help="the app is a module, as for `python -m`")
    add("app", nargs=argparse.REMAINDER, help="the app's file, or its module, and its arguments")
    return parser


def _url(text: str) -> str:
    url = f"http://127.0.0.1:{text}/slack/events" if text.isdecimal() else text
    parts = urlsplit(url)
    if parts.scheme != "http" or not parts.hostname:
        raise argparse.ArgumentTypeError(f"{text!r} is neither a port nor an address that begins with http://")
    return url


def _tell(words: str) -> None:
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
