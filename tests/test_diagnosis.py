"""A paste finds its error whole, cut short, and buried in noise; what is no error of WhatsApp finds silence."""

import string
import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import knowledge
from bot.diagnosis import diagnose
from bot.diagnosis.values import Mode

CASES = tomllib.loads((Path(__file__).parent / "pastes" / "cases.toml").read_text(encoding="utf-8"))
PASTES = [
    pytest.param(case["text"], case["entries"], case.get("alert", True), id=case["name"]) for case in CASES["paste"]
]
NOISE = "\n".join(
    (
        "09:14:02 INFO worker-3 picked up 12 jobs in 35 ms",
        "09:14:02 DEBUG cache hit ratio 0.97, 18 MB used, pid 4121",
        "see https://example.org/runbook/77 and ticket OPS-512",
    )
)


@pytest.fixture(scope="module")
def known() -> knowledge.Knowledge:
    return knowledge.load()


def found(text: str, known: knowledge.Knowledge, mode: Mode) -> list[str]:
    diagnosis = diagnose(text, known, mode)
    return [match.entry.id for match in diagnosis.matches] if diagnosis.answered else []


@pytest.mark.parametrize(("text", "entries", "alert"), PASTES)
def test_a_person_who_asks_gets_it(text: str, entries: list[str], alert: bool, known: knowledge.Knowledge) -> None:
    assert found(text, known, "ask")[: len(entries)] == entries


@pytest.mark.parametrize(("text", "entries", "alert"), PASTES)
def test_an_alert_gets_it_only_when_it_is_sure(
    text: str, entries: list[str], alert: bool, known: knowledge.Knowledge
) -> None:
    assert found(text, known, "alert")[: len(entries)] == (entries if alert else [])


@pytest.mark.parametrize(("text", "entries", "alert"), PASTES)
def test_noise_around_it_changes_nothing(
    text: str, entries: list[str], alert: bool, known: knowledge.Knowledge
) -> None:
    if alert:
        assert found(f"{NOISE}\n{text}\n{NOISE}", known, "alert")[: len(entries)] == entries


@pytest.mark.parametrize(("text", "entries", "alert"), PASTES)
def test_cut_short_it_is_right_or_silent(
    text: str, entries: list[str], alert: bool, known: knowledge.Knowledge
) -> None:
    for end in range(0, len(text), max(1, len(text) // 40)):
        family = {*entries, "meta/100"}  # a subcode that is cut off leaves its code
        assert set(found(text[:end], known, "alert")[:1]) <= family, text[:end]


@pytest.mark.parametrize("text", [case["text"] for case in CASES["quiet"]])
def test_what_is_not_ours_is_met_with_silence(text: str, known: knowledge.Knowledge) -> None:
    assert found(text, known, "alert") == []


def test_every_literal_string_finds_its_own_entry_first(known: knowledge.Knowledge) -> None:
    wrong = [
        (entry.id, text)
        for entry in known.entries.values()
        for text in entry.says
        if found(text, known, "ask")[:1] != [entry.id]
    ]
    assert wrong == []


def test_a_description_finds_its_own_entry_first(known: knowledge.Knowledge) -> None:
    told = [(entry.id, text) for entry in known.entries.values() for text in entry.described_as]
    wrong = [(name, text) for name, text in told if first(text, known) != name]
    assert len(wrong) <= len(told) // 100


def first(text: str, known: knowledge.Knowledge) -> str | None:
    matches = diagnose(text, known, "ask").matches
    return matches[0].entry.id if matches else None


def test_digits_are_exact(known: knowledge.Knowledge) -> None:
    codes = sorted(code for code in known.index.codes if code >= 130_000)
    for code in codes:
        best = diagnose(f"WhatsApp error {code}", known, "alert").best
        assert best is not None
        assert best.code == code
        longer = diagnose(f"WhatsApp error {code}7", known, "alert").best
        assert longer is None or longer.code != code


def test_a_candidate_is_not_an_answer(known: knowledge.Knowledge) -> None:
    diagnosis = diagnose("something is odd with the pictures in our WhatsApp", known, "ask")
    assert len(diagnosis.matches) <= 3
    assert diagnosis.best is None or diagnosis.matches[0].confidence != "possible"


def test_the_evidence_is_told_strongest_first(known: knowledge.Knowledge) -> None:
    best = diagnose('{"code": 131047, "message": "(#131047) Re-engagement message"}', known, "alert").best
    assert best is not None
    assert best.confidence == "certain"
    assert any("131047" in reason for reason in best.why)


def test_a_subcode_decides_between_causes(known: knowledge.Knowledge) -> None:
    text = '{"error":{"type":"OAuthException","code":190,"error_subcode":460}}'
    best = diagnose(text, known, "alert").best
    assert best is not None
    assert best.cause is not None
    assert 460 in best.cause.subcodes


def test_each_sighting_keeps_its_own_facts(known: knowledge.Knowledge) -> None:
    text = (
        '{"statuses":[{"id":"wamid.AAA","recipient_id":"15550001111","errors":[{"code":131026}]},'
        '{"id":"wamid.BBB","recipient_id":"15550002222","errors":[{"code":131047}]}]}'
    )
    seen = {match.code: match.sighting for match in diagnose(text, known, "alert").matches}
    assert (seen[131026].message_id, seen[131026].recipient) == ("wamid.AAA", "15550001111")
    assert (seen[131047].message_id, seen[131047].recipient) == ("wamid.BBB", "15550002222")


HOSTILE = {
    "brackets": "[{(" * 13_000,
    "marks": "(#" * 20_000,
    "digits": "1" * 40_000,
    "zero-width": "\u200b" * 40_000,
    "deep-json": '{"a":' * 1_000 + "1" + "}" * 1_000,
    "backslashes": "\\" * 40_000,
    "escaped-quotes": '\\"' * 20_000,
    "entities": "&#123;&quot;code&quot;:131047," * 1_300,
    "codes": "131047 " * 5_700,
    "short-codes": "1 2 3 4 10 17 33 100 190 200 " * 1_400,
    "keys": '"message":"' * 3_600,
    "links": "<http://a|" * 4_000,
    "one-phrase": "healthy ecosystem engagement " * 1_380,
    "phones": "+1 555 " * 5_700,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("mode", ["ask", "alert"])
def test_hostile_text_costs_little(text: str, mode: Mode, known: knowledge.Knowledge) -> None:
    diagnose("warm up: whatsapp template missing", known, mode)
    spent = []
    for _ in range(3):
        start = time.perf_counter()
        diagnose(text, known, mode)
        spent.append(time.perf_counter() - start)
    assert min(spent) < 0.25  # 0.05 on a quiet machine; the bound is for a busy one


PIECES = st.sampled_from(
    [
        '"code":',
        "131047",
        "(#",
        ")",
        "{",
        "}",
        "[",
        "\\",
        '"',
        "'",
        "&quot;",
        "error",
        "<",
        "|",
        ">",
        "wamid.",
        "\n",
        "https://",
    ]
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.one_of(st.text(max_size=400), st.lists(PIECES, max_size=60).map("".join), st.text(string.printable)))
def test_no_text_raises(text: str, known: knowledge.Knowledge) -> None:
    for mode in ("ask", "alert"):
        diagnosis = diagnose(text, known, mode)
        assert all(0 <= match.score <= 1 for match in diagnosis.matches)
