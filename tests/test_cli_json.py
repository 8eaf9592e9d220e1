"""Who asks for JSON gets JSON, also when a command cannot go on; the sentence and the code are the same as without."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from tests.postgres import KEY

NONE = {"WACONNECT_API_KEY": ""}
AWAY = {
    "WACONNECT_API_KEY": "wba_test",
    "WAERROR_DATABASE_URL": "postgresql://waerror@127.0.0.1:1/waerror",
    "WAERROR_SECRET_KEY": KEY,
}
WRONG = "These settings are wrong:\n  WAERROR_DATABASE_URL must start"
FAILING: list[tuple[str, dict[str, str], int, str]] = [
    ("audit", {"WAERROR_DATABASE_URL": "sqlite:///nowhere/bot.db"}, 1, "nowhere/bot.db"),
    ("audit", {"WAERROR_DATABASE_URL": "nonsense"}, 2, WRONG),
    ("kb queue", {"WAERROR_DATABASE_URL": "sqlite:///nowhere/bot.db"}, 1, "There is no database at nowhere/bot.db"),
    ("kb queue", {"WAERROR_DATABASE_URL": "nonsense"}, 2, WRONG),
    ("kb show 999999", {}, 2, "999999"),
    ("status wamid.abc", NONE, 2, "This needs WACONNECT_API_KEY"),
    ("retry --file request.json", NONE, 2, "This needs WACONNECT_API_KEY"),
    ("retry --file wrong.json", {"WACONNECT_API_KEY": "wba_test"}, 1, "The request is not one that WaConnect takes"),
    ("retry --yes --file request.json", AWAY, 1, "WAERROR_DATABASE_URL: "),
    ("explain ' '", {}, 2, "There is no text"),
]


@pytest.mark.parametrize(("command", "env", "code", "says"), FAILING, ids=[f"{row[0]} {row[2]}" for row in FAILING])
def test_a_failure_is_json_too(
    command: str, env: dict[str, str], code: int, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("request.json").write_text('{"endpoint": "messages/text", "body": {"to": "15551234567", "body": "x"}}')
    Path("wrong.json").write_text('{"endpoint": "messages/text", "body": {"to": "abc", "body": "x"}}')
    words = [word if word != "'" else " " for word in command.replace("' '", "'").split(" ")]
    plain, asked = (CliRunner().invoke(main, [*words, *more], env=env) for more in ((), ("--json",)))
    assert (plain.exit_code, plain.stdout, asked.exit_code) == (code, "", code)
    assert says in plain.stderr
    assert asked.stderr == plain.stderr
    assert says in json.loads(asked.stdout)["error"]
