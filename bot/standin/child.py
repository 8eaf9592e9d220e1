"""Runs a Bolt app as `python app.py` or `python -m module` would, with slack_sdk's default address changed before.

Kept: this is run as a file and imports nothing of ours, so that the app has its own process and any Python, and its
modules may have any name. An address that the app gives itself stays. Called with the app and its arguments;
`SLACK_API_URL` is the address.
"""

import importlib
import os
import runpy
import sys

SLACK = "https://slack.com/api/"
CLIENTS = {
    "slack_sdk.web.base_client": "BaseClient",
    "slack_sdk.web.async_base_client": "AsyncBaseClient",
    "slack_sdk.web.legacy_base_client": "LegacyBaseClient",
}


def main(app: list[str]) -> None:
    # What stands first on the path is this folder; in its place comes what Python itself would have put there.
    if app[0] == "-m":
        sys.path[0] = os.getcwd()
        sys.argv = app[1:]
        redirect(os.environ["SLACK_API_URL"])
        runpy.run_module(app[1], run_name="__main__", alter_sys=True)
    else:
        sys.path[0] = os.path.dirname(os.path.abspath(app[0]))
        sys.argv = app
        redirect(os.environ["SLACK_API_URL"])
        runpy.run_path(app[0], run_name="__main__")


def redirect(url: str) -> None:
    """Web clients that are made without an address get this one."""
    for module, name in CLIENTS.items():
        try:
            client = getattr(importlib.import_module(module), name)
        except ImportError:  # the asynchronous client needs aiohttp; an app that has it not does not use it
            continue
        client.BASE_URL = url
        client.__init__.__defaults__ = tuple(url if one == SLACK else one for one in client.__init__.__defaults__)


if __name__ == "__main__":
    main(sys.argv[1:])
