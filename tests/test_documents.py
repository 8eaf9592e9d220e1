"""The documents tell the truth: parts from the code are current, links lead somewhere, commands exist, steps run."""

import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import tomllib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import get_args
from urllib.parse import unquote, urlsplit

import click
import psycopg
import pytest
import yaml

from bot import listeners
from bot.accounts.loading import load
from bot.cli import main
from bot.duties import SCHEMA
from bot.settings import Settings
from bot.store import BulkState, Store
from bot.store.engines import use_wal
from bot.vault import Vault, key_beside
from bot.views import forms
from bot.views.timeline import OUTCOMES
from tests.documents import PARTS, part
from tests.postgres import KEY, Server

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted(
    file
    for pattern in ("*.md", "docs/**/*.md", "knowledge/*.md", "bot/**/README.md")
    for file in ROOT.glob(pattern)
    if file.name != "CHANGELOG.md"
)
NAMES = [file.relative_to(ROOT).as_posix() for file in DOCUMENTS]
FENCE = re.compile(r"^```(\S*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
SHELLS = {"console", "sh", "shell", "bash", ""}
GAUGES = {
    *("waerror_info", "waerror_entries", "waerror_connected", "waerror_silent_seconds", "waerror_start_time_seconds"),
    *("waerror_queue_depth", "waerror_queue_lag_seconds", "waerror_troubles_total"),
}


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def prose(name: str) -> str:
    """A document without its fenced blocks."""
    return FENCE.sub("", text(name))


def anchors(name: str) -> set[str]:
    """What GitHub makes of headings; the second of a name gets a number."""
    found: dict[str, int] = {}
    for heading in HEADING.findall(prose(name)):
        plain = re.sub(r"[`*_]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
        slug = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        found[slug] = found.get(slug, -1) + 1
    return {f"{slug}-{n}" if n else slug for slug, count in found.items() for n in range(count + 1)}


def commands(name: str) -> Iterator[list[str]]:
    """The words of each `waerror …` in the fenced blocks and between backquotes, without what the shell takes."""
    lines = [line for kind, block in FENCE.findall(text(name)) if kind in SHELLS for line in block.splitlines()]
    for line in lines:
        command = re.sub(r"^\$ ", "", line.partition("  # ")[0])
        for piece in re.split(r"\s(?:\||&&|;)\s", command):
            piece = re.sub(r"\s\d?[<>]+(&\d|\s*\S+|\s*\"[^\"]*\")", "", f" {piece}").strip()
            piece = re.sub(r"^((?:[A-Z_]+=\S+ )*)(?:\S*/)?waerror(?= |$)", "waerror", piece)
            if piece.startswith("waerror "):
                yield shlex.split(piece.replace("…", "x"))[1:]


def parse(group: click.Command, words: list[str]) -> None:
    """As click does it, without running anything. UsageError."""
    context = group.make_context(None, list(words))
    if isinstance(group, click.Group):
        _, command, rest = group.resolve_command(context, context._protected_args or list(words))
        assert command is not None
        parse(command, rest + list(context.args) if context._protected_args else rest)


@pytest.mark.parametrize(("document", "name"), PARTS)
def test_what_the_code_knows_is_current(document: str, name: str) -> None:
    """Settings, commands, options, exit codes, metrics, outcomes."""
    assert part(document, name) == PARTS[document, name](), "run: make docs"


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_somewhere(name: str) -> None:
    """To a file, to a heading in it, or to an address that could be one; none is asked for."""
    for link in (first or second for first, second in LINK.findall(prose(name))):
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            assert parts.scheme == "https", link
            assert re.fullmatch(r"([a-z0-9-]+\.)+[a-z]{2,}", parts.netloc), link
            continue
        target = ((ROOT / name).parent / unquote(parts.path)).resolve() if parts.path else ROOT / name
        assert target.is_relative_to(ROOT), link
        assert target.exists(), link
        if parts.fragment:
            assert parts.fragment in anchors(target.relative_to(ROOT).as_posix()), link


def test_every_document_is_reached_from_the_readme() -> None:
    """Nobody has to know that it is there."""
    linked = {(ROOT / "README.md").parent / link for link, _ in LINK.findall(text("README.md"))}
    linked |= {ROOT / "docs" / link.partition("#")[0] for link, _ in LINK.findall(text("docs/README.md"))}
    assert [name for name in NAMES if name.startswith("docs/") and ROOT / name not in linked] == ["docs/README.md"]


@pytest.mark.parametrize("name", NAMES)
def test_commands_can_be_typed_as_they_stand(name: str) -> None:
    """Each subcommand and option exists and takes what is shown."""
    for words in commands(name):
        if words[0] in ("-h", "--help", "--version"):
            continue
        try:
            parse(main, words)
        except click.UsageError as wrong:
            pytest.fail(f"waerror {shlex.join(words)}: {wrong.format_message()}")


def test_the_commands_are_really_read() -> None:
    """The reader above is no sieve."""
    assert ["explain", "131047"] in list(commands("README.md"))
    assert ["completion", "zsh"] in list(commands("docs/terminal.md"))
    assert ["kb", "search", "--json", "template", "paused"] in list(commands("docs/terminal.md"))
    with pytest.raises(click.UsageError):
        parse(main, ["kb", "lint", "--nonsense"])
    with pytest.raises(click.UsageError):
        parse(main, ["nonsense"])


@pytest.mark.parametrize("name", NAMES)
def test_make_has_what_is_named(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", text("Makefile"), re.MULTILINE))
    named = re.findall(r"(?:`|^\$ )make ([a-z-]+)", text(name), re.MULTILINE)
    assert [one for one in named if one not in targets] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_that_is_named_exists(name: str) -> None:
    """In words and in examples."""
    known = {field.upper() for field in Settings.model_fields} | {"WAERROR_CACHE_DIR", "WAERROR_SHARED"}
    named = set(re.findall(r"\b(?:WAERROR|WACONNECT|SLACK)_[A-Z_]*[A-Z]\b", text(name)))
    assert {one for one in named if not one.startswith("WACONNECT_KEY_")} - known == set()


@pytest.mark.parametrize(
    ("place", "states", "ends"),
    [
        (0, OUTCOMES.keys(), OUTCOMES.keys()),
        (1, set(get_args(BulkState)), {"stopped", "done"}),
    ],
    ids=["a press", "many"],
)
def test_the_states_are_drawn(place: int, states: Collection[str], ends: Collection[str]) -> None:
    """Every one is in the picture and can be reached, those that end do, and no other does."""
    drawn = [block for kind, block in FENCE.findall(text("docs/retries.md")) if kind == "mermaid"][place]
    assert set(re.findall(r"^  (\w+) --> \[\*\]", drawn, re.MULTILINE)) == set(ends)
    arrows = re.findall(r"^  (\S+) --> (\S+?)(?::|$)", drawn, re.MULTILINE)
    reached, todo = set(), ["[*]"]
    while todo:
        state = todo.pop()
        new = {to for start, to in arrows if start == state} - reached
        reached |= new
        todo += sorted(new - {"[*]"})
    assert set(states) <= reached


def test_every_button_is_described() -> None:
    """By the ids that listeners answer to; a label that is named is one that is shown."""

    class Listening:
        """Collects what `register` asks for."""

        def __init__(self) -> None:
            self.actions: list[object] = []

        def action(self, matcher: object) -> object:
            self.actions.append(matcher)
            return lambda listener: None

        def __getattr__(self, name: str) -> object:
            return lambda *matchers: lambda listener: None

    heard = Listening()
    listeners.register(heard, object())  # type: ignore[arg-type]
    rows = re.findall(r"^\| (.+?) \| `([a-z.0-9_-]+)` \|", text("docs/slack.md"), re.MULTILINE)
    ids = {id for _, id in rows}
    exact = {one for one in heard.actions if isinstance(one, str)} - {forms.ENDPOINT}  # a field, no button
    patterns = [one for one in heard.actions if isinstance(one, re.Pattern) and one.pattern != ".*"]
    assert exact - ids == set()
    assert [one.pattern for one in patterns if not any(one.match(id) for id in ids)] == []
    assert [id for id in ids if id not in exact and not any(one.match(id) for one in patterns)] == []
    source = "".join(file.read_text("utf-8") for file in (ROOT / "bot").rglob("*.py"))
    labels = {label for cell, _ in rows for label in re.findall(r"\*([^*]+)\*", cell)}
    assert [one for one in labels if one not in source and one != "Retry in 24 h"] == []


def test_every_metric_and_alert_is_described() -> None:
    """What is served, and what the rules are called, with how urgent they are."""
    document = text("docs/operating.md")
    assert set(re.findall(r"^\| `(waerror_\w+)`", document, re.MULTILINE)) >= GAUGES
    own = text("bot/web/metrics.py") + text("bot/metrics.py")
    assert [name for name in GAUGES if name.removesuffix("_info").removesuffix("_total") not in own] == []
    served = set(re.findall(r"GaugeMetricFamily\(\s*\"(waerror_\w+)\"", own))
    assert [name for name in served if f"`{name}`" not in document] == []
    rules = ROOT / "deploy" / "prometheus" / "alerts.yaml"
    if rules.exists():
        groups = yaml.safe_load(rules.read_text("utf-8"))["groups"]
        written = dict(re.findall(r"^\| `(Waerror\w+)` \| (\w+) \|", document, re.MULTILINE))
        assert written == {rule["alert"]: rule["labels"]["severity"] for one in groups for rule in one["rules"]}


@pytest.mark.parametrize("name", NAMES)
def test_examples_in_yaml_and_toml_parse(name: str) -> None:
    """And accounts are what the bot reads."""
    for kind, block in FENCE.findall(text(name)):
        if kind == "yaml":
            assert list(yaml.safe_load_all(block))
        elif kind == "toml" and not name.startswith("docs/extending"):
            assert tomllib.loads(block)


def test_the_accounts_of_the_example_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As they stand in the document."""
    (tmp_path / "waerror.toml").write_text(example("[accounts.production]"))
    monkeypatch.setenv("WACONNECT_KEY_PRODUCTION", "wba_1")
    monkeypatch.delenv("WACONNECT_API_KEY", raising=False)
    (account,) = load(Settings(waerror_config=str(tmp_path / "waerror.toml"), _env_file=None)).all  # type: ignore[call-arg]
    assert (account.name, account.default_region) == ("production", "MX")


def test_the_alert_sources_of_the_example_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As they stand in the document."""
    loading = pytest.importorskip("bot.intake.loading", reason="alert sources are not part of this checkout")
    (tmp_path / "secret").write_text("a-secret-that-nobody-guesses")
    written = example("[alerts.grafana]").replace("/run/secrets/orders-hook", str(tmp_path / "secret"))
    (tmp_path / "waerror.toml").write_text(written)
    monkeypatch.setenv("GRAFANA_HOOK_SECRET", "a-secret-that-nobody-guesses")
    settings = Settings(waerror_config=str(tmp_path / "waerror.toml"), _env_file=None)  # type: ignore[call-arg]
    assert set(loading.load(settings, load(settings))) == {"grafana", "orders"}


def example(head: str) -> str:
    """The TOML of setup.md that begins so."""
    return next(
        block for kind, block in FENCE.findall(text("docs/setup.md")) if kind == "toml" and block.startswith(head)
    )


def step(mark: str) -> str:
    """The shell block of operating.md that begins with `# mark`."""
    return next(block for kind, block in FENCE.findall(text("docs/operating.md")) if block.startswith(f"# {mark}\n"))


@pytest.mark.skipif(not shutil.which("sqlite3"), reason="there is no sqlite3 program here")
def test_a_backup_is_restored_by_the_commands_that_stand_there(tmp_path: Path) -> None:
    """While the database is written; what came later is gone, and what was sealed opens with the key of the backup."""
    database = tmp_path / "data" / "waerror.db"
    store = Store(f"sqlite:///{database}", Vault(key_beside(database)))
    duties = sqlite3.connect(database.with_name("waerror-duties.db"))
    use_wal(duties, None)
    duties.execute("CREATE TABLE begun (id TEXT)")
    store.queue.add("T1", "what nothing explains", "unmatched")
    done = shell(step("backup"), tmp_path)
    assert done.stdout.strip() == "ok"
    store.queue.add("T1", "what came after the backup", "unmatched")
    store.close()
    duties.close()
    shell(step("restore"), tmp_path)
    assert not list((tmp_path / "data").glob("*-wal"))
    store = Store(f"sqlite:///{database}", Vault(key_beside(database)))
    try:
        assert [item.sample for item in store.queue.all(True)] == ["what nothing explains"]
    finally:
        store.close()
    with sqlite3.connect(database.with_name("waerror-duties.db")) as restored:
        assert restored.execute("SELECT count(*) FROM begun").fetchone() == (0,)
    restored.close()
    (folder,) = (tmp_path / "backup").iterdir()
    assert folder.stat().st_mode & 0o077 == 0
    assert (tmp_path / "aside" / "waerror.db").exists()


@pytest.mark.on_postgres
def test_a_backup_from_postgresql_is_restored_by_the_commands_that_stand_there(
    url: str, postgres_server: Server, tmp_path: Path
) -> None:
    """While it is written; record and duties are again what they were at that moment."""
    path = f"{postgres_server.programs}{os.pathsep}{os.environ['PATH']}"
    store = Store(url, Vault(KEY))
    duties = f"-c search_path={SCHEMA}"
    with psycopg.connect(url, autocommit=True, options=duties) as db:
        db.execute("CREATE TABLE begun (id TEXT)")
        store.queue.add("T1", "what nothing explains", "unmatched")
        shell(step("backup from PostgreSQL"), tmp_path, WAERROR_DATABASE_URL=url, PATH=path)
        store.queue.add("T1", "what came after the backup", "unmatched")
        db.execute("INSERT INTO begun VALUES ('later')")
    store.close()
    shell(step("restore into PostgreSQL"), tmp_path, WAERROR_DATABASE_URL=url, PATH=path)
    store = Store(url, Vault(KEY))
    try:
        assert [item.sample for item in store.queue.all(True)] == ["what nothing explains"]
    finally:
        store.close()
    with psycopg.connect(url, options=duties) as db:
        assert db.execute("SELECT count(*) FROM begun").fetchone() == (0,)


def shell(script: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Every line must succeed. `more` is added to the environment."""
    command, environment = ["/bin/sh", "-eu", "-c", script], {**os.environ, **more}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done
