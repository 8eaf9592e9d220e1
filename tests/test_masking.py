"""Keys, tokens and phone numbers never come out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.diagnosis.masking import mask, mask_number

CASES = {
    "waconnect key": ("X-API-Key: wba_9f8e7d6c5b", "9f8e7d6c5b"),
    "meta token": ("token EAAGm0PX4ZCpsBAKxyz123", "m0PX4ZCpsBAK"),
    "bearer": ("Authorization: Bearer abcdef1234567890", "abcdef1234567890"),
    "slack bot token": ("xoxb-1234567890-abcdefghij", "abcdefghij"),
    "slack app token": ("xapp-1-A123-456-abcdef", "abcdef"),
    "token in a url": ("https://a.example/?access_token=s3cr3ts3cr3t&x=1", "s3cr3ts3cr3t"),
    "password": ('{"password": "hunter2hunter2"}', "hunter2"),
    "phone": ("to +52 1 55 5123 4567 failed", "5123 4567"),
    "bare phone": ("recipient 15550001111 unknown", "1555000"),
    "phone in json": ('"to":"15550001111"', "1555000"),
    "phone in a log": ("to=15550001111 code=131026", "1555000"),
    "phone at the end of a sentence": ("it never reached 15550001111. Why?", "1555000"),
    "phone as twilio writes it": ("To: whatsapp:+15550001111", "1555000"),
    "phone in a tel link": ("<tel:+15550001111|call>", "1555000"),
    "phone in a link": ("https://wa.me/15550001111?text=hi", "1555000"),
    "phone behind a slash": ("recipients/+15550001111/messages", "1555000"),
    "phone with brackets": ("call (555) 000-1111 22", "000-1111"),
}


@pytest.mark.parametrize(("text", "secret"), CASES.values(), ids=CASES.keys())
def test_it_does_not_come_out(text: str, secret: str) -> None:
    assert secret not in mask(text)


@pytest.mark.parametrize(
    "text",
    ["code 131047", '{"error_subcode": 2388024}', "HTTP 400", "wamid.HBgLABC", "3 of 12", "ts 1790000000.123456"],
)
def test_what_is_not_personal_stays(text: str) -> None:
    assert mask(text) == text


def test_the_last_digits_stay() -> None:
    assert mask_number("+52 1 55 5123 4567") == "••••4567"
    assert mask("to +52 1 55 5123 4567 failed") == "to ••••4567 failed"
    assert mask_number("123") == "••••"


@given(st.text(alphabet='wba_EAx-+0123456789 ():="toBearer', max_size=80))
def test_masking_twice_changes_nothing(text: str) -> None:
    assert mask(mask(text)) == mask(text)
