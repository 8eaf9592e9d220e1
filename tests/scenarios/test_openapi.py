"""Every route is described, and every description holds: whatever is sent, no answer is a fault of ours."""

import http.client
import json
import random
import string
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some
from jsonschema import Draft202012Validator

from bot import web
from bot.intake.sources import SOURCES
from bot.standin.posting import signed
from tests.hooks import SECRET, TOLD, proof
from tests.scenarios.conftest import OpenTown, Town
from tests.scenarios.test_webhooks import hooked  # noqa: F401 - a fixture

SPEC = yaml.safe_load((Path(web.__file__).parent / "openapi.yaml").read_text("utf-8"))
METHODS = ("get", "post", "put", "patch", "delete", "head", "options")
# A quiet machine tries all its examples in less than this; a busy one stops then, once it has seen enough.
_SECONDS, _EXAMPLES = 30.0, 1_500
_ENOUGH, _WANTED = 200, {"200", "400", "401", "404", "405", "415"}
_NASTY = (
    "",
    "\0",
    "\u202e",
    "../../etc/passwd",
    "' OR 1=1 --",
    "<!channel>",
    "${jndi:ldap://x}",
    "9" * 400,
    "\ud800",
    "é" * 50,
)


@pytest.fixture
def town(hooked: OpenTown) -> Iterator[Town]:  # noqa: F811
    more = {"waerror_alerts_per_second": 1e6, "waerror_explain_token": SECRET}
    with hooked(http=True, waerror_alert_channels="", **more) as town:
        yield town


def test_every_route_is_described(town: Town) -> None:
    """Path and method; and nothing is described that is not served."""
    app = web.app(town.house, town.app)
    served = {
        (str(rule).replace("<", "{").replace(">", "}"), method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    described = {(path, method) for path, item in SPEC["paths"].items() for method in item if method in METHODS}
    assert served == described


def resolved(node: Any) -> Any:
    """A part of the description with what it refers to."""
    if isinstance(node, dict) and "$ref" in node:
        found: Any = SPEC
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        return resolved(found)
    if isinstance(node, dict):
        return {name: resolved(inner) for name, inner in node.items()}
    return [resolved(inner) for inner in node] if isinstance(node, list) else node


PATHS = resolved(SPEC["paths"])
words = some.one_of(some.sampled_from(_NASTY), some.text(max_size=30))
values = some.recursive(
    some.one_of(some.none(), some.booleans(), some.integers(), some.floats(), words),
    lambda inner: some.one_of(some.lists(inner, max_size=4), some.dictionaries(words, inner, max_size=4)),
    max_leaves=12,
)
told = some.sampled_from([told.body for told in TOLD.values()])
seeds = some.integers(0, 2**32)
bombs = [b"[" * 50_000, b'{"a":' * 3_000, b"9" * 9_000, b"\xff\xfe", b'"\\ud800"', b"NaN", b"1e999", b"x" * 1_100_000]
raws = some.one_of(some.binary(max_size=200), some.sampled_from(bombs))
KINDS = (
    "application/json",
    "application/json; charset=utf-16",
    "application/problem+json",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "text/plain",
    "text/plain; charset=x",
    "a",
    "",
)
HEADERS = ("Content-Encoding", "Authorization", "X-Hub-Signature-256", "X-A")
RESOURCES = ("event_alert", "issue", "metric_alert", "x")


def spoiled(body: Any, seed: int, value: Any) -> Any:
    """What a source sends, with something else in one place."""
    dice = random.Random(seed)  # noqa: S311
    made = json.loads(json.dumps(body))
    at, node = [], made
    while isinstance(node, dict | list) and node and (not at or dice.random() < 0.8):
        step = dice.choice(list(node) if isinstance(node, dict) else range(len(node)))
        at.append((node, step))
        node = node[step]
    holder, step = at[-1]
    holder[step] = value
    return made


def encoded(value: Any) -> bytes:
    return json.dumps(value).encode("utf-8", "replace")


bodies = some.one_of(
    raws, values.map(encoded), told.map(encoded), some.builds(spoiled, told, seeds, values).map(encoded)
)


@some.composite
def requests(draw: some.DrawFn) -> tuple[str, str, str, bytes, dict[str, str]]:
    """Template, method, address, body and headers; mostly with a good proof, so that the body is looked at."""
    template = draw(some.sampled_from([*PATHS, "/alerts/{name}", "/alerts/{name}", "/nowhere"]))
    described = [method for method in PATHS.get(template, {}) if method in METHODS]
    method = draw(some.sampled_from([*described * 8, "post", *METHODS]))
    name = draw(some.one_of(some.sampled_from(list(SOURCES)), some.sampled_from(list(SOURCES)), words))
    path = template.replace("{name}", _part(name))
    path = path.replace("{secret}", _part(draw(some.one_of(some.just(SECRET), words))))
    asked = some.one_of(words, some.sampled_from(["channel", "text", "mode", "hub.challenge", "hub.mode"]))
    query = {_sound(k): _sound(v) for k, v in draw(some.dictionaries(asked, words, max_size=2)).items()}
    body = draw(bodies)
    headers = {"Content-Type": draw(some.one_of(some.just(KINDS[0]), some.sampled_from(KINDS)))}
    headers["Sentry-Hook-Resource"] = draw(some.sampled_from(RESOURCES))
    if draw(some.integers(0, 9)):
        headers |= proof(name, body) if "name" in template and name in SOURCES else {}
        headers |= {"Authorization": f"Bearer {SECRET}"} if template == "/explain" else {}
        headers |= signed(body, "standin", str(draw(some.integers(0, 2**34)))) if "slack" in template else {}
    for header in draw(some.lists(some.sampled_from(HEADERS), max_size=1)):
        headers[header] = draw(some.text(string.printable.strip() + "é", max_size=20))
    return template, method, f"{path}?{urlencode(query)}", body, headers


def _part(text: str) -> str:
    return quote(_sound(text), safe="") or "-"


def _sound(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def test_whatever_is_sent_no_answer_is_a_fault_of_ours(town: Town) -> None:
    """Each answer is one that the description has, in the shape that it has."""
    end, seen = monotonic() + _SECONDS, Counter[str]()
    connection = http.client.HTTPConnection(urlsplit(town.url).netloc, timeout=60)

    checks = list(HealthCheck)
    phases = [Phase.explicit, Phase.generate]

    @settings(max_examples=_EXAMPLES, deadline=None, database=None, phases=phases, suppress_health_check=checks)
    @given(requests())
    def send(asked: tuple[str, str, str, bytes, dict[str, str]]) -> None:
        template, method, address, body, headers = asked
        if monotonic() > end and sum(seen.values()) > _ENOUGH and seen.keys() >= _WANTED:
            return
        try:
            connection.request(method.upper(), address, body, headers)
            answer = connection.getresponse()
            status, kind, said = answer.status, answer.headers.get("Content-Type", ""), answer.read()
        except (ConnectionError, http.client.HTTPException):  # waitress hangs up on what is too large
            connection.close()
            seen["cut off"] += 1
            assert len(body) > web.MOST_BYTES
            return
        seen[f"{status}"] += 1
        described = PATHS.get(template, {}).get("get" if method == "head" else method, {}).get("responses", {})
        if str(status) not in described:
            assert status in (404, 405, 413, *((200,) if method == "options" else ()))
        elif kind.startswith("application/json") and said:
            Draft202012Validator(described[str(status)]["content"]["application/json"]["schema"]).validate(
                json.loads(said)
            )

    with closing(connection), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        send()
    print(dict(seen))  # noqa: T201 - how many were tried, for `pytest -s`
    assert sum(seen.values()) > _ENOUGH
    assert seen.keys() >= _WANTED
