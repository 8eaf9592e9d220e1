"""What is delivered beside the code holds together: images, manifests, units, rules and dashboards, as far as can be
seen without building and running them.
"""

import ast
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot import __version__
from bot.metrics import METERS
from bot.settings import Settings

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
DOCUMENTS = "".join(path.read_text("utf-8") for path in sorted((ROOT / "docs").glob("*.md")))
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
UNIT = DEPLOY / "systemd" / "waerror.service"
DELIVERED = sorted(
    path
    for folder in (DEPLOY, ROOT / ".github", ROOT / ".slack")
    for path in folder.rglob("*")
    if path.is_file() and path.suffix != ".lock" and path.name != "secret.env" and "__pycache__" not in path.parts
) + [ROOT / name for name in ("Dockerfile", ".dockerignore", "compose.yaml")]
NAMES = {name.upper() for name in Settings.model_fields}
# Names that are not the bot's settings, and whose they are.
THEIRS = {
    **dict.fromkeys(("POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD"), "PostgreSQL's image"),
    **dict.fromkeys(("PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"), "Python's"),
    **dict.fromkeys(("PIP_NO_CACHE_DIR", "PIP_DISABLE_PIP_VERSION_CHECK"), "pip's"),
    **dict.fromkeys(("SLACK_CLI_XOXB", "SLACK_CLI_XAPP"), "the Slack CLI's"),
}
SECRET = re.compile(r"xox[a-z]-\w|xapp-\w|wba_\w|gAAAA|-----BEGIN|(?i:password|secret|token|key) ?[:=] ?[\w+/-]{12,}")
REGISTRY = re.compile(r"docker\.io|ghcr\.io|quay\.io|gcr\.io|pypi\.org|pythonhosted|npmjs|index-url")


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def documents(path: Path) -> list[Any]:
    text = path.read_text("utf-8")
    return [json.loads(text)] if path.suffix == ".json" else list(yaml.safe_load_all(text))


# All of them


@pytest.mark.parametrize("path", [p for p in DELIVERED if p.suffix in (".json", ".yaml", ".yml")], ids=relative)
def test_it_can_be_read(path: Path) -> None:
    """YAML and JSON, and something is in it."""
    assert all(documents(path))


@pytest.mark.parametrize("path", DELIVERED, ids=relative)
def test_no_secret_and_no_registry_is_in_it(path: Path) -> None:
    """Where a secret belongs stands its name; from where images and packages come decides who installs."""
    text = path.read_text("utf-8")
    assert SECRET.findall(text) == []
    assert REGISTRY.findall(text) == []


@pytest.mark.parametrize("path", DELIVERED, ids=relative)
def test_every_setting_that_it_names_exists(path: Path) -> None:
    """A name that nobody reads is a setting that somebody believes to have made."""
    named = set(re.findall(r"\b(?:SLACK|WACONNECT|WAERROR|POSTGRES|PYTHON|PIP)_[A-Z_]+\b", path.read_text("utf-8")))
    named |= {name for name, _ in environment(path)}
    assert sorted(named - NAMES - THEIRS.keys()) == []


def environment(path: Path) -> Iterator[tuple[str, str]]:
    """Variables that a file sets."""
    text = path.read_text("utf-8")
    if path.name == "Dockerfile":
        for instruction, rest in instructions():
            if instruction == "ENV":
                yield from (tuple(one.split("=", 1)) for one in shlex.split(rest))  # type: ignore[misc]
    elif path.name == "compose.yaml":
        for service in documents(path)[0]["services"].values():
            yield from service.get("environment", {}).items()
    elif path.suffix in (".example", ".service"):
        yield from re.findall(r"^(?:Environment=)?([A-Z][A-Z_]+)=(.*)$", text, re.MULTILINE)
    elif path.name == "kustomization.yaml":
        for literal in documents(path)[0]["configMapGenerator"][0]["literals"]:
            yield tuple(literal.split("=", 1))


@pytest.mark.parametrize("path", DELIVERED, ids=relative)
def test_what_it_sets_the_bot_takes(path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each value that is written here is a good one; what is filled in later is left out."""
    monkeypatch.chdir(tmp_path)
    ours = {name: value for name, value in environment(path) if name in NAMES and value and "${" not in value}
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    for name, value in ours.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert {name.lower() for name in ours} <= settings.model_fields_set


@pytest.mark.parametrize("path", DELIVERED, ids=relative)
def test_what_it_downloads_is_pinned(path: Path) -> None:
    """An image by a version, an action by the hash of a commit; our own image by the version that this is."""
    text = path.read_text("utf-8")
    images = re.findall(r"^(?:FROM|\s*(?:- )?image:)\s+(\S+)", text, re.MULTILINE)
    for image in images:
        ours = image.partition(":")[0] == "waerror"
        assert image in ("waerror", f"waerror:{__version__}") if ours else re.search(r":\d+\.\d+", image), image
    assert ":latest" not in text
    for action in re.findall(r"uses:\s*(\S+.*)$", text, re.MULTILINE):
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action), action


def test_the_documents_name_each_way_and_each_way_exists() -> None:
    """The commands that people read and those in the files are the same."""
    for command, file in {
        "docker compose up -d": "compose.yaml",
        "kubectl apply -k deploy/kubernetes": "deploy/kubernetes/kustomization.yaml",
        "systemctl enable --now waerror": "deploy/systemd/waerror.service",
    }.items():
        assert command in DOCUMENTS
        assert command in (ROOT / file).read_text("utf-8")
    for file in ("compose.yaml", "deploy/systemd/waerror.service", "deploy/prometheus/alerts.yaml"):
        assert f"`{file}`" in DOCUMENTS
    assert "`slack run`" in DOCUMENTS


# The image


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's, each on one line."""
    joined = re.sub(r"\\\n\s*", " ", re.sub(r"^#.*\n", "", DOCKERFILE, flags=re.MULTILINE))
    return [tuple(line.split(" ", 1)) for line in joined.splitlines() if line.strip()]  # type: ignore[misc]


def test_the_image_is_made_as_a_careful_person_makes_it() -> None:
    """Not root, nothing but what is needed, no shell between the signal and the bot, and a look whether it is well."""
    names = [name for name, _ in instructions()]
    last = instructions()[max(n for n, name in enumerate(names) if name == "FROM") :]
    final = dict(last)
    assert names.count("FROM") == 2
    assert "ADD" not in names
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", final["USER"])
    assert json.loads(final["ENTRYPOINT"]) + json.loads(final["CMD"]) == ["waerror", "run"]
    assert "/healthz" in final["HEALTHCHECK"]
    assert [rest for name, rest in last if name == "RUN" and ("pip" in rest or "apt" in rest)] == []
    assert Path(final["WORKDIR"]).is_absolute()
    assert final["VOLUME"] == final["WORKDIR"]
    order = [name for name, _ in last]
    assert order.index("USER") > order.index("RUN")  # what runs after it does not run as root


def test_packages_are_installed_with_their_hashes_and_no_others() -> None:
    """And what apt brings is removed again, should it ever be used."""
    runs = [rest for name, rest in instructions() if name == "RUN"]
    installs = [run for run in runs if "pip install" in run]
    assert all("--require-hashes" in run or "--no-deps" in run for run in installs)
    assert all("rm -rf /var/lib/apt/lists" in run for run in runs if "apt-get install" in run)
    assert [run for run in runs if re.search(r"\bsudo\b|curl|wget|chmod 777", run)] == []


def test_what_is_copied_exists_and_gets_into_the_build() -> None:
    """The ignore file lets in what the Dockerfile copies, and no more."""
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = set()
    for name, rest in instructions():
        if name == "COPY" and "--from" not in rest:
            *sources, _ = rest.split()
            copied |= {source.removeprefix("./") for source in sources}
    assert all((ROOT / source).exists() for source in copied)
    assert let_in == copied
    package = (ROOT / "pyproject.toml").read_text("utf-8")
    included = re.findall(r'^"?([\w.]+)"? = "bot/', package.split("wheel.force-include]")[1], re.MULTILINE)
    assert included
    assert set(included) | {"bot", "pyproject.toml"} <= copied  # what the package is made of


def test_the_images_lock_is_part_of_the_lock() -> None:
    """The same versions and hashes, and nothing that only tests need. `make lock` writes both."""
    whole, part = (blocks(path) for path in (ROOT / "requirements.lock", DEPLOY / "requirements.lock"))
    assert part.items() <= whole.items()
    assert not {"pytest", "mypy", "ruff", "hypothesis"} & part.keys()
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    needed = re.findall(r'^  "([a-z0-9-]+)', text.split("dependencies = [")[1].split("]")[0], re.MULTILINE)
    assert set(needed) <= part.keys()


def blocks(path: Path) -> dict[str, str]:
    """Name → version and hashes."""
    found = re.split(r"^(?=[a-z0-9])", path.read_text("utf-8"), flags=re.MULTILINE)
    return {block.partition("==")[0]: block.strip() for block in found if "==" in block}


def test_compose_runs_it_with_as_little_as_it_needs() -> None:
    """Read-only, no capabilities, data in volumes, and the database is ready first."""
    compose = documents(ROOT / "compose.yaml")[0]
    bot, database = compose["services"]["bot"], compose["services"]["database"]
    assert bot["read_only"]
    assert bot["cap_drop"] == ["ALL"]
    assert bot["depends_on"]["database"]["condition"] == "service_healthy"
    assert "healthcheck" in database
    assert {"data:/data"} == set(bot["volumes"])
    assert "ports" not in database  # nobody but the bot
    assert all(port.startswith("127.0.0.1:") for port in bot["ports"])
    assert compose["volumes"].keys() == {"data", "database"}
    assert bot["environment"]["WAERROR_DATABASE_URL"].startswith("postgresql://")


# Kubernetes


@pytest.fixture(scope="module")
def manifests() -> dict[str, Any]:
    folder = DEPLOY / "kubernetes"
    names = documents(folder / "kustomization.yaml")[0]["resources"]
    assert {path.name for path in folder.glob("*.yaml")} == {*names, "kustomization.yaml"}
    return {one["kind"]: one for name in names for one in documents(folder / name)}


def test_the_pods_are_locked_down(manifests: dict[str, Any]) -> None:
    """Not root, read-only, no capabilities, no token of the cluster; only /tmp and /data can be written."""
    pod = manifests["Deployment"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    allowed = container["securityContext"]
    assert allowed["readOnlyRootFilesystem"]
    assert not allowed["allowPrivilegeEscalation"]
    assert allowed["capabilities"] == {"drop": ["ALL"]}
    mounts = {mount["mountPath"]: mount.get("readOnly", False) for mount in container["volumeMounts"]}
    assert mounts == {"/tmp": False, "/data": False, "/etc/waerror": True}  # noqa: S108
    assert container["resources"]["limits"]["memory"]
    user = f"{pod['securityContext']['runAsUser']}:{pod['securityContext']['runAsGroup']}"
    assert dict(instructions())["USER"] == user


def test_several_replicas_and_never_none(manifests: dict[str, Any]) -> None:
    """A rolling restart and a node that is drained leave one."""
    spec = manifests["Deployment"]["spec"]
    assert spec["replicas"] >= 2
    assert spec["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert 1 <= manifests["PodDisruptionBudget"]["spec"]["minAvailable"] < spec["replicas"]
    assert {"Ingress", "Egress"} == set(manifests["NetworkPolicy"]["spec"]["policyTypes"])


def test_probes_ask_what_is_served(manifests: dict[str, Any]) -> None:
    """Alive and ready are two questions: a bot that waits for Slack must not be killed for it."""
    (container,) = manifests["Deployment"]["spec"]["template"]["spec"]["containers"]
    paths = {kind: container[f"{kind}Probe"]["httpGet"]["path"] for kind in ("startup", "liveness", "readiness")}
    assert paths == {"startup": "/healthz", "liveness": "/healthz", "readiness": "/readyz"}
    assert set(paths.values()) <= served()
    annotations = manifests["Deployment"]["spec"]["template"]["metadata"]["annotations"]
    assert annotations["prometheus.io/path"] in served()
    (port,) = container["ports"]
    assert port["name"] == container["livenessProbe"]["httpGet"]["port"]
    assert str(port["containerPort"]) == annotations["prometheus.io/port"] == dict(instructions())["EXPOSE"]


def served() -> set[str]:
    """The paths of the bot's routes."""
    text = "".join(path.read_text("utf-8") for path in (ROOT / "bot" / "web").glob("*.py"))
    return set(re.findall(r'\.get\("(/\w+)"\)', text))


def test_kustomize_takes_it(tmp_path: Path) -> None:
    """Where kubectl is at hand."""
    kubectl = shutil.which("kubectl")
    if not kubectl:
        pytest.skip("NOT BUILT: there is no kubectl here")
    folder = shutil.copytree(DEPLOY / "kubernetes", tmp_path / "kubernetes")
    (folder / "secret.env.example").rename(folder / "secret.env")
    ran = subprocess.run([kubectl, "kustomize", folder], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    built = list(yaml.safe_load_all(ran.stdout))
    assert {one["kind"] for one in built} >= {"Deployment", "Service", "Secret", "ConfigMap", "NetworkPolicy"}
    deployment = next(one for one in built if one["kind"] == "Deployment")
    labels = deployment["spec"]["selector"]["matchLabels"]
    assert labels.items() <= deployment["spec"]["template"]["metadata"]["labels"].items()
    assert deployment["spec"]["template"]["spec"]["containers"][0]["image"] == f"waerror:{__version__}"


# systemd


def test_the_unit_is_what_systemd_takes(tmp_path: Path) -> None:
    """Its own look at it, with a command that exists here; else at least each line is a key and a value."""
    text = UNIT.read_text("utf-8")
    bad = [line for line in text.splitlines() if line and not re.match(r"#|\[\w+\]$|[A-Z]\w+=", line)]
    assert bad == []
    analyze = shutil.which("systemd-analyze")
    if not analyze:
        pytest.skip("NOT VERIFIED: there is no systemd-analyze here")
    unit = tmp_path / "waerror.service"
    unit.write_text(re.sub(r"^ExecStart=\S+", f"ExecStart={shutil.which('true')}", text, flags=re.MULTILINE))
    ran = subprocess.run([analyze, "verify", unit], capture_output=True, text=True)
    told = [line for line in ran.stderr.splitlines() if "waerror.service" in line]
    assert (ran.returncode, told) == (0, [])


def test_the_unit_gives_the_bot_as_little_as_it_needs() -> None:
    """A user of its own, one folder to write, no new rights, started again when it ends."""
    lines = set(UNIT.read_text("utf-8").splitlines())
    assert {
        *("DynamicUser=yes", "NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "PrivateDevices=yes"),
        *("CapabilityBoundingSet=", "RestrictNamespaces=yes", "SystemCallArchitectures=native", "Restart=always"),
        *("StateDirectory=waerror", "WorkingDirectory=/var/lib/waerror", "UMask=0077"),
    } <= lines
    assert "ExecStart=/opt/waerror/.venv/bin/waerror run" in lines


# Prometheus and Grafana


def expressions() -> Iterator[tuple[str, str]]:
    """Every PromQL expression, with where it stands."""
    for group in documents(DEPLOY / "prometheus" / "alerts.yaml")[0]["groups"]:
        for rule in group["rules"]:
            yield rule["alert"], rule["expr"]
    for panel in documents(DEPLOY / "grafana" / "waerror.json")[0]["panels"]:
        for target in panel.get("targets", ()):
            yield panel["title"], target["expr"]


def exported() -> dict[str, dict[str, frozenset[str] | None]]:
    """Every name that /metrics can show, and the labels of each with the values that they can have."""
    found: dict[str, dict[str, frozenset[str] | None]] = {"up": {}, "waerror_troubles_total": {"event": None}}
    for meter in METERS.values():
        names = ("bucket", "count", "sum") if meter.buckets else ("total",)
        found |= {f"{meter.name}_{name}": dict(meter.labels) for name in names}
    tree = ast.parse((ROOT / "bot" / "web" / "metrics.py").read_text("utf-8"))
    strings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return found | {name: {"queue": None} for name in strings if re.fullmatch(r"waerror_\w+", name)}


EXPRESSIONS = list(expressions())


@pytest.mark.parametrize(("where", "expression"), EXPRESSIONS, ids=[where for where, _ in EXPRESSIONS])
def test_what_is_watched_is_measured(where: str, expression: str) -> None:
    """A rule on a name that nobody exports never fires, and nobody notices; the same of a label's value."""
    known = exported()
    selectors = re.findall(r"\b(waerror_\w+|up\b)(?:\{([^}]*)\})?", expression)
    assert selectors
    for name, inside in selectors:
        assert name in known, name
        for label, _, value in re.findall(r'(\w+)\s*(=~|!=|=)\s*"([^"]*)"', inside):
            assert label == "job" or label in known[name], label
            values = known[name].get(label)
            assert values is None or set(value.split("|")) <= values, value
    for label in re.findall(r"by \(([^)]*)\)", expression):
        allowed = {"job", "le", *(label for name, _ in selectors for label in known[name])}
        assert {one.strip() for one in label.split(",")} <= allowed
    assert expression.count("(") == expression.count(")")


def test_every_alert_says_how_urgent_it_is_and_what_it_means() -> None:
    """At three in the morning."""
    for group in documents(DEPLOY / "prometheus" / "alerts.yaml")[0]["groups"]:
        names = [rule["alert"] for rule in group["rules"]]
        assert len(names) == len(set(names))
        for rule in group["rules"]:
            assert rule["labels"]["severity"] in ("page", "ticket")
            assert rule["annotations"]["summary"].endswith(".")
            assert 'job="waerror"' in rule["expr"]


def test_the_dashboard_can_be_imported() -> None:
    """Ids are unique, panels do not lie upon each other, and where the data comes from is asked."""
    board = documents(DEPLOY / "grafana" / "waerror.json")[0]
    panels = board["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    cells = [
        (x, y)
        for panel in panels
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
    assert {one["name"] for one in board["templating"]["list"]} == {"source", "job"}
    assert all(panel["datasource"]["uid"] == "${source}" for panel in panels if panel["type"] != "row")


# The Slack CLI and CI


def hook(name: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ROOT / ".slack" / "hooks.py", name]
    return subprocess.run(command, env=os.environ | (env or {}), cwd=ROOT, capture_output=True, text=True)


def test_the_slack_cli_learns_the_manifest_and_how_to_start() -> None:
    """What it is answered is JSON alone, and each hook is a command of ours."""
    first = json.loads((ROOT / ".slack" / "hooks.json").read_text("utf-8"))["hooks"]["get-hooks"]
    assert first.split() == [".venv/bin/python", ".slack/hooks.py", "get-hooks"]
    told = json.loads(hook("get-hooks").stdout)
    assert told["config"]["sdk-managed-connection-enabled"]
    assert {name: command.split()[-1] for name, command in told["hooks"].items()} == {
        "get-manifest": "get-manifest",
        "start": "start",
    }
    manifest = yaml.safe_load((ROOT / "app_manifest.yml").read_text("utf-8"))
    assert json.loads(hook("get-manifest").stdout) == manifest


def test_slack_run_starts_the_bot_with_the_clis_tokens(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """They reach Slack, here nobody's; the bot says so in words."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    tokens = {"SLACK_CLI_XOXB": "xoxb-1", "SLACK_CLI_XAPP": "xapp-1"}
    monkeypatch.setenv("WAERROR_DATABASE_URL", f"sqlite:///{tmp_path / 'bot.db'}")
    ran = hook("start", tokens | {"SLACK_API_URL": "http://127.0.0.1:1/"})
    assert "Slack cannot be reached at http://127.0.0.1:1/" in ran.stderr
    assert "needs" in hook("start").stderr


def test_ci_runs_what_a_person_runs() -> None:
    """`.ci/run`, with the right to read and no more."""
    flow = documents(ROOT / ".github" / "workflows" / "ci.yml")[0]
    assert flow["permissions"] == {"contents": "read"}
    (job,) = flow["jobs"].values()
    assert [step["run"] for step in job["steps"] if "run" in step] == [".ci/run"]
    assert job["timeout-minutes"] <= 60


def test_the_file_of_accounts_and_hooks_has_its_place(manifests: dict[str, Any]) -> None:
    """Optional, and where the lines that are to be taken in put it: they are YAML once their marks are gone."""
    pod = manifests["Deployment"]["spec"]["template"]["spec"]
    (mount,) = [one for one in pod["containers"][0]["volumeMounts"] if one["name"] == "config"]
    (volume,) = [one for one in pod["volumes"] if one["name"] == "config"]
    written = (DEPLOY / "kubernetes" / "kustomization.yaml").read_text("utf-8")
    taken_in = yaml.safe_load(re.sub(r"^( *)# (- WAERROR|- name|  files|    - )", r"\1\2", written, flags=re.MULTILINE))
    first, second = taken_in["configMapGenerator"]
    assert f"WAERROR_CONFIG={mount['mountPath']}/waerror.toml" in first["literals"]
    assert volume["configMap"] == {"name": second["name"], "optional": True}
    assert second["files"] == ["waerror.toml"]
