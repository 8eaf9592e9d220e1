"""Evidence adds up, and no clue is stronger than the sum."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pytest

from bot.diagnosis import diagnose
from bot.diagnosis.entries import Entry
from bot.diagnosis.index import Index, build
from bot.diagnosis.values import Diagnosis, Mode


def entry(**told: object) -> Entry:
    usual: dict[str, object] = {
        "title": "Window closed",
        "topic": "window",
        "cause": "More than a day has passed.",
        "resolution": ["Send a template."],
        "verdict": {"can_retry": "after_fix", "fix": "the message type", "because": "it fails again"},
        "fixed_by": "integration",
        "sources": [{"name": "Meta", "says": "so"}],
        "checked": date(2026, 11, 1),
    }
    return Entry.model_validate(usual | told)


ENTRIES = {
    one.id: one
    for one in (
        entry(
            id="meta/131047",
            codes=(131047,),
            says=["The conversation window is closed"],
            causes=[{"when": ["only templates"], "cause": "no template"}],
        ),
        entry(id="meta/4", codes=(4,), says=["Application request limit reached"], title="Too many calls"),
        entry(id="onpremises/470", codes=(470,), says=["Conversation window closed (old)"]),
    )
}


@dataclass(frozen=True)
class Known:
    """Three errors, and a search that finds one word."""

    entries: Mapping[str, Entry]
    index: Index

    def search(self, words: str, limit: int) -> tuple[tuple[str, float], ...]:
        return (("meta/4", 1.0),)[:limit] if "sprocket" in words else ()


KNOWN = Known(ENTRIES, build(ENTRIES))


def ask(text: str, mode: Mode = "ask") -> Diagnosis:
    return diagnose(text, KNOWN, mode)


@pytest.mark.parametrize(
    "text",
    ['{"code": 131047}', "(#131047) closed", "WhatsApp error 131047", "131047: The conversation window is closed"],
)
def test_a_long_code_in_its_place_is_enough(text: str) -> None:
    best = ask(text, "alert").best
    assert best is not None
    assert best.entry.id == "meta/131047"


def test_a_short_code_needs_company() -> None:
    assert not ask('{"code": 4}', "alert").answered
    assert ask('{"code": 4, "type": "OAuthException", "fbtrace_id": "A"}', "alert").answered


def test_a_code_of_the_retired_api_needs_more() -> None:
    assert not ask('WhatsApp {"code": 470}', "alert").answered


def test_the_cause_is_proved_by_its_phrase() -> None:
    best = ask('{"code": 131047, "details": "Only templates may be sent"}').best
    assert best is not None
    assert best.cause is not None
    assert best.cause.cause == "no template"


def test_full_text_search_is_the_last_resort() -> None:
    diagnosis = ask("sprocket")
    assert not diagnosis.answered
    assert [match.entry.id for match in diagnosis.matches] == ["meta/4"]


def test_an_unanswered_alert_names_nobody() -> None:
    assert ask("the window is perhaps closed", "alert") == Diagnosis("alert", False)


def test_reasons_hold_nothing_personal() -> None:
    best = ask('{"code": 131047, "to": "15550001111"}').best
    assert best is not None
    assert not any("1555000" in reason for reason in best.why)


ASKED = {
    "what is 131047?": "meta/131047",
    "why 131047 again": "meta/131047",
    "@waerror 131047 since noon, anyone?": "meta/131047",
}


@pytest.mark.parametrize(("text", "name"), ASKED.items())
def test_who_asks_about_a_long_code_gets_it(text: str, name: str) -> None:
    best = ask(text).best
    assert best is not None
    assert best.entry.id == name
    assert not ask(text, "alert").answered


@pytest.mark.parametrize("text", ["what about order #131047?", "we sent 131047 messages", "is 4 fine?"])
def test_who_asks_about_something_else_does_not(text: str) -> None:
    assert not ask(text).answered


def statuses(*codes: int) -> str:
    each = (f'{{"id":"wamid.{n}","status":"failed","errors":[{{"code":{code}}}]}}' for n, code in enumerate(codes))
    return f'{{"messaging_product":"whatsapp","statuses":[{",".join(each)}]}}'


def test_a_batch_is_summarised_with_the_commonest_first() -> None:
    matches = ask(statuses(4, 131047, 131047, 131047, 4, 131047), "alert").matches
    assert [(match.code, match.count) for match in matches] == [(131047, 4), (4, 2)]


def test_lines_of_a_log_are_counted() -> None:
    log = "\n".join(f"08:12:{n} whatsapp send failed (#131047), attempt {n}" for n in range(10, 22))
    assert [match.count for match in ask(log, "alert").matches] == [12]


def test_one_error_said_twice_is_one() -> None:
    text = '{\n "code": 131047,\n "message": "(#131047) closed"\n}'
    assert [match.count for match in ask(text, "alert").matches] == [1]
