"""Parts of the documents that the code knows better: written by `make docs`, held by `tests/test_documents.py`.

A part stands between `<!-- name -->` and `<!-- /name -->`; what stands around it is a person's.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from pydantic import SecretStr

from bot.cli import main
from bot.desk.bulk import PLANS
from bot.metrics import METERS
from bot.settings import Settings
from bot.views.help import EXAMPLES
from bot.views.timeline import OUTCOMES, STEPS

ROOT = Path(__file__).parent.parent.parent
_SECTION = re.compile(r"^# --- (.+?)(?: \(.*\))? -{3,}$|^#?([A-Z][A-Z_]+)=", re.MULTILINE)
_CODES = re.compile(r"Exit codes: (.*)\.", re.DOTALL)
_CODE = re.compile(r"(\d) (.*?)(?=, \d |; \d |$)")
_EMOJI = re.compile(r":[a-z_]+: ")


def settings() -> str:
    """By the sections of `.env.example`, with the defaults that hold."""
    fields = {name.upper(): field for name, field in Settings.model_fields.items()}
    parts = []
    for title, name in _SECTION.findall((ROOT / ".env.example").read_text("utf-8")):
        if title:
            parts.append(f"\n### {title}\n\n| name | default | what it does |\n|---|---|---|")
        else:
            field = fields[name]
            parts.append(f"| `{name}` | {_default(field.default)} | {field.description} |")
    return "\n".join(parts).strip()


def _default(value: Any) -> str:
    if value is None or isinstance(value, SecretStr) or value == frozenset():
        return "–"
    told = (
        f"{value:g}"
        if isinstance(value, float) and value < 1_000
        else f"{value:.0f}"
        if isinstance(value, float)
        else value
    )
    return f"`{str(told).lower() if isinstance(value, bool) else told}`"


def slash_commands() -> str:
    """As `/waerror help` tells them."""
    rows = [f"| `{typed}` | {says} |" for typed, says in EXAMPLES]
    return "\n".join(["| type | what it does |", "|---|---|", *rows])


def exit_codes() -> str:
    """As each command's help tells them."""
    rows = [
        f"| `waerror {name}` | {' | '.join(codes(command).get(code, '–') for code in range(4))} |"
        for name, command in commands()
    ]
    return "\n".join(["| command | 0 | 1 | 2 | 3 |", "|---|---|---|---|---|", *rows])


def options() -> str:
    """What each command takes, as its help tells it."""
    return "\n\n".join(_options(name, command) for name, command in commands())


def _options(name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=f"waerror {name}")
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    told = " ".join((command.help or "").split("\n\n")[0].split())
    records = [param.get_help_record(context) for param in command.get_params(context)]
    rows = [
        f"| `{_cell(record[0])}` | {_cell(record[1])} |"
        for record in records
        if record and record[1] and "--help" not in record[0]
    ]
    table = ["", "| option | what it does |", "|---|---|", *rows] if rows else []
    return "\n".join([f"### waerror {name}", "", told, "", f"`{usage}`", *table])


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def metrics() -> str:
    """What is counted, by the names that Prometheus sees."""
    rows = []
    for meter in METERS.values():
        name = meter.name if meter.buckets else f"{meter.name}_total"
        labels = ", ".join(f"`{label}`" for label in meter.labels) or "–"
        rows.append(f"| `{name}` | {labels} | {meter.says} |")
    return "\n".join(["| name | labels | what it tells |", "|---|---|---|", *rows])


def outcomes() -> str:
    """How a press can end, in the words of the thread."""
    told = {
        name: _EMOJI.sub("", says).replace("{took}", "…").replace("{followed}", "a day")
        for name, says in OUTCOMES.items()
    }
    return "\n".join(
        ["| outcome | what the thread says |", "|---|---|", *(f"| `{name}` | {says} |" for name, says in told.items())]
    )


def plans() -> str:
    """What a dry run tells of a message."""
    rows = [f"| `{name}` | {says} |" for name, says in PLANS.items()]
    return "\n".join(["| plan | these messages … |", "|---|---|", *rows])


def steps() -> str:
    """What a line of the thread can be."""
    rows = [f"| `{name}` | {re.sub(r'{[a-z_]+}', '…', says)} |" for name, says in STEPS.items()]
    return "\n".join(["| step | line |", "|---|---|", *rows])


def commands(group: click.Group = main, before: str = "") -> Iterator[tuple[str, click.Command]]:
    """Each command by its full name, `kb lint`."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, f"{before}{name} ")
        elif command is not None:
            yield f"{before}{name}", command


def codes(command: click.Command) -> dict[int, str]:
    """What the help says of each exit code; nothing where it says none."""
    found = _CODES.search(" ".join((command.epilog or "").split()))
    return {int(code): says.rstrip(",;") for code, says in _CODE.findall(found[1])} if found else {}


PARTS: Mapping[tuple[str, str], Callable[[], str]] = {
    ("docs/settings.md", "settings"): settings,
    ("docs/slack.md", "commands"): slash_commands,
    ("docs/terminal.md", "exit codes"): exit_codes,
    ("docs/terminal.md", "options"): options,
    ("docs/operating.md", "metrics"): metrics,
    ("docs/retries.md", "outcomes"): outcomes,
    ("docs/retries.md", "steps"): steps,
    ("docs/retries.md", "plans"): plans,
}


def part(document: str, name: str) -> str:
    """A part as it stands."""
    return _between(name).findall((ROOT / document).read_text("utf-8"))[0].strip()


def write() -> Iterator[str]:
    """Writes every part anew, and names the documents that changed."""
    for (document, name), made in PARTS.items():
        file = ROOT / document
        text = file.read_text("utf-8")
        told = f"\n{made()}\n\n"
        new = _between(name).sub(lambda _, told=told: told, text)
        if new != text:
            file.write_text(new, "utf-8")
            yield f"{document}: {name}"


def _between(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<=<!-- {name} -->\n).*?(?=<!-- /{name} -->)", re.DOTALL)
