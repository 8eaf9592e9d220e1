"""Prints Slack's messages as a person would see them: who, where, threads indented, private answers marked."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.emoji import Emoji
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from bot.standin import Workspace, plain

_WIDTH = 100


class Screen:
    """A terminal that shows a workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._console = Console(highlight=False, width=None if Console().width < _WIDTH else _WIDTH)

    def say(self, text: str) -> None:
        """The narrator."""
        self._console.print()
        self._console.rule(f"[bold]{text}[/]", align="left", style="cyan")

    def does(self, user: str, what: str) -> None:
        """Somebody types or presses."""
        self._console.print(Text.assemble((f"@{user} ", "bold green"), what))

    def show(self, message: Mapping[str, Any], where: str = "in the thread") -> None:
        """One message; `where` it stands, as its frame says."""
        in_thread = message.get("thread_ts") not in (None, message.get("ts"))
        ours = message.get("bot_id") in (None, self._workspace.app.bot_id) and not message.get("client_msg_id")
        panel = Panel(
            self._text(message),
            title=f"[bold]{self._author(message)}[/] · {where}",
            title_align="left",
            border_style="magenta" if ours else "white",
        )
        self._console.print(Padding(panel, (0, 0, 0, 4 if in_thread else 0)))

    def done(self, text: str) -> None:
        self._console.print()
        self._console.print(f"[bold green]{text}[/]")

    def _text(self, message: Mapping[str, Any]) -> Text:
        shown = Emoji.replace(plain(dict(message)))
        for user in self._workspace.users.values():
            shown = shown.replace(f"@{user.id}", f"@{user.name}")
        lines = shown.splitlines()
        text = Text("\n".join(lines))
        if message.get("blocks") and lines:
            text.stylize("bold", 0, len(lines[0]))
        text.highlight_regex(r"\[ [^\]\n]+ \]", "reverse")
        return text

    def _author(self, message: Mapping[str, Any]) -> str:
        user = self._workspace.users.get(str(message.get("user")))
        return self._workspace.app.bot_name if user is None else user.name
