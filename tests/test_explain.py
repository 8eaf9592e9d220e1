"""`waerror explain` answers people, scripts and batches, and its exit code says whether it knew."""

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAERROR_CACHE_DIR", str(tmp_path))


def run(*args: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["explain", *args], input=stdin)


def test_a_code_is_explained() -> None:
    done = run("131047")
    assert done.exit_code == 0
    assert "131047" in done.stdout
    assert "Sending again:" in done.stdout


def test_json_has_what_a_script_needs() -> None:
    done = run("--json", '{"error":{"code":132000,"message":"(#132000) Number of parameters does not match"}}')
    told = json.loads(done.stdout)
    best = told["diagnoses"][0]
    assert (told["mode"], told["answered"], best["entry"], best["code"]) == ("ask", True, "meta/132000", 132000)
    assert best["confidence"] == "certain"
    assert {"title", "score", "why", "cause", "resolution", "verdict", "sources"} <= best.keys()
    assert best["verdict"]["can_retry"] == "after_fix"


@pytest.mark.parametrize(
    ("args", "code"), [(["purple monkey dishwasher"], 1), ([], 2), (["  "], 2), (["--mode", "no", "1"], 2)]
)
def test_the_exit_code_tells(args: list[str], code: int) -> None:
    assert run(*args).exit_code == code


def test_an_alert_is_not_guessed_at() -> None:
    assert run("--mode", "alert", "Invalid API Key").exit_code == 1


def test_standard_input_is_read_whatever_its_bytes() -> None:
    assert run("-", stdin=b"\xff\xfe WhatsApp error 131026 \x80").exit_code == 0
    assert run("-", stdin="").exit_code == 2


def test_nothing_personal_is_shown() -> None:
    text = '{"to":"15550001111","error":{"code":131026,"message":"Message undeliverable"},"token":"EAAGfakefakefake"}'
    for args in ([text], ["--why", text], ["--json", text]):
        out = run(*args).stdout
        assert "1555000" not in out
        assert "fakefake" not in out


def test_why_shows_all_of_the_evidence_and_which_way_it_pulls() -> None:
    text = "template param count mismatch, says our shop's own log after error 132000 of 17 in Stripe"
    told = json.loads(run("--json", text).stdout)["diagnoses"][0]["why"]
    shown = " ".join(run("--why", text).stdout.split())
    assert all(("" if piece.startswith("against: ") else "for: ") + piece in shown for piece in told)
    assert any(piece.startswith("against: ") for piece in told)


def test_a_card_without_why_shows_the_strongest_evidence() -> None:
    assert "certain: code 131047" in run('{"code": 131047}').stdout


def test_candidates_show_their_evidence_too() -> None:
    assert "for: " in run("--why", "something is odd with the pictures").stdout


def test_colours_are_for_terminals_only(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in run("131047").stdout
    assert "\x1b" in CliRunner().invoke(main, ["explain", "131047"], color=True).stdout
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in CliRunner().invoke(main, ["explain", "131047"], color=True).stdout


@pytest.mark.parametrize(("code", "colour"), [("131047", 33), ("130429", 32), ("130472", 31)])
def test_whether_sending_again_can_help_has_a_colour(code: str, colour: int) -> None:
    """Green it can, yellow after a fix, red never; each line of it, and the words say it too."""
    shown = CliRunner().invoke(main, ["explain", code], color=True).stdout
    assert f"\x1b[{colour}mSending again: " in shown
    assert all(("\x1b[0m" in line) == bool(re.search(r"\x1b\[(?!0m)", line)) for line in shown.splitlines())


@pytest.mark.parametrize("columns", ["40", "80", "110"])
def test_colours_take_no_room(columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With them and without, each line has the same text."""
    monkeypatch.setenv("COLUMNS", columns)
    shown = CliRunner().invoke(main, ["explain", "--why", "132000"], color=True).stdout
    assert re.sub(r"\x1b\[\d+m", "", shown) == run("--why", "132000").stdout


@pytest.mark.parametrize(("terminal", "shown"), [(True, True), (False, False)])
def test_long_work_shows_how_far_it_is_to_a_person_alone(terminal: bool, shown: bool, tmp_path: Path) -> None:
    """On stderr; what comes out is the same."""
    lines = "".join(json.dumps({"id": n, "text": "131047"}) + "\n" for n in range(3))
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "rb", buffering=0) as reading, os.fdopen(theirs, "wb", buffering=0) as writing:
        ran = subprocess.run(
            [sys.executable, "-m", "bot.cli", "explain", "--jsonl"],
            input=lines.encode(),
            stdout=subprocess.PIPE,
            stderr=writing if terminal else subprocess.PIPE,
            check=True,
        )
        writing.write(b"\n")
        seen = reading.read(10_000) + (ran.stderr or b"")
    assert (b"explained" in seen) is shown
    assert [json.loads(line)["id"] for line in ran.stdout.splitlines()] == [0, 1, 2]


@pytest.mark.parametrize("columns", [40, 80, 110])
@pytest.mark.parametrize("asked", ["template name wrong language something", "template language title", "template"])
def test_the_nearest_fit_the_terminal(asked: str, columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Titles go on below themselves; in colour each line has the same text."""
    monkeypatch.setenv("COLUMNS", str(columns))
    plain = run("--why", asked).stdout
    assert max(map(len, plain.splitlines())) <= columns
    coloured = CliRunner().invoke(main, ["explain", "--why", asked], color=True).stdout
    assert re.sub(r"\x1b\[\d+m", "", coloured) == plain


@pytest.mark.parametrize(("columns", "widest"), [("20", 40), ("70", 70), ("400", 110)])
def test_lines_fit_the_terminal(columns: str, widest: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert 0 <= widest - max(map(len, run("--why", "132000").stdout.splitlines())) < 15


def test_many_lines_are_answered_one_by_one() -> None:
    lines = [{"id": 1, "text": "WhatsApp error 131047"}, {"id": "b", "text": ""}]
    done = run("--jsonl", stdin="\n".join(map(json.dumps, lines)) + "\n\n")
    first, second = map(json.loads, done.stdout.splitlines())
    assert (first["id"], first["answered"], first["entries"]) == (1, True, ["meta/131047"])
    assert (second["id"], second["answered"], second["entries"]) == ("b", False, [])
    assert first["ms"] >= 0


@pytest.mark.parametrize("line", ["{", "[]", "3", '{"id": 1}', '{"id": 1, "text": 2}', "[" * 2000])
def test_a_line_that_cannot_be_read_is_named(line: str) -> None:
    done = run("--jsonl", stdin=f'{{"id": 1, "text": "x"}}\n{line}\n')
    assert done.exit_code == 2
    assert "Line 2" in done.stderr


def test_help_tells_the_exit_codes() -> None:
    assert "0 answered, 1 nothing sure enough, 2 wrong use" in run("--help").stdout
