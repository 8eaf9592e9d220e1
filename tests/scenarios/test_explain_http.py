"""Other programs ask over HTTP what people ask in the terminal: the same JSON, for who has the token alone."""

import json
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest
from click.testing import CliRunner
from structlog.testing import capture_logs

from bot.cli import main
from bot.settings import Settings
from bot.web.explain import LONGEST_ADDRESS
from tests.scenarios.conftest import OpenTown, Town
from tests.scenarios.test_http import asked

GIVEN = "a-token-that-nobody-guesses"
PASTE = '{"to":"15551234567","error":{"code":131026,"message":"Message undeliverable"},"token":"EAAGfakefake"}'


@pytest.fixture
def town(open_town: OpenTown) -> Iterator[Town]:
    with open_town(waerror_explain_token=GIVEN) as town:
        yield town


def ask(town: Town, authorization: str = f"Bearer {GIVEN}", **query: str) -> tuple[int, str]:
    return asked(town, "GET", f"/explain?{urlencode(query)}", Authorization=authorization)


def test_it_answers_as_the_command_does(town: Town) -> None:
    """In the same order and letters, whether it knows or not; and nothing personal is in it."""
    for text in (PASTE, "131047", "the template was paused ü €", "purple monkey"):
        told = json.loads(CliRunner().invoke(main, ["explain", "--json", text]).stdout)
        status, body = ask(town, text=text)
        assert (status, json.loads(body)) == (200, told)
        assert json.dumps(json.loads(body)) == json.dumps(told)  # in its order
        assert "\\u" not in body
        assert "1555" not in body
        assert "fakefake" not in body


def test_the_text_may_be_the_body(town: Town) -> None:
    """What is long, or should not stand in a proxy's log."""
    body = (PASTE + " " * 20_000).encode()
    status, answer = asked(town, "POST", "/explain", body, Authorization=f"bearer {GIVEN}")
    assert (status, json.loads(answer)["diagnoses"][0]["entry"]) == (200, "meta/131026")
    assert asked(town, "POST", "/explain", b"x" * 40_001, Authorization=f"Bearer {GIVEN}")[0] == 413


def test_who_has_not_the_token_is_told_so(town: Town) -> None:
    """Before anything is read of what was asked, however long it is."""
    for given in ("", GIVEN, "Bearer", "Bearer ", f"Basic {GIVEN}", f"Bearer {GIVEN[:-1]}", "Bearer ü", "Bearer \xff"):
        status, body = ask(town, given, text="x" * 10_000)
        assert status == 401
        assert "WAERROR_EXPLAIN_TOKEN" in json.loads(body)["error"]
        assert GIVEN not in body


def test_what_is_wrong_is_a_sentence(town: Town) -> None:
    """In JSON, as an answer is."""
    for query, status, says in (
        ({}, 400, "no text"),
        ({"text": " \n"}, 400, "no text"),
        ({"text": "1", "mode": "loud"}, 400, "ask, alert"),
        ({"text": "x" * (LONGEST_ADDRESS + 1)}, 413, "body of a POST"),
    ):
        got, body = ask(town, **query)
        assert got == status
        assert says in json.loads(body)["error"]


def test_the_mode_is_chosen(town: Town) -> None:
    """As strict as in an alert channel, when wished."""
    assert json.loads(ask(town, text="Invalid API Key", mode="alert")[1])["answered"] is False
    assert json.loads(ask(town, text="Invalid API Key")[1])["answered"] is True


def test_what_was_asked_is_not_logged(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    """Nor the token; by nobody, however talkative."""
    caplog.set_level("DEBUG")
    with capture_logs() as ours:
        ask(town, text="a secret sentence 131047")
        asked(town, "GET", f"/explain?text={quote('a secret sentence')}", Authorization="Bearer no")
    assert "secret" not in caplog.text + str(ours)
    assert GIVEN not in caplog.text + str(ours)


def test_without_a_token_there_is_no_such_address(open_town: OpenTown) -> None:
    """Nobody is asked for what nobody may have."""
    with open_town() as town:
        assert ask(town, text="131047")[0] == 404


def test_a_token_that_can_be_guessed_is_refused() -> None:
    """A setting, so it is said at the start."""
    with pytest.raises(ValueError, match=r"waerror_explain_token\n.*must have at least 16 characters"):
        Settings.model_validate({"waerror_explain_token": "short"})
