"""The plan of the house, held: who imports whom, one front door for each outside thing, and how big a room may be."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "bot").rglob("*.py"))
# A layer may import itself and the layers before it.
LAYERS = (
    {"bot.diagnosis"},
    {"bot.knowledge", "bot.waconnect", "bot.schedule", "bot.vault", "bot.telemetry", "bot.standin"},
    {"bot.settings"},
    {"bot.accounts", "bot.intake", "bot.missing"},
    {"bot.desk"},
    {"bot.store"},
    {"bot.views", "bot.site"},
    {
        *("bot.thread", "bot.slack_errors", "bot.pacing", "bot.audience", "bot.groups", "bot.slack", "bot.metrics"),
        *("bot.doctor", "bot.workspaces"),
    },
    {"bot.duties"},
    {"bot.house"},
    {"bot.listeners", "bot.web"},
    {"bot.app", "bot.hearing", "bot.line", "bot.watchdog"},
    {"bot.demo"},
    {"bot.cli"},
)
# What waits, or knows the outside, may be imported by these alone.
DOORS = {
    "rapidfuzz": ("bot/diagnosis/",),
    "httpx": ("bot/waconnect/",),
    "sqlalchemy": ("bot/store/",),
    "dbos": ("bot/duties/", "bot/app.py"),
    "slack_bolt": (
        "bot/listeners/",
        "bot/app.py",
        "bot/hearing.py",
        "bot/line.py",
        "bot/web/",
        "bot/standin/inprocess.py",
    ),
    "flask": ("bot/web/", "bot/standin/", "bot/waconnect/sandbox"),
    "waitress": ("bot/web/server.py", "bot/standin/", "bot/waconnect/sandbox"),
    "prometheus_client": ("bot/metrics.py", "bot/web/metrics.py"),
    "sqlite_utils": ("bot/knowledge",),
    "cryptography": ("bot/vault.py",),
    "phonenumbers": ("bot/waconnect/numbers.py",),
    "mcp": ("bot/cli/assistant.py",),
    "mcp_types": ("bot/cli/assistant.py",),
    "jinja2": ("bot/site/",),
    "rich": ("bot/cli/", "bot/demo/"),
}
# The diagnosis does no input and no output: this is all that it may import.
PURE = {
    "bot",
    "array",
    "bisect",
    "collections",
    "dataclasses",
    "datetime",
    "functools",
    "hashlib",
    "heapq",
    "html",
    "itertools",
    "json",
    "math",
    "operator",
    "pydantic",
    "rapidfuzz",
    "re",
    "tomllib",
    "types",
    "typing",
    "unicodedata",
}
MOST_LINES, MOST_FUNCTION_LINES = 250, 30


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            if node.module == "bot":
                yield from (f"bot.{name.name}" for name in node.names)


def layer(module: str) -> int | None:
    room = ".".join(module.split(".")[:2])
    return next((n for n, rooms in enumerate(LAYERS) if room in rooms), None)


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_run_downwards(path: Path) -> None:
    """A module imports only from its own layer or from the layers below it."""
    own = layer(name_of(path))
    if own is None:
        assert name_of(path) == "bot.__init__"
        return
    above = [name for name in imports(path) if name.startswith("bot.") and (layer(name) or 0) > own]
    assert above == []


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_each_outside_thing_has_one_front_door(path: Path) -> None:
    """rapidfuzz, httpx, SQLAlchemy and the others are imported where they live and nowhere else."""
    where = path.relative_to(ROOT).as_posix()
    doors = {name.split(".")[0] for name in imports(path)} & DOORS.keys()
    assert [door for door in doors if not where.startswith(DOORS[door])] == []


@pytest.mark.parametrize("path", sorted((ROOT / "bot/diagnosis").glob("*.py")), ids=name_of)
def test_the_diagnosis_is_pure(path: Path) -> None:
    """Its import list proves it: no clock, no environment, no network, no file."""
    assert {name.split(".")[0] for name in imports(path)} <= PURE
    assert all(name.startswith("bot.diagnosis") for name in imports(path) if name.startswith("bot."))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_rooms_stay_small(path: Path) -> None:
    """A file is read in one go, a function at a glance; a file opens with the rule it keeps."""
    tree = ast.parse(path.read_text("utf-8"))
    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1}"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= MOST_FUNCTION_LINES
    ]
    assert long == []
    assert len(path.read_text("utf-8").splitlines()) <= MOST_LINES
    assert ast.get_docstring(tree)


@pytest.mark.parametrize("path", sorted((ROOT / "tests").rglob("*.py")), ids=name_of)
def test_nothing_is_mocked(path: Path) -> None:
    """Fakes stand on the wire, so no test replaces a method."""
    assert not any(name.startswith("unittest.mock") for name in imports(path))
