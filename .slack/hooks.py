"""What the Slack CLI asks of a project: `slack run` shows it the manifest and starts the bot with the CLI's tokens.

The answer to a hook is all that is on stdout, as JSON. The bot opens its own connection.
"""

import json
import os
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent
ME = ".venv/bin/python .slack/hooks.py"
# How the CLI hands over the tokens of its installation, and how the bot is told them.
TOKENS = {"SLACK_CLI_XOXB": "SLACK_BOT_TOKEN", "SLACK_CLI_XAPP": "SLACK_APP_TOKEN"}


def get_hooks() -> None:
    hooks = {"get-manifest": f"{ME} get-manifest", "start": f"{ME} start"}
    watch = {"filter-regex": r"^app_manifest\.yml$", "paths": ["."]}
    config = {"watch": watch, "protocol-version": ["default"], "sdk-managed-connection-enabled": True}
    json.dump({"hooks": hooks, "config": config}, sys.stdout)


def get_manifest() -> None:
    json.dump(yaml.safe_load((ROOT / "app_manifest.yml").read_text("utf-8")), sys.stdout)


def start() -> None:
    """The process becomes the bot, so that the CLI's signals reach it. What is set already wins."""
    given = {ours: os.environ[theirs] for theirs, ours in TOKENS.items() if os.environ.get(theirs)}
    waerror = str(Path(sys.executable).with_name("waerror"))
    os.execve(waerror, [waerror, "run"], given | dict(os.environ))  # noqa: S606 - a fixed command, and no shell


if __name__ == "__main__":
    {"get-hooks": get_hooks, "get-manifest": get_manifest, "start": start}[sys.argv[1]]()
