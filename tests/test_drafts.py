"""A form becomes a draft or faults; a draft becomes a file that lints, whatever people wrote."""

import tomllib
from datetime import UTC, date, datetime
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import knowledge
from bot.cli.drafting import BY_HAND, document, drafted
from bot.desk import drafts
from bot.desk.drafts import Draft
from bot.diagnosis.entries import CanRetry, FixedBy
from bot.diagnosis.faults import parse
from bot.knowledge import Knowledge
from bot.store import Item
from bot.views import teaching

TODAY, NOW = date(2026, 11, 24), datetime(2026, 11, 24, 9, tzinfo=UTC)
FORM = {
    "title": "Sender is asleep",
    "codes": "#99001, 99002",
    "says": "The sender {name} is asleep",
    "cause": "It is night.",
    "resolution": "1. Wake it\n- Send again",
    "can_retry": "after_fix",
    "fix": "the sender's sleep",
    "wait": "",
    "fixed_by": "integration",
    "family": "meta",
}
SAMPLE = '{"success": false, "error": "Odd thing", "status": 409}'
words = st.text(min_size=1, max_size=60)


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return knowledge.load()


def item(sample: str = SAMPLE, draft: Draft | None = None) -> Item:
    return Item("0" * 16, "T1", "unmatched", 3, NOW, NOW, sample, "open", draft=draft)


def test_a_whole_form_is_a_draft(known: Knowledge) -> None:
    """Codes without signs, steps without bullets, and only what the verdict needs."""
    draft = drafts.read(FORM | {"wait": "5 minutes"}, known)
    assert isinstance(draft, Draft)
    assert (draft.codes, draft.resolution) == ((99001, 99002), ("Wake it", "Send again"))
    assert (draft.fix, draft.wait_seconds) == ("the sender's sleep", None)
    assert drafts.entry_id(draft.family, draft.codes, draft.title) == "meta/99001"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("90 seconds", 90), ("5 min", 300), ("2h", 7200), ("1 day", 86_400), ("30 days", 2_592_000)],
)
def test_a_wait_is_read_as_people_write_it(text: str, seconds: int, known: Knowledge) -> None:
    """In seconds when no unit is named."""
    draft = drafts.read(FORM | {"can_retry": "after_wait", "wait": text}, known)
    assert isinstance(draft, Draft)
    assert draft.wait_seconds == seconds


def test_every_fault_is_told_at_once(known: Knowledge) -> None:
    """An empty form names all that is needed, each in a sentence."""
    faults = drafts.read({}, known)
    assert isinstance(faults, dict)
    assert faults.keys() == {"title", "says", "cause", "resolution", "can_retry", "fixed_by", "family"}
    assert all(says.endswith(".") for says in faults.values())


def test_the_forms_choices_are_those_of_an_entry() -> None:
    """No verdict and no fixer is forgotten."""
    assert set(teaching.CAN_RETRY) == set(get_args(CanRetry)) == set(drafts.BECAUSE)
    assert set(teaching.FIXED_BY) == set(get_args(FixedBy))
    assert set(teaching.FAMILIES) == set(drafts.FAMILIES)


@given(
    title=words,
    says=words,
    cause=words,
    steps=st.lists(words, min_size=1, max_size=4),
    can=st.sampled_from(get_args(CanRetry)),
)
@settings(max_examples=150, deadline=None)
def test_whatever_people_write_becomes_a_file_without_faults(
    known: Knowledge, title: str, says: str, cause: str, steps: list[str], can: str
) -> None:
    """A form that is taken is a whole entry: quotes, backslashes, brackets and control characters included."""
    form = {"title": title, "says": says, "cause": cause, "resolution": "\n".join(steps), "can_retry": can}
    draft = drafts.read(FORM | form | {"wait": "90"}, known)
    if isinstance(draft, dict):
        assert draft.keys() <= FORM.keys()
        return
    made = drafted(item(draft=draft), TODAY)
    entry, faults = parse(f"{made.id}.toml", made.text)
    assert faults == ()
    assert entry is not None
    assert (entry.title, entry.says) == (draft.title.strip(), (draft.says.strip(),))
    assert entry.http == (409,)


@given(st.dictionaries(st.from_regex(r"[a-z_]{1,12}", fullmatch=True), words | st.lists(words) | st.integers()))
@settings(max_examples=200, deadline=None)
def test_any_text_survives_toml(values: dict[str, object]) -> None:
    """What is written is what is read."""
    assert tomllib.loads(document(values | {"table": {"a": "x"}})) == values | {"table": {"a": "x"}}


@pytest.mark.parametrize(
    ("sample", "id"),
    [
        (SAMPLE, "waconnect/odd-thing"),
        ('{"error": {"message": "(#99001) Odd thing", "code": 99001}}', "meta/99001"),
        ("131999", "meta/131999"),
        ("что-то сломалось", None),
        ("", None),
    ],
)
def test_a_skeleton_names_what_a_person_must_fill(sample: str, id: str | None) -> None:
    """Exactly that is what lint finds."""
    made = drafted(item(sample), TODAY)
    entry, faults = parse(f"{made.id}.toml", made.text)
    assert entry is None
    assert {fault.says.partition(":")[0] for fault in faults} >= set(BY_HAND)
    if sample:
        assert {fault.says.partition(":")[0] for fault in faults} == set(BY_HAND)
    assert made.by_hand == BY_HAND
    assert made.id == id or (id is None and "/learned-" in made.id)
