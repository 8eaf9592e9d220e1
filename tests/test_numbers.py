"""Numbers as WaConnect takes them: what is mistyped is proposed anew in words, what cannot be is refused."""

import pytest

from bot.waconnect import numbers


@pytest.mark.parametrize(
    ("typed", "region", "meant", "says"),
    [
        ("15551234567", None, None, ""),
        ("12025550123", "MX", None, ""),
        ("525512345678", "MX", None, ""),
        ("5215512345678", "MX", None, ""),
        ("5491123456789", None, None, ""),
        ("+52 55 1234 5678", None, "525512345678", "signs between the digits"),
        ("52-55-1234-5678", None, "525512345678", "signs between the digits"),
        (" 15551234567", None, "15551234567", "signs between the digits"),
        ("00525512345678", None, "525512345678", "with 00 before it"),
        ("55 1234 5678", "MX", "525512345678", "without its country code; 52 was put before it"),
        ("(202) 555-0123", "US", "12025550123", "without its country code; 1 was put before it"),
        ("030 901820", "DE", "4930901820", "without its country code; 49 was put before it"),
        ("55 1234 5678", None, "5512345678", "signs between the digits"),
        ("12", "MX", None, ""),
        ("", "MX", None, ""),
        ("hello", "MX", None, ""),
        ("+999 123 456", "MX", None, ""),
        ("9" * 5000, "MX", None, ""),
    ],
)
def test_what_was_meant_is_proposed(typed: str, region: str | None, meant: str | None, says: str) -> None:
    """And what was changed is said with the number masked."""
    found = numbers.proposed(typed, region)
    assert (found and found.number) == meant
    if found:
        assert says in found.says
        assert found.number not in found.says
        assert numbers.proposed(found.number, region) is None


@pytest.mark.parametrize(
    ("number", "good"),
    [("15551234567", True), ("5215512345678", True), ("99912345678", False), ("1555123", False), ("0", False)],
)
def test_only_what_no_country_could_have_is_refused(number: str, good: bool) -> None:
    """WhatsApp's own old form of Mexican numbers is taken too."""
    assert (numbers.trouble(number) is None) is good


def test_a_number_in_no_known_range_is_only_doubted() -> None:
    """The tables lag behind the world."""
    assert numbers.doubt("12025550123") is None
    assert "••••4567" in (numbers.doubt("15551234567") or "")
    assert numbers.doubt("5215512345678") is None


def test_a_region_is_a_country() -> None:
    """As ISO writes it."""
    assert numbers.is_region("MX")
    assert not numbers.is_region("XX")
