"""A recipient as WaConnect takes it: country code and digits. What is mistyped is proposed anew, never just changed.

The one door to `phonenumbers`. Its tables lag behind the world, so a number that merely seems unassigned is asked
about, and only one that no country could have is refused.
"""

import re
from dataclasses import dataclass
from typing import Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, ValidationResult

from bot.diagnosis.masking import mask_number

IMPOSSIBLE: Final = "cannot be a phone number of any country: its length or country code is wrong"
# WhatsApp writes old Mexican mobile numbers with a 1 behind the country code, which the numbering plan dropped.
_AS_WHATSAPP_WRITES: Final = (re.compile(r"521(?=\d{10}$)"), "52")


@dataclass(frozen=True, slots=True)
class Proposal:
    """The number that was probably meant, to be confirmed by a person."""

    number: str
    says: str
    """What was changed, in words; the number in it is masked."""


def proposed(typed: str, region: str | None) -> Proposal | None:
    """What was meant by a number that WaConnect would not take, or would send abroad; None when nothing is to change.

    `region`: the country of numbers without a country code, such as MX.
    """
    digits = re.sub(r"[^0-9]", "", typed)
    meant = _international(typed) or _national(digits, region) or (digits if _can_be(digits) else None)
    if meant is None or meant == typed:
        return None
    return Proposal(meant, f"was {mask_number(digits)} {_what_changed(typed, digits, meant)}")


def trouble(number: str) -> str | None:
    """What is wrong with a number of digits only, for good; None when some country could have it."""
    return None if _can_be(number) else IMPOSSIBLE


def doubt(number: str) -> str | None:
    """Why a person should look at it twice; None when it is in use as far as is known."""
    found = _parsed(f"+{_canonical(number)}", None)
    if found is None or phonenumbers.is_valid_number(found):
        return None
    region = phonenumbers.region_code_for_country_code(found.country_code or 0)
    return f"{mask_number(number)} is in no range of numbers that is known to be in use ({region})"


def is_region(name: str) -> bool:
    """`MX`, `DE` …"""
    return name in phonenumbers.SUPPORTED_REGIONS


def _international(typed: str) -> str | None:
    """The digits of a number that says itself that it is international: `+52 …`, `0052 …`."""
    bare = typed.strip()
    if not bare.startswith(("+", "00")):
        return None
    digits = re.sub(r"[^0-9]", "", bare)
    number = digits if bare.startswith("+") else digits[2:]
    return number if _can_be(number) else None


def _national(digits: str, region: str | None) -> str | None:
    """With the region's country code, when only that makes it a number that is in use."""
    if region is None:
        return None
    abroad, home = _parsed(f"+{digits}", None), _parsed(digits, region)
    if abroad is not None and _possible(abroad) and phonenumbers.is_valid_number(abroad):
        return None
    if home is None or not phonenumbers.is_valid_number(home):
        return None
    return phonenumbers.format_number(home, phonenumbers.PhoneNumberFormat.E164).removeprefix("+")


def _what_changed(typed: str, digits: str, meant: str) -> str:
    if meant == digits:
        return "with signs between the digits; WaConnect wants digits only"
    if digits == f"00{meant}":
        return "with 00 before it; WaConnect wants the country code first"
    found = _parsed(f"+{meant}", None)
    return f"without its country code; {found.country_code if found else 'it'} was put before it"


def _can_be(digits: str) -> bool:
    found = _parsed(f"+{_canonical(digits)}", None)
    return found is not None and _possible(found)


def _canonical(digits: str) -> str:
    old, new = _AS_WHATSAPP_WRITES
    return old.sub(new, digits)


def _possible(number: PhoneNumber) -> bool:
    return bool(phonenumbers.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE)


def _parsed(text: str, region: str | None) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except NumberParseException:
        return None
