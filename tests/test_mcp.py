"""`waerror mcp` answers a coding assistant: the SDK's own client, a real process, the sandbox behind it."""

import json
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from click.testing import CliRunner
from mcp import Client, StdioServerParameters
from mcp.shared.exceptions import MCPError

from bot.cli import main
from bot.waconnect.client import WaConnect
from bot.waconnect.payloads import OutboundRequest
from bot.waconnect.sandbox import DEMO_KEY, Sandbox
from bot.waconnect.sandbox import serve as serve_sandbox

WAERROR = str(Path(sys.executable).with_name("waerror"))
TO = "15551234567"
TOOLS = {"explain_error", "search_errors", "message_status"}


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path), "WAERROR_CACHE_DIR": str(tmp_path / "cache")}


@pytest.fixture
def sandbox() -> Iterator[tuple[Sandbox, dict[str, str]]]:
    sandbox = Sandbox(pace_seconds=0.01)
    server, url = serve_sandbox(sandbox)
    with server:
        yield sandbox, {"WACONNECT_BASE_URL": url, "WACONNECT_API_KEY": DEMO_KEY}


def asked(env: dict[str, str], folder: Path, ask: Callable[[Client], Awaitable[Any]]) -> Any:
    """What `ask` gets from a server of its own."""

    async def talk() -> Any:
        server = StdioServerParameters(command=WAERROR, args=["mcp"], env=env, cwd=folder)
        async with Client(server, read_timeout_seconds=100) as client:
            return await ask(client)

    return anyio.run(talk)


def call(env: dict[str, str], folder: Path, tool: str, **arguments: Any) -> Any:
    """The answer of one tool as JSON; the sentence where it is an error."""

    async def ask(client: Client) -> Any:
        return await client.call_tool(tool, arguments)

    answer = asked(env, folder, ask)
    text = answer.content[0].text
    return f"error: {text}" if answer.is_error else answer.structured_content


def sent(sandbox: tuple[Sandbox, dict[str, str]]) -> str:
    _, env = sandbox
    with WaConnect(env["WACONNECT_BASE_URL"], env["WACONNECT_API_KEY"]) as client:
        return client.send(OutboundRequest("messages/text", {"to": TO, "body": "hush"})).message_id


def test_it_offers_three_tools_that_only_read(env: dict[str, str], tmp_path: Path) -> None:
    """Each says so, with what it takes and what it is for."""

    async def ask(client: Client) -> Any:
        return client.instructions, (await client.list_tools()).tools

    instructions, tools = asked(env, tmp_path, ask)
    assert {tool.name for tool in tools} == TOOLS
    assert all(tool.annotations.read_only_hint and tool.description for tool in tools)
    assert "Nothing here sends a message" in instructions


@pytest.mark.parametrize("text", ["131047", '{"error":{"code":132000,"message":"(#132000) Number of parameters"}}'])
def test_an_error_is_explained_as_the_command_explains_it(text: str, env: dict[str, str], tmp_path: Path) -> None:
    """The same JSON."""
    told = json.loads(CliRunner().invoke(main, ["explain", "--json", text]).stdout)
    assert call(env, tmp_path, "explain_error", text=text) == told
    assert told["answered"]


def test_what_is_unknown_is_not_guessed(env: dict[str, str], tmp_path: Path) -> None:
    """Nor is a text read that is longer than any paste; the sentence says what to do."""
    assert call(env, tmp_path, "explain_error", text="purple monkey", mode="alert")["answered"] is False
    assert "Send the part around the error" in call(env, tmp_path, "explain_error", text="x" * 40_001)


def test_errors_are_searched(env: dict[str, str], tmp_path: Path) -> None:
    """Best first, with what decides; an entry is a resource, too."""

    async def ask(client: Client) -> Any:
        few = await client.call_tool("search_errors", {"words": "template paused", "limit": 3})
        many = await client.call_tool("search_errors", {"words": "x", "limit": 1000})
        found = few.structured_content["entries"]
        whole = await client.read_resource(f"waerror://entry/{found[0]['id']}")
        with pytest.raises(MCPError, match="no such entry"):
            await client.read_resource("waerror://entry/meta/none")
        return found, many, json.loads(whole.contents[0].text)

    found, many, whole = asked(env, tmp_path, ask)
    assert len(found) == 3
    assert "paused" in found[0]["title"].lower()
    assert {"id", "title", "codes", "cause", "verdict"} == found[0].keys()
    assert whole["id"] == found[0]["id"]
    assert many.is_error
    assert "limit" in many.content[0].text


def test_the_status_of_a_message_is_told_masked(
    sandbox: tuple[Sandbox, dict[str, str]], env: dict[str, str], tmp_path: Path
) -> None:
    """As `waerror status --json` tells it."""
    told = call(env | sandbox[1], tmp_path, "message_status", message_id=sent(sandbox))
    assert (told["to"], told["type"]) == ("••••4567", "text")
    assert told["status"] in {"pending", "sent", "delivered", "read"}
    assert not {TO, "hush"} & set(json.dumps(told).split('"'))


def test_a_message_that_is_not_there_is_explained(
    sandbox: tuple[Sandbox, dict[str, str]], env: dict[str, str], tmp_path: Path
) -> None:
    """WaConnect's refusal, and the entry that explains it."""
    told = call(env | sandbox[1], tmp_path, "message_status", message_id="wamid.nothing")
    assert told.startswith("error: ")
    assert "waconnect/message-not-found" in told


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({}, "WACONNECT_API_KEY"),
        ({"WACONNECT_TIMEOUT_SECONDS": "0"}, "These settings are wrong"),
        ({"WACONNECT_API_KEY": "wba_1", "WACONNECT_BASE_URL": "http://127.0.0.1:9/"}, "could not be"),
    ],
)
def test_what_hinders_is_a_sentence(more: dict[str, str], says: str, env: dict[str, str], tmp_path: Path) -> None:
    """The server lives on: the next question is answered."""

    async def ask(client: Client) -> Any:
        wrong = await client.call_tool("message_status", {"message_id": "wamid.x"})
        right = await client.call_tool("explain_error", {"text": "131047"})
        return wrong, right

    wrong, right = asked(env | more, tmp_path, ask)
    assert wrong.is_error
    assert says in wrong.content[0].text or "reach" in wrong.content[0].text
    assert right.structured_content["answered"]


def test_without_the_sdk_it_says_how_to_get_it(tmp_path: Path) -> None:
    """The extra is optional."""
    hidden = "import sys; sys.modules['mcp'] = None; from bot.cli import main; main(['mcp'])"
    done = subprocess.run([sys.executable, "-c", hidden], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2
    assert "pip install 'mcp>=2.3'" in done.stderr
    assert "Traceback" not in done.stderr


def test_it_ends_when_the_assistant_goes(env: dict[str, str], tmp_path: Path) -> None:
    """Quietly, with 0."""
    done = subprocess.run([WAERROR, "mcp"], env=env, cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
