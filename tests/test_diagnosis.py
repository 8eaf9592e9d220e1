"""A paste finds its error whole, cut short, and buried in noise; what is no error of WhatsApp finds silence."""

import json
import tomllib
from pathlib import Path

import pytest

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


def test_every_cause_is_proved_by_its_own_phrase_and_subcode(known: knowledge.Knowledge) -> None:
    proofs = [
        (entry.id, cause, f'{{"code": {entry.codes[0]}, "message": "{entry.title}", {proof}, "fbtrace_id": "AbC"}}')
        for entry in known.entries.values()
        for cause in entry.causes
        for proof in (
            *(f'"error_data": {{"details": "{phrase}"}}' for phrase in cause.when),
            *(f'"error_subcode": {number}' for number in cause.subcodes),
        )
    ]
    assert len(proofs) > 100
    wrong = [(name, text) for name, cause, text in proofs if cause not in (None, *causes_in(text, name, known))]
    assert wrong == []


def causes_in(text: str, name: str, known: knowledge.Knowledge) -> list[object]:
    """The cause that is named, or the entry that treats it in full."""
    matches = diagnose(text, known, "ask").matches
    found: list[object] = [match.cause for match in matches if match.entry.id == name]
    seen = {match.entry.id for match in matches}
    return found + [cause for cause in known.entries[name].causes if cause.see in seen]


CAUSES = {
    "no display name": ("2388103", "Registered name should be present and approved.", "display name"),
    "no credit line": ("2388103", "Your WhatsApp account does not have a payment account.", "pay"),
    "another business": (
        "2388103",
        "This phone number belongs to a different Business Manager account.",
        "different bus",
    ),
    "password changed": ("190", "the user changed their password", "password"),
    "malformed token": ("190", "Malformed access token EAA", "token"),
    "link refused": ("131053", "Downloading media from weblink failed with http code 403", "link"),
    "button too long": ("131009", "Button title length invalid. Min length: 1, Max length: 20", "button"),
}


@pytest.mark.parametrize(("code", "details", "word"), CAUSES.values(), ids=CAUSES.keys())
def test_a_code_with_several_causes_tells_which(code: str, details: str, word: str, known: knowledge.Knowledge) -> None:
    text = f'graph.facebook.com {{"error":{{"code":{code},"type":"OAuthException","message":"{details}"}}}}'
    best = diagnose(text, known, "alert").best
    assert best is not None
    assert best.cause is not None
    assert word in best.cause.cause.lower()


def test_the_limit_of_an_account_in_a_batch_call_is_told_apart_by_its_subcode(known: knowledge.Knowledge) -> None:
    text = '{"error":{"code":130429,"type":"OAuthException","error_subcode":2494055,"message":"Rate limit hit"}}'
    best = diagnose(text, known, "alert").best
    assert best is not None
    assert best.cause is not None
    assert 2494055 in best.cause.subcodes


@pytest.mark.parametrize(
    ("code", "message", "first"),
    [
        (100, "(#100) Invalid parameter", "meta/2388299"),
        (100, "Invalid parameter", "meta/2388299"),
        (200, "(#200) Permissions error", "meta/200"),
    ],
)
def test_a_subcode_leads_where_its_code_says_nothing(
    code: int, message: str, first: str, known: knowledge.Knowledge
) -> None:
    """100 means any parameter, and its subcode which; 200 means a permission, whatever the subcode."""
    error = {"message": message, "type": "OAuthException", "code": code, "error_subcode": 2388299}
    assert found(json.dumps({"error": error}), known, "alert")[0] == first


@pytest.mark.parametrize(
    ("status", "error", "entry"),
    [
        (401, "Invalid API Key", "waconnect/invalid-api-key"),
        (403, "Account disabled", "waconnect/account-disabled"),
        (404, "Message not found", "waconnect/message-not-found"),
        (500, "Internal server error", "waconnect/internal-server-error"),
    ],
)
def test_generic_sentences_need_waconnects_envelope_with_its_status(
    status: int, error: str, entry: str, known: knowledge.Knowledge
) -> None:
    """With both they are WaConnect's; a sentence that any API could have written gets silence."""
    envelope = json.dumps({"success": False, "error": error})
    answer = f"HTTP/2 {status}\ncontent-type: application/json\n\n{envelope}"
    assert found(answer, known, "alert") == [entry]
    assert found(f"billing-service: {error} ({status})", known, "alert") == []
