"""Who searches for leaks finds them: a search that finds nothing proves nothing unless it can."""

import base64

import pytest

from tests import tally
from tests.leaks import EXCEPTIONS, Left, Used, check

NUMBER, KEY = "15551234567", "wba_topsecretkey"
USED = Used(frozenset({KEY}), frozenset({NUMBER}))


@pytest.fixture(autouse=True)
def _found_on_purpose() -> object:
    """What is planted here is no leak of the run."""
    kept = tally.LEAKS[:], tally.SEARCHED.copy(), tally.FOR.copy()
    yield
    tally.LEAKS[:] = kept[0]
    for counter, before in zip((tally.SEARCHED, tally.FOR), kept[1:], strict=True):
        counter.clear()
        counter.update(before)


@pytest.mark.parametrize(
    "text",
    [
        f"to {NUMBER}",
        "to +1 555 123 4567.",
        "to (1) 555-123-45-67",
        '{"to": "1.555.123.4567"}',
        f"key={KEY}&x",
        *("wamid." + base64.b64encode(b"\x1c" * n + NUMBER.encode() + b"\x15\x02").decode() for n in range(1, 5)),
    ],
)
def test_it_is_found_in_whatever_form(text: str) -> None:
    """Grouped, and in the base64 of a message id wherever it begins."""
    assert check("here", [Left("log", text)], USED)
    assert tally.LEAKS


@pytest.mark.parametrize(
    "text", ["••••4567", "15551234568", "wamid.HBgL…A4", "1795579538.123456", "such as 15551234567", ""]
)
def test_what_is_masked_or_another_is_not_found(text: str) -> None:
    """No false alarm."""
    assert check("here", [Left("log", text)], USED) == []


def test_a_report_does_not_leak_it() -> None:
    """Its last digits, or how it begins."""
    (found,) = check("here", [Left("log", NUMBER)], USED)
    assert NUMBER not in found
    (found,) = check("here", [Left("log", KEY)], USED)
    assert KEY not in found


def test_each_exception_has_a_name_and_a_place() -> None:
    """And only there it may be seen."""
    assert EXCEPTIONS.keys() == {"reveal", "form", "message ids at rest", "message ids in the terminal"}
    told = f"{NUMBER} Only you see this, and that you looked is recorded."
    assert check("here", [Left("whisper", told)], USED) == []
    assert check("here", [Left("slack chat.postMessage", told)], USED)
    form = f'{{"callback_id": "retry.send", "initial_value": "{NUMBER}"}}'
    assert check("here", [Left("slack views.open", form)], USED) == []
    assert check("here", [Left("slack chat.update", form)], USED)
